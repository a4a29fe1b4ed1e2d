using System.Runtime.InteropServices;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>Constants and what only changes their form.</summary>
internal static class ConstantImporter
{
    /// <summary>A tensor of the model as a constant.</summary>
    public static Constant Read(TensorProto tensor, string baseDirectory)
    {
        Tensor t = TensorReader.ReadDoubles(tensor, baseDirectory);
        return new Constant(new Shape(t.Shape.AsSpan()), ImmutableCollectionsMarshal.AsImmutableArray(t.Values));
    }

    public static Operand Constant(ImportNode node)
    {
        if (node.Attribute("value", AttributeType.Tensor) is { T: TensorProto tensor })
        {
            if (node.IsRepeated)
                node.ReserveConstant(new Shape(TensorReader.Shape(tensor).AsSpan()));
            return new Operand(node.Proto.Output[0],
                Read(tensor, node.BaseDirectory))
            { ElementType = (TensorProto.Types.DataType)tensor.DataType };
        }
        if (node.Attribute("sparse_value", AttributeType.SparseTensor) is { SparseTensor: SparseTensorProto sparse })
            return node.Sparse(sparse);
        if (node.Attribute("value_float", AttributeType.Float) is AttributeProto f)
            return node.Folded(Graph.Constant.Scalar(f.F));
        if (node.Attribute("value_floats", AttributeType.Floats) is AttributeProto floats)
            return node.Folded(new Constant(new Shape(floats.Floats.Count), [.. floats.Floats.Select(v => (double)v)]));
        if (node.Attribute("value_int", AttributeType.Int) is AttributeProto i)
            return Integers(Graph.Constant.Scalar(i.I));
        if (node.Attribute("value_ints", AttributeType.Ints) is AttributeProto ints)
            return Integers(new Constant(new Shape(ints.Ints.Count), [.. ints.Ints.Select(v => (double)v)]));
        throw node.Fail(Descriptors.UnsupportedForm,
            "has no numeric value; texts are no numbers that hardware computes with");

        Operand Integers(Constant constant) =>
            new(node.Proto.Output[0], constant) { ElementType = TensorProto.Types.DataType.Int64 };
    }

    /// <summary>A conversion to the element type of another operand, whose elements do not matter.</summary>
    public static Operand CastLike(ImportNode node)
    {
        node.Ignore("saturate");
        return Converted(node, node.Input(0), node.ElementType(1)
            ?? throw node.Fail(Descriptors.UnsupportedForm,
                $"casts to the type of '{node.Input(1).Name}', which is not known; cast to a named type"));
    }

    /// <summary>
    /// A conversion between real types is the identity: precision is the fixed-point types' matter. To integers it
    /// drops digits and wraps.
    /// </summary>
    public static Operand Cast(ImportNode node)
    {
        node.Ignore("saturate");
        return Converted(node, node.Input(0), (TensorProto.Types.DataType)node.Int("to", 0));
    }

    private static Operand Converted(ImportNode node, Operand x, TensorProto.Types.DataType to)
    {
        if (ElementTypes.IsReal(to))
            return x.As(to);
        if (to == TensorProto.Types.DataType.Bool)
            return node.Emit(new ExactFunction(ExactFunctionKind.IsNonzero), x).As(to);
        return ElementTypes.Integer(to) is FixedPointType type
            ? node.Emit(new ToInteger(type), x).As(to)
            : throw node.Fail(Descriptors.UnsupportedForm,
                $"casts to {to}; casts to real numbers, integers and truth values are supported");
    }
}
