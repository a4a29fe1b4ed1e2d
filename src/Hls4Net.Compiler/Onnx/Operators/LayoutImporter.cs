using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Operations = Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Operators that move or rename elements and compute nothing.</summary>
internal static class LayoutImporter
{
    public static Operand Identity(ImportNode node) => node.Input(0);

    public static Operand Dropout(ImportNode node)
    {
        node.Ignore("ratio", "seed", "is_test");
        _ = node.TryInput(1);
        if (node.TryScalar(2, "training mode") is not (null or 0))
            throw node.Fail(Descriptors.UnsupportedForm, "is in training mode; export the model for inference");
        Operand x = node.Input(0);
        // Nothing is dropped: the mask is all true.
        if (node.HasOutput(1))
            node.Define(1,
                new Operand(node.Proto.Output[1], new Constant(x.Shape, [.. Enumerable.Repeat(1.0, x.Shape.Size)])));
        return x;
    }

    public static Operand Flatten(ImportNode node)
    {
        Operand x = node.Input(0);
        int rank = x.Shape.Rank;
        long axis = node.Int("axis", 1);
        int at = axis == rank ? rank : node.Axis(axis, rank);
        return node.Emit(new Operations.Reshape(new Shape(x.Shape.Product(0, at), x.Shape.Product(at, rank))), x);
    }

    public static Operand Reshape(ImportNode node)
    {
        Operand x = node.Input(0);
        bool allowZero = node.Opset >= 14 && node.Int("allowzero", 0) != 0;
        int[] target = [.. (node.TryIntegers(1, "shape") ?? node.Ints("shape")
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no shape"))];
        for (int i = 0; i < target.Length && !allowZero; i++)
        {
            if (target[i] == 0)
                target[i] = i < x.Shape.Rank ? x.Shape[i]
                    : throw node.Fail(Descriptors.InvalidShape, $"copies dimension {i} of {x.Shape}");
        }
        // Of two unknown dimensions the second stays -1, which is no shape.
        int known = new Shape([.. target.Where((d, i) => d != -1 || i != Array.IndexOf(target, -1))]).Size;
        // A model exported for a fixed number of samples repeats that number here.
        if (!target.Contains(-1) && target.Length > 1 && known != x.Shape.Size
            && known / Math.Max(target[0], 1) == x.Shape.Size)
            (target[0], known) = (1, x.Shape.Size);
        int unknown = Array.IndexOf(target, -1);
        if (unknown >= 0)
            target[unknown] = known > 0 && x.Shape.Size % known == 0 ? x.Shape.Size / known
                : throw node.Fail(Descriptors.InvalidShape, $"cannot make [{string.Join(", ", target)}] of {x.Shape}");
        return node.Emit(new Operations.Reshape(new Shape(target)), x);
    }

    public static Operand Squeeze(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<int>? given = node.Opset < 13 ? node.Ints("axes") : node.TryIntegers(1, "axes");
        HashSet<int> axes = given is null
            ? [.. Enumerable.Range(0, x.Shape.Rank).Where(a => x.Shape[a] == 1)]
            : [.. given.Value.Select(a => node.Axis(a, x.Shape.Rank))];
        if (axes.FirstOrDefault(a => x.Shape[a] != 1, -1) is int wrong and >= 0)
            throw node.Fail(Descriptors.InvalidShape, $"squeezes axis {wrong} of {x.Shape}, which is not 1");
        return node.Emit(
            new Operations.Reshape(new Shape([.. x.Shape.Dimensions.Where((_, a) => !axes.Contains(a))])), x);
    }

    public static Operand Unsqueeze(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<int> given = (node.Opset < 13 ? node.Ints("axes") : node.TryIntegers(1, "axes"))
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no axes");
        int rank = x.Shape.Rank + given.Length;
        HashSet<int> axes = [.. given.Select(a => node.Axis(a, rank))];
        if (axes.Count != given.Length)
            throw node.Fail(Descriptors.InvalidShape, "names an axis twice");
        Queue<int> own = new(x.Shape.Dimensions);
        return node.Emit(new Operations.Reshape(
            new Shape([.. Enumerable.Range(0, rank).Select(a => axes.Contains(a) ? 1 : own.Dequeue())])), x);
    }

    public static Operand Transpose(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<int> permutation = node.Ints("perm") ?? [.. Enumerable.Range(0, x.Shape.Rank).Reverse()];
        return node.Emit(new Operations.Transpose(permutation), x);
    }
}
