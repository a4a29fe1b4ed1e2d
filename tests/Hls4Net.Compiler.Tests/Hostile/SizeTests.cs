using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Hostile;

/// <summary>Shapes that cannot be, and small files that ask for a large machine.</summary>
public sealed class SizeTests
{
    [Fact]
    public void Dimensions_that_are_not_known()
    {
        HostileTest.Fails(Descriptors.DynamicShape, Relu(1, "features"), "'features'");
        HostileTest.Fails(Descriptors.DynamicShape, Relu("N", default(Dim)), "InputShape");
        HostileTest.Fails(Descriptors.DynamicShape, Relu("N"), "InputShape");
        HostileTest.Fails(Descriptors.DynamicShape, Relu(null), "no shape");
        HostileTest.Fails(Descriptors.DynamicShape, Relu(1, 0), "is 0");
        HostileTest.Fails(Descriptors.DynamicShape, Relu(1, -3));
    }

    [Fact]
    public void Unknown_dimensions_given_by_options()
    {
        Builds(Relu("N", "features"), 4);
        Builds(Relu("N", "features"), 1, 4);
        Builds(Relu(null), 4);
        Builds(Relu(default(Dim), "a", "b"), 4, 5);
        HostileTest.Fails(Descriptors.InvalidOption, Relu("N", 4), "5", o => WithShape(o, 5));
        HostileTest.Fails(Descriptors.InvalidOption, Relu("N", 4), "dimensions", o => WithShape(o, 2, 3, 4));
        HostileTest.Fails(Descriptors.DynamicShape, Relu("N", "features"), "", o => WithShape(o, -1));
        HostileTest.Fails(Descriptors.DynamicShape, Relu(null), "", o => WithShape(o, 0));
        HostileTest.Fails(Descriptors.InvalidShape, Relu("N", "a", "b"), "",
            o => WithShape(o, int.MaxValue, int.MaxValue));

        static void Builds(ModelBuilder model, params int[] shape) =>
            HostileTest.Builds(model, o => WithShape(o, shape));

        static Configuration.ModelOptions WithShape(Configuration.ModelOptions options, params int[] shape) =>
            options with { InputShapes = options.InputShapes.Add("", [.. shape]) };
    }

    [Fact]
    public void Inputs_beyond_memory()
    {
        HostileTest.Fails(Descriptors.InvalidShape, Relu(1, int.MaxValue), "'x'");
        HostileTest.Fails(Descriptors.InvalidShape, Relu(1, 1 << 16, 1 << 16), "'x'");
        HostileTest.Fails(Descriptors.InvalidShape, Relu(1, new Dim(long.MaxValue, null)), "'x'");
        HostileTest.Fails(Descriptors.InvalidShape, Relu(1 << 30), "'x'");
    }

    [Fact]
    public void Broadcasts_beyond_memory()
    {
        double[] row = new double[1 << 13], wide = new double[1 << 14];
        ModelBuilder model = new ModelBuilder().Input("x", 1, 1 << 14, 1).Weights("c", [wide.Length], wide)
            .Node("Add", ["x", "c"], "y").Output("y");
        HostileTest.Fails(Descriptors.InvalidShape, model, "node_y");

        // The same of constants alone, and again and again below every single limit.
        ModelBuilder folded = new ModelBuilder().Input("x", 1, 1).Weights("c0", [row.Length], row)
            .Weights("r", [1 << 10, 1], row[..(1 << 10)]);
        for (int i = 0; i < 40; i++)
            folded.Node("Add", ["c0", "r"], $"c{i + 1}");
        HostileTest.Fails(Descriptors.InvalidShape, folded.Node("Mul", ["x", "c40"], "y").Output("y"));
    }

    [Fact]
    public void Tensors_that_claim_more_than_they_have()
    {
        HostileTest.Fails(Descriptors.InvalidGraph, Claiming(1L << 40), "impossible shape");
        HostileTest.Fails(Descriptors.InvalidGraph, Claiming(1 << 20, 1 << 20), "impossible shape");
        HostileTest.Fails(Descriptors.InvalidGraph, Claiming(1 << 30), "has");
        HostileTest.Fails(Descriptors.InvalidGraph, Claiming(-4), "impossible shape");
        HostileTest.Fails(Descriptors.InvalidGraph, Claiming(long.MinValue), "impossible shape");

        static ModelBuilder Claiming(params long[] dimensions)
        {
            ModelBuilder model = Relu(1, 3).Weights("w", [1], 1).Node("Add", ["x", "w"], "z");
            model.Graph.Initializer[0].Dims.Clear();
            model.Graph.Initializer[0].Dims.AddRange(dimensions);
            return model;
        }
    }

    [Fact]
    public void Results_without_elements()
    {
        HostileTest.Fails(Descriptors.InvalidShape,
            Relu(1, 3).Weights("w", [3, 0]).Node("MatMul", ["x", "w"], "z").Output("z"), "no elements");
        HostileTest.Fails(Descriptors.InvalidShape,
            Relu(1, 1).Weights("w", [0]).Node("Add", ["x", "w"], "z").Output("z"), "no elements");
        HostileTest.Builds(Relu(1, 1).Weights("w", [0]).Node("Add", ["x", "w"], "z"));
        HostileTest.Fails(Descriptors.InvalidShape, Relu(1, 3).Weights("w", [0, 3]).Node("MatMul", ["x", "w"], "z"));
    }

    [Fact]
    public void Constants_without_elements_fold()
    {
        foreach (string op in new[] { "Relu", "Tanh", "Softmax", "LogSoftmax", "Transpose" })
            HostileTest.Builds(Relu(1, 3).Weights("w", [2, 0]).Node(op, ["w"], "z"));
        HostileTest.Builds(Relu(1, 3).Weights("w", [0, 1]).Weights("v", [1, 2], 1, 2).Node("MatMul", ["w", "v"], "z"));
    }

    [Fact]
    public void Scalars_have_no_axis_and_build()
    {
        foreach (string op in new[] { "Relu", "Sigmoid", "Identity", "Transpose", "Squeeze" })
            HostileTest.Builds(new ModelBuilder().Input("x").Node(op, ["x"], "y").Output("y"));
        foreach (int opset in new[] { 11, 13 })
        {
            foreach (string op in new[] { "Softmax", "LogSoftmax", "Flatten", "BatchNormalization", "MatMul" })
                _ = HostileTest.Errors(new ModelBuilder(opset).Input("x").Weights("w", [1], 1)
                    .Node(op, op == "MatMul" ? ["x", "w"] : ["x"], "y").Output("y").ToBytes());
        }
    }

    [Theory]
    [InlineData("Relu", true)]
    [InlineData("Relu", false)]
    [InlineData("Mul", true)]
    [InlineData("Reshape", true)]
    public void Ten_thousand_nodes_take_no_stack_and_near_linear_work(string op, bool named)
    {
        // Memory allocated stands for work: unlike time it is the same on every machine.
        double small = Megabytes(2000), large = Megabytes(10_000);
        Assert.True(large < 5 * 1.5 * small, $"2,000 nodes took {small:F0} MB, 10,000 took {large:F0} MB");

        double Megabytes(int count)
        {
            ModelBuilder model = new ModelBuilder(13).Input("x", 1, 2).Weights("w", [1], 1).Integers("s", 1, 2);
            for (int i = 0; i < count; i++)
            {
                model.Node(op, op == "Relu" ? [i == 0 ? "x" : $"v{i}"]
                    : [i == 0 ? "x" : $"v{i}", op == "Mul" ? "w" : "s"], $"v{i + 1}");
                if (!named)
                    model.Last.Name = "";
            }
            byte[] bytes = model.Output($"v{count}").ToBytes();
            using TempFolder folder = new();
            Configuration.ModelOptions options = Models.ModelHarness.Options(folder.Write("model.onnx", bytes));
            long before = GC.GetAllocatedBytesForCurrentThread();
            DiagnosticBag diagnostics = new("model.onnx");
            CompiledModel? compiled = ModelCompiler.Compile(options, diagnostics);
            Assert.True(compiled is not null, string.Join('\n', diagnostics.Items));
            _ = compiled.EmitFirmware();
            return (GC.GetAllocatedBytesForCurrentThread() - before) / 1e6;
        }
    }

    private static ModelBuilder Relu(params Dim[]? shape) => new ModelBuilder().Input("x", shape)
        .Node("Relu", ["x"], "y").Output("y");
}
