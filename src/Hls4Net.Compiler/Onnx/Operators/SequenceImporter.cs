using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Sequences and optionals: lists of tensors whose length and indices are known, so that each is a name for wires.
/// </summary>
internal static class SequenceImporter
{
    public static Operand Construct(ImportNode node) => Made(node, node.AllInputs());

    public static Operand Empty(ImportNode node)
    {
        node.Ignore("dtype");
        return Made(node, []);
    }

    public static Operand At(ImportNode node)
    {
        ImmutableArray<Operand> elements = node.Sequence(0);
        return elements[Position(node, 1, elements.Length, elements.Length - 1)];
    }

    public static Operand Insert(ImportNode node)
    {
        ImmutableArray<Operand> elements = node.Sequence(0);
        return Made(node, elements.Insert(node.TryInput(2) is null ? elements.Length
            : Position(node, 2, elements.Length, elements.Length), node.Input(1)));
    }

    public static Operand Erase(ImportNode node)
    {
        ImmutableArray<Operand> elements = node.Sequence(0);
        return Made(node, elements.RemoveAt(node.TryInput(1) is null ? Last(node, elements)
            : Position(node, 1, elements.Length, elements.Length - 1)));
    }

    public static Operand Length(ImportNode node) =>
        new(node.Proto.Output[0], Constant.Scalar(node.Sequence(0).Length)) { ElementType = DataType.Int64 };

    public static Operand Concat(ImportNode node)
    {
        ImmutableArray<Operand> elements = node.Sequence(0);
        bool stacks = node.Int("new_axis", 0) != 0;
        if (elements.IsEmpty)
            throw node.Fail(Descriptors.InvalidGraph, "joins a sequence of nothing");
        int rank = elements[0].Shape.Rank, axis = node.Axis(node.Int("axis", 0), stacks ? rank + 1 : rank);
        if (stacks)
            elements =
                [.. elements.Select((e, i) =>
                    node.Emit(new Reshape(new Shape([.. e.Shape.Dimensions.Insert(Math.Min(axis, e.Shape.Rank), 1)])),
                        e, $"element{i}"))];
        return MovementImporter.Joined(node, elements, axis);
    }

    /// <summary>
    /// Parts along an axis: of a length for all, of one each, or single slices without the axis unless it is kept.
    /// </summary>
    public static Operand Split(ImportNode node)
    {
        Operand x = node.Input(0);
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Rank), size = x.Shape[axis];
        bool keeps = node.Int("keepdims", 1) != 0;
        Constant? split = node.TryConstant(1, "parts");
        int[] parts = split is null ? [.. Enumerable.Repeat(1, size)]
            : split.Shape.Rank == 0 ? Equal(split.Values[0])
            : [.. node.TryIntegers(1, "parts")!.Value];
        if (parts.Any(p => p < 0) || parts.Sum(p => (long)p) != size)
            throw node.Fail(Descriptors.InvalidShape,
                $"cuts axis {axis} of {x.Shape} into parts of [{string.Join(", ", parts)}]");
        ImmutableArray<Operand>.Builder elements = ImmutableArray.CreateBuilder<Operand>();
        for (int k = 0, start = 0; k < parts.Length; start += parts[k++])
        {
            ImmutableArray<int>[] lists = MovementImporter.All(x.Shape);
            lists[axis] = [.. Enumerable.Range(start, parts[k])];
            elements.Add(split is null && !keeps ? ControlImporter.Element(node, x, axis, start, $"part{k}")
                : MovementImporter.Moved(node, "Split", x, lists, part: $"part{k}"));
        }
        return Made(node, elements.ToImmutable());

        // The last one may be shorter.
        int[] Equal(double length) => length >= 1 && double.IsInteger(length)
            ? [.. Enumerable.Range(0, (int)Math.Ceiling(size / length))
                .Select(k => (int)Math.Min(length, size - (k * length)))]
            : throw node.Fail(Descriptors.InvalidShape, $"cuts axis {axis} of {x.Shape} into parts of {length}");
    }

    /// <summary>A graph for every element of a sequence, and of the sequences beside it.</summary>
    public static Operand Map(ImportNode node)
    {
        GraphProto body = node.Graph("body");
        int length = node.Sequence(0).Length;
        ImmutableArray<Operand> operands = [.. Enumerable.Range(0, node.Proto.Input.Count).Select(node.Any)];
        if (operands.Any(o => o.Elements is { } e && e.Length != length))
            throw node.Fail(Descriptors.InvalidGraph,
                $"maps sequences of different lengths: {string.Join(", ", operands.Select(o => o.Elements?.Length))}");
        ImmutableArray<Operand>[] results = [.. Enumerable.Range(0, length)
            .Select(i => node.Body(body, [.. operands.Select(o => o.Elements is { } e ? e[i] : o)], i))];
        for (int k = 1; k < body.Output.Count; k++)
            node.Define(k, Made(node, [.. results.Select(r => r[k])]));
        return Made(node, [.. results.Select(r => r[0])]);
    }

    /// <summary>An optional that holds something is what it holds.</summary>
    public static Operand Optional(ImportNode node)
    {
        node.Ignore("type");
        return node.TryAny(0) ?? Operand.Empty(node.Proto.Output[0]);
    }

    public static Operand HasElement(ImportNode node) =>
        new(node.Proto.Output[0],
            Constant.Scalar(node.TryAny(0) is { IsEmpty: false } ? 1 : 0))
        { ElementType = DataType.Bool };

    public static Operand GetElement(ImportNode node) =>
        node.Any(0) is { IsEmpty: false } held ? held : throw node.Fail(Descriptors.InvalidGraph,
            $"takes what the optional '{node.Any(0).Name}' holds, which holds nothing");

    private static Operand Made(ImportNode node, ImmutableArray<Operand> elements) =>
        new(node.Proto.Output[0], elements);

    private static int Last(ImportNode node, ImmutableArray<Operand> elements) =>
        elements.IsEmpty ? throw node.Fail(Descriptors.InvalidShape, "takes an element off a sequence of nothing")
            : elements.Length - 1;

    private static int Position(ImportNode node, int index, int length, int last)
    {
        double position = node.TryScalar(index, "position")
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no position");
        return double.IsInteger(position) && position >= -length && position <= last
            ? (int)(position < 0 ? position + length : position)
            : throw node.Fail(Descriptors.InvalidShape, $"names the position {position} in a sequence of {length}");
    }
}
