using Hls4Net.Diagnostics;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Data;

public sealed class UnusualVectorsTests
{
    [Theory]
    [InlineData(3e38)]
    [InlineData(-1e6)]
    public void A_vector_far_beyond_all_others_is_named_with_its_value(double value)
    {
        double[] values = Normal(50, 6);
        values[(17 * 6) + 3] = value;
        Diagnostic warning = Assert.Single(Report(values, 50).Items);
        Assert.Equal(Descriptors.UnusualVector, warning.Descriptor);
        Assert.Contains(
            FormattableString.Invariant(
                $"test vector 17 has {value:G6} for input 'image', element [1, 0] (counted from 0); all others reach "),
                warning.Text, StringComparison.Ordinal);
        Assert.Contains("Include=\"image\"", warning.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_vectors_a_hundredth_may_be_unusual_and_more_are_data()
    {
        double[] values = Normal(400, 6);
        foreach (int sample in (int[])[3, 77, 200])
            values[sample * 6] = 9e9;
        Assert.Contains("and 2 more vectors are like it", Assert.Single(Report(values, 400).Items).Text,
            StringComparison.Ordinal);
        for (int sample = 0; sample < 40; sample++)
            values[sample * 6] = 9e9;
        Assert.Empty(Report(values, 400).Items);
    }

    [Fact]
    public void Usual_vectors_heavy_tails_zeros_and_few_vectors_are_not_named()
    {
        Assert.Empty(Report(Normal(50, 6), 50).Items);
        Assert.Empty(Report([.. Enumerable.Range(0, 300).Select(i => Math.Exp(i / 6 * 0.3))], 50).Items);
        Assert.Empty(Report([.. Enumerable.Range(0, 300).Select(i => i == 6 ? 1.0 : 0)], 50).Items);
        Assert.Empty(Report([1, 1, 1, 1, 1, 1, 1e9, 1, 1, 1, 1, 1], 2).Items);
    }

    private static DiagnosticBag Report(double[] values, int count)
    {
        DiagnosticBag diagnostics = new("net.onnx");
        UnusualVectors.Report(new TestVectors(count, values, null, null), [("flag", []), ("image", [2, 2]), ("z", [1])],
            diagnostics);
        return diagnostics;
    }

    private static double[] Normal(int samples, int size)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, samples * size).Select(_ => random.NextDouble() - 0.5)];
    }
}
