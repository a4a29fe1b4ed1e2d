using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Hostile;

/// <summary>Settings and test vectors that do not fit the model.</summary>
public sealed class OptionTests
{
    [Theory]
    [InlineData(5, "4 and 6")]
    [InlineData(7, "6 and 12")]
    [InlineData(13, "12")]
    [InlineData(int.MaxValue, "12")]
    [InlineData(0, "1")]
    [InlineData(-2, "1")]
    [InlineData(int.MinValue, "1")]
    public void Reuse_factors_that_do_not_divide(int reuseFactor, string neighbours) => HostileTest.Fails(
        Descriptors.InvalidReuseFactor, HostileTest.Perceptron(), neighbours,
        o => o with { Layers = [new LayerOverride("node_h", LayerSettings.Unset with { ReuseFactor = reuseFactor })] });

    [Fact]
    public void Patterns_that_match_nothing_name_what_there_is()
    {
        foreach (string pattern in new[] { "fc9", "", "Fc?", "*x*y*z*", "[", "Gemm_" })
            HostileTest.Fails(Descriptors.LayerMatchesNothing, HostileTest.Perceptron(), "node_h",
                o => o with { Layers = [new LayerOverride(pattern, LayerSettings.Unset)] });
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(10, 5)]
    [InlineData(10, 4, 4)]
    [InlineData]
    public void Test_vectors_of_another_shape(params int[] shape)
    {
        using TempFolder folder = new();
        ModelOptions options = HostileTest.Perceptron().Save(folder);
        int size = shape.Aggregate(1, (a, b) => a * b);
        string inputs = folder.Write("inputs.npy",
            Npy.Floats($"({string.Join(' ', shape.Select(d => $"{d},"))})", new float[size]));
        IReadOnlyList<Diagnostic> errors = HostileTest.Errors(options with { TestInputs = [inputs] });
        Assert.Contains(errors, e => e.Descriptor == Descriptors.TestVectorShape
            || e.Descriptor == Descriptors.TestVectorFile);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.MaxValue)]
    [InlineData(0)]
    [InlineData(float.Epsilon)]
    [InlineData(1e30f)]
    public void Test_vectors_of_any_value_calibrate_or_are_refused(float value)
    {
        using TempFolder folder = new();
        string inputs = folder.Write("inputs.npy", Npy.Floats("(10, 4)", [.. Enumerable.Repeat(value, 40)]));
        ModelOptions options = HostileTest.Perceptron().Save(folder) with { TestInputs = [inputs] };
        IReadOnlyList<Diagnostic> errors = HostileTest.Errors(options);
        if (!float.IsFinite(value))
            Assert.NotEmpty(errors);
        if (errors.Count == 0)
            _ = ModelHarness.Compile(options).Verify(null, new DiagnosticBag("model.onnx"));
    }

    [Fact]
    public void External_data_of_a_whole_model()
    {
        using TempFolder folder = new();
        byte[] weights = [.. new float[] { 1, 2, 3 }.SelectMany(BitConverter.GetBytes)];
        folder.Write("weights.bin", weights);
        Assert.Empty(HostileTest.Errors(Model("weights.bin").Save(folder)));
        foreach (string location in new[] { "missing.bin", "../weights.bin", "/etc/passwd", "" })
            Assert.Equal(Descriptors.ExternalData,
                Assert.Single(HostileTest.Errors(Model(location).Save(folder))).Descriptor);
        folder.Write("weights.bin", weights[..^1]);
        Assert.Equal(Descriptors.ExternalData,
            Assert.Single(HostileTest.Errors(Model("weights.bin").Save(folder))).Descriptor);

        static ModelBuilder Model(string location) =>
            new ModelBuilder().Input("x", 1, 3).ExternalWeights("w", [3], ("location", location))
                .Node("Add", ["x", "w"], "y").Output("y");
    }
}
