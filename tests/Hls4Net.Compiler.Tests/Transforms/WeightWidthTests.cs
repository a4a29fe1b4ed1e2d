using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Transforms;

namespace Hls4Net.Tests.Transforms;

/// <summary>WeightPrecision=auto by the error that weights cause.</summary>
public sealed class WeightWidthTests
{
    private const int Samples = 50;

    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(14)]
    public void Weights_move_the_outputs_by_no_more_than_their_share(int resultBits)
    {
        using TempFolder folder = new();
        CompiledModel model = Compile(folder, calibrated: true, LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(resultBits) });
        double rounding = model.Model.Network.Outputs[0].Value.Type.Ulp / Math.Sqrt(12);
        int[] widths = Widths(model);
        Assert.InRange(Error(model, widths) / rounding, 0, WeightWidths.Share);
        // The narrowest: with one bit less a product alone takes more than its part.
        for (int i = 0; i < widths.Length; i++)
        {
            int[] narrower = [.. widths.Select((w, k) => k == i ? w - 1 : 64)];
            Assert.InRange(Error(model, narrower) / rounding, WeightWidths.Share / Math.Sqrt(widths.Length) * (widths[i] < AutoType.DefaultWidth ? 0.5 : 0), double.MaxValue);
        }
        if (resultBits <= 8)
            Assert.All(widths, w => Assert.InRange(w, 2, 13));
    }

    [Fact]
    public void Coarser_results_take_narrower_weights()
    {
        using TempFolder folder = new();
        int[] sums = [.. new[] { 5, 7, 9, 11, 13 }.Select(bits => Widths(Compile(folder, calibrated: true, LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(bits) })).Sum())];
        Assert.Equal(sums.Order(), sums);
        Assert.True(sums[0] < sums[^1]);
    }

    [Fact]
    public void Without_vectors_weights_have_sixteen_bits()
    {
        using TempFolder folder = new();
        CompiledModel model = Compile(folder, calibrated: false, LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(8) });
        Assert.All(Matrices(model), m => Assert.Equal(AutoType.Weights(m.Real, 16).Type, m.Typed.Type));
    }

    [Theory]
    [InlineData("auto(11)")]
    [InlineData("fixed(14,5,RND,SAT)")]
    public void Widths_that_are_given_are_kept(string precision)
    {
        using TempFolder folder = new();
        PrecisionSpec spec = ModelHarness.Precision(precision);
        LayerSettings settings = LayerSettings.Unset with { WeightPrecision = spec, ResultPrecision = new PrecisionSpec.Auto(8) };
        CompiledModel with = Compile(folder, calibrated: true, settings), without = Compile(folder, calibrated: false, settings);
        Assert.Equal(Matrices(without).Select(m => m.Typed.Type), Matrices(with).Select(m => m.Typed.Type));
        Assert.Equal(Matrices(without).SelectMany(m => m.Typed.Mantissas), Matrices(with).SelectMany(m => m.Typed.Mantissas));
    }

    [Fact]
    public void The_choice_is_the_same_every_time_and_reports_once()
    {
        using TempFolder folder = new();
        LayerSettings settings = LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Pinned(new(6, 3, true)) };
        Hls4Net.Diagnostics.DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel first = ModelCompiler.Compile(Options(folder, calibrated: true, settings), diagnostics)!;
        Assert.Equal(Widths(first), Widths(Compile(folder, calibrated: true, settings)));
        Assert.NotEmpty(diagnostics.Items);
        Assert.Equal(diagnostics.Items.Count, diagnostics.Items.Select(d => d.Text).Distinct().Count());
    }

    [SkippableFact]
    public void Firmware_with_chosen_widths_verifies()
    {
        using TempFolder folder = new();
        ModelHarness.Verify(Compile(folder, calibrated: true, LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(9) }));
    }

    // The width whose type each matrix has; leading and trailing zeros take some off.
    private static int[] Widths(CompiledModel model) => [.. Matrices(model).Select(m =>
        Enumerable.Range(2, 15).First(w => AutoType.Weights(m.Real, w) is Constant c && c.Type == m.Typed.Type && c.Mantissas.SequenceEqual(m.Typed.Mantissas)))];

    private static IEnumerable<(Constant Real, Constant Typed)> Matrices(CompiledModel model) =>
        model.Network.Nodes.Select(n => n.Operation).OfType<Dense>().Zip(model.Model.Network.Nodes.Select(n => n.Operation).OfType<Dense>()).Select(p => (p.First.Weights, p.Second.Weights));

    // The root mean square over all vectors, of the network whose matrices have these widths and that is real otherwise.
    private static double Error(CompiledModel model, int[] widths)
    {
        int at = 0;
        Network narrowed = model.Network with
        {
            Nodes = [.. model.Network.Nodes.Select(n =>
            {
                if (n.Operation is not Dense dense)
                    return n;
                int width = widths[at++];
                if (width >= 32)
                    return n;
                Constant typed = AutoType.Weights(dense.Weights, width);
                return n with { Operation = dense with { Weights = new Constant(typed.Shape, [.. typed.Mantissas.Select(m => m * typed.Type!.Value.Ulp)]) } };
            })],
        };
        ReferenceSimulator exact = new(model.Network), moved = new(narrowed);
        double squares = 0;
        int count = 0;
        for (int i = 0; i < Samples; i++)
        {
            double[] x = [.. Vectors().Skip(i * 8).Take(8).Select(v => (double)v)];
            exact.Run(x);
            moved.Run(x);
            foreach ((double a, double b) in exact[model.Network.Outputs[0].Value].ToArray().Zip(moved[model.Network.Outputs[0].Value].ToArray()))
            {
                squares += (a - b) * (a - b);
                count++;
            }
        }
        return Math.Sqrt(squares / count);
    }

    private static float[] Vectors()
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, Samples * 8).Select(_ => (float)((random.NextDouble() * 4) - 2))];
    }

    private static ModelOptions Options(TempFolder folder, bool calibrated, LayerSettings settings)
    {
        Random random = new(3);
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
        ModelBuilder model = new ModelBuilder().Input("x", 1, 8).Output("y").Weights("w1", [8, 12], Numbers(96)).Weights("b1", [12], Numbers(12))
            .Weights("w2", [12, 6], Numbers(72)).Weights("w3", [6, 3], Numbers(18));
        model.Node("Gemm", ["x", "w1", "b1"], "h").Node("Relu", ["h"], "r").Node("MatMul", ["r", "w2"], "g").Node("Relu", ["g"], "s").Node("MatMul", ["s", "w3"], "y");
        string x = folder.Write("x.npy", Npy.Floats($"({Samples}, 8)", Vectors()));
        return model.Save(folder) with { TestInputs = calibrated ? [x] : [], Defaults = settings };
    }

    private static CompiledModel Compile(TempFolder folder, bool calibrated, LayerSettings settings) => ModelHarness.Compile(Options(folder, calibrated, settings));
}
