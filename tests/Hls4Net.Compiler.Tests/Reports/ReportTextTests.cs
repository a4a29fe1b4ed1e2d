using Hls4Net.Reports;

namespace Hls4Net.Tests.Reports;

public sealed class ReportTextTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(0.0, "0")]
    [InlineData(0.0021, "0.0021")]
    [InlineData(0.00214999, "0.00215")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001234, "1.23e-5")]
    [InlineData(60.0, "60")]
    [InlineData(99.96, "100")]
    [InlineData(-12.345, "-12.3")]
    [InlineData(1234.56, "1,234.6")]
    [InlineData(12345678.0, "1.23e7")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NaN, "NaN")]
    public void Reals_have_three_digits(double? value, string expected) =>
        Assert.Equal(expected, ReportText.Real(value));

    [Theory]
    [InlineData(null, "–")]
    [InlineData(1.0, "100 %")]
    [InlineData(0.99995, "> 99.99 %")]
    [InlineData(0.9999, "99.99 %")]
    [InlineData(0.5, "50 %")]
    [InlineData(0.0, "0 %")]
    public void Only_all_is_a_hundred_percent(double? share, string expected) =>
        Assert.Equal(expected, ReportText.Percent(share));

    [Fact]
    public void Shapes_and_counts_read_well()
    {
        Assert.Equal("3 × 32", ReportText.Shape([3, 32]));
        Assert.Equal("scalar", ReportText.Shape([]));
        Assert.Equal("1 cycle", ReportText.Plural(1, "cycle"));
        Assert.Equal("1,200 cycles", ReportText.Plural(1200, "cycle"));
    }
}
