using System.Numerics;
using FsCheck.Xunit;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>The rounding modes, as functions and as boundaries, are QONNX's.</summary>
public sealed class QuantRoundingTests
{
    public static TheoryData<QuantRounding> Modes => [.. Enum.GetValues<QuantRounding>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Apply_and_boundaries_agree_with_the_definition_around_zero(QuantRounding mode)
    {
        for (int eighths = -80; eighths <= 80; eighths++)
            AssertRounds(mode, eighths / 8.0);
        // The neighbours of ties, where adding a half and cutting goes wrong.
        for (double tie = -4.5; tie <= 4.5; tie += 0.5)
        {
            AssertRounds(mode, Math.BitIncrement(tie));
            AssertRounds(mode, Math.BitDecrement(tie));
        }
    }

    [Property(MaxTest = 2000)]
    public void Apply_and_boundaries_agree_with_the_definition(int number, byte fraction, byte mode) =>
        AssertRounds((QuantRounding)(mode % 7), Math.ScaleB(number, -(fraction % 40)));

    [Theory]
    [InlineData(QuantRounding.HalfEven)]
    [InlineData(QuantRounding.HalfUp)]
    [InlineData(QuantRounding.HalfDown)]
    [InlineData(QuantRounding.Floor)]
    [InlineData(QuantRounding.Down)]
    public void Conversion_of_fixed_point_rounds_alike(QuantRounding mode)
    {
        FixedPointType whole = new(16, 16, true, mode.AsFixedPoint()!.Value, Overflow.Sat);
        for (int eighths = -80; eighths <= 80; eighths++)
            Assert.Equal((Int128)mode.Apply(eighths / 8.0), FixedPoint.Convert(eighths, 3, whole, out _));
    }

    private static void AssertRounds(QuantRounding mode, double x)
    {
        BigInteger expected = ExactRounding.Round(ExactStep.Name(mode), x);
        Assert.Equal(expected, new BigInteger(mode.Apply(x)));
        for (long level = (long)expected - 2; level <= (long)expected + 2; level++)
        {
            (Rational boundary, bool inclusive) = mode.Boundary(level);
            Assert.Equal(level <= expected, inclusive ? (Rational)x >= boundary : (Rational)x > boundary);
        }
    }
}
