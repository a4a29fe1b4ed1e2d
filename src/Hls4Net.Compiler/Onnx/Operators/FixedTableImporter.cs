using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Tables of numbers of fixed-point types: x, whether there is a sign, integer bits, fraction bits, the tables, and
/// which of them is an element's.
/// </summary>
internal static class FixedTableImporter
{
    private const int MostBits = 16;

    public static Operand Import(ImportNode node)
    {
        Constant keep = node.RequireConstant(1, "sign"), integer = node.RequireConstant(2, "integer bits"),
            fraction = node.RequireConstant(3, "fraction bits"), entries = node.RequireConstant(4, "entries"),
            which = node.RequireConstant(5, "places");
        Operand x = node.Input(0);
        FixedTable table = new(keep, integer, fraction, entries, which);
        _ = table.OutputShape([x.Shape]);
        if (entries.Shape.Rank != 2)
            throw node.Fail(Descriptors.InvalidGraph, $"has tables of shape {entries.Shape}");
        int[] k = keep.Shape.BroadcastIndices(x.Shape), i = integer.Shape.BroadcastIndices(x.Shape),
            f = fraction.Shape.BroadcastIndices(x.Shape), w = which.Shape.BroadcastIndices(x.Shape);
        for (int e = 0; e < x.Shape.Size; e++)
        {
            double bits = keep.Values[k[e]] + integer.Values[i[e]] + fraction.Values[f[e]];
            if (!(bits <= MostBits) || Math.ScaleB(1, (int)Math.Max(bits, 0)) > entries.Shape[1]
                || !(which.Values[w[e]] >= 0 && which.Values[w[e]] < entries.Shape[0]))
                throw node.Fail(Descriptors.InvalidGraph,
                    $"has a table of {bits} bits; {MostBits} are supported, with an entry for each number");
        }
        return node.Emit(table, x);
    }
}
