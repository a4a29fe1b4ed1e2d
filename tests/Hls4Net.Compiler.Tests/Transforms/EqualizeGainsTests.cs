using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Targets;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Verification;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Transforms;

/// <summary>Channels inside a network that have scales of their own.</summary>
public sealed class EqualizeGainsTests(ITestOutputHelper output)
{
    private const int Samples = 128;

    // Networks in one run, and in a long one.
    private const int Usual = 12, Many = 200;

    [Fact]
    public void Channels_of_any_scale_cost_what_channels_of_one_scale_do()
    {
        using TempFolder folder = new();
        List<(int Seed, double Ratio)> ratios = [];
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            (double even, _) = Lut(folder, seed, decades: 0);
            (double uneven, OutputResult result) = Lut(folder, seed, decades: 3);
            Assert.True(result.Holds, $"seed {seed}: {result.Snr:F1} dB of {result.Budget:F1}");
            ratios.Add((seed, uneven / even));
        }
        output.WriteLine(string.Join('\n', ratios.OrderBy(r => r.Ratio).Select(r => $"seed {r.Seed}: {r.Ratio:F2}")));
        // What scales leave of a power of two is a bit at most, up or down.
        Assert.InRange(ratios.Select(r => r.Ratio).Order().ElementAt(ratios.Count / 2), 0.9, 1.1);
        Assert.All(ratios, r => Assert.True(r.Ratio < 1.3, $"seed {r.Seed}: {r.Ratio:F2} times the LUT"));
    }

    [Fact]
    public void Scaled_layers_say_so_and_the_others_do_not()
    {
        using TempFolder folder = new();
        TypedModel model = Compile(folder, 1, decades: 3).Model;
        Assert.NotEmpty(model.Layers.Single(l => l.Name == "node_h").Main.ChannelExponents);
        Assert.Equal(model.Layers.Single(l => l.Name == "node_h").Main.ChannelExponents,
            model.Layers.Single(l => l.Name == "node_r").Main.ChannelExponents);
        Assert.Empty(model.Layers.Single(l => l.Name == "node_y").Main.ChannelExponents);
        Assert.All(Compile(folder, 1, decades: 0).Model.Layers, l => Assert.Empty(l.Main.ChannelExponents));
    }

    [Theory]
    [InlineData("node_h")]
    [InlineData("node_r")]
    [InlineData("node_y")]
    public void Channels_of_a_layer_with_settings_keep_their_scale(string pinned)
    {
        using TempFolder folder = new();
        LayerSettings settings = LayerSettings.Unset with { Precision = new PrecisionSpec.Auto(14) };
        TypedModel model = Compile(folder, 1, decades: 3,
            o => o with { Layers = [new LayerOverride(pinned, settings)] }).Model;
        Assert.All(model.Layers, l => Assert.Empty(l.Main.ChannelExponents));
    }

    [SkippableTheory]
    [InlineData(IOType.IoParallel, "Vitis")]
    [InlineData(IOType.IoStream, "Vitis")]
    [InlineData(IOType.IoParallel, "Rtl")]
    public void Every_execution_agrees(IOType ioType, string backend)
    {
        using TempFolder folder = new();
        ModelHarness.Verify(Images(folder, ioType, backend));
    }

    private static (double Lut, OutputResult Result) Lut(TempFolder folder, int seed, double decades)
    {
        CompiledModel model = Compile(folder, seed, decades);
        DiagnosticBag diagnostics = new("model.onnx");
        OutputResult result = model.Verify(null, diagnostics).Result.Worst!;
        Assert.Empty(diagnostics.Items);
        return (DesignCost.Of(model.Options, model.Model, model.Streams).Total.Lut, result);
    }

    // Two hidden layers whose units are larger than they would be, and count for as much less.
    private static CompiledModel Compile(TempFolder folder, int seed, double decades,
        Func<ModelOptions, ModelOptions>? change = null)
    {
        const int Inputs = 6, Hidden = 12, Classes = 3;
        Random random = new(seed);
        double Unit() => (random.NextDouble() * 2) - 1;
        double[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => Unit())];
        double[] first = Weights(Inputs * Hidden), bias = Weights(Hidden), second = Weights(Hidden * Classes);
        float[] vectors = [.. Weights(Samples * Inputs).Select(v => (float)v)];
        double[] scales = [.. Weights(Hidden).Select(u => Math.Pow(10, decades * u))];
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, Inputs).Output("y")
            .Weights("w1", [Inputs, Hidden], [.. first.Select((w, i) => w * scales[i % Hidden])])
            .Weights("b1", [Hidden], [.. bias.Zip(scales, (b, s) => b * s)])
            .Weights("w2", [Hidden, Classes], [.. second.Select((w, i) => w / scales[i / Classes])]);
        onnx.Node("Gemm", ["x", "w1", "b1"], "h").Node("Relu", ["h"], "r").Node("MatMul", ["r", "w2"], "y");
        string x = folder.Write("x.npy", Npy.Floats($"({Samples}, {Inputs})", vectors));
        ModelOptions options = onnx.Save(folder) with { TestInputs = [x] };
        return ModelHarness.Compile(change is null ? options : change(options));
    }

    // A convolution, a leaky rectifier, a pooling, a depthwise convolution, a flattening and a product.
    private static CompiledModel Images(TempFolder folder, IOType ioType, string backend)
    {
        Random random = new(7);
        double Unit() => (random.NextDouble() * 2) - 1;
        double[] Weights(int count, Func<int, double> scale) =>
            [.. Enumerable.Range(0, count).Select(i => Unit() * scale(i))];
        double[] scales = [64, 1, 0.02, 3];
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, 2, 6, 6).Output("y")
            .Weights("w1", [4, 2, 3, 3], Weights(72, i => scales[i / 18]))
            .Weights("w2", [4, 1, 2, 2], Weights(16, i => 1 / scales[i / 4]))
            .Weights("w3", [4, 2], Weights(8, i => i / 2 == 1 ? 40 : 1));
        onnx.Node("Conv", ["x", "w1"], "conv").Node("LeakyRelu", ["conv"], "leaky", ("alpha", 0.25f))
            .Node("MaxPool", ["leaky"], "pool", ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }))
            .Node("Conv", ["pool", "w2"], "depthwise", ("group", 4L))
            .Node("Flatten", ["depthwise"], "flat").Node("MatMul", ["flat", "w3"], "y");
        float[] vectors = [.. Weights(32 * 72, _ => 1).Select(v => (float)v)];
        string x = folder.Write("x.npy", Npy.Floats("(32, 2, 6, 6)", vectors));
        CompiledModel model = ModelHarness.Compile(onnx.Save(folder) with
        {
            TestInputs = [x],
            IOType = ioType,
            Backend = KnownTargets.BackendOf(backend)!,
        });
        Assert.NotEmpty(model.Model.Layers.Single(l => l.Name == "node_pool").Main.ChannelExponents);
        return model;
    }
}
