using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Forests;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Tables of numbers, as trees on one feature.</summary>
internal static class Lookups
{
    /// <summary>Entry i of a table for the index i, whatever the index' shape.</summary>
    public static Operand Of(ImportNode node, Operand index, ImmutableArray<double> entries, string part)
    {
        bool isIndex = entries.Select((entry, i) => entry == i).All(same => same);
        return isIndex ? index : Tabled(node, index, Chain(entries.Length,
            i => new Split(0, SplitKind.AtMost, [i])), entries, part);
    }

    /// <summary>The value of a key, and another number for what is no key.</summary>
    public static Operand Of(ImportNode node, Operand x, ImmutableArray<double> keys, ImmutableArray<double> values,
        double otherwise, string? part = null) =>
        Tabled(node, x, Chain(keys.Length + 1, i => new Split(0, SplitKind.OneOf, [keys[i]])), [.. values, otherwise],
            part);

    private static Operand Tabled(ImportNode node, Operand x, DecisionTree tree, ImmutableArray<double> entries,
        string? part)
    {
        Operand column = node.Emit(new Reshape(new Shape(x.Shape.Size, 1)), x, "column", inner: true);
        Forest table = new(new DecisionTrees([tree]), 1, ForestAggregate.Sum,
            new Constant(new Shape(entries.Length, 1), entries), null, [], IsLookup: true);
        return node.Emit(new Reshape(x.Shape), node.Emit(table, column, "table", inner: true), part);
    }

    // One question for each leaf but the last.
    private static DecisionTree Chain(int leaves, Func<int, Split> split) => new(
        [.. Enumerable.Range(0, leaves - 1)
            .Select(i => new Branch(split(i), ~i, i < leaves - 2 ? i + 1 : ~(leaves - 1)))],
        leaves == 1 ? ~0 : 0);
}
