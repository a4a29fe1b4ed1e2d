using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Transforms;

namespace Hls4Net.Rtl.Lowering;

/// <summary>Turns layers into integer programs, completely unrolled; a program reads the elements of all inputs, one input after another.</summary>
internal static class LayerLowering
{
    /// <summary>Wider values could leave the 127 bits of intermediate results.</summary>
    private const int MaxWidth = 60;

    /// <summary>Lowers a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="adderOperands">Most operands of an adder, 2 or 3.</param>
    /// <exception cref="ModelException">The layer cannot be lowered.</exception>
    public static IntegerProgram Lower(Layer layer, int adderOperands)
    {
        foreach (Value v in layer.Inputs.Append(layer.Main.Output).Append(layer.Output))
        {
            if (v.Type.Width > MaxWidth)
                throw Refused(layer, $"'{v.Name}' has {v.Type.Width} bits; up to {MaxWidth} are supported");
        }
        ProgramBuilder b = new(layer.Inputs.Sum(v => v.Shape.Size), adderOperands);
        int at = 0;
        int[][] inputs = [.. layer.Inputs.Select(v => v.Typing!.Range.Select(r => b.Input(at++, r, v.Typing.Step)).ToArray())];
        try
        {
            int[] outputs = Operation(b, layer, inputs);
            if (layer.Rounding?.Operation is Quantize quantize)
                outputs = [.. outputs.Select(o => Conversion.Convert(b, o, layer.Main.Output.Type.Fraction, quantize.To))];
            // What the typed network knows about the elements, too.
            return b.Finish(outputs.Select((o, i) => b.Bounded(o, layer.Output.Typing!.Range[i])));
        }
        catch (OverflowException)
        {
            throw Refused(layer, "its sums need more than 63 bits");
        }
    }

    private static int[] Operation(ProgramBuilder b, Layer layer, int[][] inputs) => layer.Operation switch
    {
        Dense { Accumulator: FixedPointType pinned } dense => Pinned(b, dense, layer.Input, inputs[0], pinned),
        Dense dense => Exact(b, dense, layer.Input, inputs[0]),
        Affine affine => Affine(b, affine, layer.Input, inputs[0]),
        Rectifier rectifier => Rectifier(b, rectifier, layer.Input, inputs[0]),
        Clip clip => Clip(b, clip, layer.Input, layer.Main.Output, inputs[0]),
        Quantize quantize => [.. inputs[0].Select(x => Conversion.Convert(b, x, layer.Input.Type.Fraction, quantize.To))],
        Requantize { Plan: RequantizePlan plan } => [.. inputs[0].Select((x, i) => Requantization.Evaluate(b, plan, i, x))],
        ElementwiseFunction { Table: FunctionTable table } => [.. inputs[0].Select(x => Functions.Evaluate(b, table, x))],
        Softmax { Kernel: SoftmaxKernel kernel } softmax => Groups(inputs[0], softmax.Count, softmax.Stride, x => Normalisation.Softmax(b, kernel, x)),
        LogSoftmax { Kernel: LogSoftmaxKernel kernel } softmax => Groups(inputs[0], softmax.Count, softmax.Stride, x => Normalisation.LogSoftmax(b, kernel, x)),
        Transpose transpose => [.. transpose.SourceIndices(layer.Input.Shape).Select(i => inputs[0][i])],
        Literal literal => [.. literal.Tensor.Mantissas.Select(m => b.Constant(m))],
        Operation operation => throw Refused(layer, $"{operation.Kind} has no lowering to integer operations yet"),
    };

    private static ModelException Refused(Layer layer, string reason) =>
        new(Descriptors.NotLowered, $"layer {layer.Name} ({layer.Operation.Kind}): {reason}; choose Backend=Vitis for this model");

    private static int[] Exact(ProgramBuilder b, Dense dense, Value input, int[] x)
    {
        int sum = dense.SumFraction(input.Type), productShift = sum - input.Type.Fraction - dense.Weights.Fraction;
        long[,] weights = new long[dense.Columns, dense.Units];
        for (int i = 0; i < dense.Columns; i++)
        {
            for (int j = 0; j < dense.Units; j++)
                weights[i, j] = (long)Interval.Shift(dense.Weights.Mantissas[(i * dense.Units) + j], productShift);
        }
        long[] bias = dense.Bias is null ? [] : [.. dense.Bias.Mantissas.Select(m => (long)Interval.Shift(m, sum - dense.Bias.Fraction))];
        return [.. x.Chunk(dense.Columns).SelectMany(row => b.Matrix(row, weights, bias))];
    }

    // Converts every product and every sum, in order.
    private static int[] Pinned(ProgramBuilder b, Dense dense, Value input, int[] x, FixedPointType pinned)
    {
        List<int> outputs = [];
        foreach (int[] row in x.Chunk(dense.Columns))
        {
            int[] y = new int[dense.Units];
            for (int j = 0; j < y.Length; j++)
                y[j] = dense.Bias is null ? b.Constant(0) : Conversion.Convert(b, b.Constant(dense.Bias.Mantissas[j]), dense.Bias.Fraction, pinned);
            for (int i = 0; i < row.Length; i++)
            {
                long[,] factors = new long[1, dense.Units];
                for (int j = 0; j < y.Length; j++)
                    factors[0, j] = dense.Weights.Mantissas[(i * dense.Units) + j];
                int[] products = b.Matrix([row[i]], factors, []);
                for (int j = 0; j < y.Length; j++)
                {
                    int product = Conversion.Convert(b, products[j], input.Type.Fraction + dense.Weights.Fraction, pinned);
                    y[j] = Conversion.Convert(b, b.Sum(y[j], product), pinned.Fraction, pinned);
                }
            }
            outputs.AddRange(y);
        }
        return [.. outputs];
    }

    private static int[] Affine(ProgramBuilder b, Affine affine, Value input, int[] x)
    {
        Affine.Indices at = new(affine, input.Shape);
        int product = input.Type.Fraction + (affine.Scale?.Fraction ?? 0);
        int sum = affine.Shift is null ? product : Math.Max(product, affine.Shift.Fraction);
        int[] y = new int[at.X.Length];
        for (int i = 0; i < y.Length; i++)
        {
            Int128 factor = Interval.Shift(affine.Scale is null ? 1 : affine.Scale.Mantissas[at.Scale[i]], sum - product);
            Int128 shift = affine.Shift is null ? 0 : Interval.Shift(affine.Shift.Mantissas[at.Shift[i]], sum - affine.Shift.Fraction);
            y[i] = b.MultiplyAdd(x[at.X[i]], factor, shift);
        }
        return y;
    }

    private static int[] Rectifier(ProgramBuilder b, Rectifier rectifier, Value input, int[] x)
    {
        int[] at = rectifier.Slope?.Shape.BroadcastIndices(input.Shape) ?? [];
        int fraction = rectifier.Slope?.Fraction ?? 0;
        Int128 threshold = rectifier.AlignedThreshold(input.Type);
        return [.. x.Select((v, i) =>
        {
            int below = rectifier.Slope is null ? b.Constant(0) : b.Multiple(v, Interval.Shift(rectifier.Slope.Mantissas[at[i]], Math.Max(-fraction, 0)));
            return b.Select(b.AtLeast(v, threshold + 1), b.Scale(v, Math.Max(fraction, 0)), below);
        })];
    }

    private static int[] Clip(ProgramBuilder b, Clip clip, Value input, Value output, int[] x)
    {
        int fraction = output.Type.Fraction;
        return [.. x.Select(v =>
        {
            int y = b.Scale(v, fraction - input.Type.Fraction);
            if (clip.Lower is Constant lower)
                y = b.Max(y, b.Constant(Interval.Shift(lower.Mantissas[0], fraction - lower.Fraction)));
            return clip.Upper is Constant upper ? b.Min(y, b.Constant(Interval.Shift(upper.Mantissas[0], fraction - upper.Fraction))) : y;
        })];
    }

    private static int[] Groups(int[] x, int count, int stride, Func<int[], int[]> normalise)
    {
        int[] y = new int[x.Length];
        for (int group = 0; group < x.Length / count; group++)
        {
            int start = (group / stride * stride * count) + (group % stride);
            int[] result = normalise([.. Enumerable.Range(0, count).Select(i => x[start + (i * stride)])]);
            for (int i = 0; i < count; i++)
                y[start + (i * stride)] = result[i];
        }
        return y;
    }
}
