using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Verification;

namespace Hls4Net.Tests.Verification;

/// <summary>The transformed real network is held to the one that was imported.</summary>
public sealed class TransformCheckTests
{
    [Fact]
    public void A_network_that_means_something_else_than_the_model_is_reported_as_a_defect()
    {
        using TempFolder folder = new(), other = new();
        CompiledModel compiled = ModelHarness.Compile(Product(folder, 3, -2)),
            wrong = ModelHarness.Compile(Product(other, -2, 3));
        DiagnosticBag diagnostics = new("net.onnx");
        VerificationResult result = Verifier.Run(compiled.Compilation with { Imported = wrong.Imported }, null, null,
            diagnostics);
        Diagnostic found = Assert.Single(diagnostics.Items, d => d.Descriptor == Descriptors.TransformsDiffer);
        Assert.Matches(
            @"output 'y', sample \d+, element \d: the optimized network gives \S+, the model as it was read \S+\. This is a defect",
            found.Text);
        // The model as it was read is what the firmware is measured against.
        Assert.True(result.MaxAbsError > 1);
        Assert.False(result.Outputs[0].Holds);
    }

    [Fact]
    public void Every_build_of_a_right_network_finds_nothing()
    {
        using TempFolder folder = new();
        Assert.DoesNotContain(Verify(Product(folder, 3, -2)).Items, d => d.Descriptor == Descriptors.TransformsDiffer);
    }

    [Fact]
    public void Inputs_fed_channels_last_are_put_back_into_the_models_order()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 2, 3, 4)
            .Weights("w", [12, 2], [.. Enumerable.Range(0, 24).Select(i => (double)i)])
            .Integers("s", 1, 2, 12).Node("Reshape", ["x", "s"], "r").Node("MatMul", ["r", "w"], "y").Output("y")
                .Save(folder);
        CompiledModel compiled = ModelHarness.Compile(options with { TransposeInputs = true });
        Assert.DoesNotContain(Verify(compiled).Items, d => d.Descriptor == Descriptors.TransformsDiffer);
        // The same network fed in another order is another function.
        CompiledModel unmoved =
            new(compiled.Compilation with { Options = compiled.Options with { TransposeInputs = false } });
        Assert.Contains(Verify(unmoved).Items, d => d.Descriptor == Descriptors.TransformsDiffer);
    }

    [Theory]
    [InlineData(0.30000000000000004, false)]
    [InlineData(0.31, true)]
    public void At_a_tie_a_step_is_what_doubles_round_and_elsewhere_it_is_a_difference(double factor, bool isFound)
    {
        using TempFolder folder = new();
        // 15 · 0.1 · 3 is 4.5 and 15 · 0.30000000000000004 above it.
        Network imported = Import(folder, Rounded([0.1, 3]));
        Network transformed = Import(folder, Rounded([factor]));
        DiagnosticBag diagnostics = new("net.onnx");
        ImportedReference reference = new(imported, channelsLast: false);
        TransformCheck check = new(reference, transformed, diagnostics);
        ReferenceSimulator simulator = new(transformed);
        bool moved = false;
        foreach (double x in new[] { 5.0, 15, 25, 31, 40 })
        {
            reference.Run([x]);
            simulator.Run([x]);
            moved |= reference.Output(0)[0] != simulator[transformed.Outputs[0].Value][0];
            check.Compare(0, [x], simulator);
        }
        Assert.True(moved);
        Assert.Equal(isFound, diagnostics.Items.Any(d => d.Descriptor == Descriptors.TransformsDiffer));
    }

    [Fact]
    public void The_imported_network_keeps_no_more_than_its_outputs_and_gives_the_same()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 3).Node("Relu", ["x"], "a").Node("Neg", ["x"], "b")
            .Node("Add", ["a", "b"], "c").Node("Mul", ["c", "a"], "d").Node("Sub", ["d", "c"], "y").Output("y", "c");
        Network network = Import(folder, model);
        ReferenceSimulator all = new(network), outputs = new(network, outputsOnly: true);
        foreach (double[] sample in (double[][])[[1, -2, 3], [-1, 2, 0.5]])
        {
            all.Run(sample);
            outputs.Run(sample);
            Assert.All(network.Outputs, o => Assert.Equal(all[o.Value].ToArray(), outputs[o.Value].ToArray()));
        }
        Assert.Throws<KeyNotFoundException>(() => outputs[network.Nodes[0].Output].Length);
    }

    private static DiagnosticBag Verify(ModelOptions options) => Verify(ModelHarness.Compile(options));

    private static DiagnosticBag Verify(CompiledModel model)
    {
        DiagnosticBag diagnostics = new("net.onnx");
        model.Verify(null, diagnostics);
        return diagnostics;
    }

    private static ModelOptions Product(TempFolder folder, double first, double second) => new ModelBuilder()
        .Input("x", 1, 2).Weights("w", [2, 2], first, 1, 0.5, second)
        .Node("MatMul", ["x", "w"], "p").Node("Relu", ["p"], "y").Output("y").Save(folder);

    private static ModelBuilder Rounded(double[] factors)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1);
        string value = "x";
        foreach (double factor in factors)
        {
            string name = model.Fresh("p");
            model.Graph.Initializer.Add(
                new Hls4Net.Onnx.Proto.TensorProto { Name = $"{name}_f", DataType = 11, DoubleData = { factor } });
            model.Node("Mul", [value, $"{name}_f"], name);
            value = name;
        }
        return model.Node("Round", [value], "y").Output("y");
    }

    private static Network Import(TempFolder folder, ModelBuilder model) =>
        Importer.Import(model.Save(folder), new DiagnosticBag(""));
}
