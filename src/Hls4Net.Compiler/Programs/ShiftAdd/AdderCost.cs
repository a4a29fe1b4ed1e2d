namespace Hls4Net.Programs.ShiftAdd;

/// <summary>
/// LUTs of an adder on a carry chain: one for each position at which a second operand has a bit, up to the highest
/// operand's top. Bits of the lowest operand below that are wires, unless it is subtracted. A third operand shares the
/// LUTs (two functions of five inputs in a LUT6), and takes one more where the sum is wider than all operands.
/// </summary>
internal static class AdderCost
{
    public static int Lut(AdderGraph graph, ReadOnlySpan<Term> operands, long min, long max)
    {
        int first = int.MaxValue, second = int.MaxValue, top = 0, firstTop = 0;
        bool firstNegative = false, firstUnsigned = false, added = true;
        foreach (Term t in operands)
        {
            AdderNode node = graph[t];
            int lsb = node.Zeros + t.Shift;
            // Of operands that begin together, one that is added counts as the lowest.
            if (lsb < first || (lsb == first && firstNegative && !t.Negative))
            {
                second = first;
                (first, firstNegative, firstUnsigned, firstTop) = (lsb, t.Negative, node.Min >= 0, node.Top + t.Shift);
            }
            else
            {
                second = Math.Min(second, lsb);
            }
            added &= !t.Negative;
            top = Math.Max(top, node.Top + t.Shift);
        }
        int resultTop = Numerics.IntegerWidth.Covering(min, max).Width - 1;
        if (operands.Length == 2 && added && firstUnsigned && firstTop < second)
            return 0;
        int start = firstNegative ? first : second;
        int extension = operands.Length == 3 && resultTop > top ? 1 : 0;
        return Math.Max(0, Math.Min(top, resultTop) - start + 1) + extension;
    }
}
