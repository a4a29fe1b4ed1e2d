using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// FINN's MultiThreshold: how many thresholds of its channel a value reaches, times a scale, plus a bias.
/// </summary>
internal static class ThresholdImporter
{
    /// <summary>x, and thresholds [channels, count], one row for all channels if there is one only.</summary>
    public static Operand MultiThreshold(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant thresholds = node.RequireConstant(1, "thresholds");
        node.RequireFinite(thresholds);
        double scale = node.Float("out_scale", 1), bias = node.Float("out_bias", 0);
        // What type the sum has follows from the thresholds.
        node.Ignore("out_dtype");
        string layout = node.Text("data_layout", "NCHW");
        int rank = x.Shape.Rank, axis = layout.EndsWith('C') ? rank - 1 : 1;
        if (!layout.StartsWith('N') || layout.Count(c => c == 'C') != 1 || layout.IndexOf('C') is int at && at != 1
            && at != layout.Length - 1)
            throw node.Fail(Descriptors.UnsupportedForm,
                $"has the data_layout '{layout}'; channels behind the samples (NCHW) or last (NHWC) are supported");
        if (thresholds.Shape.Rank != 2 || thresholds.Shape.Size == 0 || rank <= axis
            || (thresholds.Shape[0] != 1 && thresholds.Shape[0] != x.Shape[axis]))
            throw node.Fail(Descriptors.InvalidShape, $"has thresholds {thresholds.Shape} for {x.Shape}");
        Operand count = Uniform(node, x, thresholds, axis) ?? Counted(node, x, thresholds, axis);
        return scale == 1 && bias == 0 ? count
            : node.Emit(new Affine(scale == 1 ? null : Constant.Scalar(scale),
                bias == 0 ? null : Constant.Scalar(bias)), count, "scale");
    }

    // Thresholds at equal distances, first + k · step, are a quantizer that rounds down: floor((x - first) / step) + 1,
    // held to 0 … count.
    private static Operand? Uniform(ImportNode node, Operand x, Constant thresholds, int axis)
    {
        int channels = thresholds.Shape[0], count = thresholds.Shape[1];
        double[] firsts = new double[channels], steps = new double[channels];
        for (int c = 0; c < channels; c++)
        {
            double[] row = [.. thresholds.Values.AsSpan().Slice(c * count, count)];
            double step = count == 1 ? 1 : row[1] - row[0];
            // Where a quotient is rounded no comparison is exact: the step is a power of two, and so are thresholds its
            // multiples.
            if (step <= 0 || !double.IsPow2(step) || row.Where((t, k) => t != row[0] + (k * step)).Any()
                || !double.IsInteger(row[0] / step))
                return null;
            (firsts[c], steps[c]) = (row[0] / step, step);
        }
        Shape shape = new([channels, .. Enumerable.Repeat(1, x.Shape.Rank - axis - 1)]);
        Constant scale = new(shape, [.. steps]), offset = new(shape, [.. firsts.Select(f => 1 - f)]);
        IntegerQuantize quantizer = new(scale, offset, 0, count, QuantRounding.Floor, Bipolar: false);
        Operand centred = node.Emit(quantizer, x);
        // A quantizer takes its zero-point off again; the count has it.
        return node.Emit(new Affine(null, offset), centred, "count");
    }

    // A comparison with each threshold, and the sum of what they say.
    private static Operand Counted(ImportNode node, Operand x, Constant thresholds, int axis)
    {
        int rank = x.Shape.Rank, channels = thresholds.Shape[0], count = thresholds.Shape[1];
        Operand column = node.Emit(new Reshape(new Shape([.. x.Shape.Dimensions, 1])), x, "column", inner: true);
        Constant rows = thresholds.Reshape(new Shape([channels, .. Enumerable.Repeat(1, rank - axis - 1), count]));
        Operand reached = node.Emit(new Elementwise(ElementwiseKind.GreaterOrEqual), [column, new Operand("", rows)],
            "reached", inner: true);
        Operand sum = node.Emit(new Reduce(ReduceKind.Sum, [rank]), reached, "sum", inner: true);
        return node.Emit(new Reshape(x.Shape), sum);
    }
}
