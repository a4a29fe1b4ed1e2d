using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

public sealed class UnaryFunctionTests
{
    public static readonly UnaryFunction[] All =
    [
        new(FunctionKind.Sigmoid), new(FunctionKind.Tanh), new(FunctionKind.Softplus), new(FunctionKind.Softsign),
        UnaryFunction.Elu(), UnaryFunction.Elu(0.3), UnaryFunction.Elu(-0.5), UnaryFunction.Selu(),
            UnaryFunction.Celu(), UnaryFunction.Celu(2.5), UnaryFunction.Celu(-1.5),
        new(FunctionKind.Exp), new(FunctionKind.Log), new(FunctionKind.Reciprocal),
        new(FunctionKind.Sqrt), UnaryFunction.Power(-0.5, 3), UnaryFunction.Power(3), UnaryFunction.Power(-1, -2),
            new(FunctionKind.Erf), new(FunctionKind.Sin), new(FunctionKind.Cos), new(FunctionKind.Atan),
        new(FunctionKind.Sinh), new(FunctionKind.Cosh), new(FunctionKind.Asinh), new(FunctionKind.Gelu),
            new(FunctionKind.GeluTanh), new(FunctionKind.HardSwish),
        UnaryFunction.Swish(), UnaryFunction.Swish(1.5), new(FunctionKind.Mish),
    ];

    public static TheoryData<UnaryFunction> Functions => new(All);

    /// <summary>True where ONNX's definition has a finite value.</summary>
    public static bool Defined(UnaryFunction f, double x) => f.Kind switch
    {
        FunctionKind.Log => x > 0,
        FunctionKind.Reciprocal => x != 0,
        FunctionKind.Sqrt => x >= 0,
        FunctionKind.Power => f.Alpha >= 0 || x > 0 || (x < 0 && double.IsInteger(f.Alpha)),
        _ => true,
    };

    /// <summary>The error function in 256 bits.</summary>
    public static double Erf(double x) => HighPrecision.Evaluate(new UnaryFunction(FunctionKind.Erf), x);

    [Theory]
    [MemberData(nameof(Functions))]
    public void Values_are_accurate_to_a_few_units_of_double(UnaryFunction f)
    {
        Random random = new(1);
        foreach (double scale in new[] { 1e-12, 1e-6, 1e-3, 0.1, 1, 8, 40 })
            for (int k = 0; k < 40; k++)
            {
                double x = (random.NextDouble() * 2 - 1) * scale;
                if (!Defined(f, x))
                    x = -x;
                double expected = HighPrecision.Evaluate(f, x), actual = f.Evaluate(x);
                // The exponential amplifies the rounding of its argument by that argument. Below 1e-40 the definition
                // has too few digits.
                double argument = f.Kind switch
                {
                    FunctionKind.Gelu => x * x / 2,
                    FunctionKind.GeluTanh => Math.Abs(x) + (0.1 * Math.Abs(x * x * x)),
                    _ => Math.Abs(x)
                };
                Assert.True(Math.Abs(actual - expected) <= 2e-15 * (1 + argument / 8) * Math.Abs(expected) + 1e-40,
                    $"{f} at {x:R}: {actual:R}, not {expected:R}");
            }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Large_arguments_give_limits_instead_of_nan(UnaryFunction f)
    {
        foreach (double x in new[] { -double.MaxValue, -1e5, -800, 800, 1e5, double.MaxValue })
            if (Defined(f, x))
                Assert.False(double.IsNaN(f.Evaluate(x)), $"{f} at {x}");
    }

    [Theory]
    [InlineData(FunctionKind.Sigmoid, -1000, 0)]
    [InlineData(FunctionKind.Sigmoid, 1000, 1)]
    [InlineData(FunctionKind.Softplus, 1000, 1000)]
    [InlineData(FunctionKind.Softplus, -1000, 0)]
    [InlineData(FunctionKind.Softsign, double.PositiveInfinity, 1)]
    [InlineData(FunctionKind.Log, 0, double.NegativeInfinity)]
    [InlineData(FunctionKind.Reciprocal, 0, double.PositiveInfinity)]
    public void Limits(FunctionKind kind, double x, double expected) =>
        Assert.Equal(expected, new UnaryFunction(kind).Evaluate(x));

    [Theory]
    [MemberData(nameof(Functions))]
    public void Range_and_slope_bound_hold_on_a_grid_and_the_range_is_attained(UnaryFunction f)
    {
        foreach ((double lo, double hi) in new[] { (-4.0, 3.0), (0.25, 2.0), (-3.0, -0.5), (-2.0, 0.0), (0.0, 5.0) })
        {
            if (f.Kind == FunctionKind.Log && lo < 0)
                continue;
            (double min, double max) = f.Range(lo, hi);
            double slope = f.SlopeBound(lo, hi);
            double[] grid = [.. Enumerable.Range(0, 1001).Select(k => f.Evaluate(lo + (hi - lo) * k / 1000))];
            Assert.All(grid, y => Assert.InRange(y, min, max));
            if (double.IsFinite(min))
                Assert.InRange(grid.Min() - min, 0, 1e-2);
            if (double.IsFinite(max))
                Assert.InRange(max - grid.Max(), 0, 1e-2);
            for (int k = 1; k < grid.Length && double.IsFinite(slope); k++)
                Assert.True(Math.Abs(grid[k] - grid[k - 1]) <= slope * (hi - lo) / 1000 * (1 + 1e-9),
                    $"{f} on [{lo}, {hi}]");
        }
    }

    [Fact]
    public void Celu_refuses_alpha_zero() => Assert.Throws<ArgumentOutOfRangeException>(() => UnaryFunction.Celu(0));
}
