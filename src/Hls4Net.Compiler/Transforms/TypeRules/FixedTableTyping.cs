using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>Tables whose entries are numbers of a grid.</summary>
internal static class FixedTableTyping
{
    private const int MostBits = 48;

    public static Value Typed(TypingContext context, Node node, FixedTable table, Value input)
    {
        Constant entries = AutoType.Exact(table.Entries, MostBits) ?? throw new ModelException(Descriptors.TooWide,
            $"layer {node.Name}: the entries of its tables need more than {MostBits} bits");
        int row = entries.Shape[1];
        ImmutableArray<long>[] tables = [.. Enumerable.Range(0, entries.Shape[0])
            .Select(t => entries.Mantissas.Slice(t * row, row))];
        FixedTable typed = table with
        {
            Plan = new FixedTablePlan(table.Places(input.Shape), ImmutableArray.Create(tables), entries.Fraction),
        };
        return context.Emit(node, typed, [input], Graph.Typing.Exact(typed.Range([input])));
    }
}
