using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// Powers and the logarithm by range reduction, as <see cref="RangeReducedTable.Evaluate"/> defines them.
/// </summary>
internal static class RangeReduction
{
    public static int Evaluate(ProgramBuilder b, RangeReducedTable table, int x)
    {
        int a = Division.Magnitude(b, table.Odd ? x : b.Max(x, b.Constant(0)));
        Interval magnitudes = b[a].Range;
        if (magnitudes.Max == 0)
            return b.Constant(table.AtZero);
        // The places that the highest bit can have.
        (int lowest, int highest) = ((int)Int128.Log2(Int128.Max(magnitudes.Min, 1)), (int)Int128.Log2(magnitudes.Max));
        int index = AtPlace(k => k == 0 ? b.Constant(Int128.One << (table.IndexBits - Place(0)))
            : b.ShiftRight(a, Place(k) - table.IndexBits));
        index = b.Bounded(index,
            new(Int128.One << table.IndexBits, (Int128.One << (table.IndexBits + (table.Pairs ? 2 : 1))) - 1));
        int t = Functions.Evaluate(b, table.Table, index);
        int result = table.Addends.IsEmpty ? AtPlace(Shifted)
            : b.ShiftRight(b.Sum(t, AtPlace(k => b.Constant(table.Addends[k]))), table.Base);
        if (table.Odd)
            result = b.Select(b.Below(x, 0), b.Negate(result), result);
        result = b.Clamp(result, table.OutMin, table.OutMax);
        int regular = table.Odd ? Division.IsNonzero(b, x) : b.Reaches(x, 1);
        return b.Select(regular, result, b.Constant(table.AtZero));

        int Place(int k) => table.Pairs && ((k - table.Input.Fraction) & 1) != 0 ? k - 1 : k;

        int Shifted(int k)
        {
            int exponent = Place(k) - table.Input.Fraction;
            int shift = Math.Clamp(table.Base + (table.Step * (table.Pairs ? exponent / 2 : exponent)), -table.MaxLeft,
                table.MaxRight);
            return shift > 0 ? b.ShiftRight(b.Sum(t, b.Constant(Int128.One << (shift - 1))), shift)
                : b.Scale(t, -shift);
        }

        int AtPlace(Func<int, int> value)
        {
            int selected = value(lowest);
            for (int k = lowest + 1; k <= highest; k++)
                selected = b.Select(b.Reaches(a, Int128.One << k), value(k), selected);
            return selected;
        }
    }
}
