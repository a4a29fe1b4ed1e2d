using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Layout: convolutions compute channels-last between transposes to and from ONNX's layout. Transposes sink below
/// whatever can work on permuted axes, and those that meet cancel; what is left stands at the network's ports and
/// before what needs ONNX's order.
/// </summary>
internal static class SinkTransposes
{
    public static Network Apply(Network network)
    {
        Dictionary<(Value Source, string Permutation), Value> made = [];
        return Rewriter.Run(network, (rewriter, node) =>
        {
            if (node.Operation is Transpose transpose)
                return Placed(rewriter, made, node, transpose);
            return Sunk(rewriter, made, node) ?? rewriter.Keep(node);
        });
    }

    // Joined with the transpose before it; nothing where they cancel, a reshape where only axes of size one move.
    private static Value Placed(Rewriter rewriter, Dictionary<(Value, string), Value> made, Node node,
        Transpose transpose)
    {
        Value source = node.Inputs[0];
        if (rewriter.Maker(source) is { Operation: Transpose first } maker)
        {
            source = maker.Inputs[0];
            transpose = new Transpose([.. transpose.Permutation.Select(axis => first.Permutation[axis])]);
        }
        if (transpose.Permutation.SequenceEqual(Enumerable.Range(0, source.Shape.Rank)))
            return source;
        if (rewriter.Maker(source) is { Operation: Reshape reshape } between
            && rewriter.Maker(between.Inputs[0]) is { Operation: Transpose before } above
            && AcrossReshape(above.Inputs[0].Shape, before, reshape.To, transpose) is (Shape split, Transpose joined))
        {
            Value whole = above.Inputs[0], parts = split == whole.Shape ? whole
                : rewriter.Add(between, new Reshape(split), whole);
            Value moved = Placed(rewriter, made, node with { Inputs = [parts] }, joined);
            return moved.Shape == node.Output.Shape ? moved : rewriter.Add(node, new Reshape(node.Output.Shape), moved);
        }
        (Value, string) key = (source, string.Join(',', transpose.Permutation));
        if (made.TryGetValue(key, out Value? same))
            return same;
        Shape shape = source.Shape;
        Operation operation = IsOrdered(shape, transpose.Permutation) ? new Reshape(transpose.OutputShape([shape]))
            : transpose;
        return made[key] = rewriter.Add(node, operation, source);
    }

    private static Value? Sunk(Rewriter rewriter, Dictionary<(Value, string), Value> made, Node node)
    {
        Node?[] makers = [.. node.Inputs.Select(rewriter.Maker)];
        if (makers.FirstOrDefault(m => m?.Operation is Transpose) is not { Operation: Transpose common } first)
            return null;
        int[] inverse = Inverse(common.Permutation);
        // Every operand comes through the same transpose, or is a constant, which can be permuted here, or has no order
        // that a permutation would change. One that comes through another transpose is as any other value: what counts
        // is its own order, not that before its transpose.
        bool[] shared = [.. makers.Select(m => m?.Operation is Transpose other && other.Equals(common))];
        if (Enumerable.Range(0, makers.Length).Any(k => !shared[k] && !Movable(k)))
            return null;
        Shape[] shapes = [.. node.Inputs.Select(i => Widened(i.Shape, inverse.Length)!.Value)];
        if (node.Operation.Permuted([.. inverse], [.. shapes]) is not Operation moved)
            return null;
        Value[] operands = [.. makers.Select((m, k) => shared[k] ? m!.Inputs[0]
            : m?.Operation is Literal ? Permuted(rewriter, m, shapes[k], inverse)
            : Reshaped(rewriter, first, node.Inputs[k], shapes[k], inverse))];
        Value result = rewriter.Add(node, moved, [.. operands]);
        return Placed(rewriter, made,
            first with { Inputs = [result], Output = new Value(first.Output.Name, node.Output.Shape) }, common);

        bool Movable(int k) => Widened(node.Inputs[k].Shape, inverse.Length) is Shape wide
            && (makers[k]?.Operation is Literal || IsOrdered(wide, inverse));
    }

    private static Value Permuted(Rewriter rewriter, Node literal, Shape shape, int[] permutation)
    {
        Constant tensor = ((Literal)literal.Operation).Tensor;
        Transpose transpose = new([.. permutation]);
        return rewriter.Add(literal,
            new Literal(new Constant(transpose.OutputShape([shape]),
                [.. transpose.SourceIndices(shape).Select(i => tensor.Values[i])])));
    }

    // A value whose axes larger than one keep their order.
    private static Value Reshaped(Rewriter rewriter, Node like, Value value, Shape shape, int[] permutation)
    {
        Value source = rewriter.Maker(value) is { Operation: Reshape } maker ? maker.Inputs[0] : value;
        Shape moved = new([.. permutation.Select(axis => shape[axis])]);
        return source.Shape == moved ? source
            : rewriter.Keep(
                like with { Operation = new Reshape(moved), Inputs = [source], Output = new Value(value.Name, moved) });
    }

    // A shape as broadcasting widens it; null where it has too many axes.
    private static Shape? Widened(Shape shape, int rank) =>
        shape.Rank > rank ? null : new Shape([.. Enumerable.Repeat(1, rank - shape.Rank), .. shape.Dimensions]);

    private static bool IsOrdered(Shape shape, IEnumerable<int> permutation)
    {
        IEnumerable<int> real = permutation.Where(axis => shape[axis] != 1);
        return real.SequenceEqual(real.Order());
    }

    // A transpose, a reshape that splits or joins axes, and a transpose are a reshape that splits axes, a transpose,
    // and a reshape that joins some: the first two of these. Null where an axis of one shape is no product of parts
    // that the other has side by side.
    private static (Shape Split, Transpose Joined)? AcrossReshape(Shape x, Transpose first, Shape reshaped,
        Transpose second)
    {
        Shape y = first.OutputShape([x]);
        if (y.Size == 0 || Parts(y, reshaped) is not (int[] parts, int[][] ofY, int[][] ofReshaped))
            return null;
        int[] order = [.. Inverse(first.Permutation).SelectMany(axis => ofY[axis])];
        // The sample's axis is no part of any.
        int[] sample = x.Rank > 0 && x[0] == 1 ? [1] : [];
        IEnumerable<int> joined = second.Permutation.SelectMany(axis => ofReshaped[axis])
            .Select(part => Array.IndexOf(order, part) + sample.Length);
        return (new Shape([.. sample, .. order.Select(part => parts[part])]),
            new Transpose([.. sample.Select(_ => 0), .. joined]));
    }

    // The parts that two shapes of as many elements have in common, and which of them make each axis.
    private static (int[] Parts, int[][] First, int[][] Second)? Parts(Shape first, Shape second)
    {
        int[] ends = [.. Ends(first).Concat(Ends(second)).Distinct().Order()];
        if (ends.Zip(ends.Skip(1)).Any(e => e.Second % e.First != 0))
            return null;
        return ([.. ends.Skip(1).Zip(ends, (end, start) => end / start)], Of(first), Of(second));

        static IEnumerable<int> Ends(Shape shape) => Enumerable.Range(0, shape.Rank + 1)
            .Select(axis => shape.Product(0, axis));

        int[][] Of(Shape shape) => [.. Enumerable.Range(0, shape.Rank).Select(axis =>
            Enumerable.Range(0, ends.Length - 1).Where(part => ends[part] >= shape.Product(0, axis)
                && ends[part + 1] <= shape.Product(0, axis + 1)).ToArray())];
    }

    private static int[] Inverse(ImmutableArray<int> permutation)
    {
        int[] inverse = new int[permutation.Length];
        for (int axis = 0; axis < inverse.Length; axis++)
            inverse[permutation[axis]] = axis;
        return inverse;
    }
}
