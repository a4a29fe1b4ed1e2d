using System.Collections.Immutable;
using Hls4Net.Devices;

namespace Hls4Net.Programs;

/// <summary>
/// How a sum of two or three terms is an adder: the lowest operand, if it is added, is wired through below where the
/// second begins.
/// </summary>
/// <param name="First">The first operand; null for zero, from which two are subtracted by an adder of three.</param>
/// <param name="Others">The others.</param>
/// <param name="Wired">True where the first operand's bits below <paramref name="Start"/> are the sum's; else those are
/// zeros.</param>
/// <param name="Start">The sum's bit at which the adder begins; its width where there is none.</param>
/// <param name="IsTernary">True where it is one adder of three operands.</param>
/// <param name="Extension">Highest positions that hold nothing but the operands' sign extensions.</param>
internal sealed record AdderShape(SumTerm? First, ImmutableArray<SumTerm> Others, bool Wired, int Start, bool IsTernary,
    int Extension)
{
    public static AdderShape Of(IntegerProgram program, IntegerValue value, IntegerOperation.Sum sum, Fabric fabric)
    {
        int lowest = sum.Terms.Min(Lowest);
        SumTerm? first = sum.Terms.OrderBy(t => t.Negative).ThenBy(Lowest).First();
        if (first is { Negative: true } && fabric.AdderOperands == 3)
            first = null;
        ImmutableArray<SumTerm> others = first is SumTerm one ? sum.Terms.Remove(one) : sum.Terms;
        bool wired = first is { Negative: false } added && Lowest(added) == lowest, ternary = others.Length == 2
            && fabric.AdderOperands == 3;
        int start = Math.Min(wired ? others.Min(Lowest) : lowest, value.Width),
            top = sum.Terms.Max(t => program.Values[t.Value].Width - 1 + t.Shift);
        return new AdderShape(first, others, wired, start, ternary,
            Math.Clamp(value.Width - 1 - top, 0, Math.Max(0, value.Width - start - 1)));

        int Lowest(SumTerm t) => program.Values[t.Value].Zeros + t.Shift;
    }
}
