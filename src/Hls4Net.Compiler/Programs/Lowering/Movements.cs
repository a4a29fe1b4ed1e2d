using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Programs.Lowering;

/// <summary>Operations that move elements: wiring.</summary>
internal static class Movements
{
    public static int[] Rearrange(ProgramBuilder b, Rearrange rearrange, Value input, int[] x)
    {
        int fill = b.Constant(rearrange.AlignedFill(input.Type)),
            shift = rearrange.ResultFraction(input.Type) - input.Type.Fraction;
        return [.. rearrange.SourceIndices(input.Shape).Select(i => i < 0 ? fill : b.Scale(x[i], shift))];
    }

    public static int[] Concatenate(ProgramBuilder b, Concatenate concatenate, ImmutableArray<Value> inputs, int[][] x)
    {
        int fraction = inputs.Max(i => i.Type.Fraction);
        ImmutableArray<Shape> shapes = [.. inputs.Select(i => i.Shape)];
        int[] y = new int[concatenate.OutputShape(shapes).Size];
        for (int n = 0; n < x.Length; n++)
        {
            (int start, int length, int stride) = concatenate.Runs(shapes, n);
            for (int i = 0; i < x[n].Length; i++)
                y[start + (i / length * stride) + (i % length)] = b.Scale(x[n][i], fraction - inputs[n].Type.Fraction);
        }
        return y;
    }
}
