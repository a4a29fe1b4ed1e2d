using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// Rows of constant matrices: exact as networks of shifts and additions, or converted after every step where an
/// accumulator is pinned.
/// </summary>
internal static class Products
{
    /// <summary>
    /// The sums of a row for <paramref name="count"/> units from <paramref name="first"/> on, as
    /// <see cref="Dense.SumRow"/> defines them.
    /// </summary>
    public static int[] Row(ProgramBuilder b, Dense dense, FixedPointType input, int[] x, int first, int count) =>
        dense.Accumulator is FixedPointType pinned ? Pinned(b, dense, input, x, first, count, pinned)
            : Exact(b, dense, input, x, first, count);

    /// <summary>The windows of a convolution, one after another.</summary>
    public static int[] Windows(ProgramBuilder b, Convolution convolution, Value input, int[] x)
    {
        int taps = convolution.Window.Taps;
        int[] sources = convolution.Window.Sources(input.Shape);
        List<int> y = [];
        for (int pixel = 0; pixel < sources.Length / taps; pixel++)
            y.AddRange(Window(b, convolution, input.Type,
                (tap, channel) => sources[(pixel * taps) + tap] is int source and >= 0
                    ? x[(source * convolution.Channels) + channel] : b.Constant(0)));
        return [.. y];
    }

    // The sums of one window, by the elements under its taps.
    private static int[] Window(ProgramBuilder b, Convolution convolution, FixedPointType input,
        Func<int, int, int> element)
    {
        int channels = convolution.GroupChannels;
        return [.. Enumerable.Range(0, convolution.Groups).SelectMany(group => Row(
            b, convolution.Kernel, input, [.. Enumerable.Range(0, convolution.Kernel.Columns)
                .Select(i => element(i / channels, (group * channels) + (i % channels)))],
            group * convolution.GroupUnits, convolution.GroupUnits))];
    }

    /// <summary>
    /// The sums of one row, or of one window with the channels of all groups at each tap: a program that serves all
    /// rows or pixels of a layer.
    /// </summary>
    /// <exception cref="OverflowException">Its sums need more than 63 bits.</exception>
    public static IntegerProgram Kernel(Layer layer, Fabric fabric)
    {
        (int taps, int channels, bool inside) = layer.Operation switch
        {
            Dense dense => (1, dense.Columns, true),
            Convolution convolution => (convolution.Window.Taps, convolution.Channels, convolution.Window.IsInside),
            _ => throw new ArgumentOutOfRangeException(nameof(layer)),
        };
        Typing typing = layer.Input.Typing!;
        // A line buffer's layer has a range for each tap, of which those of one channel are alike.
        Interval[] ranges = typing.HullsOf(channels);
        Steps steps = typing.StepsOf(channels);
        ProgramBuilder b = new(taps * channels, fabric);
        int[] x = [.. Enumerable.Range(0, taps * channels).Select(i => inside
            ? b.Input(i, ranges[i % channels], steps[i % channels])
            : b.Input(i, Interval.Hull(ranges[i % channels], new(0, 0)), 1))];
        return b.Finish(layer.Operation is Convolution c
            ? Window(b, c, typing.Type, (tap, channel) => x[(tap * channels) + channel])
            : Row(b, (Dense)layer.Operation, typing.Type, x, 0, layer.Operation.Matrix!.Units));
    }

    /// <summary>The product of two computed stacks of matrices.</summary>
    public static int[] Computed(ProgramBuilder b, ImmutableArray<Value> inputs, int[][] x)
    {
        MatrixProduct.Geometry g = new(inputs[0].Shape, inputs[1].Shape);
        int[] y = new int[g.Output.Size];
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int column) = (i / g.Columns, i % g.Columns);
            y[i] = Reductions.Sum(b, [.. Enumerable.Range(0, g.Length)
                .Select(k => b.Product(x[0][g.Left(row, k)], x[1][g.Right(row, k) + column]))]);
        }
        return y;
    }

    private static int[] Exact(ProgramBuilder b, Dense dense, FixedPointType input, int[] x, int first, int count)
    {
        int sum = dense.SumFraction(input), productShift = sum - input.Fraction - dense.Weights.Fraction;
        long[,] weights = new long[x.Length, count];
        for (int i = 0; i < x.Length; i++)
        {
            for (int j = 0; j < count; j++)
                weights[i, j] = checked((long)Interval.Shift(dense.Weights.Mantissas[(i * dense.Units) + first + j],
                    productShift));
        }
        long[] bias = new long[count];
        for (int j = 0; j < count && dense.Bias is not null; j++)
            bias[j] = checked((long)Interval.Shift(dense.Bias.Mantissas[first + j], sum - dense.Bias.Fraction));
        return b.Matrix(x, weights, bias);
    }

    // Converts every product and every sum, in order.
    private static int[] Pinned(ProgramBuilder b, Dense dense, FixedPointType input, int[] x, int first, int count,
        FixedPointType pinned)
    {
        int[] y = new int[count];
        for (int j = 0; j < count; j++)
            y[j] = dense.Bias is null ? b.Constant(0)
                : Conversion.Convert(b, b.Constant(dense.Bias.Mantissas[first + j]), dense.Bias.Fraction, pinned);
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
