using Hls4Net.Diagnostics;
using Hls4Net.Graph;

namespace Hls4Net.Onnx.Operators;

/// <summary>Operators that exporters write to compute shapes and parameters; here they are supported on constants alone, and folded.</summary>
internal static class FoldedImporter
{
    public static Operand Pow(ImportNode node)
    {
        Constant x = node.RequireConstant(0, "base"), exponent = node.RequireConstant(1, "exponent");
        Shape shape = Graph.Shape.Broadcast(x.Shape, exponent.Shape) ?? throw node.Fail(Descriptors.InvalidShape, $"has shapes {x.Shape} and {exponent.Shape}, which do not broadcast");
        return node.Folded(x.BroadcastTo(shape).Zip(exponent.BroadcastTo(shape), Math.Pow));
    }

    public static Operand Sqrt(ImportNode node) => node.Folded(node.RequireConstant(0, "operand").Map(Math.Sqrt));

    public static Operand Neg(ImportNode node) => node.Folded(node.RequireConstant(0, "operand").Map(v => -v));
}
