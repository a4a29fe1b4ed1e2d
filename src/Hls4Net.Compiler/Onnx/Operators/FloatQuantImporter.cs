using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// QONNX's FloatQuant, small floating-point numbers, where they are the numbers of a fixed-point type: weights always,
/// unless they reach too far, and what flows where all magnitudes have one step.
/// </summary>
internal static class FloatQuantImporter
{
    private const int MostBits = 32;

    /// <summary>Inputs: x, scale, exponent bits, mantissa bits, exponent bias, largest magnitude.</summary>
    public static Operand FloatQuant(ImportNode node)
    {
        Format format = new(node);
        Constant scale = QuantImporter.Positive(node, 1, "scale");
        // Whether there are infinities, NaN and subnormals has no effect on what QONNX computes.
        node.Ignore("has_inf", "has_nan", "has_subnormal");
        bool saturates = node.Int("saturation", 1) != 0;
        if (node.Input(0).Constant is Constant x)
            return Weights(node, x, scale, format, saturates);
        if (!saturates)
            throw node.Fail(Descriptors.UnsupportedForm,
                "makes infinities or NaN of large values; a quantizer of data must saturate (saturation = 1)");
        double last = format.Largest / format.Step;
        if (!double.IsInteger(last) || last > Math.Pow(2, format.Mantissa + 1))
        {
            throw node.Fail(
                Descriptors.UnsupportedForm,
                $"has magnitudes of several steps ({format.Exponent} exponent bits, up to {format.Largest}), which are "
                + "no fixed-point type; quantize data with Quant, or with one exponent bit");
        }
        Constant step = scale.Map(s => s * format.Step);
        IntegerQuantize quantizer = new(step, Constant.Scalar(0), -(long)last, (long)last, format.Rounding,
            Bipolar: false);
        return node.Emit(new Affine(step, null), node.Emit(quantizer, node.Input(0)), "scale");
    }

    private static Operand Weights(ImportNode node, Constant x, Constant scale, Format format, bool saturates)
    {
        scale = Shape.Broadcast(x.Shape, scale.Shape) == x.Shape
            ? scale.BroadcastTo(x.Shape)
            : throw node.Fail(Descriptors.InvalidShape,
                $"has a scale {scale.Shape} that does not broadcast to {x.Shape}");
        node.RequireFinite(x);
        Constant values = x.Zip(scale, (v, s) => format.Nearest(v / s));
        if (!saturates && values.Values.Any(v => Math.Abs(v) > format.Largest))
            throw node.Fail(Descriptors.UnsupportedForm, $"makes infinities or NaN of weights beyond {format.Largest}");
        values = values.Map(v => Math.Clamp(v, -format.Largest, format.Largest));
        double unit = Math.ScaleB(1, values.Values.Where(v => v != 0).Select(LowestDigit).DefaultIfEmpty(0).Min());
        double largest = values.Values.Max(Math.Abs);
        return largest / unit < Math.Pow(2, MostBits)
            ? new Operand(node.Proto.Output[0], values.Map(v => v / unit), scale.Map(s => s * unit))
            : throw node.Fail(Descriptors.UnsupportedForm,
                $"has weights of magnitudes from {unit} to {largest}, which need a fixed-point type of more than "
                + $"{MostBits} bits");
    }

    // The exponent of the last binary digit of a number other than zero that is not one.
    private static int LowestDigit(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7ff);
        long mantissa = bits & ((1L << 52) - 1);
        return exponent == 0
            ? -1074 + System.Numerics.BitOperations.TrailingZeroCount(mantissa)
            : exponent - 1075 + System.Numerics.BitOperations.TrailingZeroCount(mantissa | (1L << 52));
    }

    /// <summary>The numbers of a FloatQuant.</summary>
    private sealed class Format
    {
        public Format(ImportNode node)
        {
            Exponent = Parameter(node, 2, "exponent width", 1, 8);
            Mantissa = Parameter(node, 3, "mantissa width", 0, 23);
            int bias = Parameter(node, 4, "exponent bias", -256, 256);
            Rounding = QuantImporter.Rounding(node, "ROUND");
            Step = Math.ScaleB(1, 1 - bias - Mantissa);
            Largest = Math.ScaleB(2 - Math.ScaleB(1, -Mantissa), (1 << Exponent) - 1 - bias);
            if (node.TryScalar(5, "largest magnitude") is double most)
                Largest = Math.Min(Largest, most > 0 ? most : throw node.Fail(Descriptors.UnsupportedForm,
                    $"has a largest magnitude of {most}; it must be above zero"));
        }

        public int Exponent { get; }

        public int Mantissa { get; }

        public QuantRounding Rounding { get; }

        /// <summary>Between the smallest numbers.</summary>
        public double Step { get; }

        public double Largest { get; }

        /// <summary>The number that a real number is rounded to, before it is held to the largest.</summary>
        public double Nearest(double value)
        {
            if (value == 0)
                return 0;
            double step = Math.Max(Step, Math.ScaleB(1, Math.ILogB(value) - Mantissa));
            return Rounding.Apply(value / step) * step;
        }

        private static int Parameter(ImportNode node, int index, string meaning, int least, int most)
        {
            double value = node.TryScalar(index, meaning)
                ?? throw node.Fail(Descriptors.InvalidGraph, $"has no {meaning}");
            return double.IsInteger(value) && value >= least && value <= most
                ? (int)value
                : throw node.Fail(Descriptors.UnsupportedForm,
                    $"has a {meaning} of {value}, which no format has that is read; {least} to {most} are supported");
        }
    }
}
