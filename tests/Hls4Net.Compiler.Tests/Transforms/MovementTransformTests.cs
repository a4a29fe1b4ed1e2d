using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Pipeline;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Operators;

namespace Hls4Net.Tests.Transforms;

/// <summary>Movements let transposes and scales pass.</summary>
public sealed class MovementTransformTests
{
    [Theory]
    [InlineData("Slice")]
    [InlineData("Pad")]
    [InlineData("Concat")]
    [InlineData("ReduceMax")]
    [InlineData("ArgMax")]
    [InlineData("TopK")]
    public void Transposes_cancel_across(string op)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 3, 4, 5)
            .Node("Transpose", ["x"], "t", ("perm", new[] { 0L, 2, 3, 1 }));
        model = op switch
        {
            "Slice" => model.Integers("a", 1).Integers("b", 3).Node(op, ["t", "a", "b", "a"], "m"),
            "Pad" => model.Integers("a", 0, 1, 2, 0, 0, 1, 2, 0).Node(op, ["t", "a"], "m"),
            "Concat" => model.Weights("a", [1, 4, 2, 3], [.. Enumerable.Range(0, 24).Select(i => (double)i)])
                .Node(op, ["t", "a", "t"], "m", ("axis", 2)),
            "TopK" => model.Integers("a", 2).Node(op, ["t", "a"], "m", ("axis", 1)),
            "ArgMax" => model.Node(op, ["t"], "m", ("axis", 3)),
            _ => model.Node(op, ["t"], "m", ("axes", new[] { 1L, 2 })),
        };
        Network network = Passes.Simplified(OperatorTest.Import(
            model.Node("Transpose", ["m"], "y", ("perm", new[] { 0L, 3, 1, 2 })).Output("y").Save(folder)));
        Assert.DoesNotContain(network.Nodes, n => n.Operation is Transpose);
    }

    [Fact]
    public void A_common_scale_goes_behind_what_moves()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 4).Input("z", 1, 4).Weights("scale", [], 0.5);
        model.Graph.Initializer.Add(
            new Hls4Net.Onnx.Proto.TensorProto
            {
                Name = "zero",
                DataType = (int)Hls4Net.Onnx.Proto.TensorProto.Types.DataType.Int8,
                Int32Data = { 0 }
            });
        foreach (string port in new[] { "x", "z" })
            model.Node("QuantizeLinear", [port, "scale", "zero"], $"{port}q")
                .Node("DequantizeLinear", [$"{port}q", "scale", "zero"], $"{port}d");
        Network network = Passes.Simplified(OperatorTest.Import(model.Node("Concat", ["xd", "zd"], "c", ("axis", 1))
            .Node("ReduceSum", ["c"], "y").Output("y").Save(folder)));
        // Integers are joined and added; the scale comes last.
        Assert.Equal(["Quant", "Quant", "Concat", "ReduceSum", "Mul"], network.Nodes.Select(n => n.Operation.Kind));
    }

    [Fact]
    public void Differences_from_the_largest_are_not_above_zero()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 4).Node("ReduceMax", ["x"], "m", ("axes", new[] { 1L }))
            .Node("Sub", ["x", "m"], "d").Node("Exp", ["d"], "y").Output("y");
        CompiledModel compiled = Models.ModelHarness.Compile(model.Save(folder));
        Value exponent = compiled.Model.Network.Nodes.Single(n => n.Operation is ElementwiseFunction).Inputs[0];
        Assert.Equal(0, exponent.Typing!.Hull.Max);
    }
}
