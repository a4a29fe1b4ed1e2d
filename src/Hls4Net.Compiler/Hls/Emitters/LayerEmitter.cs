using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

/// <summary>Prints an operation. Every operation has one emitter, whatever the vendor.</summary>
internal static class LayerEmitter
{
    public static void Emit(LayerSource source)
    {
        switch (source.Layer.Operation)
        {
            case Dense dense:
                DenseEmitter.Emit(source, dense);
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
            case Requantize requantize:
                RequantizeEmitter.Emit(source, requantize);
                break;
            case Transpose transpose:
                GatherEmitter.Emit(source, transpose.SourceIndices(source.Layer.Input.Shape));
                break;
            case Literal literal:
                LiteralEmitter.Emit(source, literal);
                break;
            case Quantize:
                using (source.ElementLoop("Convert"))
                    source.Body.Line("y[i] = x[i];");
                break;
            default:
                throw new InvalidOperationException($"no emitter for {source.Layer.Operation.Kind}");
        }
    }
}
