using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>
/// Turns layers into integer programs, completely unrolled; a program reads the elements of all inputs, one input after
/// another.
/// </summary>
internal static class LayerLowering
{
    /// <summary>Bits of a value, at most: wider ones could leave the 127 bits of intermediate results.</summary>
    public const int MaxWidth = 60;

    /// <summary>The reason where sums leave the integers of intermediate results.</summary>
    public const string TooWide = "its sums need more than 63 bits";

    /// <summary>More multiplications of a sample by constants fill the largest devices.</summary>
    private const int MaxProducts = 1 << 16;

    /// <summary>Lowers a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="fabric">What sums are made of.</param>
    /// <param name="maxWidth">Bits of a value, at most.</param>
    /// <exception cref="LoweringLimitException">The layer cannot be lowered.</exception>
    public static IntegerProgram Lower(Layer layer, Fabric fabric, int maxWidth = MaxWidth)
    {
        CheckWidths(layer, maxWidth);
        long products = layer.Operation switch
        {
            Convolution convolution => convolution.Multiplications * Window.Pixels(layer.Main.Output.Shape),
            Dense dense => dense.Multiplications * (layer.Input.Shape.Size / dense.Columns),
            MatrixProduct => (long)layer.Main.Output.Shape.Size * layer.Input.Shape[layer.Input.Shape.Rank - 1],
            Operation operation => operation.Multiplications,
        };
        if (products > MaxProducts || layer.Output.Shape.Size > MaxProducts)
            throw new LoweringLimitException(
                $"unrolled it has {products} "
                + $"multiplications{(layer.Parallelism > 1 ? $" for {layer.Parallelism} pixels at a time" : "")}; up "
                + $"to {MaxProducts} are supported");
        ProgramBuilder b = new(layer.Inputs.Sum(v => v.Shape.Size), fabric);
        int at = 0;
        int[][] inputs = [.. layer.Inputs.Select(v => v.Typing!.Range
            .Select((r, e) => b.Input(at++, r, v.Typing.Steps[e])).ToArray())];
        try
        {
            int[] exact = Operation(b, layer, inputs) ?? throw NoLowering(layer);
            return b.Finish(exact.Select((o, i) => Rounded(b, layer, o, i)));
        }
        catch (OverflowException)
        {
            throw new LoweringLimitException(TooWide);
        }
    }

    /// <exception cref="LoweringLimitException">A value is too wide.</exception>
    public static void CheckWidths(Layer layer, int maxWidth = MaxWidth)
    {
        foreach (Value v in layer.Inputs.Append(layer.Main.Output).Append(layer.Output))
        {
            if (v.Type.Width > maxWidth)
                throw new LoweringLimitException($"'{v.Name}' has {v.Type.Width} bits; up to {maxWidth} are supported");
        }
    }

    /// <summary>An exact result as the layer's output has it.</summary>
    /// <param name="b">The program.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="exact">The result.</param>
    /// <param name="elements">Which elements of the output it can be.</param>
    public static int Rounded(ProgramBuilder b, Layer layer, int exact, params ReadOnlySpan<int> elements)
    {
        if (layer.Rounding?.Operation is Quantize quantize)
            exact = Conversion.Convert(b, exact, layer.Main.Output.Type.Fraction, quantize.To);
        // What the typed network knows about the elements, too.
        Interval range = layer.Output.Typing!.Range[elements[0]];
        foreach (int element in elements[1..])
            range = Interval.Hull(range, layer.Output.Typing.Range[element]);
        return b.Bounded(exact, range);
    }

    /// <summary>The elements of a layer's result, by those of its operands.</summary>
    /// <exception cref="LoweringLimitException">The layer cannot be lowered.</exception>
    public static int[] ResultOf(ProgramBuilder b, Layer layer, int[][] inputs)
    {
        CheckWidths(layer);
        int[] exact = Operation(b, layer, inputs) ?? throw NoLowering(layer);
        return [.. exact.Select((o, i) => Rounded(b, layer, o, i))];
    }

    private static LoweringLimitException NoLowering(Layer layer) =>
        new($"{layer.Operation.Kind} has no lowering to integer operations");

    private static int[]? Operation(ProgramBuilder b, Layer layer, int[][] inputs) => layer.Operation switch
    {
        { IsElementwise: true } => Elementwise(b, layer, inputs),
        Dense dense => [.. inputs[0].Chunk(dense.Columns)
            .SelectMany(row => Products.Row(b, dense, layer.Input.Type, row, 0, dense.Units))],
        Convolution convolution => Products.Windows(b, convolution, layer.Input, inputs[0]),
        MatrixProduct => Products.Computed(b, layer.Inputs, inputs),
        Pool pool => Reductions.Pool(b, pool, layer.Input, inputs[0]),
        Reduce reduce => Reductions.Reduce(b, reduce, layer.Input, inputs[0]),
        ArgExtreme extreme => Reductions.ArgExtreme(b, extreme, layer.Input, inputs[0]),
        TopK top => Reductions.TopK(b, top, layer.Input, inputs[0]),
        Softmax { Kernel: SoftmaxKernel kernel } softmax =>
            Reductions.Groups(inputs[0], softmax.Count, softmax.Stride, x => Normalisation.Softmax(b, kernel, x)),
        LogSoftmax { Kernel: LogSoftmaxKernel kernel } softmax =>
            Reductions.Groups(inputs[0], softmax.Count, softmax.Stride, x => Normalisation.LogSoftmax(b, kernel, x)),
        Hardmax hardmax => Reductions.Groups(inputs[0], hardmax.Count, hardmax.Stride,
            x => Normalisation.Maximum(b, x).IsFirst),
        Transpose transpose => [.. transpose.SourceIndices(layer.Input.Shape).Select(i => inputs[0][i])],
        Rearrange rearrange => Movements.Rearrange(b, rearrange, layer.Input, inputs[0]),
        Concatenate concatenate => Movements.Concatenate(b, concatenate, layer.Inputs, inputs),
        Forest forest => ForestLowering.Rows(b, forest, layer.Input, inputs[0]),
        Recurrence recurrence => CellLowering.Unrolled(b, recurrence, inputs),
        Literal literal => [.. literal.Tensor.Mantissas.Select(m => b.Constant(m))],
        _ => null,
    };

    private static int[]? Elementwise(ProgramBuilder b, Layer layer, int[][] inputs)
    {
        if (Elements.Of(b, layer) is not Elements.Function function)
            return null;
        Shape output = layer.Main.Output.Shape;
        int[][] at = [.. layer.Inputs.Select(v => v.Shape.BroadcastIndices(output))];
        int[] y = new int[output.Size], x = new int[inputs.Length];
        for (int i = 0; i < y.Length; i++)
        {
            for (int k = 0; k < x.Length; k++)
                x[k] = inputs[k][at[k][i]];
            y[i] = function(x, i);
        }
        return y;
    }
}
