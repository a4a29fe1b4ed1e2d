using FsCheck.Xunit;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>The compiler's fractions, held to whole numbers and to the tests' own fractions.</summary>
public sealed class RationalTests
{
    [Property(MaxTest = 1000)]
    public void Arithmetic_and_order(int a, int b, int c, int d)
    {
        (long p, long q) = (b == 0 ? 1 : b, d == 0 ? -3 : d);
        (Rational x, Rational y) = (new Rational(a, p), new Rational(c, q));
        (Fraction u, Fraction v) = (new Fraction(a, p), new Fraction(c, q));
        Assert.Equal(u + v, ExactStep.Of(x + y));
        Assert.Equal(u - v, ExactStep.Of(x - y));
        Assert.Equal(u * v, ExactStep.Of(x * y));
        if (c != 0)
            Assert.Equal(u / v, ExactStep.Of(x / y));
        Assert.Equal(u.CompareTo(v), x.CompareTo(y));
        Assert.Equal(u == v, x == y);
        Assert.Equal(u.Floor, x.Floor());
        Assert.Equal(u.Ceiling, x.Ceiling());
        Assert.Equal(Fraction.Min(u, v), ExactStep.Of(Rational.Min(x, y)));
        Assert.Equal(Fraction.Max(u, v), ExactStep.Of(Rational.Max(x, y)));
        Assert.True(x.Denominator.Sign > 0);
        Assert.Equal(u, ExactStep.Of(x));
    }

    [Property(MaxTest = 1000)]
    public void Doubles_convert_without_loss(double value)
    {
        if (double.IsFinite(value))
            Assert.Equal((Fraction)value, ExactStep.Of(value));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    [InlineData(-double.MaxValue)]
    [InlineData(0.1)]
    public void Extreme_doubles_convert_without_loss(double value) =>
        Assert.Equal((Fraction)value, ExactStep.Of(value));

    [Fact]
    public void Nothing_divides_by_zero()
    {
        Assert.Throws<DivideByZeroException>(() => (Rational)1L / Rational.Zero);
        Assert.Equal(Rational.Zero, default);
        Assert.Equal("0", default(Rational).ToString());
        Assert.Equal("-2/3", new Rational(4, -6).ToString());
    }
}
