using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Quantizers: QONNX's Quant, BipolarQuant and Trunc, and ONNX's QuantizeLinear and DequantizeLinear. Each becomes
/// integers and, behind them, the scale that makes real numbers of them.
/// </summary>
internal static class QuantImporter
{
    private const int MostBits = 32;

    private const long MostZeroPoint = 1L << MostBits;

    public static Operand Quant(ImportNode node)
    {
        Constant scale = Positive(node, 1, "scale"), zeroPoint = Whole(node, 2, "zero-point");
        Constant bits = Widths(node, 3, "bit width");
        bool signed = node.Int("signed", 1) != 0, narrow = node.Int("narrow", 0) != 0;
        QuantRounding rounding = Rounding(node, "ROUND");
        if (signed && bits.Values.Contains(1))
        {
            return bits.Values.All(b => b == 1)
                ? Scaled(node, new IntegerQuantize(scale, zeroPoint, -1, 1, rounding, Bipolar: true), scale, zeroPoint)
                : throw node.Fail(Descriptors.UnsupportedForm,
                    "has signed channels of one bit, which are -1 and +1, beside wider ones");
        }
        (Constant min, Constant max) = Bounds(bits, zeroPoint, rounding, signed, narrow);
        IntegerQuantize quantizer = new(scale, zeroPoint, (long)min.Values.Min(), (long)max.Values.Max(), rounding,
            Bipolar: false);
        return Scaled(node, min.Values.Length == 1 ? quantizer : quantizer with { Bounds = new(min, max) }, scale);
    }

    public static Operand BipolarQuant(ImportNode node)
    {
        Constant scale = Positive(node, 1, "scale");
        // The sign of x decides, whatever the scale.
        return Scaled(node, new IntegerQuantize(Constant.Scalar(1), Constant.Scalar(0), -1, 1, QuantRounding.HalfEven,
            Bipolar: true), scale);
    }

    /// <summary>
    /// Drops low bits of a quantized value. The old form (five inputs) keeps the input's scale times the dropped power
    /// of two out of the result's scale; the new one names the output's scale.
    /// </summary>
    public static Operand Trunc(ImportNode node)
    {
        Constant scale = Positive(node, 1, "scale"), zeroPoint = Whole(node, 2, "zero-point");
        double inputBits = Width(node, 3, "input bit width");
        bool named = node.TryInput(5) is not null;
        double outputBits = Width(node, named ? 5 : 4, "output bit width");
        QuantRounding rounding = Rounding(node, "FLOOR");
        bool signed = node.Int("signed", 1) != 0, narrow = node.Int("narrow", 0) != 0;
        if (scale.Values.Length != 1 || zeroPoint.Values.Length != 1)
            throw node.Fail(Descriptors.UnsupportedForm,
                "has a scale or zero-point by channel; one for the tensor is supported");
        double outputScale = named ? Positive(node, 4, "output scale").Values[0] : scale.Values[0];
        double dropped = named ? Math.Pow(2, Math.Round(Math.Log2(outputScale / scale.Values[0])))
            : Math.Pow(2, Math.Round(inputBits - outputBits));
        const long Unbounded = 1L << 40;
        Operand integers = node.Emit(new IntegerQuantize(scale, zeroPoint, -Unbounded, Unbounded,
            QuantRounding.HalfEven, Bipolar: false), node.Input(0));
        double zero = zeroPoint.Values[0];
        Operand coarse = node.Emit(new Affine(Constant.Scalar(1 / dropped), Constant.Scalar(zero / dropped)), integers);
        double low = Lowest(outputBits, signed, narrow), high = Highest(outputBits, signed, narrow);
        IntegerQuantize truncate = new(
            Constant.Scalar(1), Constant.Scalar(0), named ? (long)rounding.Apply(low) : -Unbounded,
                named ? (long)rounding.Apply(high) : Unbounded, rounding, Bipolar: false);
        Operand truncated = node.Emit(truncate, coarse);
        double resultZero = named ? zero / dropped : zero;
        if (resultZero != 0)
            truncated = node.Emit(new Affine(null, Constant.Scalar(-resultZero)), truncated);
        return node.Emit(new Affine(Constant.Scalar(outputScale), null), truncated, "scale");
    }

    public static Operand QuantizeLinear(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant scale = Along(node, x.Shape, Positive(node, 1, "scale"));
        TensorProto.Types.DataType type = (TensorProto.Types.DataType)node.Int("output_dtype", 0);
        node.Ignore("saturate", "precision");
        Constant zeroPoint = node.TryConstant(2, "zero-point") is Constant z ? Along(node, x.Shape, z)
            : Constant.Scalar(0);
        (long min, long max) = IntegerRange(node, type == TensorProto.Types.DataType.Undefined ? StoredType(node, 2)
            : type);
        Operand integers = node.Emit(new IntegerQuantize(scale, zeroPoint, min, max, QuantRounding.HalfEven,
            Bipolar: false, RoundsFirst: true), x);
        return zeroPoint.Values.All(v => v == 0) ? integers : node.Emit(new Affine(null, zeroPoint), integers);
    }

    /// <summary>
    /// The integers, scale and zero-point that a constant's range asks for, in float as ONNX defines them; of data no
    /// constant scale is one.
    /// </summary>
    public static Operand DynamicQuantizeLinear(ImportNode node)
    {
        if (node.Input(0).Constant is not Constant x)
            throw node.Fail(Descriptors.UnsupportedForm,
                "has a scale that the data decide; quantize the model statically, or keep it in float");
        node.RequireFinite(x);
        float min = x.Values.Select(v => (float)v).Append(0).Min(),
            max = x.Values.Select(v => (float)v).Append(0).Max();
        float scale = (max - min) / byte.MaxValue;
        float zero = scale == 0 ? 0 : MathF.Round(Math.Clamp(0 - (min / scale), 0, byte.MaxValue),
            MidpointRounding.ToEven);
        Constant integers = x.Map(v => Math.Clamp(scale == 0 ? zero
            : MathF.Round((float)v / scale, MidpointRounding.ToEven) + zero, 0, byte.MaxValue));
        if (node.HasOutput(1))
            node.Define(1, new Operand(node.Proto.Output[1],
                Constant.Scalar(scale))
            { ElementType = TensorProto.Types.DataType.Float });
        if (node.HasOutput(2))
            node.Define(2, new Operand(node.Proto.Output[2],
                Constant.Scalar(zero))
            { ElementType = TensorProto.Types.DataType.Uint8 });
        return new Operand(node.Proto.Output[0], integers) { ElementType = TensorProto.Types.DataType.Uint8 };
    }

    public static Operand DequantizeLinear(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant scale = Along(node, x.Shape, node.RequireConstant(1, "scale"));
        node.Ignore("output_dtype");
        Constant? zeroPoint = node.TryConstant(2, "zero-point") is Constant z
            && z.Values.Any(v => v != 0) ? Along(node, x.Shape, z) : null;
        if (x.Constant is Constant stored)
        {
            Constant integers = zeroPoint is null ? stored
                : stored.Zip(zeroPoint.BroadcastTo(stored.Shape), (q, zero) => q - zero);
            return new Operand(node.Proto.Output[0], integers, scale.BroadcastTo(stored.Shape));
        }
        if (zeroPoint is not null)
            x = node.Emit(new Affine(null, zeroPoint.Map(v => -v)), x);
        return node.Emit(new Affine(scale, null), x);
    }

    // The zero-point of the signs: an IntegerQuantize takes off those of other integers itself.
    private static Operand Scaled(ImportNode node, IntegerQuantize quantizer, Constant scale,
        Constant? zeroPoint = null)
    {
        Operand integers = node.Emit(quantizer, node.Input(0));
        if (zeroPoint is not null && zeroPoint.Values.Any(z => z != 0))
            integers = node.Emit(new Affine(null, zeroPoint.Map(z => -z)), integers);
        return integers.Constant is Constant folded
            ? new Operand(node.Proto.Output[0], folded, scale.BroadcastTo(folded.Shape))
            : node.Emit(new Affine(scale, null), integers, "scale");
    }

    internal static Constant Positive(ImportNode node, int index, string meaning)
    {
        Constant scale = node.RequireConstant(index, meaning);
        return scale.Values.All(v => v > 0 && double.IsFinite(v))
            ? scale.Values.Length == 1 ? scale.Reshape(new Shape()) : scale
            : throw node.Fail(Descriptors.UnsupportedForm, $"has a {meaning} that is not above zero");
    }

    private static Constant Whole(ImportNode node, int index, string meaning)
    {
        Constant value = node.RequireConstant(index, meaning);
        return value.Values.All(v => double.IsInteger(v) && Math.Abs(v) <= MostZeroPoint)
            ? value.Values.Length == 1 ? value.Reshape(new Shape()) : value
            : throw node.Fail(Descriptors.UnsupportedForm,
                $"has a {meaning} that is no integer of at most {MostBits} bits");
    }

    private static double Width(ImportNode node, int index, string meaning)
    {
        Constant value = Widths(node, index, meaning);
        return value.Values is [0] ? throw node.Fail(Descriptors.UnsupportedForm,
            $"has a {meaning} of 0; 1 to {MostBits} are supported")
            : value.Values.Length == 1 ? value.Values[0] : throw node.Fail(Descriptors.UnsupportedForm,
                $"has a {meaning} by channel; one for the tensor is supported");
    }

    // One width for all, or one for each channel.
    private static Constant Widths(ImportNode node, int index, string meaning)
    {
        Constant value = node.RequireConstant(index, meaning);
        if (value.Values.FirstOrDefault(b => b is not (0 or (>= 1 and <= MostBits)), 1) is double bits and not 1)
            throw node.Fail(Descriptors.UnsupportedForm,
                $"has a {meaning} of {bits}; 1 to {MostBits}, and 0 for the constant zero, are supported");
        return value.Values.Distinct().Count() == 1 ? Constant.Scalar(value.Values[0]) : value;
    }

    // What has no bits is the constant zero, which the zero-point stands for.
    private static (Constant Min, Constant Max) Bounds(Constant bits, Constant zeroPoint, QuantRounding rounding,
        bool signed, bool narrow)
    {
        if (!bits.Values.Contains(0))
            return (bits.Map(b => rounding.Apply(Lowest(b, signed, narrow))),
                bits.Map(b => rounding.Apply(Highest(b, signed, narrow))));
        Shape shape = Shape.Broadcast(bits.Shape, zeroPoint.Shape)
            ?? throw new ShapeException(
                $"the bit widths {bits.Shape} and zero-points {zeroPoint.Shape} do not broadcast");
        Constant widths = bits.BroadcastTo(shape), zero = zeroPoint.BroadcastTo(shape);
        return (widths.Zip(zero, (b, z) => b == 0 ? z : rounding.Apply(Lowest(b, signed, narrow))),
            widths.Zip(zero, (b, z) => b == 0 ? z : rounding.Apply(Highest(b, signed, narrow))));
    }

    // Fractional widths: the bounds are real numbers, and what they clip is rounded after.
    private static double Lowest(double bits, bool signed, bool narrow) => signed
        ? -Math.Pow(2, bits - 1) + (narrow ? 1 : 0) : 0;

    private static double Highest(double bits, bool signed, bool narrow) =>
        Math.Pow(2, signed ? bits - 1 : bits) - (narrow && !signed ? 2 : 1);

    internal static QuantRounding Rounding(ImportNode node, string otherwise)
    {
        string mode = node.Text("rounding_mode", otherwise);
        return mode.ToUpperInvariant() switch
        {
            "ROUND" or "HALF_EVEN" => QuantRounding.HalfEven,
            "CEIL" => QuantRounding.Ceil,
            "FLOOR" => QuantRounding.Floor,
            "UP" => QuantRounding.Up,
            "DOWN" or "ROUND_TO_ZERO" => QuantRounding.Down,
            "HALF_UP" => QuantRounding.HalfUp,
            "HALF_DOWN" => QuantRounding.HalfDown,
            _ => throw node.Fail(Descriptors.UnsupportedForm,
                $"has the rounding mode '{mode}', which QONNX does not define"),
        };
    }

    // A list of scales or zero-points lies along an axis of the tensor; in blocks each stands for so many neighbours on
    // the axis.
    private static Constant Along(ImportNode node, Shape x, Constant values)
    {
        int axis = node.Axis(node.Int("axis", x.Rank > 1 ? 1 : 0), Math.Max(1, x.Rank));
        long block = node.Int("block_size", 0);
        if (values.Values.Length == 1)
            return values.Reshape(new Shape());
        if (block > 0)
            return InBlocks(node, x, values, axis, block);
        if (values.Shape.Rank != 1 || values.Values.Length != x[axis])
            throw node.Fail(Descriptors.InvalidShape,
                $"has {values.Shape} scales or zero-points for axis {axis} of {x}");
        int[] dimensions = [values.Values.Length, .. Enumerable.Repeat(1, x.Rank - axis - 1)];
        return values.Reshape(new Shape(dimensions));
    }

    private static Constant InBlocks(ImportNode node, Shape x, Constant values, int axis, long block)
    {
        int[] expected = [.. x.Dimensions];
        expected[axis] = (int)((x[axis] + block - 1) / block);
        if (values.Shape != new Shape(expected))
            throw node.Fail(Descriptors.InvalidShape,
                $"has {values.Shape} scales or zero-points for blocks of {block} on axis {axis} of {x}; "
                + $"{new Shape(expected)} are needed");
        int inner = x.Product(axis + 1, x.Rank);
        return new Constant(x, [.. Enumerable.Range(0, x.Size).Select(i =>
        {
            int at = i / inner % x[axis], outer = i / inner / x[axis];
            return values.Values[(((outer * expected[axis]) + (int)(at / block)) * inner) + (i % inner)];
        })]);
    }

    /// <summary>The type of a zero-point, which is that of the integers; uint8 where there is none.</summary>
    internal static TensorProto.Types.DataType StoredType(ImportNode node, int zeroPoint) =>
        node.TryInput(zeroPoint) is null ? TensorProto.Types.DataType.Uint8
        : node.ElementType(zeroPoint) ?? throw node.Fail(Descriptors.UnsupportedForm,
            $"has a computed zero-point ('{node.Input(zeroPoint).Name}'), whose type is not known; store it as an "
            + "initializer");

    /// <summary>The integers of a stored type.</summary>
    internal static (long Min, long Max) IntegerRange(ImportNode node, TensorProto.Types.DataType type) => type switch
    {
        TensorProto.Types.DataType.Int4 => (-8, 7),
        TensorProto.Types.DataType.Uint4 => (0, 15),
        TensorProto.Types.DataType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        TensorProto.Types.DataType.Uint8 => (0, byte.MaxValue),
        TensorProto.Types.DataType.Int16 => (short.MinValue, short.MaxValue),
        TensorProto.Types.DataType.Uint16 => (0, ushort.MaxValue),
        _ => throw node.Fail(Descriptors.UnsupportedForm,
            $"quantizes to {type}; int4 to int16, signed and unsigned, are supported"),
    };
}
