using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Programs.Lowering;

/// <summary>Turns layers into integer programs, completely unrolled; a program reads the elements of all inputs, one input after another.</summary>
internal static class LayerLowering
{
    /// <summary>Bits of a value, at most: wider ones could leave the 127 bits of intermediate results.</summary>
    public const int MaxWidth = 60;

    /// <summary>More multiplications of a sample by constants fill the largest devices.</summary>
    private const int MaxProducts = 1 << 16;

    /// <summary>Lowers a layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="fabric">What sums are made of.</param>
    /// <exception cref="ModelException">The layer cannot be lowered.</exception>
    public static IntegerProgram Lower(Layer layer, Fabric fabric)
    {
        CheckWidths(layer);
        long products = layer.Operation switch
        {
            Convolution convolution => convolution.Multiplications * Window.Pixels(layer.Main.Output.Shape),
            Dense dense => dense.Multiplications * (layer.Input.Shape.Size / dense.Columns),
            MatrixProduct => (long)layer.Main.Output.Shape.Size * layer.Input.Shape[layer.Input.Shape.Rank - 1],
            Operation operation => operation.Multiplications,
        };
        if (products > MaxProducts || layer.Output.Shape.Size > MaxProducts)
            throw Refused(layer, $"unrolled it has {products} multiplications{(layer.Parallelism > 1 ? $" for {layer.Parallelism} pixels at a time" : "")}; up to {MaxProducts} are supported");
        ProgramBuilder b = new(layer.Inputs.Sum(v => v.Shape.Size), fabric);
        int at = 0;
        int[][] inputs = [.. layer.Inputs.Select(v => v.Typing!.Range.Select(r => b.Input(at++, r, v.Typing.Step)).ToArray())];
        try
        {
            return b.Finish(Operation(b, layer, inputs).Select((o, i) => Rounded(b, layer, o, i)));
        }
        catch (OverflowException)
        {
            throw Refused(layer, "its sums need more than 63 bits");
        }
    }

    /// <exception cref="ModelException">A value is too wide.</exception>
    public static void CheckWidths(Layer layer)
    {
        foreach (Value v in layer.Inputs.Append(layer.Main.Output).Append(layer.Output))
        {
            if (v.Type.Width > MaxWidth)
                throw Refused(layer, $"'{v.Name}' has {v.Type.Width} bits; up to {MaxWidth} are supported");
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

    private static int[] Operation(ProgramBuilder b, Layer layer, int[][] inputs) => layer.Operation switch
    {
        Dense dense => [.. inputs[0].Chunk(dense.Columns).SelectMany(row => Products.Row(b, dense, layer.Input.Type, row, 0, dense.Units))],
        Convolution convolution => Products.Windows(b, convolution, layer.Input, inputs[0]),
        Pool pool => Elements.Pool(b, pool, layer.Input, inputs[0]),
        Reduce reduce => Elements.Reduce(b, reduce, layer.Input, inputs[0]),
        ArgExtreme extreme => Elements.ArgExtreme(b, extreme, layer.Input, inputs[0]),
        Affine affine => Elements.Affine(b, affine, layer.Input, inputs[0]),
        Rectifier rectifier => Elements.Rectifier(b, rectifier, layer.Input, inputs[0]),
        Clip clip => Elements.Clip(b, clip, layer.Input, layer.Main.Output, inputs[0]),
        Align align => [.. inputs[0].Select((x, i) => b.LowBits(b.ShiftRight(x, align.Place(layer.Input.Type, i)), align.To!.Value.Width, align.To.Value.Signed))],
        Quantize quantize => [.. inputs[0].Select(x => Conversion.Convert(b, x, layer.Input.Type.Fraction, quantize.To))],
        Requantize { Plan: RequantizePlan plan } => [.. inputs[0].Select((x, i) => Requantization.Evaluate(b, plan, i, x))],
        ElementwiseFunction { Normalised: RangeReducedTable reduced } => [.. inputs[0].Select(x => RangeReduction.Evaluate(b, reduced, x))],
        ElementwiseFunction { Table: FunctionTable table } => [.. inputs[0].Select(x => Functions.Evaluate(b, table, x))],
        ExactFunction function => [.. inputs[0].Select(x => Elements.Exact(b, function, layer.Input.Type.Fraction, x))],
        Softmax { Kernel: SoftmaxKernel kernel } softmax => Elements.Softmax(inputs[0], softmax.Count, softmax.Stride, x => Normalisation.Softmax(b, kernel, x)),
        LogSoftmax { Kernel: LogSoftmaxKernel kernel } softmax => Elements.Softmax(inputs[0], softmax.Count, softmax.Stride, x => Normalisation.LogSoftmax(b, kernel, x)),
        Hardmax hardmax => Elements.Softmax(inputs[0], hardmax.Count, hardmax.Stride, x => Normalisation.Maximum(b, x).IsFirst),
        TopK top => Elements.TopK(b, top, layer.Input, inputs[0]),
        Select => Elements.Select(b, layer.Inputs, layer.Main.Output, inputs),
        Divide divide => Elements.Divide(b, divide, layer.Inputs, layer.Main.Output, inputs),
        MatrixProduct => Products.Computed(b, layer.Inputs, inputs),
        Transpose transpose => [.. transpose.SourceIndices(layer.Input.Shape).Select(i => inputs[0][i])],
        Elementwise elementwise => Elements.Elementwise(b, elementwise, layer.Inputs, layer.Main.Output, inputs),
        Rearrange rearrange => Elements.Rearrange(b, rearrange, layer.Input, inputs[0]),
        Concatenate concatenate => Elements.Concatenate(b, concatenate, layer.Inputs, inputs),
        Literal literal => [.. literal.Tensor.Mantissas.Select(m => b.Constant(m))],
        Operation operation => throw Refused(layer, $"{operation.Kind} has no lowering to integer operations yet"),
    };

    /// <summary>Why a layer has no Verilog.</summary>
    public static ModelException Refused(Layer layer, string reason) =>
        new(Descriptors.NotLowered, $"layer {layer.Name} ({layer.Operation.Kind}): {reason}; or synthesize the HLS C++ of this model, with HlsSynthesizer=Vitis");
}
