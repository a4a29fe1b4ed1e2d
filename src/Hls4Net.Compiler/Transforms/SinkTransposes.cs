using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// Layout: convolutions compute channels-last between transposes to and from ONNX's layout. Transposes sink below whatever can work on
/// permuted axes, and those that meet cancel; what is left stands at the network's ports and before what needs ONNX's order.
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
    private static Value Placed(Rewriter rewriter, Dictionary<(Value, string), Value> made, Node node, Transpose transpose)
    {
        Value source = node.Inputs[0];
        if (rewriter.Maker(source) is { Operation: Transpose first } maker)
        {
            source = maker.Inputs[0];
            transpose = new Transpose([.. transpose.Permutation.Select(axis => first.Permutation[axis])]);
        }
        if (transpose.Permutation.SequenceEqual(Enumerable.Range(0, source.Shape.Rank)))
            return source;
        (Value, string) key = (source, string.Join(',', transpose.Permutation));
        if (made.TryGetValue(key, out Value? same))
            return same;
        Shape shape = source.Shape;
        IEnumerable<int> real = transpose.Permutation.Where(axis => shape[axis] != 1);
        Operation operation = real.SequenceEqual(real.Order()) ? new Reshape(transpose.OutputShape([shape])) : transpose;
        return made[key] = rewriter.Add(node, operation, source);
    }

    private static Value? Sunk(Rewriter rewriter, Dictionary<(Value, string), Value> made, Node node)
    {
        Node?[] makers = [.. node.Inputs.Select(rewriter.Maker)];
        if (makers.FirstOrDefault(m => m?.Operation is Transpose) is not { Operation: Transpose common } first)
            return null;
        int[] inverse = Inverse(common.Permutation);
        // Every operand comes through the same transpose, or is a constant, which can be permuted here.
        if (!makers.All(m => m?.Operation is Transpose other && other.Equals(common) || m?.Operation is Literal && m.Output.Shape.Rank == inverse.Length))
            return null;
        Shape[] shapes = [.. node.Inputs.Select(i => i.Shape)];
        if (node.Operation.Permuted([.. inverse], [.. shapes]) is not Operation moved)
            return null;
        Value[] operands = [.. makers.Select(m => m!.Operation is Transpose ? m.Inputs[0] : Permuted(rewriter, m, inverse))];
        Value result = rewriter.Add(node, moved, [.. operands]);
        return Placed(rewriter, made, first with { Inputs = [result], Output = new Value(first.Output.Name, node.Output.Shape) }, common);
    }

    private static Value Permuted(Rewriter rewriter, Node literal, int[] permutation)
    {
        Constant tensor = ((Literal)literal.Operation).Tensor;
        Transpose transpose = new([.. permutation]);
        return rewriter.Add(literal, new Literal(new Constant(transpose.OutputShape([tensor.Shape]), [.. transpose.SourceIndices(tensor.Shape).Select(i => tensor.Values[i])])));
    }

    private static int[] Inverse(ImmutableArray<int> permutation)
    {
        int[] inverse = new int[permutation.Length];
        for (int axis = 0; axis < inverse.Length; axis++)
            inverse[permutation[axis]] = axis;
        return inverse;
    }
}
