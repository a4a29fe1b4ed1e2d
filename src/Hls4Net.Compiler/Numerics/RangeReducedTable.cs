using System.Collections.Immutable;

namespace Hls4Net.Numerics;

/// <summary>
/// Powers and the logarithm of numbers of any width by range reduction: a number is a mantissa in [1, 2) or [1, 4)
/// times a power of two, one table has the function of the mantissa, and the power of two becomes a shift, or for the
/// logarithm an addend.
/// <para>
/// For x of F fraction bits, a = |x|, or x for the logarithm: where a ≤ 0, and where x &lt; 0 but for odd powers, the
/// result is <see cref="AtZero"/>. Else k is the place of the highest bit of a; with <see cref="Pairs"/> k is lowered
/// by one where k - F is odd. M = a &lt;&lt; (<see cref="Top"/> - k); i = M &gt;&gt; (Top - <see cref="IndexBits"/>); t
/// = <see cref="Table"/>[i], G fraction bits. Power: with s = <see cref="Base"/> + <see cref="Step"/> · (k - F), or
/// Step · (k - F) / 2 with Pairs, held to [-<see cref="MaxLeft"/>, <see cref="MaxRight"/>], the result is t / 2^s
/// rounded, ties up. Logarithm: (t + <see cref="Addends"/>[k]) / 2^Base, rounded. The result is held to [OutMin,
/// OutMax]; for an odd power of a negative number it is negated first.
/// </para>
/// Equality of records compares the arrays by reference.
/// </summary>
public sealed record RangeReducedTable
{
    /// <summary>More bits of the mantissa than these would make the table too large to be measured.</summary>
    public const int MaxIndexBits = 17;

    // Bits that a table is finer than its result.
    private const int GuardBits = 4;

    // Results of 2^(IndexBits + GuardBits) with their shifts stay within 62 bits.
    private const int MaxOutputWidth = 50;

    public required FixedPointType Input { get; init; }

    public required FixedPointType Output { get; init; }

    /// <summary>The function of the mantissa.</summary>
    public required FunctionTable Table { get; init; }

    /// <summary>Bits of its values, a sign included.</summary>
    public required int EntryWidth { get; init; }

    /// <summary>True where the exponent has to be even.</summary>
    public required bool Pairs { get; init; }

    /// <summary>True if negative numbers have results of the other sign.</summary>
    public required bool Odd { get; init; }

    /// <summary>Fraction bits of M.</summary>
    public required int Top { get; init; }

    /// <summary>Fraction bits of the mantissa that address the table.</summary>
    public required int IndexBits { get; init; }

    /// <summary>The right shift for the exponent 0.</summary>
    public required int Base { get; init; }

    /// <summary>How much the right shift grows with the exponent.</summary>
    public required int Step { get; init; }

    /// <summary>The largest left shift that is needed; more saturates as well.</summary>
    public required int MaxLeft { get; init; }

    /// <summary>The largest right shift that is needed; more gives zero as well.</summary>
    public required int MaxRight { get; init; }

    /// <summary>
    /// For the logarithm, by k: (k - F) · log 2 in the table's units, and the half that rounds. Empty for powers.
    /// </summary>
    public required ImmutableArray<long> Addends { get; init; }

    /// <summary>The result at zero.</summary>
    public required long AtZero { get; init; }

    public required long OutMin { get; init; }

    public required long OutMax { get; init; }

    /// <summary>A bound of |result - f(x)| in units in the last place, wherever the result does not saturate.</summary>
    public required double MaxErrorUlp { get; init; }

    /// <summary>Bits of the highest place k, and of a.</summary>
    public int Places => Input.Width;

    /// <summary>Bits of a rounded result before it is held to its range.</summary>
    public int SumWidth => Math.Max(Output.Width, Math.Max(EntryWidth + MaxLeft,
        Addends.IsEmpty ? 0 : IntegerWidth.Covering(Math.Min(0, Addends.Min()), Addends.Max()).Width)) + 3;

    /// <summary>The mantissa of f(x) in <see cref="Output"/>.</summary>
    public long Evaluate(long x)
    {
        if (x == 0 || (x < 0 && !Odd))
            return AtZero;
        ulong a = x < 0 ? 0UL - (ulong)x : (ulong)x;
        int k = 63 - System.Numerics.BitOperations.LeadingZeroCount(a);
        int place = Pairs && ((k - Input.Fraction) & 1) != 0 ? k - 1 : k;
        UInt128 mantissa = (UInt128)a << (Top - place);
        long t = Table.Evaluate((long)(mantissa >> (Top - IndexBits)));
        long result;
        if (!Addends.IsEmpty)
        {
            result = (t + Addends[k]) >> Base;
        }
        else
        {
            int exponent = place - Input.Fraction;
            int shift = Math.Clamp(Base + (Step * (Pairs ? exponent / 2 : exponent)), -MaxLeft, MaxRight);
            result = shift > 0 ? (t + (1L << (shift - 1))) >> shift : t << -shift;
        }
        return Math.Clamp(x < 0 ? -result : result, OutMin, OutMax);
    }

    /// <summary>
    /// The table of a power or the logarithm; null where the function is neither, or its exponent no half-integer.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="input">Type of x.</param>
    /// <param name="output">Type of the result, which saturates.</param>
    /// <exception cref="TypeLimitException">The output is too wide.</exception>
    public static RangeReducedTable? Build(UnaryFunction function, FixedPointType input, FixedPointType output)
    {
        bool logarithm = function.Kind == FunctionKind.Log;
        (double factor, double exponent) = function.AsPower ?? (0, 0);
        if (!logarithm && (factor == 0 || exponent is not (-0.5 or 0.5 or -1)))
            return null;
        if (output.Width > MaxOutputWidth)
            throw new TypeLimitException($"results of more than {MaxOutputWidth} bits are not supported");
        bool pairs = Math.Abs(exponent) == 0.5;
        int top = input.Width + (pairs ? 1 : 0);
        // Each digit of the result needs one of the mantissa.
        int wanted = logarithm ? Math.Max(output.Fraction + 3, 3) : output.Width + 2;
        int indexBits = Math.Min(Math.Min(wanted, MaxIndexBits), top);
        double half = indexBits < top ? Math.ScaleB(1, -indexBits - 1) : 0;
        double Mantissa(double m) => logarithm ? Math.Log(m + half) : factor * Math.Pow(m + half, exponent);
        double end = Math.ScaleB(1, pairs ? 2 : 1);
        double largest = Math.Max(Math.Abs(Mantissa(1)), Math.Abs(Mantissa(end)));
        int guard = logarithm ? Math.Max(output.Fraction, 0) + GuardBits
            : Math.Min(output.Width, MaxIndexBits + 2) + GuardBits - Math.ILogB(largest);
        FixedPointType index = new(indexBits + (pairs ? 2 : 1), pairs ? 2 : 1, Signed: false);
        int integer = Math.Max(1, Math.ILogB(largest) + 3);
        FixedPointType entry = new(Math.Min(integer + guard, FunctionTable.MaxSegmentOutputWidth),
            Math.Min(integer + guard, FunctionTable.MaxSegmentOutputWidth) - guard, true, Rounding.Rnd, Overflow.Sat);
        FunctionTable table = FunctionTable.Build(Mantissa, index, 1L << indexBits,
            (1L << (indexBits + (pairs ? 2 : 1))) - 1, entry);
        long outMax = (long)output.MaxMantissa, outMin = output.Overflow == Overflow.SatSym
            && output.Signed ? -outMax : (long)output.MinMantissa;
        double atZero = function.Evaluate(0);
        int shift = guard - output.Fraction;
        long[] addends = logarithm
            ? [.. Enumerable.Range(0, input.Width)
                .Select(k => (long)Math.Round(Math.ScaleB((k - input.Fraction) * Math.Log(2), guard))
                    + (shift > 0 ? 1L << (shift - 1) : 0))] : [];
        int entryWidth = Math.ILogB(largest) + guard + 2;
        return new RangeReducedTable
        {
            Input = input,
            Output = output,
            Table = table,
            EntryWidth = entryWidth,
            Pairs = pairs,
            Odd = exponent == -1,
            Top = top,
            IndexBits = indexBits,
            Base = shift,
            Step = logarithm ? 0 : exponent > 0 ? -1 : 1,
            MaxLeft = logarithm ? 0 : Math.Max(0, output.Width - entryWidth + 4),
            MaxRight = logarithm ? 0 : entryWidth + 1,
            Addends = ImmutableArray.Create(addends),
            AtZero = atZero == 0 ? Math.Clamp(0, outMin, outMax) : atZero > 0 ? outMax : outMin,
            OutMin = outMin,
            OutMax = outMax,
            MaxErrorUlp = Error(table, half, logarithm, exponent, largest, output, guard),
        };
    }

    // The half that rounds; of the table's units and of the mantissa's cut, what the largest result, or any logarithm,
    // makes of them.
    private static double Error(FunctionTable table, double half, bool logarithm, double exponent, double largest,
        FixedPointType output, int guard)
    {
        double unit = Math.ScaleB(1, -guard);
        if (logarithm)
            return 0.5 + (Math.ScaleB(1, output.Fraction) * (half + (1.5 * unit)));
        double relative = (half * Math.Abs(exponent)) + (table.MaxErrorUlp * unit / largest * 2);
        return 0.5 + (relative * (double)output.MaxMantissa);
    }
}
