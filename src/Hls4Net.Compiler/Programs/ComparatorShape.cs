namespace Hls4Net.Programs;

/// <summary>
/// Which bits a comparison reads: below the lowest bit of a constant bound nothing decides, and against zero the sign
/// does alone.
/// </summary>
/// <param name="From">The lowest bit that is compared.</param>
/// <param name="Width">How many bits are compared, with signs where there are any.</param>
/// <param name="Signed">True where they are in two's complement.</param>
/// <param name="IsSign">True where the sign decides.</param>
internal sealed record ComparatorShape(int From, int Width, bool Signed, bool IsSign)
{
    public static ComparatorShape Of(IntegerProgram program, IntegerOperation.AtLeast compare)
    {
        (IntegerValue a, IntegerValue b) = (program.Values[compare.A], program.Values[compare.B]);
        if (b.Operation is IntegerOperation.Constant { Value: var zero } && zero == 0)
            return new ComparatorShape(a.Signed ? a.Width - 1 : a.Width, 1, a.Signed, IsSign: true);
        int from = b.Operation is IntegerOperation.Constant c
            ? Math.Min((int)Int128.TrailingZeroCount(c.Value), a.Width - 1) : 0;
        bool signed = a.Signed || b.Signed;
        return new ComparatorShape(from, Math.Max(a.Width + (signed && !a.Signed ? 1 : 0),
            b.Width + (signed && !b.Signed ? 1 : 0)) - from, signed, IsSign: false);
    }
}
