using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Onnx.Operators;

/// <summary>Constants that exporters compute of shapes.</summary>
internal static class ShapeImporter
{
    public static Operand Shape(ImportNode node)
    {
        Shape x = node.Input(0).Shape;
        int start = Bound(node.Int("start", 0)), end = Bound(node.Int("end", x.Rank));
        int[] dimensions = [.. x.Dimensions.AsSpan()[start..Math.Max(start, end)]];
        return Integers(node, new Constant(new Shape(dimensions.Length), [.. dimensions.Select(d => (double)d)]));

        int Bound(long axis) => (int)Math.Clamp(axis < 0 ? axis + x.Rank : axis, 0, x.Rank);
    }

    public static Operand Size(ImportNode node) => Integers(node, Constant.Scalar(node.Input(0).Shape.Size));

    public static Operand Range(ImportNode node)
    {
        double start = Scalar(0, "start"), limit = Scalar(1, "limit"), delta = Scalar(2, "delta");
        if (delta == 0)
            throw node.Fail(Descriptors.InvalidShape, "goes on by 0");
        Shape shape = node.Reserved(Math.Max(0, Math.Ceiling((limit - start) / delta)));
        return new Operand(node.Proto.Output[0],
            new Constant(shape, [.. Enumerable.Range(0, shape.Size)
                .Select(i => start + (i * delta))]))
        { ElementType = node.ElementType(0) };

        double Scalar(int index, string meaning) => node.TryScalar(index, meaning)
            ?? throw node.Fail(Descriptors.InvalidGraph, $"has no {meaning}");
    }

    public static Operand ConstantOfShape(ImportNode node)
    {
        Shape shape = node.Reserved([.. node.RequireConstant(0, "shape").Values]);
        TensorProto? value = node.Attribute("value", AttributeType.Tensor)?.T;
        double fill = value is null ? 0 : ConstantImporter.Read(value, node.BaseDirectory).Values is [double only]
            ? only : throw node.Fail(Descriptors.InvalidShape, "has a value that is not one number");
        return new Operand(node.Proto.Output[0],
            new Constant(shape, [.. Enumerable.Repeat(fill, shape.Size)]))
        {
            ElementType = value is null
                ? DataType.Float : (DataType)value.DataType
        };
    }

    public static Operand EyeLike(ImportNode node)
    {
        Shape shape = node.Input(0).Shape;
        long diagonal = node.Int("k", 0);
        node.Ignore("dtype");
        if (shape.Rank != 2)
            throw node.Fail(Descriptors.InvalidShape, $"needs a matrix, but has {shape}");
        return node.Folded(new Constant(shape,
            [.. Enumerable.Range(0, shape.Size).Select(i => (i % shape[1]) - (i / shape[1]) == diagonal ? 1.0 : 0)]));
    }

    public static Operand NonZero(ImportNode node)
    {
        Constant x = node.RequireConstant(0, "operand");
        int[] strides = x.Shape.Strides(),
            found = [.. Enumerable.Range(0, x.Values.Length).Where(i => x.Values[i] != 0)];
        double[] result = [.. strides.SelectMany((stride, axis) =>
            found.Select(i => (double)(i / stride % x.Shape[axis])))];
        return Integers(node, new Constant(new Shape(strides.Length, found.Length), ImmutableArray.Create(result)));
    }

    private static Operand Integers(ImportNode node, Constant constant) =>
        new(node.Proto.Output[0], constant) { ElementType = DataType.Int64 };
}
