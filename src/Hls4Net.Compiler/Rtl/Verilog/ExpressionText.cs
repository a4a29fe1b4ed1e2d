using System.Globalization;
using Hls4Net.Circuits;
using Hls4Net.Rtl.Tools;

namespace Hls4Net.Rtl.Verilog;

/// <summary>Expressions of circuits as Verilog.</summary>
internal static class ExpressionText
{
    /// <summary>An expression where nothing stands beside it.</summary>
    public static string Of(Expression expression) => expression switch
    {
        Expression.Number { Width: 1 } bit => bit.IsTrue ? "1'b1" : "1'b0",
        Expression.Number { Value: var zero } none when zero == 0 => BitText.Zeros(none.Width),
        Expression.Number number => BitText.Number(number.Value, number.Width),
        Expression.Numbers numbers => $"{numbers.Width}'h{BitVector.Hex(numbers.Values.AsSpan(), numbers.Bits)}",
        Net net => net.Name,
        Expression.Part part => Part(part.Whole, part.Lowest, part.Width),
        Expression.Join join => BitText.Concatenation([.. join.Parts.Reverse().Select(Of)]),
        Expression.Repeat repeat => string.Create(CultureInfo.InvariantCulture,
            $"{{{repeat.Width}{{{Of(repeat.Bit)}}}}}"),
        Expression.Not { A: Expression.Equal e } => $"{Inner(e.A)} != {Inner(e.B)}",
        Expression.Not { A: Expression.AtLeast c } => $"{Inner(c.A)} < {Inner(c.B)}",
        Expression.Not not => $"~{Inner(not.A)}",
        Expression.And and => string.Join(" & ", and.Terms.Select(Inner)),
        Expression.Or or => string.Join(" | ", or.Terms.Select(Inner)),
        Expression.Equal e => $"{Inner(e.A)} == {Inner(e.B)}",
        Expression.AtLeast c => $"{Inner(c.A)} >= {Inner(c.B)}",
        Expression.Add add => $"{Inner(add.A)} + {Inner(add.B)}",
        Expression.Subtract difference => $"{Inner(difference.A)} - {Inner(difference.B)}",
        Expression.Choose choose => $"{Inner(choose.Condition)} ? {Inner(choose.IfSet)} : {Inner(choose.IfClear)}",
        Expression.ShiftRight shift => $"{Inner(shift.A)} >> {Inner(shift.Amount)}",
        Expression.Pick { Width: 1 } pick => $"{pick.Whole.Name}[{pick.Index.Name}]",
        Expression.Pick pick => string.Create(CultureInfo.InvariantCulture,
            $"{pick.Whole.Name}[{pick.Index.Name} * {pick.Width} +: {pick.Width}]"),
        Expression.Word word => $"{word.Memory.Name}[{Of(word.Address)}]",
        _ => throw new InvalidOperationException($"{expression} has no text here"),
    };

    /// <summary>Some bits of a net, for either side of an assignment.</summary>
    public static string Part(Net net, int from, int count) => from == 0 && count == net.Width ? net.Name
        : count == 1 ? string.Create(CultureInfo.InvariantCulture, $"{net.Name}[{from}]")
        : BitText.Part(net.Name, net.Width, from, count);

    // An operand: in parentheses where it is an operator of two operands or more.
    private static string Inner(Expression expression) => expression is Expression.And or Expression.Or
        or Expression.Equal or Expression.AtLeast or Expression.Add or Expression.Subtract or Expression.Choose
        or Expression.ShiftRight or Expression.Not { A: Expression.Equal or Expression.AtLeast }
        ? $"({Of(expression)})" : Of(expression);
}
