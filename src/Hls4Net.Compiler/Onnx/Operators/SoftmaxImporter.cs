using Hls4Net.Graph;
using Operations = Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Softmax and LogSoftmax; before operator set 13 over all axes from the named one on, since then over that axis alone.
/// </summary>
internal static class SoftmaxImporter
{
    public static Operand Softmax(ImportNode node) =>
        Import(node, (count, stride) => new Operations.Softmax(count, stride));

    public static Operand LogSoftmax(ImportNode node) =>
        Import(node, (count, stride) => new Operations.LogSoftmax(count, stride));

    public static Operand Hardmax(ImportNode node) =>
        Import(node, (count, stride) => new Operations.Hardmax(count, stride));

    private static Operand Import(ImportNode node, Func<int, int, Operation> operation)
    {
        Operand x = node.Input(0);
        bool coerced = node.Opset < 13;
        int axis = node.Axis(node.Int("axis", coerced ? 1 : -1), Math.Max(x.Shape.Rank, 1));
        int end = coerced ? x.Shape.Rank : Math.Min(axis + 1, x.Shape.Rank);
        return node.Emit(operation(x.Shape.Product(axis, end), x.Shape.Product(end, x.Shape.Rank)), x);
    }
}
