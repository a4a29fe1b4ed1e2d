using Hls4Net.Graph;

namespace Hls4Net.Onnx.Operators;

/// <summary>The weights of a product as integers and a scale for each unit.</summary>
internal static class IntegerMatrix
{
    // Blocks of one column whose scales differ by more are no integers of a sensible size.
    private const double MostRatio = 1 << 16;

    /// <summary>
    /// A quantizer's integers, [inputs, units], and the scale of each unit: its own where all its weights share one,
    /// else the smallest of its blocks, of which the others are whole multiples. Null where they are not.
    /// </summary>
    public static (Constant Integers, Constant UnitScale)? Of(Constant integers, Constant scale)
    {
        int units = integers.Shape[1];
        if (scale.AsLastAxis(units) is Constant own)
            return (integers, own);
        double[] smallest = [.. Enumerable.Range(0, units)
            .Select(j => Enumerable.Range(0, integers.Shape[0]).Min(i => scale.Values[(i * units) + j]))];
        if (smallest.Any(s => s <= 0))
            return null;
        double[] ratios = [.. scale.Values.Select((s, i) => s / smallest[i % units])];
        return ratios.All(r => double.IsInteger(r) && r <= MostRatio)
            ? (new Constant(integers.Shape, [.. integers.Values.Zip(ratios, (q, r) => q * r)]),
                new Constant(new Shape(units), [.. smallest]))
            : null;
    }
}
