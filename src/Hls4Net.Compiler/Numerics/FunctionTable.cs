using System.Collections.Immutable;

namespace Hls4Net.Numerics;

/// <summary>
/// A function of fixed-point numbers in integer arithmetic: one entry per input, or straight segments.
/// <para>
/// For a mantissa x of <see cref="Input"/> in [<see cref="Min"/>, <see cref="Max"/>]:
/// c = clamp(x, <see cref="Lo"/>, <see cref="Hi"/>); d = c - Lo; i = d &gt;&gt; <see cref="Shift"/>;
/// with Shift = 0 the result is <see cref="Base"/>[i]; else t = d &amp; (2^Shift - 1) and the result is
/// (Base[i] + <see cref="Slope"/>[i] · t) &gt;&gt; <see cref="Guard"/>, an arithmetic shift, then clamped to
/// [<see cref="OutMin"/>, <see cref="OutMax"/>] if <see cref="ClampsOutput"/>. The result is a mantissa of
/// <see cref="Output"/>. The half that rounds is part of Base, and Lo is a multiple of 2^Shift, so t is also x's low
/// bits.
/// </para>
/// Equality of records compares the arrays by reference.
/// </summary>
public sealed record FunctionTable
{
    /// <summary>More inputs than these get segments instead of one entry each.</summary>
    public const int MaxEntries = 1 << 12;

    /// <summary>More inputs than these are refused: the error of segments is measured at each of them.</summary>
    public const int MaxPoints = 1 << 20;

    /// <summary>
    /// The widest output of a table with segments; wider, double-precision arithmetic would not prove the error.
    /// </summary>
    public const int MaxSegmentOutputWidth = 40;

    /// <summary>Type of x.</summary>
    public required FixedPointType Input { get; init; }

    /// <summary>Smallest x the table is defined for.</summary>
    public required long Min { get; init; }

    /// <summary>Largest x the table is defined for.</summary>
    public required long Max { get; init; }

    /// <summary>Type of the result.</summary>
    public required FixedPointType Output { get; init; }

    /// <summary>x is raised to this first; needed only if <see cref="ClampsLow"/>.</summary>
    public required long Lo { get; init; }

    /// <summary>x is lowered to this first; needed only if <see cref="ClampsHigh"/>.</summary>
    public required long Hi { get; init; }

    /// <summary>log2 of the inputs per segment; 0 means one entry per input.</summary>
    public required int Shift { get; init; }

    /// <summary>
    /// Bits of <see cref="Base"/> and <see cref="Slope"/> below the output's unit; 0 if <see cref="Shift"/> is 0.
    /// </summary>
    public required int Guard { get; init; }

    /// <summary>
    /// Results if <see cref="Shift"/> is 0; else values at the beginnings of segments, 2^Guard times finer than the
    /// output, plus one half.
    /// </summary>
    public required ImmutableArray<long> Base { get; init; }

    /// <summary>Rises per unit of x, 2^Guard times finer than the output; empty if <see cref="Shift"/> is 0.</summary>
    public required ImmutableArray<long> Slope { get; init; }

    /// <summary>Smallest result.</summary>
    public required long OutMin { get; init; }

    /// <summary>Largest result.</summary>
    public required long OutMax { get; init; }

    /// <summary>True if a segment leaves [OutMin, OutMax], so that the result has to be clamped.</summary>
    public required bool ClampsOutput { get; init; }

    /// <summary>
    /// The largest |result - f(x)| over all of [Min, Max] in units in the last place, measured at each; where f leaves
    /// the range of a saturating output, the distance from the bound. Values that wrap or saturate to zero are not
    /// counted here but in <see cref="Overflows"/>.
    /// </summary>
    public required double MaxErrorUlp { get; init; }

    /// <summary>How many inputs of [Min, Max] have a rounded f(x) beyond the range of <see cref="Output"/>.</summary>
    public required int Overflows { get; init; }

    /// <summary>True if some reachable x lies below <see cref="Lo"/>.</summary>
    public bool ClampsLow => Min < Lo;

    /// <summary>True if some reachable x lies above <see cref="Hi"/>.</summary>
    public bool ClampsHigh => Max > Hi;

    /// <summary>The integer type of the entries of <see cref="Base"/>.</summary>
    public FixedPointType BaseType => IntegerWidth.Covering(Base.Min(), Base.Max());

    /// <summary>The integer type of the entries of <see cref="Slope"/>; one bit if there are none.</summary>
    public FixedPointType SlopeType => Slope.IsEmpty ? IntegerWidth.Covering(0, 0)
        : IntegerWidth.Covering(Slope.Min(), Slope.Max());

    /// <summary>
    /// The integer type that holds Base[i] + Slope[i] · t, and the product alone, for every reachable i and t.
    /// </summary>
    public FixedPointType SumType
    {
        get
        {
            long min = Base.Min(), max = Base.Max();
            for (int i = 0; i < Slope.Length; i++)
            {
                long last = Math.Min((1L << Shift) - 1, Hi - Lo - ((long)i << Shift));
                long product = Slope[i] * last;
                min = Math.Min(min, Math.Min(product, Base[i] + product));
                max = Math.Max(max, Math.Max(product, Base[i] + product));
            }
            return IntegerWidth.Covering(min, max);
        }
    }

    /// <summary>Bits of the ROM.</summary>
    public long RomBits => (long)Base.Length * (BaseType.Width + (Slope.IsEmpty ? 0 : SlopeType.Width));

    /// <summary>
    /// The mantissa of f(x) in <see cref="Output"/>; every intermediate value fits a signed 64-bit integer.
    /// </summary>
    public long Evaluate(long x)
    {
        long d = Math.Clamp(x, Lo, Hi) - Lo;
        int i = (int)(d >> Shift);
        if (Shift == 0)
            return Base[i];
        long t = d & ((1L << Shift) - 1);
        long y = (Base[i] + Slope[i] * t) >> Guard;
        return ClampsOutput ? Math.Clamp(y, OutMin, OutMax) : y;
    }

    /// <summary>
    /// Tabulates <paramref name="f"/>. Up to <see cref="MaxEntries"/> inputs: one entry each, rounded to nearest (ties
    /// by the output's rounding mode if that is a nearest mode, else to even) and brought into range by the output's
    /// overflow mode. More: the fewest equal segments whose error is nowhere above <paramref name="maxErrorUlp"/>, or
    /// one entry each if that takes no more memory, as where f has a pole. Inputs at both ends that share one result
    /// are left to the clamp.
    /// </summary>
    /// <param name="f">The function of real numbers, accurate to double; infinite values saturate.</param>
    /// <param name="input">Type of the inputs; only its fraction matters.</param>
    /// <param name="min">The smallest mantissa that can occur.</param>
    /// <param name="max">The largest mantissa that can occur.</param>
    /// <param name="output">Type of the results, at most 63 bits; 40 with segments, and the values need to be small
    /// enough for double to be exact about units.</param>
    /// <param name="maxErrorUlp">The error allowed to segments, at least 0.5.</param>
    /// <exception cref="TypeLimitException">
    /// f is undefined (NaN) somewhere, there are more than <see cref="MaxPoints"/> inputs (see
    /// <see cref="RequantizedInput"/>), or segments were to overflow an output that does not saturate.
    /// </exception>
    public static FunctionTable Build(
        Func<double, double> f, FixedPointType input, long min, long max, FixedPointType output, double maxErrorUlp = 1)
    {
        ArgumentNullException.ThrowIfNull(f);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(min, max);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxErrorUlp, 0.5);
        if (output.Width > 63)
            throw new TypeLimitException("a table's results have at most 63 bits");
        Int128 count = (Int128)max - min + 1;
        if (count > MaxPoints)
            throw new TypeLimitException($"{count} inputs are more than {MaxPoints}: drop low bits of the input first");
        double[] values = new double[(int)count];
        for (int j = 0; j < values.Length; j++)
        {
            double x = Math.ScaleB((double)(min + j), -input.Fraction);
            values[j] = f(x);
            if (double.IsNaN(values[j]))
                throw new TypeLimitException($"the function is undefined at {x}");
        }
        if (count <= MaxEntries || SegmentFit.Fit(values, input, min, output, maxErrorUlp) is not { } segments)
            return OneEntryEach(values, input, min, output);
        // Segments of a few inputs only, as a pole needs them, may take more memory than the results themselves.
        bool shortSegments = segments.Shift <= 3;
        return shortSegments && OneEntryEach(values, input, min, output) is var entries
            && entries.RomBits <= segments.RomBits ? entries : segments;
    }

    /// <summary>
    /// The type to which an input of too many values is truncated before a table is built for it with maxErrorUlp:
    /// 0.75. Truncation to F' fraction bits moves x by less than 2^-F' and f by less than slopeBound · 2^-F', which is
    /// at most 1/4 unit of the output; the table's 3/4 make one unit in all.
    /// </summary>
    /// <param name="input">The type that is too fine; returned unchanged if it isn't.</param>
    /// <param name="output">The table's output type.</param>
    /// <param name="slopeBound">A bound of |f'|, finite and above zero, e.g.
    /// <see cref="UnaryFunction.SlopeBound"/>.</param>
    /// <exception cref="TypeLimitException">Fewer than one bit would remain.</exception>
    public static FixedPointType RequantizedInput(FixedPointType input, FixedPointType output, double slopeBound)
    {
        int fraction = InputFractionNeeded(output, slopeBound);
        if (fraction >= input.Fraction)
            return input;
        if (input.Integer + fraction < 1)
            throw new TypeLimitException($"{input} has no bit that matters to {output}");
        return input with { Width = input.Integer + fraction, Rounding = Rounding.Trn };
    }

    /// <summary>
    /// Fraction bits of the input below which truncation costs at most 1/4 unit in the last place of
    /// <paramref name="output"/>.
    /// </summary>
    public static int InputFractionNeeded(FixedPointType output, double slopeBound)
    {
        if (!(slopeBound > 0) || !double.IsFinite(slopeBound))
            throw new ArgumentOutOfRangeException(nameof(slopeBound), slopeBound,
                "a finite bound above zero is needed");
        return output.Fraction + 2 + (int)Math.Ceiling(Math.Log2(slopeBound));
    }

    private static FunctionTable OneEntryEach(double[] values, FixedPointType input, long min, FixedPointType output)
    {
        bool saturates = output.Overflow is Overflow.Sat or Overflow.SatSym;
        FixedPointType nearest = output.Rounding is Rounding.Trn or Rounding.TrnZero
            ? output with { Rounding = Rounding.RndConv } : output;
        double lowest = output.Overflow == Overflow.SatSym
            && output.Signed ? -(double)output.MaxMantissa : (double)output.MinMantissa;
        long[] entries = new long[values.Length];
        double error = 0;
        int overflows = 0;
        for (int j = 0; j < entries.Length; j++)
        {
            entries[j] = (long)FixedPoint.Convert(values[j], nearest, out bool overflow);
            overflows += overflow ? 1 : 0;
            double units = Math.ScaleB(values[j], output.Fraction);
            if (!overflow)
                error = Math.Max(error,
                    Math.Abs((saturates ? Math.Clamp(units, lowest, (double)output.MaxMantissa) : units) - entries[j]));
        }
        if (overflows > 0 && !saturates && entries.Length > MaxEntries)
            throw SegmentFit.OverflowsWithoutSaturation(output);
        int first = 0, last = entries.Length - 1;
        while (first < last && entries[first + 1] == entries[0])
            first++;
        while (last > first && entries[last - 1] == entries[^1])
            last--;
        ImmutableArray<long> kept = ImmutableArray.Create(entries, first, last - first + 1);
        return new FunctionTable
        {
            Input = input,
            Min = min,
            Max = min + values.Length - 1,
            Output = output,
            Lo = min + first,
            Hi = min + last,
            Shift = 0,
            Guard = 0,
            Base = kept,
            Slope = [],
            OutMin = kept.Min(),
            OutMax = kept.Max(),
            ClampsOutput = false,
            MaxErrorUlp = error,
            Overflows = overflows,
        };
    }
}
