using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

public sealed class FunctionTableTests
{
    private static readonly FixedPointType Fixed16 = new(16, 6, true, Rounding.Rnd, Overflow.Sat);

    public static TheoryData<UnaryFunction> Functions => UnaryFunctionTests.Functions;

    [Theory]
    [MemberData(nameof(Functions))]
    public void Entries_of_narrow_inputs_are_correctly_rounded(UnaryFunction f)
    {
        FixedPointType[] outputs =
        [
            new(8, 3, true, Rounding.Trn, Overflow.Sat), new(10, 1, true, Rounding.RndConv, Overflow.SatSym),
                new(16, 6, true, Rounding.Rnd, Overflow.Sat),
            new(18, 2, false, Rounding.TrnZero, Overflow.Sat),
        ];
        foreach (int width in new[] { 1, 2, 3, 5, 8, 11, 12 })
            foreach (bool signed in new[] { false, true })
                foreach (int integer in new[] { -2, 0, 1, 3, width })
                    foreach (FixedPointType output in outputs)
                        CheckEveryEntry(f, new FixedPointType(width, integer, signed), output);
    }

    private static void CheckEveryEntry(UnaryFunction f, FixedPointType input, FixedPointType output)
    {
        long min = f.Kind == FunctionKind.Log ? 0 : (long)input.MinMantissa, max = (long)input.MaxMantissa;
        FunctionTable table = FunctionTable.Build(f.Evaluate, input, min, max, output);
        Assert.Equal(0, table.Shift);
        double lowest = output.Overflow == Overflow.SatSym ? -(double)output.MaxMantissa : (double)output.MinMantissa;
        for (long x = min; x <= max; x++)
        {
            double exact = Math.ScaleB(f.Evaluate(x * input.Ulp), output.Fraction);
            double error = Math.Abs(table.Evaluate(x) - Math.Clamp(exact, lowest, (double)output.MaxMantissa));
            if (error > 0.5 + 1e-9)
                Assert.Fail($"{f} {input} -> {output} at {x}: {table.Evaluate(x)}, not {exact}");
        }
        Assert.InRange(table.MaxErrorUlp, 0, 0.5);
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Entries_agree_with_high_precision(UnaryFunction f)
    {
        FixedPointType input = new(7, 4), output = new(30, 8, true, Rounding.Rnd, Overflow.Sat);
        FunctionTable table = FunctionTable.Build(f.Evaluate, input, f.Kind == FunctionKind.Log ? 0 : -64, 63, output);
        for (long x = table.Min; x <= table.Max; x++)
            if (UnaryFunctionTests.Defined(f, x))
            {
                double exact = Math.Clamp(HighPrecision.Evaluate(f, x * input.Ulp), output.MinValue, output.MaxValue);
                Assert.InRange(Math.Abs(table.Evaluate(x) - exact / output.Ulp), 0, 0.5 + 1e-6);
            }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Wide_inputs_are_within_one_unit_everywhere(UnaryFunction f)
    {
        (FixedPointType, FixedPointType)[] types =
        [
            (new(16, 6), Fixed16), (new(16, 3), new(16, 2, true, Rounding.Trn, Overflow.Sat)),
                (new(14, 5), new(18, 4, true, Rounding.Rnd, Overflow.Sat)),
            (new(16, 4, false), new(16, 0, false, Rounding.Rnd, Overflow.Sat)),
                (new(18, 5), new(12, 4, true, Rounding.Rnd, Overflow.SatSym)),
        ];
        foreach ((FixedPointType input, FixedPointType output) in types)
        {
            long min = f.Kind == FunctionKind.Log ? 0 : (long)input.MinMantissa, max = (long)input.MaxMantissa;
            FunctionTable table = FunctionTable.Build(f.Evaluate, input, min, max, output);
            double lowest = output.Overflow == Overflow.SatSym ? -(double)output.MaxMantissa
                : (double)output.MinMantissa;
            double worst = 0;
            for (long x = min; x <= max; x++)
            {
                long y = table.Evaluate(x);
                if (y < table.OutMin || y > table.OutMax || table.OutMax > output.MaxMantissa || table.OutMin < lowest)
                    Assert.Fail($"{f} {input} -> {output} at {x}: {y} leaves the range");
                worst = Math.Max(worst,
                    Math.Abs(y - Math.Clamp(f.Evaluate(x * input.Ulp) / output.Ulp, lowest,
                        (double)output.MaxMantissa)));
            }
            Assert.InRange(worst, 0, 1);
            Assert.Equal(worst, table.MaxErrorUlp, 1e-9);
            Assert.InRange(table.SumType.Width, 1, 63);
            Assert.Equal(table.Shift == 0, table.Slope.IsEmpty);
        }
    }

    [Theory]
    [InlineData(FunctionKind.Sigmoid, 62)]
    [InlineData(FunctionKind.Tanh, 134)]
    [InlineData(FunctionKind.Softplus, 317)]
    public void Segments_are_few(FunctionKind kind, int atMost)
    {
        FunctionTable table = FunctionTable.Build(new UnaryFunction(kind).Evaluate, Fixed16, -32768, 32767, Fixed16);
        Assert.InRange(table.Base.Length, 1, atMost);
    }

    // The line of a segment at an end may round to the other side of what all inputs behind the end share.
    [Theory]
    [InlineData(17, 5, 13, 0.75)]
    [InlineData(18, 5, 13, 0.75)]
    [InlineData(17, 6, 13, 0.75)]
    public void Saturating_ends_leave_segments_few(int width, int integer, int outputWidth, double error)
    {
        FunctionTable table = FunctionTable.Build(x => 1 / (1 + Math.Exp(-x)),
            new FixedPointType(width, integer, true), -(1L << (width - 1)), (1L << (width - 1)) - 1,
            new FixedPointType(outputWidth, 1, false, Rounding.Rnd, Overflow.Sat), error);
        Assert.InRange(table.Base.Length, 2, 512);
        Assert.InRange(table.MaxErrorUlp, 0, error);
    }

    [Fact]
    public void A_pole_gets_one_entry_per_input_since_segments_would_take_more_memory()
    {
        FunctionTable table = FunctionTable.Build(new UnaryFunction(FunctionKind.Log).Evaluate, new(16, 6), 0, 32767,
            Fixed16);
        Assert.Equal(0, table.Shift);
        Assert.InRange(table.MaxErrorUlp, 0, 0.5);
    }

    [Fact]
    public void Steep_functions_of_wide_outputs_stay_in_63_bits()
    {
        FixedPointType output = new(40, 20, true, Rounding.Rnd, Overflow.Sat);
        FunctionTable table = FunctionTable.Build(x => 1e6 * Math.Tanh(1000 * x), new(14, 3), -8191, 8191, output);
        Assert.InRange(table.SumType.Width, 1, 63);
        Assert.InRange(table.MaxErrorUlp, 0, 1);
    }

    [Fact]
    public void Constant_ends_are_left_to_the_clamp()
    {
        FunctionTable table = FunctionTable.Build(Math.Tanh, new(10, 6), -512, 511,
            new(8, 2, true, Rounding.Rnd, Overflow.Sat));
        Assert.True(table.ClampsLow && table.ClampsHigh);
        Assert.NotEqual(table.Base[0], table.Base[1]);
        Assert.NotEqual(table.Base[^1], table.Base[^2]);
        Assert.Equal(-64, table.Evaluate(-512));
        Assert.Equal(64, table.Evaluate(511));
    }

    [Fact]
    public void Constant_functions_take_one_entry()
    {
        FunctionTable table = FunctionTable.Build(_ => 1.5, new(12, 6), -2048, 2047, Fixed16);
        Assert.Single(table.Base);
        Assert.Equal(1536, table.Evaluate(-2048));
    }

    [Fact]
    public void Entries_wrap_where_the_type_does()
    {
        FixedPointType wrapping = new(8, 4, true, Rounding.Trn, Overflow.Wrap);
        FunctionTable table = FunctionTable.Build(Math.Exp, new(6, 4), -32, 31, wrapping);
        for (long x = -32; x < 32; x++)
            Assert.Equal((long)FixedPoint.Convert(Math.Exp(x / 4.0), wrapping with { Rounding = Rounding.RndConv },
                out _), table.Evaluate(x));
        Assert.InRange(table.Overflows, 1, 63);
        Assert.InRange(table.MaxErrorUlp, 0, 0.5);
    }

    [Fact]
    public void Segments_never_wrap()
    {
        FixedPointType wrapping = new(16, 1, false, Rounding.Trn, Overflow.Wrap);
        Assert.Throws<TypeLimitException>(() => FunctionTable.Build(Math.Exp, new(16, 6), -32768, 32767, wrapping));
        FunctionTable below = FunctionTable.Build(Math.Exp, new(16, 6), -32768, 0, wrapping);
        Assert.Equal(0, below.Overflows);
        Assert.InRange(below.MaxErrorUlp, 0, 1);
    }

    [Fact]
    public void Ties_follow_a_nearest_mode_and_go_to_even_under_truncation()
    {
        FixedPointType half = new(4, 3), whole = new(4, 4, true, Rounding.Trn, Overflow.Sat);
        long Entry(Rounding mode) => FunctionTable.Build(x => x, half, -8, 7, whole with { Rounding = mode })
            .Evaluate(-3);
        Assert.Equal(-1, Entry(Rounding.Rnd));
        Assert.Equal(-2, Entry(Rounding.RndInf));
        Assert.Equal(-2, Entry(Rounding.Trn));
    }

    [Fact]
    public void Undefined_values_are_refused() =>
        Assert.Throws<TypeLimitException>(() => FunctionTable.Build(Math.Log, new(8, 4), -128, 127, Fixed16));

    [Theory]
    [InlineData(FunctionKind.Sigmoid)]
    [InlineData(FunctionKind.Tanh)]
    public void Inputs_too_fine_are_truncated_first_and_stay_within_one_unit(FunctionKind kind)
    {
        UnaryFunction f = new(kind);
        FixedPointType input = new(24, 5);
        Assert.Throws<TypeLimitException>(() =>
            FunctionTable.Build(f.Evaluate, input, (long)input.MinMantissa, (long)input.MaxMantissa, Fixed16));
        FixedPointType coarse = FunctionTable.RequantizedInput(input, Fixed16,
            f.SlopeBound(input.MinValue, input.MaxValue));
        Assert.InRange(coarse.Width, 1, 20);
        FunctionTable table = FunctionTable.Build(f.Evaluate, coarse, (long)coarse.MinMantissa,
            (long)coarse.MaxMantissa, Fixed16, 0.75);
        Assert.InRange(table.MaxErrorUlp, 0, 0.75);
        for (long x = (long)input.MinMantissa; x <= input.MaxMantissa; x += 997)
        {
            long y = table.Evaluate((long)FixedPoint.Convert(x, input.Fraction, coarse, out bool overflow));
            Assert.False(overflow);
            Assert.InRange(Math.Abs(y - f.Evaluate(x * input.Ulp) / Fixed16.Ulp), 0, 1);
        }
    }

    [Fact]
    public void Inputs_coarse_enough_are_not_requantized() =>
        Assert.Equal(new(8, 4), FunctionTable.RequantizedInput(new(8, 4), Fixed16, 1));
}
