using System.Collections.Immutable;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx.Operators;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>Sparse tensors as dense constants: the values that are stored, and zeros.</summary>
internal static class SparseReader
{
    /// <summary>The tensor; its indices are places in the dense one, or a row of coordinates for each value.</summary>
    /// <param name="sparse">The tensor.</param>
    /// <param name="baseDirectory">The folder that locations of external data are relative to: the model's.</param>
    /// <param name="builder">Makes room for the zeros, of which a small file can ask for many.</param>
    public static Operand Read(SparseTensorProto sparse, string baseDirectory, NetworkBuilder builder)
    {
        if (sparse.Values is null || sparse.Indices is null)
            throw new ModelException(Descriptors.InvalidGraph, "a sparse tensor has no values or no indices");
        string name = TensorReader.Name(sparse.Values);
        if (Tensor.CountOf(sparse.Dims) is not int count || count > NetworkBuilder.MaxConstants)
            throw new ModelException(Descriptors.InvalidShape,
                $"the sparse {name} has the shape [{string.Join(", ", sparse.Dims)}]; {NetworkBuilder.MaxConstants} "
                + "elements are the most");
        int[] dimensions = [.. sparse.Dims.Select(d => (int)d)];
        builder.Reserve(new Shape(dimensions), constant: true);
        Constant values = ConstantImporter.Read(sparse.Values, baseDirectory);
        (ImmutableArray<int> shape, long[] indices) = TensorReader.ReadIntegers(sparse.Indices, baseDirectory);
        int stored = values.Values.Length;
        if (values.Shape.Rank != 1
            || !(shape.SequenceEqual([stored]) || shape.SequenceEqual([stored, dimensions.Length])))
            throw new ModelException(Descriptors.InvalidGraph,
                $"the sparse {name} has {values.Shape} values and indices of shape {Tensor.Format(shape)}");
        double[] dense = new double[count];
        bool[] taken = new bool[count];
        for (int i = 0; i < stored; i++)
        {
            long at = shape.Length == 1 ? indices[i] : Place(i);
            if (at < 0 || at >= count || taken[at])
                throw new ModelException(Descriptors.InvalidGraph,
                    $"the sparse {name} has its value {i} at a place that is outside of "
                    + $"[{string.Join(", ", dimensions)}] or taken");
            (dense[at], taken[at]) = (values.Values[i], true);
        }
        return new Operand(sparse.Values.Name, new Constant(new Shape(dimensions),
            ImmutableArray.Create(dense)))
        { ElementType = (TensorProto.Types.DataType)sparse.Values.DataType };

        long Place(int value)
        {
            long at = 0;
            for (int axis = 0; axis < dimensions.Length; axis++)
            {
                long index = indices[(value * dimensions.Length) + axis];
                if (index < 0 || index >= dimensions[axis])
                    return -1;
                at = (at * dimensions[axis]) + index;
            }
            return at;
        }
    }
}
