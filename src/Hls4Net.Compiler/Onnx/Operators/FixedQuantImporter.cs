using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Quantizers with a fixed-point type for each element: x, whether there is a sign, integer bits without it, fraction
/// bits.
/// </summary>
internal static class FixedQuantImporter
{
    /// <summary>Wider numbers leave the integers of a program.</summary>
    public const int MostBits = 48;

    public static Operand Import(ImportNode node)
    {
        Constant keep = Whole(node, 1, "sign"), integer = Whole(node, 2, "integer bits"),
            fraction = Whole(node, 3, "fraction bits");
        if (keep.Values.Any(k => k is not (0 or 1)))
            throw node.Fail(Descriptors.InvalidGraph, "has signs that are neither 0 nor 1");
        FixedQuantize quantize = new(keep, integer, fraction, Rounding(node), Overflow(node));
        Operand x = node.Input(0);
        _ = quantize.OutputShape([x.Shape]);
        int[] k = keep.Shape.BroadcastIndices(x.Shape), i = integer.Shape.BroadcastIndices(x.Shape),
            f = fraction.Shape.BroadcastIndices(x.Shape);
        double widest = Enumerable.Range(0, x.Shape.Size)
            .Select(e => keep.Values[k[e]] + integer.Values[i[e]] + fraction.Values[f[e]]).DefaultIfEmpty().Max();
        return widest <= MostBits ? node.Emit(quantize, x) : throw node.Fail(Descriptors.InvalidGraph,
            $"quantizes to {widest} bits; {MostBits} are supported");
    }

    private static Constant Whole(ImportNode node, int index, string meaning)
    {
        Constant value = node.RequireConstant(index, meaning);
        return value.Values.All(v => double.IsInteger(v) && Math.Abs(v) < FixedPointType.MaxPoint) ? value
            : throw node.Fail(Descriptors.InvalidGraph,
                $"has {meaning} that are no integers below {FixedPointType.MaxPoint}");
    }

    private static Rounding Rounding(ImportNode node)
    {
        string mode = node.Text("rounding", "TRN").ToUpperInvariant();
        foreach (Rounding rounding in Enum.GetValues<Rounding>())
        {
            if (rounding.Spelling() == mode)
                return rounding;
        }
        throw node.Fail(Descriptors.InvalidGraph, $"has the rounding mode '{mode}'");
    }

    private static Overflow Overflow(ImportNode node)
    {
        string mode = node.Text("overflow", "WRAP").ToUpperInvariant();
        foreach (Overflow overflow in Enum.GetValues<Overflow>())
        {
            if (overflow.Spelling() == mode)
                return overflow;
        }
        throw node.Fail(Descriptors.InvalidGraph, $"has the overflow mode '{mode}'");
    }
}
