using Google.Protobuf;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Hostile;

/// <summary>
/// Well-formed files with graphs that ONNX does not allow, or that ask for what there is not: each has its code.
/// </summary>
public sealed class BrokenGraphTests
{
    [Fact]
    public void Unsupported_operators_are_all_named_at_once()
    {
        ModelBuilder model = Relu().Node("LpPool", ["y"], "g").Node("Frobnicate", ["g"], "f");
        model.Last.Domain = "com.example";
        HostileTest.Fails(Descriptors.UnsupportedOperator, model, "node 'node_g' (LpPool): the operator LpPool");
        HostileTest.Fails(Descriptors.UnsupportedOperator, model, "com.example.Frobnicate");
    }

    [Fact]
    public void Attributes_that_are_unknown_misspelt_or_of_another_type()
    {
        HostileTest.Fails(Descriptors.UnsupportedForm, Node("Relu", ("axis", 1)), "'axis'");
        HostileTest.Fails(Descriptors.UnsupportedForm, Node("LeakyRelu", ("Alpha", 0.5f)), "'Alpha'");
        HostileTest.Fails(Descriptors.InvalidGraph, Node("LeakyRelu", ("alpha", 1)), "'alpha' as Int");
        HostileTest.Fails(Descriptors.InvalidGraph, Node("Softmax", ("axis", 1f)), "'axis' as Float");
        HostileTest.Fails(Descriptors.InvalidGraph, Node("Flatten", ("axis", "1")), "'axis' as String");
        HostileTest.Fails(Descriptors.InvalidGraph, Node("LeakyRelu", ("alpha", 0.5f), ("alpha", 0.25f)), "twice");
        HostileTest.Fails(Descriptors.UnsupportedForm, Node("Identity", ("body", new GraphProto { Name = "sub" })),
            "'body'");
        ModelBuilder reference = Node("LeakyRelu", ("alpha", 0.5f));
        reference.Last.Attribute[0].RefAttrName = "outer";
        HostileTest.Fails(Descriptors.InvalidGraph, reference, "'outer'");
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Attributes_that_are_no_numbers(float value)
    {
        foreach (string op in new[] { "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Celu", "HardSigmoid" })
            HostileTest.Fails(Descriptors.NonFiniteWeight, Node(op, ("alpha", value)), "alpha");
    }

    [Theory]
    [InlineData(-1e-3f)]
    [InlineData(-0.05f)]
    [InlineData(1e-30f)]
    [InlineData(-1e30f)]
    [InlineData(1e30f)]
    [InlineData(float.MaxValue)]
    [InlineData(float.Epsilon)]
    public void Extreme_attributes_build_or_are_refused(float value)
    {
        foreach (string op in new[] { "LeakyRelu", "ThresholdedRelu", "Elu", "Selu", "Celu", "HardSigmoid" })
            _ = HostileTest.Errors(Node(op, ("alpha", value)).ToBytes());
    }

    [Fact]
    public void Cycles_and_loops()
    {
        HostileTest.Fails(Descriptors.Cycle, Model().Node("Relu", ["y"], "y").Output("y"));
        HostileTest.Fails(Descriptors.Cycle, Model().Weights("w", [3], 1, 2, 3).Node("Add", ["b", "w"], "a")
            .Node("Relu", ["a"], "b").Output("b"));
    }

    [Fact]
    public void Nodes_in_another_order_build() =>
        HostileTest.Builds(Model().Node("Relu", ["a"], "y").Node("Tanh", ["x"], "a").Output("y"));

    [Fact]
    public void Values_that_nothing_defines()
    {
        HostileTest.Fails(Descriptors.UndefinedValue, Model().Node("MatMul", ["x", "w"], "y").Output("y"), "'w'");
        HostileTest.Fails(Descriptors.UndefinedValue, Relu().Output("z"), "'z'");
        ModelBuilder mask = Model().Node("Tanh", ["x"], "y").Node("Relu", ["mask"], "z").Output("z");
        mask.Graph.Node[0].Output.Add("mask");
        HostileTest.Fails(Descriptors.UndefinedValue, mask, "'mask'");
    }

    [Fact]
    public void Names_that_are_defined_twice_or_not_at_all()
    {
        HostileTest.Fails(Descriptors.InvalidGraph, Relu().Node("Tanh", ["x"], "y"), "already defined");
        HostileTest.Fails(Descriptors.InvalidGraph, Relu().Node("Tanh", ["y"], "x"), "already defined");
        HostileTest.Fails(Descriptors.InvalidGraph, Relu().Weights("w", [1], 1).Weights("w", [1], 2),
            "two initializers");
        HostileTest.Fails(Descriptors.InvalidGraph, Relu().Input("x", 1, 3), "two inputs");
        HostileTest.Fails(Descriptors.InvalidGraph, Relu().Input("", 1, 3), "no name");
        ModelBuilder noOutput = Relu().Node("Tanh", ["x"], "t");
        noOutput.Last.Output.Clear();
        HostileTest.Fails(Descriptors.InvalidGraph, noOutput, "no output");
        noOutput.Last.Output.Add("");
        HostileTest.Fails(Descriptors.InvalidGraph, noOutput, "no output");
    }

    [Fact]
    public void Inputs_that_are_missing_or_too_many()
    {
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("Relu", [], "y").Output("y"), "has no input 0");
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("Relu", [""], "y").Output("y"), "has no input 0");
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("Add", ["x"], "y").Output("y"), "has no input 1");
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("PRelu", ["x"], "y").Output("y"), "has no input 1");
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("BatchNormalization", ["x"], "y").Output("y"),
            "has no scale");
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("Reshape", ["x"], "y").Output("y"), "has no shape");
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("Unsqueeze", ["x"], "y").Output("y"), "has no axes");
        HostileTest.Fails(Descriptors.UnsupportedForm, Model().Node("Relu", ["x", "x"], "y").Output("y"), "input 1");
    }

    [Fact]
    public void Graphs_without_inputs_or_outputs()
    {
        HostileTest.Fails(Descriptors.InvalidGraph, new ModelBuilder().ConstantNode("c", [1], 1).Output("c"),
            "no input");
        HostileTest.Fails(Descriptors.InvalidGraph, Model().Node("Relu", ["x"], "y"), "no output");
        HostileTest.Fails(Descriptors.NotAnOnnxModel, new ModelBuilder().Input("x", 1, 3), "no graph");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Weights_that_are_no_numbers(double value)
    {
        foreach (string op in new[] { "Add", "Sub", "Mul", "Div", "PRelu" })
            HostileTest.Fails(Descriptors.NonFiniteWeight,
                Model().Weights("w", [3], 1, value, 1).Node(op, ["x", "w"], "y").Output("y"), "infinite");
        HostileTest.Fails(Descriptors.NonFiniteWeight,
            Model().Weights("w", [3, 1], 1, value, 1).Node("MatMul", ["x", "w"], "y").Output("y"));
        ModelBuilder variance = Model().Weights("w", [3], 1, 1, 1).Weights("v", [3], 1, -1, value)
            .Node("BatchNormalization", ["x", "w", "w", "w", "v"], "y").Output("y");
        HostileTest.Fails(Descriptors.NonFiniteWeight, variance);
    }

    [Fact]
    public void Products_of_weights_beyond_double()
    {
        ModelBuilder model = Model().Node("Mul", ["x", "w"], "a").Node("Mul", ["a", "w"], "y").Output("y");
        model.Graph.Initializer.Add(
            new TensorProto { Name = "w", DataType = (int)DataType.Double, DoubleData = { 1e300 } });
        HostileTest.Fails(Descriptors.TooWide, model);
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(1e-30)]
    [InlineData(3e38)]
    [InlineData(1e-38)]
    [InlineData(1e-45)]
    public void Weights_far_from_one_build_or_are_refused(double value)
    {
        foreach (double sign in new[] { 1, -1 })
        {
            foreach (string op in new[] { "Add", "Mul", "Div", "PRelu" })
                _ = HostileTest.Errors(Model().Weights("w", [3], 1, value * sign, 0).Node(op, ["x", "w"], "y")
                    .Output("y").ToBytes());
            HostileTest.Errors(Model().Weights("w", [3, 1], value * sign, value, -value).Weights("b", [1], 1)
                .Node("Gemm", ["x", "w", "b"], "y").Output("y").ToBytes());
        }
    }

    [Theory]
    [InlineData(DataType.Complex64)]
    [InlineData(DataType.String)]
    [InlineData((DataType)99)]
    internal void Inputs_that_are_no_real_numbers(DataType type) => HostileTest.Fails(
        Descriptors.UnsupportedElementType, new ModelBuilder().Input("x", type, [1, 3]).Node("Relu", ["x"], "y")
            .Output("y"), "'x'");

    [Fact]
    public void Tensors_that_are_no_numbers()
    {
        ModelBuilder model = Model().Node("Add", ["x", "w"], "y").Output("y");
        model.Graph.Initializer.Add(
            new TensorProto
            {
                Name = "w",
                DataType = (int)DataType.String,
                StringData = { ByteString.CopyFromUtf8("a") },
                Dims = { 1 }
            });
        HostileTest.Fails(Descriptors.UnsupportedElementType, model, "'w'");
        HostileTest.Fails(Descriptors.UnsupportedForm, Relu().Node("Constant", [], "c", ("value_string", "a")));
        HostileTest.Fails(Descriptors.UnsupportedForm, Relu().Node("Constant", [], "c"));
        ModelBuilder sparse = Relu();
        sparse.Graph.SparseInitializer.Add(new SparseTensorProto());
        HostileTest.Fails(Descriptors.InvalidGraph, sparse, "sparse");
        ModelBuilder sequence = Relu();
        sequence.Graph.Input[0].Type = new TypeProto();
        HostileTest.Fails(Descriptors.UnsupportedElementType, sequence, "no tensor");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(28)]
    [InlineData(1000)]
    public void Operator_sets_that_are_not_read(int opset) =>
        HostileTest.Fails(Descriptors.UnsupportedOpset,
            new ModelBuilder(opset).Input("x", 1, 3).Node("Relu", ["x"], "y").Output("y"));

    [Fact]
    public void Operator_sets_of_other_domains_only()
    {
        ModelBuilder model = Relu();
        model.Proto.OpsetImport[0].Domain = "ai.onnx.ml";
        HostileTest.Fails(Descriptors.UnsupportedOpset, model, "opset_import");
        model.Last.Domain = "ai.onnx.ml";
        model.Last.OpType = "SVMRegressor";
        HostileTest.Fails(Descriptors.UnsupportedOperator, model, "ai.onnx.ml.SVMRegressor");
        model.Proto.OpsetImport.Clear();
        HostileTest.Fails(Descriptors.NotAnOnnxModel, model, "no operator set");
    }

    private static ModelBuilder Model() => new ModelBuilder().Input("x", 1, 3);

    private static ModelBuilder Relu() => Model().Node("Relu", ["x"], "y").Output("y");

    private static ModelBuilder Node(string op, params (string, object)[] attributes) => Model()
        .Node(op, ["x"], "y", attributes).Output("y");
}
