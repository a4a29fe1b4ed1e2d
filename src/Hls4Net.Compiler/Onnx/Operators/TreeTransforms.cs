using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>What becomes of the scores of trees, […, scores].</summary>
internal static class TreeTransforms
{
    /// <summary>The transforms by number, as TreeEnsemble has them.</summary>
    public static ImmutableArray<string> Names { get; } = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    public static Operand Apply(ImportNode node, Operand scores, string transform)
    {
        int count = scores.Shape[scores.Shape.Rank - 1];
        switch (transform)
        {
            case "NONE":
                return scores;
            case "LOGISTIC":
                return node.Emit(new ElementwiseFunction(new UnaryFunction(FunctionKind.Sigmoid)), scores, "logistic");
            case "SOFTMAX":
                return node.Emit(new Softmax(count, 1), scores, "softmax");
            case "SOFTMAX_ZERO":
                Operand seen = node.Emit(new ExactFunction(ExactFunctionKind.IsNonzero), scores, "seen", inner: true);
                Operand masked = node.Emit(new Select(), [seen, scores, Operand.Number(double.MinValue)], "masked",
                    inner: true);
                return node.Emit(new Softmax(count, 1), masked, "softmax");
            case "PROBIT":
                throw node.Fail(Descriptors.UnsupportedForm,
                    "has the post_transform PROBIT, which is infinite at 0 and 1; apply it behind the firmware");
            default:
                throw node.Fail(Descriptors.UnsupportedForm,
                    $"has the post_transform '{transform}', which ONNX does not define");
        }
    }
}
