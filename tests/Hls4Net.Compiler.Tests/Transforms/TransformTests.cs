using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx;
using Hls4Net.Pipeline;
using Hls4Net.Simulation;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Transforms;

namespace Hls4Net.Tests.Transforms;

/// <summary>What each transform does and leaves alone; that none changes the network's meaning.</summary>
public sealed class TransformTests
{
    [Fact]
    public void Random_networks_keep_their_meaning()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            Network network = Import(RandomModel.Make(new Random(seed)));
            Random random = new(seed);
            double[] sample = [.. Enumerable.Range(0, network.Inputs.Sum(i => i.Shape.Size))
                .Select(_ => (random.NextDouble() * 4) - 2)];
            double[] before = Outputs(network, sample), after = Outputs(Passes.Simplified(network), sample);
            Assert.Equal(before.Length, after.Length);
            for (int i = 0; i < before.Length; i++)
                Assert.True(before[i].Equals(after[i]) || Math.Abs(before[i] - after[i]) <= 1e-9 * Math.Max(1,
                    Math.Abs(before[i])), $"seed {seed}: {before[i]} became {after[i]}");
        }
    }

    [Fact]
    public void Reshapes_sink_below_element_wise_operations_and_join()
    {
        Network network = SinkReshapes.Apply(Import(Model().Integers("s", 1, 3, 2).Integers("t", 1, 6)
            .Node("Reshape", ["x", "s"], "a").Node("Relu", ["a"], "b").Node("Tanh", ["b"], "c")
            .Node("Reshape", ["c", "t"], "y").Output("y")));
        // Both reshapes cancel: back to the input's shape.
        Assert.Equal(["Relu", "Tanh"], Kinds(RemoveUnused.Apply(network)));
    }

    [Fact]
    public void Constants_follow_a_reshape()
    {
        Network network = SinkReshapes.Apply(Import(Model().Integers("s", 1, 3, 2).Weights("c", [2], 10, 20)
            .Node("Reshape", ["x", "s"], "a").Node("Add", ["a", "c"], "y").Output("y")));
        Affine moved = Assert.IsType<Affine>(RemoveUnused.Apply(network).Nodes[0].Operation);
        Assert.Equal<double>([10.0, 20, 10, 20, 10, 20], moved.Shift!.Values);
    }

    [Fact]
    public void Operations_that_enlarge_or_look_at_axes_stop_a_reshape()
    {
        ModelBuilder model = Model().Integers("s", 1, 6, 1).Weights("c", [2], 10, 20).Node("Reshape", ["x", "s"], "a");
        Assert.Equal(["Reshape", "Add"],
            Kinds(SinkReshapes.Apply(Import(model.Node("Add", ["a", "c"], "y").Output("y")))));
        Assert.Equal(["Reshape", "Softmax"],
            Kinds(SinkReshapes.Apply(Import(Model().Integers("s", 1, 3, 2).Node("Reshape", ["x", "s"], "a")
                .Node("Softmax", ["a"], "y").Output("y")))));
    }

    [Fact]
    public void A_reshape_that_is_an_output_stays_one()
    {
        Network network = Passes.Simplified(Import(Model().Integers("s", 1, 3, 2).Node("Reshape", ["x", "s"], "a")
            .Node("Relu", ["a"], "y").Output("a", "y")));
        Assert.Equal([new Shape(1, 3, 2), new Shape(1, 3, 2)], network.Outputs.Select(o => o.Value.Shape));
    }

    [Fact]
    public void Affine_operations_disappear_in_the_product_before_them()
    {
        Network network = Fused(Product().Weights("s", [2], 2, 3).Weights("t", [], 5).Node("Mul", ["p", "s"], "m")
            .Node("Add", ["m", "t"], "y").Output("y"));
        Dense dense = Assert.IsType<Dense>(Assert.Single(network.Nodes).Operation);
        Assert.Equal<double>([2.0, 6, 6, 12], dense.Weights.Values);
        Assert.Equal<double>([5.0, 5], dense.Bias!.Values);
    }

    [Fact]
    public void Constants_of_channels_stay_small_where_they_join()
    {
        Network network = Fused(new ModelBuilder().Input("x", 1, 8, 8, 2).Weights("f", [2], 2, 3)
            .Weights("a", [1, 1, 1, 2], 1, 5)
            .Node("Mul", ["x", "f"], "p").Node("Add", ["p", "a"], "q").Node("Mul", ["q", "f"], "y").Output("y"));
        Affine affine = Assert.IsType<Affine>(Assert.Single(network.Nodes).Operation);
        Assert.Equal<double>([4.0, 9], affine.Scale!.Values);
        Assert.Equal<double>([2.0, 15], affine.Shift!.Values);
    }

    [Fact]
    public void Affine_operations_join()
    {
        Network network = Fused(new ModelBuilder().Input("x", 1, 2).Weights("a", [2], 2, 3).Weights("b", [], 5)
            .Node("Add", ["x", "a"], "p").Node("Mul", ["p", "b"], "q").Node("Sub", ["b", "q"], "y").Output("y"));
        Affine affine = Assert.IsType<Affine>(Assert.Single(network.Nodes).Operation);
        Assert.Equal<double>([-5.0], affine.Scale!.Values.Distinct());
        Assert.Equal<double>([-5.0, -10], affine.Shift!.Values);
    }

    [Fact]
    public void Values_that_others_read_are_not_fused_away()
    {
        Assert.Equal(["Dense", "Mul"], Kinds(Fused(Scaled().Output("y", "p"))));
        Assert.Equal(["Dense", "Mul", "Relu"], Kinds(Fused(Scaled().Node("Relu", ["p"], "r").Output("y", "r"))));
        // A value that becomes shared only by fusing: y is read twice.
        Assert.Equal(["Dense", "Relu", "Add"],
            Kinds(Fused(Scaled().Node("Relu", ["y"], "r").Node("Add", ["y", "s"], "t").Output("r", "t"))));

        static ModelBuilder Scaled() => Product().Weights("s", [2], 2, 3).Node("Mul", ["p", "s"], "y");
    }

    [Fact]
    public void Factors_that_differ_by_row_stay()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2, 2).Weights("w", [2, 2], 1, 2, 3, 4)
            .Weights("s", [2, 1], 2, 3)
            .Node("MatMul", ["x", "w"], "p").Node("Mul", ["p", "s"], "y").Output("y");
        Assert.Equal(["Dense", "Mul"], Kinds(Fused(model)));
    }

    [Fact]
    public void Factors_whose_product_is_infinite_stay_apart()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Node("Mul", ["x", "w"], "a")
            .Node("Mul", ["a", "w"], "y").Output("y");
        model.Graph.Initializer.Add(
            new Hls4Net.Onnx.Proto.TensorProto { Name = "w", DataType = 11, DoubleData = { 1e300 } });
        Assert.Equal(["Mul", "Mul"], Kinds(Fused(model)));
    }

    [Fact]
    public void Nodes_that_no_output_needs_are_dropped_and_inputs_kept()
    {
        Network network = RemoveUnused.Apply(Import(Model().Input("z", 1, 2).Node("Relu", ["x"], "y")
            .Node("Tanh", ["y"], "t").Node("Relu", ["z"], "u").Output("y")));
        Assert.Equal(["Relu"], Kinds(network));
        Assert.Equal(["x", "z"], network.Inputs.Select(i => i.Name));
    }

    [Fact]
    public void Transposes_that_differ_stay_apart()
    {
        // The smaller one has two axes that the larger one's order leaves in their order, but not its own.
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 2, 2, 2).Input("z", 1, 1, 2, 2)
            .Node("Transpose", ["x"], "t", ("perm", new[] { 0L, 2, 3, 1 }))
            .Node("Transpose", ["z"], "u", ("perm", new[] { 0L, 3, 2, 1 }))
            .Node("Add", ["t", "u"], "y").Output("y");
        Network network = Import(model);
        double[] sample = [1, 2, 3, 4, 5, 6, 7, 8, 10, 20, 30, 40], expected = [11, 15, 32, 36, 23, 27, 44, 48];
        Assert.Equal(expected, Outputs(network, sample));
        Assert.Equal(expected, Outputs(Passes.Simplified(network), sample));
    }

    [SkippableTheory]
    [InlineData("miscompile-transposes")]
    [InlineData("crash-transposes")]
    public void Sums_of_different_transposes_are_right(string name)
    {
        string path = SharedData.Require("cases", name, "model.onnx");
        Network network = Passes.Simplified(Importer.Import(Models.ModelHarness.Options(path),
            new Diagnostics.DiagnosticBag("")));
        using OnnxRuntimeReference judge = OnnxRuntimeReference.Open(File.ReadAllBytes(path));
        Random random = new(1);
        for (int i = 0; i < 10; i++)
        {
            double[] sample = [.. Enumerable.Range(0, network.Inputs.Sum(v => v.Shape.Size))
                .Select(_ => (double)random.NextSingle())];
            Assert.Equal(judge.Run(sample).SelectMany(y => y), Outputs(network, sample),
                (a, b) => Math.Abs(a - b) <= 1e-5);
        }
    }

    private static ModelBuilder Model() => new ModelBuilder(13).Input("x", 1, 6);

    private static ModelBuilder Product() => new ModelBuilder().Input("x", 1, 2).Weights("w", [2, 2], 1, 2, 3, 4)
        .Node("MatMul", ["x", "w"], "p");

    private static Network Fused(ModelBuilder model) => RemoveUnused.Apply(FuseAffine.Apply(Import(model)));

    private static IEnumerable<string> Kinds(Network network) => network.Nodes.Select(n => n.Operation.Kind);

    private static Network Import(ModelBuilder model)
    {
        using TempFolder folder = new();
        return Importer.Import(model.Save(folder), new Diagnostics.DiagnosticBag(""));
    }

    private static double[] Outputs(Network network, double[] sample)
    {
        ReferenceSimulator simulator = new(network);
        simulator.Run(sample);
        return [.. network.Outputs.SelectMany(o => simulator[o.Value].ToArray())];
    }
}
