using Hls4Net.Onnx;

namespace Hls4Net.Tests.Operators;

public sealed class RegistryTests
{
    [Fact]
    public void Only_the_default_domain_is_read()
    {
        Assert.NotNull(OperatorRegistry.Find("", "Relu"));
        Assert.NotNull(OperatorRegistry.Find("ai.onnx", "Relu"));
        Assert.Null(OperatorRegistry.Find("ai.onnx.ml", "Relu"));
        Assert.Null(OperatorRegistry.Find("com.microsoft", "Gemm"));
        Assert.Null(OperatorRegistry.Find("", "relu"));
        Assert.Null(OperatorRegistry.Find("", ""));
    }
}
