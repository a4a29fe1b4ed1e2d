using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// Prints an operation, whatever the vendor: where loops over its elements pay by an emitter of its own, else as its
/// integer program.
/// </summary>
internal static class LayerEmitter
{
    public static void Emit(LayerSource source)
    {
        try
        {
            Print(source);
        }
        catch (Exception e) when (Fault.PassesStep(e, nameof(LayerEmitter)) || Fault.PassesNode(e, source.Layer.Name))
        {
            throw;
        }
    }

    private static void Print(LayerSource source)
    {
        switch (source.Layer.Operation)
        {
            case Dense dense:
                DenseEmitter.Emit(source, dense);
                break;
            case Convolution convolution:
                ConvolutionEmitter.Emit(source, convolution);
                break;
            case Pool pool:
                PoolEmitter.Emit(source, pool);
                break;
            case Affine affine:
                AffineEmitter.Emit(source, affine);
                break;
            case Rectifier rectifier:
                RectifierEmitter.Emit(source, rectifier);
                break;
            case Clip clip:
                ClipEmitter.Emit(source, clip);
                break;
            case ElementwiseFunction function:
                FunctionEmitter.Emit(source, function);
                break;
            case Softmax softmax:
                SoftmaxEmitter.Emit(source, softmax);
                break;
            case LogSoftmax softmax:
                SoftmaxEmitter.Emit(source, softmax);
                break;
            case Hardmax hardmax:
                SoftmaxEmitter.Emit(source, hardmax);
                break;
            case Requantize requantize:
                RequantizeEmitter.Emit(source, requantize);
                break;
            case Elementwise
            {
                Function: <= ElementwiseKind.Mul or ElementwiseKind.Remainder
                or ElementwiseKind.Modulo
            } elementwise:
                ElementwiseEmitter.Emit(source, elementwise);
                break;
            case Divide divide:
                DivideEmitter.Emit(source, divide);
                break;
            case MatrixProduct:
                MatrixProductEmitter.Emit(source);
                break;
            case Transpose transpose:
                RearrangeEmitter.Emit(source, transpose);
                break;
            case Rearrange rearrange:
                RearrangeEmitter.Emit(source, rearrange);
                break;
            case Concatenate concatenate:
                ConcatenateEmitter.Emit(source, concatenate);
                break;
            case Reduce reduce:
                ReduceEmitter.Emit(source, reduce);
                break;
            case ArgExtreme extreme:
                ArgExtremeEmitter.Emit(source, extreme);
                break;
            case TopK top:
                TopKEmitter.Emit(source, top);
                break;
            case Forest forest:
                ForestEmitter.Emit(source, forest);
                break;
            case Recurrence recurrence:
                RecurrenceEmitter.Emit(source, recurrence);
                break;
            case Literal literal:
                LiteralEmitter.Emit(source, literal);
                break;
            case Align align:
                AlignEmitter.Emit(source, align);
                break;
            case Quantize:
                using (source.ElementLoop("Convert"))
                    source.Body.Line("y[i] = x[i];");
                break;
            default:
                FallbackEmitter.Emit(source);
                break;
        }
    }
}
