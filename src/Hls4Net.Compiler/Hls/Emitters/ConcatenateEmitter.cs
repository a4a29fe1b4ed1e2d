using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

/// <summary>Tensors joined: a run of each in turn.</summary>
internal static class ConcatenateEmitter
{
    public static void Emit(LayerSource source, Concatenate concatenate)
    {
        ImmutableArray<Shape> shapes = [.. source.Layer.Inputs.Select(i => i.Shape)];
        for (int operand = 0; operand < shapes.Length; operand++)
        {
            (int start, int length, int stride) = concatenate.Runs(shapes, operand);
            string x = source.Inputs[operand].Name;
            new LoopNest().At(start, 0).Add(shapes[operand].Size / length, stride, length).Add(length, 1, 1)
                .Write(source, $"Operand{operand}", (to, from) => source.Body.Line($"y[{to}] = {x}[{from}];"));
        }
    }
}
