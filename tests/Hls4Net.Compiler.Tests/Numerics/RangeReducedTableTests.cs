using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

/// <summary>Powers and logarithms by the mantissa against the real functions.</summary>
public sealed class RangeReducedTableTests
{
    private static readonly UnaryFunction[] s_functions =
        [new(FunctionKind.Log), new(FunctionKind.Sqrt), new(FunctionKind.Reciprocal), UnaryFunction.Power(-0.5),
            UnaryFunction.Power(-0.5, 12.5), UnaryFunction.Power(0.5, -3), UnaryFunction.Power(-1, 0.01)];

    private static readonly FixedPointType[] s_outputs =
        [new(16, 6, true, Rounding.Rnd, Overflow.Sat), new(16, 1, false, Rounding.Rnd, Overflow.Sat),
            new(12, 8, true, Rounding.Rnd, Overflow.SatSym), new(8, 4, true, Rounding.Rnd, Overflow.Sat),
            new(14, 16, true, Rounding.Rnd, Overflow.Sat)];

    public static TheoryData<UnaryFunction> Functions => new(s_functions);

    [Theory]
    [MemberData(nameof(Functions))]
    public void Every_input_of_sixteen_bits_is_within_one_unit(UnaryFunction f)
    {
        foreach (
            FixedPointType input in new FixedPointType[] { new(16, 6), new(16, 1, false), new(13, 20), new(16, -3),
                new(16, 16) })
        {
            foreach (FixedPointType output in s_outputs)
            {
                RangeReducedTable table = RangeReducedTable.Build(f, input, output)!;
                Assert.InRange(table.MaxErrorUlp, 0.5, 1);
                for (long x = (long)input.MinMantissa; x <= input.MaxMantissa; x++)
                    Check(f, table, x);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Inputs_of_any_width_are_within_their_bound(UnaryFunction f)
    {
        Random random = new(1);
        foreach ((FixedPointType input, FixedPointType output) in new (FixedPointType, FixedPointType)[]
        {
            (new(64, 20), new(16, 6, true, Rounding.Rnd, Overflow.Sat)),
                (new(63, 40, false), new(32, 3, false, Rounding.Rnd, Overflow.Sat)),
                (new(40, 10), new(24, 12, true, Rounding.Rnd, Overflow.Sat)),
            (new(52, 64), new(50, 25, true, Rounding.Rnd, Overflow.Sat)),
                (new(24, 4), new(1, 1, false, Rounding.Rnd, Overflow.Sat)),
                (new(3, 2), new(16, 4, true, Rounding.Rnd, Overflow.Sat)),
                (new(1, 1, false), new(16, 4, true, Rounding.Rnd, Overflow.Sat)),
        })
        {
            RangeReducedTable table = RangeReducedTable.Build(f, input, output)!;
            Assert.InRange(table.SumWidth, 1, 64);
            for (int n = 0; n < 3000; n++)
                Check(f, table,
                    random.NextInt64((long)input.MinMantissa, (long)input.MaxMantissa) >> random.Next(input.Width));
            Check(f, table, (long)input.MinMantissa);
            Check(f, table, (long)input.MaxMantissa);
        }
    }

    [Fact]
    public void Other_functions_have_none_and_wide_results_are_refused()
    {
        FixedPointType type = new(24, 8, true, Rounding.Rnd, Overflow.Sat);
        Assert.Null(RangeReducedTable.Build(new UnaryFunction(FunctionKind.Exp), type, type));
        Assert.Null(RangeReducedTable.Build(UnaryFunction.Power(1.5), type, type));
        Assert.Null(RangeReducedTable.Build(UnaryFunction.Power(-0.5, 0), type, type));
        Assert.Throws<TypeLimitException>(() => RangeReducedTable.Build(new UnaryFunction(FunctionKind.Log), type,
            new(51, 8, true, Rounding.Rnd, Overflow.Sat)));
    }

    private static void Check(UnaryFunction f, RangeReducedTable table, long x)
    {
        double exact = f.Evaluate(x * table.Input.Ulp) / table.Output.Ulp;
        long y = table.Evaluate(x);
        double held = Math.Clamp(exact, table.OutMin, table.OutMax);
        if (Math.Abs(y - held) > table.MaxErrorUlp || y < table.OutMin || y > table.OutMax)
            Assert.Fail(
                $"{f} of {table.Input} in {table.Output} at {x}: {y}, not {exact}; the bound is {table.MaxErrorUlp}");
    }
}
