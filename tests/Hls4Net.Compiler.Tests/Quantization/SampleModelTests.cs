using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Hls4Net.Vectors;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// The sample's pruned and quantized network: equal to its definition with either strategy, and as cheap as
/// docs/quantization.md says.
/// </summary>
public sealed class SampleModelTests(ITestOutputHelper output)
{
    // Divides the work of every layer of the sample's networks.
    private const int Shared = 5;

    private static readonly string s_inputs = Path.Combine(Pages.Root, "samples/TriggerModel/data/x.npy");

    [Fact]
    public void Quantized_model_equals_its_definition_on_1000_tracks()
    {
        CompiledModel model = Compile("muon_pt_quantized", Strategy.Latency, 1);
        using FileStream stream = File.OpenRead(model.Options.ModelPath);
        ExactComparison comparison = new(ModelProto.Parser.ParseFrom(stream), model);
        Tensor tracks = TensorFile.Read(s_inputs).Tensor;
        int columns = tracks.Shape[1];
        for (int i = 0; i < 1000; i++)
            Assert.Null(comparison.Difference(tracks.Values.AsSpan(i * columns, columns)));
        // The features lie on the grid of the input's quantizer, so that the port takes them as they are.
        Assert.All(tracks.Values.Take(1000 * columns), v => Assert.Equal(v,
            Math.Round(v / model.Model.Network.Inputs[0].Type.Ulp) * model.Model.Network.Inputs[0].Type.Ulp));
    }

    [SkippableTheory]
    [InlineData(Strategy.Latency, 1)]
    [InlineData(Strategy.Resource, Shared)]
    [InlineData(Strategy.DistributedArithmetic, 1)]
    public void Compiled_firmware_is_the_quantized_model(Strategy strategy, int reuseFactor)
    {
        VerificationOutcome outcome = ModelHarness.Verify(Compile("muon_pt_quantized", strategy, reuseFactor));
        Assert.Equal((true, 0L, 0.0),
            (outcome.Result.ManagedMatchesNative, outcome.Result.Overflows, outcome.Result.MaxAbsError));
    }

    [Fact]
    public void Page_has_the_estimates_of_both_models()
    {
        (string Model, string Name)[] models = [("16 bits", "muon_pt"), ("quantized", "muon_pt_quantized")];
        string[] rows = [.. new[] { (Strategy.Latency, 1), (Strategy.Resource, Shared) }
            .SelectMany(s => models.Select(m =>
                Row($"{m.Model}, `{s.Item1}`, reuse factor {s.Item2}", Compile(m.Name, s.Item1, s.Item2))))];
        foreach (string row in rows)
            output.WriteLine(row);
        string page = Pages.Read("docs/quantization.md");
        Assert.All(rows, row => Assert.Contains(row, page, StringComparison.Ordinal));
    }

    private static string Row(string label, CompiledModel model)
    {
        Cost cost = Estimator.Total(model.Model.Layers.Select(l => Estimator.For(l, Estimator.Clock(model.Options))));
        Constant[] weights = [.. model.Model.Layers.Select(l => l.Operation).OfType<Dense>().Select(d => d.Weights)];
        int zeros = weights.Sum(w => w.Mantissas.Count(m => m == 0)),
            bits = weights.Sum(w => w.Values.Length * w.Type!.Value.Width);
        long products = model.Model.Layers.Sum(l => l.Operation.Multiplications);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {label} | {cost.LatencyCycles} | {cost.Interval} | {cost.Lut:N0} | {cost.Ff:N0} | {cost.Dsp:N0} | "
            + $"{zeros:N0} of {weights.Sum(w => w.Values.Length):N0} | {bits:N0} | {products:N0} |");
    }

    private static CompiledModel Compile(string name, Strategy strategy, int reuseFactor) => ModelHarness.Compile(
        ModelHarness.Options(Path.Combine(Pages.Root, $"samples/TriggerModel/models/{name}.onnx"), name) with
        {
            TestInputs = [s_inputs],
            Layers = [new LayerOverride("Dense",
                LayerSettings.Unset with { Strategy = strategy, ReuseFactor = reuseFactor })],
        });
}
