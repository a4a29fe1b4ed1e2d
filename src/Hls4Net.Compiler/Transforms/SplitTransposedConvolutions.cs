using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// A transposed convolution of stride s sees zeros between its elements. Of s outputs that follow one another each
/// meets elements with other taps, all of the same few elements: so a convolution of the elements alone gives them side
/// by side, and they are spread along the axis. Nothing is multiplied by those zeros.
/// </summary>
internal static class SplitTransposedConvolutions
{
    public static Network Apply(Network network) => Rewriter.Run(network, (rewriter, node) =>
    {
        if (node.Operation is not Convolution { Window: Window window } convolution
            || window.Axes.All(a => a.InputDilation == 1))
            return rewriter.Keep(node);
        Shape x = node.Inputs[0].Shape, y = node.Output.Shape;
        Phases[] axes = [.. window.Axes.Select((a, k) => Phases.Of(a, x[k + 1], y[k + 1]))];
        int groups = convolution.Groups, units = convolution.GroupUnits, rank = axes.Length;
        int[] factors = [.. axes.Select(a => a.Factor)], counts = [.. axes.Select(a => a.Blocks)];
        Value blocks = rewriter.Add(node, new Convolution(Kernel(convolution, axes),
            new Window([.. axes.Select(a => a.Window)]), groups), node.Inputs[0]);
        // [n, blocks…, groups, phases…, units] to [n, block, phase, …, groups, units].
        Value parts = rewriter.Add(node, new Reshape(new Shape([x[0], .. counts, groups, .. factors, units])), blocks);
        Value spread = rewriter.Add(node,
            new Transpose([0, .. Enumerable.Range(1, rank).SelectMany(k => new[] { k, k + rank + 1 }), rank + 1,
                (2 * rank) + 2]), parts);
        Value all = rewriter.Add(node,
            new Reshape(new Shape([x[0], .. counts.Zip(factors, (c, f) => c * f), y[rank + 1]])), spread);
        return all.Shape == y ? all
            : rewriter.Add(node, new Rearrange("Slice",
                [.. y.Dimensions.Select(d => ImmutableArray.CreateRange(Enumerable.Range(0, d)))]), all);
    });

    // For every unit of a group a unit for each combination of phases, with the taps that these meet elements with.
    private static Dense Kernel(Convolution convolution, Phases[] axes)
    {
        (Dense kernel, int groups, int units, int channels) = (convolution.Kernel, convolution.Groups,
            convolution.GroupUnits, convolution.GroupChannels);
        int phases = axes.Aggregate(1, (p, a) => p * a.Factor), taps = axes.Aggregate(1, (t, a) => t * a.Window.Size),
            columns = groups * phases * units;
        double[] weights = new double[taps * channels * columns];
        double[]? bias = kernel.Bias is null ? null : new double[columns];
        for (int column = 0; column < columns; column++)
        {
            int unit = column % units, phase = column / units % phases, group = column / (units * phases),
                from = (group * units) + unit;
            if (bias is not null)
                bias[column] = kernel.Bias!.Values[from];
            for (int tap = 0; tap < taps; tap++)
            {
                int source = 0;
                for (int k = 0, rest = tap, phaseRest = phase, tapsInner = taps, phasesInner = phases; k < axes.Length
                    && source >= 0; k++)
                {
                    (tapsInner, phasesInner) = (tapsInner / axes[k].Window.Size, phasesInner / axes[k].Factor);
                    int own = axes[k].Taps[phaseRest / phasesInner][rest / tapsInner];
                    source = own < 0 ? -1 : (source * axes[k].Size) + own;
                    (rest, phaseRest) = (rest % tapsInner, phaseRest % phasesInner);
                }
                for (int channel = 0; source >= 0 && channel < channels; channel++)
                    weights[(((tap * channels) + channel) * columns) + column] =
                        kernel.Weights.Values[(((source * channels) + channel) * kernel.Units) + from];
            }
        }
        return kernel with
        {
            Weights = new Constant(new Shape(taps * channels, columns), ImmutableArray.Create(weights)),
            Bias = bias is null ? null : new Constant(new Shape(columns), ImmutableArray.Create(bias)),
        };
    }

    /// <summary>One axis.</summary>
    /// <param name="Factor">Outputs of a block.</param>
    /// <param name="Blocks">Blocks of outputs; the last may have more of them than there are.</param>
    /// <param name="Window">The window of a block on the elements.</param>
    /// <param name="Size">Taps of the transposed convolution.</param>
    /// <param name="Taps">For each output of a block and each of the window's taps, which of those it is; -1 for
    /// none.</param>
    private sealed record Phases(int Factor, int Blocks, WindowAxis Window, int Size, int[][] Taps)
    {
        public static Phases Of(WindowAxis axis, int elements, int outputs)
        {
            int factor = axis.InputDilation, blocks = (outputs + factor - 1) / factor;
            // Output block · factor + phase meets element block + shift with a tap where this is whole.
            (int Phase, int Tap, int Shift)[] met = [.. Enumerable.Range(0, factor)
                .SelectMany(phase => Enumerable.Range(0, axis.Size)
                .Select(tap => (phase, tap, At: (phase * axis.Stride) + (tap * axis.Dilation) - axis.PadBefore))
                .Where(m => m.At % factor == 0).Select(m => (m.phase, m.tap, m.At / factor)))];
            int first = met.Min(m => m.Shift), size = met.Max(m => m.Shift) - first + 1;
            int[][] taps = [.. Enumerable.Range(0, factor).Select(_ => Enumerable.Repeat(-1, size).ToArray())];
            foreach ((int phase, int tap, int shift) in met)
                taps[phase][shift - first] = tap;
            return new Phases(factor, blocks,
                new WindowAxis(size, axis.Stride, -first, blocks - 1 + size - elements + first), axis.Size, taps);
        }
    }
}
