using System.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// What convolutions and poolings have in common, by ONNX's definition of their attributes; channels are axis 1.
/// </summary>
/// <param name="Kernel">Taps of each spatial axis.</param>
/// <param name="Strides">Input positions from one output to the next.</param>
/// <param name="Dilations">Input positions from one tap to the next.</param>
/// <param name="Pads">Padding before each spatial axis, then after each.</param>
internal sealed record ExactWindow(int[] Kernel, int[] Strides, int[] Dilations, int[] Pads)
{
    private int Rank => Kernel.Length;

    /// <summary>Convolution with weights [outputs, channels / groups, taps…].</summary>
    public ExactTensor Conv(ExactTensor x, ExactTensor weights, ExactTensor? bias, int groups)
    {
        int units = weights.Shape[0], channels = weights.Shape[1], taps = Kernel.Aggregate(1, (a, b) => a * b);
        (BigInteger[] xs, BigInteger dx) = ExactTensor.Integral(x.Values);
        (BigInteger[] ws, BigInteger dw) = ExactTensor.Integral(weights.Values);
        int pixels = x.Shape[2..].Aggregate(1, (a, b) => a * b);
        int[][] windows = Windows(x.Shape[2..], out int[] spatial);
        // Most models' integers are short: their products add up in 64 bits.
        bool isShort = (BigInteger)(channels * taps) * xs.Max(BigInteger.Abs) * ws.Max(BigInteger.Abs) < long.MaxValue;
        long[] shortX = isShort ? [.. xs.Select(v => (long)v)] : [],
            shortW = isShort ? [.. ws.Select(v => (long)v)] : [];
        Fraction[] result = new Fraction[x.Shape[0] * units * windows.Length];
        for (int i = 0; i < result.Length; i++)
        {
            int pixel = i % windows.Length, unit = i / windows.Length % units, image = i / (windows.Length * units);
            int first = ((image * x.Shape[1]) + (unit / (units / groups) * channels)) * pixels;
            BigInteger sum = 0;
            long shortSum = 0;
            for (int c = 0; c < channels; c++)
            {
                for (int t = 0; t < taps; t++)
                {
                    if (windows[pixel][t] < 0)
                        continue;
                    int at = first + (c * pixels) + windows[pixel][t], weight = (((unit * channels) + c) * taps) + t;
                    if (isShort)
                        shortSum += shortX[at] * shortW[weight];
                    else
                        sum += xs[at] * ws[weight];
                }
            }
            result[i] = new Fraction(isShort ? shortSum : sum, dx * dw) + (bias is null ? 0L : bias.Values[unit]);
        }
        return new([x.Shape[0], units, .. spatial], result);
    }

    /// <summary>
    /// Each channel's elements under a window, joined; the number of taps that lie on elements comes along.
    /// </summary>
    public ExactTensor Pool(ExactTensor x, Func<IReadOnlyList<Fraction>, Fraction> join)
    {
        int pixels = x.Shape[2..].Aggregate(1, (a, b) => a * b);
        int[][] windows = Windows(x.Shape[2..], out int[] spatial);
        Fraction[] result = new Fraction[x.Shape[0] * x.Shape[1] * windows.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = join([.. windows[i % windows.Length].Where(at => at >= 0)
                .Select(at => x.Values[(i / windows.Length * pixels) + at])]);
        return new([.. x.Shape[..2], .. spatial], result);
    }

    // For every output the elements under its taps, -1 in padding.
    private int[][] Windows(int[] spatial, out int[] outputs)
    {
        int[] sizes = [.. Enumerable.Range(0, Rank).Select(a =>
            ((spatial[a] + Pads[a] + Pads[Rank + a] - ((Kernel[a] - 1) * Dilations[a]) - 1) / Strides[a]) + 1)];
        outputs = sizes;
        return [.. Indices(sizes).Select(o => Indices(Kernel).Select(t => Element(o, t)).ToArray())];

        int Element(int[] output, int[] tap)
        {
            int flat = 0;
            for (int a = 0; a < Rank; a++)
            {
                int at = (output[a] * Strides[a]) + (tap[a] * Dilations[a]) - Pads[a];
                if (at < 0 || at >= spatial[a])
                    return -1;
                flat = (flat * spatial[a]) + at;
            }
            return flat;
        }
    }

    private static IEnumerable<int[]> Indices(int[] sizes) =>
        sizes.Aggregate<int, IEnumerable<int[]>>([[]],
            (heads, size) => heads.SelectMany(head => Enumerable.Range(0, size).Select(i => (int[])[.. head, i])));
}
