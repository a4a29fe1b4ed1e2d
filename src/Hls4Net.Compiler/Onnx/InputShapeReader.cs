using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>
/// The shape of a graph input for one sample. The first of several dimensions is the sample axis, whatever its size,
/// unless a complete InputShape gives it another size than 1; every other must be known, from the model or from
/// InputShape metadata.
/// </summary>
internal static class InputShapeReader
{
    /// <summary>
    /// The type that an integer input brings along; null for real numbers, whose type is chosen later.
    /// </summary>
    public static FixedPointType? IntegerType(ValueInfoProto info) =>
        (TensorProto.Types.DataType)(info.Type?.TensorType?.ElemType ?? 0) switch
        {
            TensorProto.Types.DataType.Bool => new FixedPointType(1, 1, Signed: false),
            // Longer integers than firmware computes with saturate at the port, which counts it.
            TensorProto.Types.DataType.Int32 or TensorProto.Types.DataType.Int64 =>
                new FixedPointType(32, 32, true, Rounding.Rnd, Overflow.Sat),
            TensorProto.Types.DataType.Uint32 or TensorProto.Types.DataType.Uint64 =>
                new FixedPointType(32, 32, false, Rounding.Rnd, Overflow.Sat),
            TensorProto.Types.DataType other => ElementTypes.Integer(other),
        };

    /// <summary>The shape of an input.</summary>
    /// <param name="info">The input.</param>
    /// <param name="sampleAxis">The axis along which samples lie: 0 for most inputs, whose size is then one sample; 1
    /// where a recurrent layer reads steps before samples, which keeps the size that the model states.</param>
    /// <param name="options">The project's InputShape.</param>
    public static Shape Read(ValueInfoProto info, int sampleAxis, ModelOptions options)
    {
        TypeProto.Types.Tensor tensor = info.Type?.TensorType
            ?? throw new ModelException(Descriptors.UnsupportedElementType, $"the input '{info.Name}' is no tensor");
        if (!ElementTypes.IsReal((TensorProto.Types.DataType)tensor.ElemType) && IntegerType(info) is null)
        {
            throw new ModelException(
                Descriptors.UnsupportedElementType,
                $"the input '{info.Name}' has element type {(TensorProto.Types.DataType)tensor.ElemType}; real numbers "
                + $"({string.Join(", ", Enum.GetValues<TensorProto.Types.DataType>().Where(ElementTypes.IsReal))}), "
                + "integers and truth values are supported");
        }
        ImmutableArray<int> given = options.InputShapes.GetValueOrDefault(info.Name,
            options.InputShapes.GetValueOrDefault("", []));
        if (tensor.Shape is null)
        {
            return given.Length > 0 && given.All(d => d > 0)
                ? new Shape([1, .. given])
                : throw new ModelException(Descriptors.DynamicShape,
                    $"the input '{info.Name}' has no shape in the model; give it with InputShape metadata, e.g. "
                    + "InputShape=\"16\"");
        }
        int rank = tensor.Shape.Dim.Count;
        bool hasSampleAxis = rank >= 2;
        if (given.Length > 0 && given.Length != rank && given.Length != rank - 1)
        {
            throw new ModelException(
                Descriptors.InvalidOption,
                $"InputShape has {given.Length} dimensions, but the input '{info.Name}' has "
                + $"{rank}{(hasSampleAxis ? " (or one less without the sample axis)" : "")}");
        }
        int[] result = new int[rank];
        for (int axis = 0; axis < rank; axis++)
        {
            TensorShapeProto.Types.Dimension d = tensor.Shape.Dim[axis];
            int fromEnd = rank - axis;
            int? named = given.Length >= fromEnd ? given[^fromEnd] : null;
            bool known = d.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && d.DimValue > 0;
            // A complete shape that does not begin with one sample says that the first axis is no sample axis.
            if (axis == 0 && sampleAxis == 0 && hasSampleAxis && (given.Length < rank || given[0] <= 1))
                result[axis] = 1;
            else if (known && named is int n && n != d.DimValue)
                throw new ModelException(Descriptors.InvalidOption,
                    $"InputShape says {n} for dimension {axis} of the input '{info.Name}', the model says {d.DimValue}");
            else if (known)
                result[axis] = (int)Math.Min(d.DimValue, int.MaxValue);
            else if (named is int size && size > 0)
                result[axis] = size;
            else if (axis == 1 && sampleAxis == 1)
                result[axis] = 1;
            else
            {
                string name = d.DimParam.Length > 0 ? $" ('{d.DimParam}')" : "",
                    finding = d is { ValueCase: TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue, DimValue: 0 }
                        ? "0, which leaves it no elements" : "not known";
                // The sample axis is one of several there, and the shape is not complete without it.
                string form = sampleAxis == 1
                    ? $": all {rank} dimensions, as a recurrent layer reads the steps first" : "";
                throw new ModelException(Descriptors.DynamicShape,
                    $"dimension {axis}{name} of the input '{info.Name}' is {finding}; give the shape of one sample with "
                    + $"InputShape metadata{form}");
            }
        }
        return new Shape(result);
    }
}
