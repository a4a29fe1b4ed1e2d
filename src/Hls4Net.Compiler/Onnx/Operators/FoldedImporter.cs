using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;

namespace Hls4Net.Onnx.Operators;

/// <summary>Operators that exporters write to compute shapes and parameters; here they are supported on constants alone, and folded.</summary>
internal static class FoldedImporter
{
    public static Operand Gather(ImportNode node)
    {
        Constant data = node.RequireConstant(0, "data"), indices = node.RequireConstant(1, "indices");
        int axis = node.Axis(node.Int("axis", 0), data.Shape.Rank);
        int outer = data.Shape.Product(0, axis), length = data.Shape[axis], inner = data.Shape.Product(axis + 1, data.Shape.Rank);
        double[] result = new double[outer * indices.Values.Length * inner];
        int at = 0;
        for (int o = 0; o < outer; o++)
        {
            foreach (double index in indices.Values)
            {
                int from = node.Axis((long)index, length);
                for (int i = 0; i < inner; i++)
                    result[at++] = data.Values[(((o * length) + from) * inner) + i];
            }
        }
        Shape shape = new([.. data.Shape.Dimensions[..axis], .. indices.Shape.Dimensions, .. data.Shape.Dimensions[(axis + 1)..]]);
        return node.Folded(new Constant(shape, ImmutableArray.Create(result)));
    }

    public static Operand Concat(ImportNode node)
    {
        Constant[] parts = [.. Enumerable.Range(0, node.Proto.Input.Count).Select(i => node.RequireConstant(i, "operand"))];
        int axis = node.Axis(node.Int("axis", 0), parts[0].Shape.Rank);
        Shape first = parts[0].Shape;
        if (parts.Any(p => p.Shape.Rank != first.Rank || Enumerable.Range(0, first.Rank).Any(a => a != axis && p.Shape[a] != first[a])))
            throw node.Fail(Descriptors.InvalidShape, $"joins shapes that differ beside axis {axis}");
        int[] dimensions = [.. first.Dimensions];
        dimensions[axis] = parts.Sum(p => p.Shape[axis]);
        List<double> result = [];
        for (int outer = 0; outer < first.Product(0, axis); outer++)
        {
            foreach (Constant part in parts)
            {
                int run = part.Shape.Product(axis, part.Shape.Rank);
                result.AddRange(part.Values.AsSpan().Slice(outer * run, run));
            }
        }
        return node.Folded(new Constant(new Shape(dimensions), [.. result]));
    }
}
