using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Transforms;

/// <summary>
/// What saturates because the model says so, or because a function tells it no more apart, is no overflow.
/// </summary>
public sealed class MeantSaturationTests
{
    [Fact]
    public void An_input_that_its_quantizer_saturates_is_no_overflow()
    {
        using TempFolder folder = new();
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2).Weights("s", [], 0.25);
        builder.Graph.Initializer.Add(
            new Hls4Net.Onnx.Proto.TensorProto
            {
                Name = "z",
                DataType = (int)Hls4Net.Onnx.Proto.TensorProto.Types.DataType.Int8,
                Int32Data = { 0 }
            });
        ModelOptions options = builder.Node("QuantizeLinear", ["x", "s", "z"], "q")
            .Node("DequantizeLinear", ["q", "s", "z"], "d")
            .Weights("w", [2, 1], 1, -1).Node("MatMul", ["d", "w"], "y").Output("y").Save(folder);
        Assert.DoesNotContain(Verified(options, folder, 400, -900, 3, 4),
            d => d.Descriptor == Descriptors.ObservedOverflow);
        // What a pinned type cuts off is one.
        options =
            options with
            {
                Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(8,6,RND,SAT)") })]
            };
        Assert.Contains(Verified(options, folder, 400, -900, 3, 4), d => d.Descriptor == Descriptors.ObservedOverflow);
    }

    [Fact]
    public void A_function_that_narrows_its_input_reports_no_overflow()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 2).Node("Sigmoid", ["x"], "y").Output("y")
            .Save(folder) with
        {
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(30,12)") })],
        };
        CompiledModel model = ModelHarness.Compile(options);
        Assert.Contains(model.Model.Network.Nodes, n => n.Operation is Quantize { SaturationIsMeant: true });
        Assert.DoesNotContain(Verified(options, folder, 2000, -2000, 1, -1),
            d => d.Descriptor == Descriptors.ObservedOverflow);
    }

    [Fact]
    public void A_type_that_is_not_possible_is_refused_without_names_of_ours()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 2).Node("Tanh", ["x"], "y").Output("y")
            .Save(folder) with
        {
            Defaults = LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("fixed(64,2)") },
        };
        Diagnostic error = ModelHarness.CompileFailing(options).First(d => d.Descriptor.Severity == Severity.Error);
        Assert.DoesNotContain("Parameter '", error.ToString(), StringComparison.Ordinal);
    }

    private static IReadOnlyList<Diagnostic> Verified(ModelOptions options, TempFolder folder, params float[] samples)
    {
        string inputs = folder.Write("x.npy",
            Npy.Floats(FormattableString.Invariant($"({samples.Length / 2}, 2)"), samples));
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? model = ModelCompiler.Compile(options with { TestInputs = [inputs] }, diagnostics);
        Assert.True(model is not null, string.Join('\n', diagnostics.Items));
        model.Verify(null, diagnostics);
        return diagnostics.Items;
    }
}
