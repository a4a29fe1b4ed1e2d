using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

/// <summary>Elements moved, repeated or left out: loops, unrolled, that are wires.</summary>
internal static class RearrangeEmitter
{
    public static void Emit(LayerSource source, Transpose transpose)
    {
        Shape input = source.Layer.Input.Shape, output = source.Layer.Output.Shape;
        int[] from = input.Strides(), to = output.Strides();
        LoopNest nest = new();
        for (int axis = 0; axis < output.Rank; axis++)
            nest.Add(output[axis], to[axis], from[transpose.Permutation[axis]]);
        nest.Write(source, "Element", (y, x) => source.Body.Line($"y[{y}] = x[{x}];"));
    }

    public static void Emit(LayerSource source, Rearrange rearrange)
    {
        Shape input = source.Layer.Input.Shape, output = source.Layer.Output.Shape;
        int[] from = input.Strides(), to = output.Strides();
        if (rearrange.Fill is not null)
        {
            ConstantArray fill = source.Array("values", source.Typedef("weight_t", rearrange.Fill.Type!.Value, ""),
                rearrange.Fill, 1);
            using (source.ElementLoop("Fill"))
                source.Body.Line($"y[i] = {fill["0"]};");
        }
        LoopNest nest = new();
        for (int axis = 0; axis < output.Rank; axis++)
        {
            ImmutableArray<int> list = rearrange.Axes[axis];
            int[] kept = [.. Enumerable.Range(0, list.Length).Where(i => list[i] >= 0)];
            nest.Add(kept, to[axis], [.. kept.Select(i => list[i])], from[axis]);
        }
        if (nest.IsEmpty)
            source.Body.Line("(void)x; // none of its elements is left");
        else
            nest.Write(source, "Element", (y, x) => source.Body.Line($"y[{y}] = x[{x}];"));
    }
}
