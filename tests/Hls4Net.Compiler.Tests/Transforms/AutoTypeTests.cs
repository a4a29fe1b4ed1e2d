using FsCheck;
using FsCheck.Xunit;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Tests.Transforms;

/// <summary>The types that Precision=auto chooses.</summary>
public sealed class AutoTypeTests
{
    [Theory]
    [InlineData(0, 1, 8, 100, "ufixed<8,1,RND,SAT>")]
    [InlineData(0, 0.9, 8, 100, "ufixed<8,0,RND,SAT>")]
    [InlineData(-1, 0.9, 8, 100, "fixed<8,1,RND,SAT>")]
    [InlineData(-0.5, 0.3, 8, 100, "fixed<8,0,RND,SAT>")]
    [InlineData(-1, 1, 8, 100, "fixed<8,2,RND,SAT>")]
    [InlineData(-0.2, 0.1, 8, 100, "fixed<8,-1,RND,SAT>")]
    [InlineData(0, 0.9999, 8, 100, "ufixed<8,1,RND,SAT>")] // rounding carries it to 1
    [InlineData(0, 100, 16, 3, "ufixed<10,7,RND,SAT>")] // no finer than its source
    [InlineData(0, 900, 4, 100, "ufixed<4,10,RND,SAT>")]
    public void A_range_takes_as_many_integer_bits_as_it_needs(double min, double max, int width, int finest,
        string expected) =>
        Assert.Equal(expected, AutoType.For(new RealRange(min, max), width, finest).ToString());

    [Fact]
    public void Ranges_print() => Assert.Contains("1.25", new RealRange(-1, 1.25).ToString(), StringComparison.Ordinal);

    [Property]
    public void A_type_holds_its_range_and_a_narrower_one_does_not(NormalFloat a, NormalFloat b, PositiveInt width)
    {
        RealRange range = new(Math.Min(0, Math.Min((double)a, (double)b)), Math.Max(0, Math.Max((double)a, (double)b)));
        int bits = 2 + (width.Get % 30);
        FixedPointType type = AutoType.For(range, bits, 500);
        Assert.Equal(range.Min < 0, type.Signed);
        if (range is { Min: 0, Max: 0 })
            return;
        Assert.False(Overflows(range, type));
        Assert.True(type.Width == bits);
        FixedPointType narrower = type with { Integer = type.Integer - 1 };
        Assert.True(range.Min < narrower.MinValue || range.Max > narrower.MaxValue,
            $"{type} has a bit more than {range} needs");

        static bool Overflows(RealRange range, FixedPointType type)
        {
            FixedPoint.Convert(range.Min, type, out bool below);
            FixedPoint.Convert(range.Max, type, out bool above);
            return below || above;
        }
    }

    [Property]
    public void Weights_lie_within_half_a_unit_of_their_width(NonEmptyArray<NormalFloat> values, PositiveInt width)
    {
        double[] reals = [.. values.Get.Select(v => (double)(float)(double)v)];
        int bits = 2 + (width.Get % 20);
        Constant typed = AutoType.Weights(new Constant(new Shape(reals.Length), [.. reals]), bits);
        double largest = reals.Max(Math.Abs);
        Assert.InRange(typed.Type!.Value.Width, 1, bits);
        foreach ((double real, long mantissa) in reals.Zip(typed.Mantissas))
            Assert.InRange(Math.Abs(real - (mantissa * typed.Type.Value.Ulp)), 0, largest * Math.ScaleB(1, 2 - bits));
    }

    [Theory]
    [InlineData(new double[] { 0, 0, 0 }, "ufixed<1,1>")]
    [InlineData(new double[] { 1 }, "ufixed<1,1>")]
    [InlineData(new double[] { -1 }, "fixed<1,1>")]
    [InlineData(new double[] { -1, 1 }, "fixed<2,2>")]
    [InlineData(new double[] { 4, 8 }, "ufixed<2,4>")]
    [InlineData(new double[] { 0.5, -0.25 }, "fixed<3,1>")]
    public void Weights_drop_the_bits_that_none_of_them_uses(double[] values, string expected) =>
        Assert.Equal(expected,
            AutoType.Weights(new Constant(new Shape(values.Length), [.. values]), 16).Type.ToString());

    [Theory]
    [InlineData(0.3, 4, 0.3125)]
    [InlineData(-0.3, 4, -0.3125)]
    [InlineData(100, -3, 104)]
    [InlineData(0.01, 4, 0)]
    [InlineData(5, 0, 5)]
    public void A_constant_on_a_grid_is_its_nearest_multiple(double value, int fraction, double expected)
    {
        Constant typed = AutoType.OnGrid(Constant.Scalar(value), fraction);
        Assert.Equal(expected, typed.Mantissas[0] * typed.Type!.Value.Ulp);
    }
}
