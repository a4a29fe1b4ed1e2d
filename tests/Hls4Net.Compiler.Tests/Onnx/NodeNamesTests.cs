using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Tests.Onnx;

/// <summary>The names that users see in reports and write in patterns.</summary>
public sealed class NodeNamesTests
{
    [Theory]
    [InlineData("/fc1/Gemm", "Gemm", "fc1")]
    [InlineData("/encoder/layers.0/fc1/MatMul", "MatMul", "fc1")]
    [InlineData("model/fc1/MatMul", "MatMul", "fc1")]
    [InlineData("model/fc1/Relu_2", "Relu", "fc1")]
    [InlineData("model/fc1/BiasAdd", "Add", "BiasAdd")]
    [InlineData("Relu_7", "Relu", "Relu_7")]
    [InlineData("fc1", "Gemm", "fc1")]
    [InlineData("", "Relu", "Relu")]
    [InlineData("///", "Relu", "Relu")]
    [InlineData("a.b-c:0", "Relu", "a_b_c_0")]
    [InlineData("__x__", "Relu", "x")]
    [InlineData("2nd", "Relu", "layer_2nd")]
    [InlineData("int", "Relu", "layer_int")]
    [InlineData("数", "Relu", "layer")]
    public void A_node_is_called_after_its_scope(string name, string op, string expected) =>
        Assert.Equal(expected, For(new NodeNames(), name, op));

    [Theory]
    [InlineData("Gemm_0", "fc1.weight", "fc1")]
    [InlineData("", "fc1.weight", "fc1")]
    [InlineData("", "encoder.0.weight", "encoder_0")]
    [InlineData("", ".weight", "Gemm")]
    [InlineData("own", "fc1.weight", "own")]
    public void A_node_without_a_name_of_its_own_is_called_after_its_weight(string name, string weight,
        string expected) =>
        Assert.Equal(expected, For(new NodeNames(), name, "Gemm", "x", weight));

    [Fact]
    public void Names_are_unique_and_longer_before_they_are_numbered()
    {
        NodeNames names = new();
        Assert.Equal("fc1", For(names, "/a/fc1/Gemm", "Gemm"));
        Assert.Equal("fc1_Gemm", For(names, "/b/fc1/Gemm", "Gemm"));
        Assert.Equal("c_fc1_Gemm", For(names, "/c/fc1/Gemm", "Gemm"));
        Assert.Equal("fc1_2", For(names, "/c/fc1/Gemm", "Gemm"));
        Assert.Equal("fc1_3", For(names, "fc1_3", "Gemm"));
        Assert.Equal("fc1_4", For(names, "fc1", "Gemm"));
    }

    private static string For(NodeNames names, string name, string op, params string[] inputs) =>
        names.For(new NodeProto { Name = name, OpType = op, Input = { inputs } });
}
