using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Tests.Transforms;

/// <summary>Precision=auto by the noise that resolutions cause at the outputs.</summary>
public sealed class WidthSearchTests
{
    private const int Samples = 50;

    [Theory]
    [InlineData(30)]
    [InlineData(45)]
    [InlineData(60)]
    [InlineData(90)]
    [InlineData(null)]
    public void Outputs_keep_the_budget_on_vectors_that_the_search_has_not_seen(int? decibels)
    {
        using TempFolder folder = new();
        CompiledModel model = Compile(folder, calibrated: true, LayerSettings.Unset, decibels);
        SignalToNoise output = Noise(model, Vectors(seed: 8));
        Assert.InRange(output.Noise, 0, 1.6 * NoiseBudget.Of(decibels, output));
        // Nor are bits wasted: three more at every place would be sixty-four times less noise.
        Assert.InRange(output.Noise, NoiseBudget.Of(decibels, output) / 64, double.MaxValue);
    }

    [Fact]
    public void Looser_budgets_take_fewer_bits()
    {
        using TempFolder folder = new();
        int[] sums = [.. new[] { 20, 35, 50, 65, 80 }.Select(db =>
            Bits(Compile(folder, calibrated: true, LayerSettings.Unset, db)))];
        Assert.Equal(sums.Order(), sums);
        Assert.True(sums[0] < sums[^1] * 0.7);
    }

    [Fact]
    public void Coarser_results_take_narrower_weights()
    {
        using TempFolder folder = new();
        int[] sums = [.. new[] { 5, 7, 9, 11, 13 }.Select(bits =>
            Matrices(Compile(folder, calibrated: true,
                LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(bits) }))
                .Sum(m => m.Typed.Type!.Value.Width))];
        Assert.Equal(sums.Order(), sums);
        Assert.True(sums[0] < sums[^1]);
    }

    [Fact]
    public void Without_vectors_weights_have_sixteen_bits()
    {
        using TempFolder folder = new();
        CompiledModel model = Compile(folder, calibrated: false,
            LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(8) });
        Assert.All(Matrices(model), m => Assert.Equal(AutoType.Weights(m.Real, 16).Type, m.Typed.Type));
    }

    [Theory]
    [InlineData("auto(11)")]
    [InlineData("fixed(14,5,RND,SAT)")]
    public void Widths_that_are_given_are_kept(string precision)
    {
        using TempFolder folder = new();
        PrecisionSpec spec = ModelHarness.Precision(precision);
        LayerSettings settings =
            LayerSettings.Unset with { WeightPrecision = spec, ResultPrecision = new PrecisionSpec.Auto(8) };
        CompiledModel with = Compile(folder, calibrated: true, settings),
            without = Compile(folder, calibrated: false, settings);
        Assert.Equal(Matrices(without).Select(m => m.Typed.Type), Matrices(with).Select(m => m.Typed.Type));
        Assert.Equal(Matrices(without).SelectMany(m => m.Typed.Mantissas),
            Matrices(with).SelectMany(m => m.Typed.Mantissas));
    }

    [Fact]
    public void The_choice_is_the_same_every_time_and_reports_once()
    {
        using TempFolder folder = new();
        LayerSettings settings =
            LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Pinned(new(6, 3, true)) };
        Hls4Net.Diagnostics.DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel first = ModelCompiler.Compile(Options(folder, calibrated: true, settings), diagnostics)!;
        Assert.Equal(Matrices(first).Select(m => m.Typed.Type),
            Matrices(Compile(folder, calibrated: true, settings)).Select(m => m.Typed.Type));
        Assert.NotEmpty(diagnostics.Items);
        Assert.Equal(diagnostics.Items.Count, diagnostics.Items.Select(d => d.Text).Distinct().Count());
    }

    // Memory allocated stands for work. An unrolled loop is many nodes of few elements each.
    [Fact]
    public void Long_chains_of_small_nodes_take_bounded_work()
    {
        const int Nodes = 700;
        using TempFolder folder = new();
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, 2);
        for (int i = 0; i < Nodes; i++)
            onnx.Node(i % 2 == 0 ? "Abs" : "Neg", [i == 0 ? "x" : $"v{i - 1}"], $"v{i}");
        string x = folder.Write("x.npy",
            Npy.Floats("(64, 2)", [.. Enumerable.Range(0, 128).Select(i => (i * 37 % 128 / 40f) - 1.6f)]));
        ModelOptions options = onnx.Output($"v{Nodes - 1}").Save(folder) with { TestInputs = [x] };
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelHarness.Compile(options);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1e9, 0, 14);
    }

    [SkippableFact]
    public void Firmware_with_chosen_widths_verifies()
    {
        using TempFolder folder = new();
        ModelHarness.Verify(Compile(folder, calibrated: true, LayerSettings.Unset, decibels: 40));
    }

    [Fact]
    public void Logits_are_held_where_their_sigmoid_is_flat()
    {
        using TempFolder folder = new();
        // A few logits reach far beyond what a sigmoid tells apart.
        float[] logits = [.. Enumerable.Range(0, 64 * 4)
            .Select(i => i % 5 == 0 ? (i - 128) * 900f : (i % 17 / 4f) - 2)];
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, 4).Output("y")
            .Weights("w", [4, 4], [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
        onnx.Node("MatMul", ["x", "w"], "h").Node("Sigmoid", ["h"], "y");
        CompiledModel model = ModelHarness.Compile(
            onnx.Save(folder) with { TestInputs = [folder.Write("x.npy", Npy.Floats("(64, 4)", logits))] });
        SignalToNoise output = Noise(model, Array.ConvertAll(logits, x => (double)x));
        Assert.InRange(output.LargestError, 0, 2e-4);
        Value sigmoid = model.Model.Network.Nodes.First(n => n.Operation is ElementwiseFunction).Inputs[0];
        Assert.InRange(sigmoid.Type.MaxValue, 12, 33);
        // Holding a value that no reader tells from the type's end loses nothing, and is no overflow.
        Hls4Net.Diagnostics.DiagnosticBag diagnostics = new("model.onnx");
        Assert.Equal(0, model.Verify(null, diagnostics).Result.Overflows);
    }

    /// <summary>Bits of all inputs, results and weights.</summary>
    private static int Bits(CompiledModel model) =>
        model.Model.Network.Inputs.Sum(i => i.Type.Width) + model.Model.Layers.Sum(l => l.Output.Type.Width)
            + Matrices(model).Sum(m => m.Typed.Type!.Value.Width);

    private static IEnumerable<(Constant Real, Constant Typed)> Matrices(CompiledModel model) =>
        model.Network.Nodes.Select(n => n.Operation).OfType<Dense>()
            .Zip(model.Model.Network.Nodes.Select(n => n.Operation).OfType<Dense>())
            .Select(p => (p.First.Weights, p.Second.Weights));

    private static SignalToNoise Noise(CompiledModel model, double[] vectors)
    {
        ReferenceSimulator exact = new(model.Network);
        ManagedSimulator firmware = new(model.Model.Network);
        Value real = model.Network.Outputs[0].Value, typed = model.Model.Network.Outputs[0].Value;
        SignalToNoise output = new(real.Shape.Size);
        int size = model.Network.Inputs.Sum(i => i.Shape.Size);
        for (int start = 0; start < vectors.Length; start += size)
        {
            exact.Run(vectors.AsSpan(start, size));
            firmware.Run(vectors.AsSpan(start, size));
            output.Add(exact[real], Array.ConvertAll(firmware[typed].ToArray(), m => m * typed.Type.Ulp));
        }
        return output;
    }

    private static double[] Vectors(int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, Samples * 8).Select(_ => (double)(float)((random.NextDouble() * 4) - 2))];
    }

    private static ModelOptions Options(TempFolder folder, bool calibrated, LayerSettings settings,
        double? decibels = null)
    {
        Random random = new(3);
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
        ModelBuilder model = new ModelBuilder().Input("x", 1, 8).Output("y").Weights("w1", [8, 12], Numbers(96))
            .Weights("b1", [12], Numbers(12))
            .Weights("w2", [12, 6], Numbers(72)).Weights("w3", [6, 3], Numbers(18));
        model.Node("Gemm", ["x", "w1", "b1"], "h").Node("Relu", ["h"], "r").Node("MatMul", ["r", "w2"], "g")
            .Node("Relu", ["g"], "s").Node("MatMul", ["s", "w3"], "y");
        string x = folder.Write("x.npy",
            Npy.Floats($"({Samples}, 8)", Array.ConvertAll(Vectors(seed: 7), v => (float)v)));
        return model.Save(
            folder) with
        { TestInputs = calibrated ? [x] : [], Defaults = settings, AutoError = decibels };
    }

    private static CompiledModel Compile(TempFolder folder, bool calibrated, LayerSettings settings,
        double? decibels = null) =>
        ModelHarness.Compile(Options(folder, calibrated, settings, decibels));
}
