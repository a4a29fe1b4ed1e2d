using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Rtl.Lowering;

/// <summary>Rows of constant matrices: exact as networks of shifts and additions, or converted after every step where an accumulator is pinned.</summary>
internal static class Products
{
    /// <summary>The sums of a row for <paramref name="count"/> units from <paramref name="first"/> on, as <see cref="Dense.SumRow"/> defines them.</summary>
    public static int[] Row(ProgramBuilder b, Dense dense, FixedPointType input, int[] x, int first, int count) =>
        dense.Accumulator is FixedPointType pinned ? Pinned(b, dense, input, x, first, count, pinned) : Exact(b, dense, input, x, first, count);

    /// <summary>The windows of a convolution, one after another.</summary>
    public static int[] Windows(ProgramBuilder b, Convolution convolution, Graph.Value input, int[] x)
    {
        Dense kernel = convolution.Kernel;
        int taps = convolution.Window.Taps, channels = convolution.GroupChannels;
        int[] sources = convolution.Window.Sources(input.Shape);
        List<int> y = [];
        for (int pixel = 0; pixel < sources.Length / taps; pixel++)
        {
            for (int group = 0; group < convolution.Groups; group++)
            {
                int[] window = new int[kernel.Columns];
                for (int i = 0; i < window.Length; i++)
                {
                    int source = sources[(pixel * taps) + (i / channels)];
                    window[i] = source < 0 ? b.Constant(0) : x[(source * convolution.Channels) + (group * channels) + (i % channels)];
                }
                y.AddRange(Row(b, kernel, input.Type, window, group * convolution.GroupUnits, convolution.GroupUnits));
            }
        }
        return [.. y];
    }

    private static int[] Exact(ProgramBuilder b, Dense dense, FixedPointType input, int[] x, int first, int count)
    {
        int sum = dense.SumFraction(input), productShift = sum - input.Fraction - dense.Weights.Fraction;
        long[,] weights = new long[x.Length, count];
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < count; j++)
                weights[i, j] = checked((long)Interval.Shift(dense.Weights.Mantissas[(i * dense.Units) + first + j], productShift));
        }
        long[] bias = new long[count];
        for (int j = 0; j < count && dense.Bias is not null; j++)
            bias[j] = checked((long)Interval.Shift(dense.Bias.Mantissas[first + j], sum - dense.Bias.Fraction));
        return b.Matrix(x, weights, bias);
    }

    // Converts every product and every sum, in order.
    private static int[] Pinned(ProgramBuilder b, Dense dense, FixedPointType input, int[] x, int first, int count, FixedPointType pinned)
    {
        int[] y = new int[count];
        for (int j = 0; j < count; j++)
            y[j] = dense.Bias is null ? b.Constant(0) : Conversion.Convert(b, b.Constant(dense.Bias.Mantissas[first + j]), dense.Bias.Fraction, pinned);
        for (int i = 0; i < x.Length; i++)
        {
            long[,] factors = new long[1, count];
            for (int j = 0; j < count; j++)
                factors[0, j] = dense.Weights.Mantissas[(i * dense.Units) + first + j];
            int[] products = b.Matrix([x[i]], factors, []);
            for (int j = 0; j < count; j++)
            {
                int product = Conversion.Convert(b, products[j], input.Fraction + dense.Weights.Fraction, pinned);
                y[j] = Conversion.Convert(b, b.Sum(y[j], product), pinned.Fraction, pinned);
            }
        }
        return y;
    }
}
