using System.Text.Json;
using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Keras;

/// <summary>Quantizers of QKeras on values that flow. All round half to even and saturate.</summary>
internal sealed partial record QKerasQuantizer
{
    /// <summary>The quantizer as nodes.</summary>
    public KerasTensor OnData(LayerCall call, KerasTensor x, string? part)
    {
        RefuseNoise(call);
        string step = part is null ? "" : $"{part}_";
        switch (Kind)
        {
            case "quantized_linear":
                return Linear(call, x, part);
            case "quantized_bits":
                return Fixed(call, x, part);
            case "quantized_relu":
                return Rectified(call, x, part);
            case "quantized_tanh":
                return Tanh(call, x, part);
            case "quantized_sigmoid":
                return Sigmoid(call, x, part);
            case "ternary" or "stochastic_ternary":
                return Ternary(call, x, part);
            case "binary" or "stochastic_binary":
                if (!Flag(call, "use_01", false))
                    return call.Quantizer("BipolarQuant", part, x, [x, call.Constant($"{step}scale", Alpha(call))]);
                return Scaled(call, call.Emit("Cast", part, x.Shape,
                    [call.Pair("GreaterOrEqual", $"{step}sign", x, call.Constant($"{step}zero", 0))], ("to", 1)), step);
            case "binary_tanh":
                // Zero is rounded to even, which is below.
                return call.Quantizer("BipolarQuant", part, x, [call.Map("Neg", $"{step}out",
                    call.Quantizer("BipolarQuant", $"{step}sign", x, [call.Map("Neg", $"{step}in", x),
                        call.Constant($"{step}unit", 1)])), call.Constant($"{step}scale", 1)]);
            case "quantized_po2" or "quantized_relu_po2":
                return Powers(call, x, part);
            case "binary_sigmoid":
                // Zero is rounded to even, which is below.
                return call.Emit("Cast", part, x.Shape,
                    [call.Pair("Greater", $"{step}sign", x, call.Constant($"{step}zero", 0))], ("to", 1));
            case "hard_sigmoid":
                return Line(call, x, part, 0.5, 0.5, 0);
            case "smooth_sigmoid":
                return Line(call, x, part, 0.1875, 0.5, 0);
            case "smooth_tanh":
                return Line(call, x, part, 0.375, 0, -1);
            case "hard_tanh":
                return call.Emit("Clip", part, x.Shape, [x, call.Constant($"{step}low", -1),
                    call.Constant($"{step}high", 1)]);
            case "bernoulli":
                throw call.Unsupported("has the quantizer bernoulli, which is random at inference too: no firmware "
                    + "equals it; train with binary or stochastic_binary");
            default:
                throw call.Unsupported($"has the quantizer {Kind} on what flows, which is not read");
        }
    }

    // A line between two levels.
    private static KerasTensor Line(LayerCall call, KerasTensor x, string? part, double slope, double middle,
        double low)
    {
        string step = part is null ? "" : $"{part}_";
        KerasTensor y = call.Pair("Mul", $"{step}line", x, call.Constant($"{step}slope", slope));
        if (middle != 0)
            y = call.Pair("Add", $"{step}shifted", y, call.Constant($"{step}middle", middle));
        return call.Emit("Clip", part, x.Shape, [y, call.Constant($"{step}low", low), call.Constant($"{step}high", 1)]);
    }

    // A factor of the result; "auto" ones are of weights only.
    private double Alpha(LayerCall call)
    {
        if (!Settings.TryGetValue("alpha", out JsonElement alpha) || alpha.ValueKind == JsonValueKind.Null)
            return 1;
        return Json.Number(alpha) is double a and > 0 ? a : throw call.Unsupported(
            $"has the quantizer {Kind} with alpha = {alpha} on what flows: its scale follows the data; give it a "
            + "number");
    }

    private KerasTensor Scaled(LayerCall call, KerasTensor x, string step) => Alpha(call) == 1 ? x
        : call.Pair("Mul", $"{step}alpha", x, call.Constant($"{step}factor", Alpha(call)));

    private static KerasTensor Quant(LayerCall call, KerasTensor x, string? part, double scale, int bits, bool signed,
        bool narrow)
    {
        string step = part is null ? "" : $"{part}_";
        return call.Quantizer("Quant", part, x, [x, call.Constant($"{step}scale", scale), call.Constant($"{step}zero",
            0), call.Constant($"{step}bits", bits)], ("signed", signed ? 1 : 0), ("narrow", narrow ? 1 : 0),
            ("rounding_mode", "ROUND"));
    }

    private KerasTensor Fixed(LayerCall call, KerasTensor x, string? part)
    {
        int bits = Bits(call);
        bool keep = Flag(call, "keep_negative", true), symmetric = Flag(call, "symmetric", false);
        double unit = Math.ScaleB(1, Integer(call) - bits + (keep ? 1 : 0)), alpha = Alpha(call);
        string step = part is null ? "" : $"{part}_";
        if (bits == 1 && keep)
            return call.Quantizer("BipolarQuant", part, x, [x, call.Constant($"{step}scale", alpha)]);
        return Scaled(call, Quant(call, x, part, unit, bits, keep, keep && symmetric), step);
    }

    private int Integer(LayerCall call) => Number(call, "integer", 0) is double i && double.IsInteger(i)
        && Math.Abs(i) <= 32 ? (int)i
        : throw call.Unsupported($"has the quantizer {Kind} with integer = {Number(call, "integer", 0)}");

    private KerasTensor Rectified(LayerCall call, KerasTensor x, string? part)
    {
        int bits = Bits(call), integer = Integer(call);
        double slope = Number(call, "negative_slope", 0);
        string step = part is null ? "" : $"{part}_";
        if (Flag(call, "use_sigmoid", false))
            return slope == 0 ? Sigmoidal(call, x, part, bits, Math.ScaleB(1, integer))
                : throw call.Unsupported("has quantized_relu with use_sigmoid and a negative_slope, which is not read");
        if (!Flag(call, "is_quantized_clip", true) && Settings.TryGetValue("relu_upper_bound", out JsonElement bound)
            && Json.Number(bound) is double upper)
            x = call.Emit("Clip", $"{step}bound", x.Shape, [x, null, call.Constant($"{step}upper", upper)]);
        if (slope == 0)
            return Quant(call, x, part, Math.ScaleB(1, integer - bits), bits, signed: false, narrow: false);
        if (slope < 0 || Math.ScaleB(1, Math.ILogB(slope)) != slope)
            throw call.Unsupported($"has quantized_relu with negative_slope {slope}, which is no power of two");
        // Quantizers read the number itself, of which nothing is lost on the way to them; the slope is behind.
        int fraction = bits - 1 - integer, down = fraction + Math.ILogB(slope);
        KerasTensor upward = Fixed(call, x, $"{step}positive", 0, integer, fraction), downward;
        if (integer + down >= 0)
        {
            KerasTensor below = call.Pair("Min", $"{step}below", x, call.Constant($"{step}none", 0));
            downward = call.Pair("Mul", $"{step}slope", Fixed(call, below, $"{step}negative", 1, integer, down),
                call.Constant($"{step}factor", slope));
        }
        else
        {
            // Less than a step of what is below: all of it, from the middle on.
            downward = Step(call, "Less", $"{step}negative", x, -Math.ScaleB(0.5, -down),
                -slope * Math.ScaleB(1, integer));
        }
        return call.Pair("Add", part, upward, downward);
    }

    // The upper half of a sigmoid, which is rounded before it is doubled.
    private static KerasTensor Sigmoidal(LayerCall call, KerasTensor x, string? part, int bits, double reach)
    {
        string step = part is null ? "" : $"{part}_";
        double most = reach * (1 - Math.ScaleB(1, -bits));
        // The middle is a whole number of steps, an even one but of a single bit: rounding is that of the number.
        if (bits == 1)
            return Step(call, "GreaterOrEqual", part, x, most, most);
        int integer = Math.ILogB(reach);
        KerasTensor rounded = Fixed(call, x, $"{step}rounded", 0, integer + 1, bits - 1 - integer);
        return call.Emit("Clip", part, x.Shape, [rounded, null, call.Constant($"{step}high", most)]);
    }

    // One number where another is on the one side of a threshold, else zero.
    private static KerasTensor Step(LayerCall call, string comparison, string? part, KerasTensor x, double threshold,
        double value)
    {
        string step = part is null ? "" : $"{part}_";
        KerasTensor truth = call.Emit("Cast", $"{step}truth", x.Shape, [call.Pair(comparison, $"{step}test", x,
            call.Constant($"{step}threshold", threshold))], ("to", 1));
        return call.Pair("Mul", part, truth, call.Constant($"{step}value", value));
    }

    private static KerasTensor Fixed(LayerCall call, KerasTensor x, string part, int keep, int integer, int fraction) =>
        call.FixedQuant(part, x, Constant.Scalar(keep), Constant.Scalar(integer), Constant.Scalar(fraction),
            Rounding.RndConv, Overflow.Sat);

    // The sigmoid is the hard one unless a session has chosen another, which no file tells: 2·sigmoid - 1 is x itself
    // between the ends.
    private KerasTensor Tanh(LayerCall call, KerasTensor x, string? part)
    {
        int bits = Bits(call);
        string step = part is null ? "" : $"{part}_";
        if (Flag(call, "use_real_tanh", false))
            x = call.Map("Tanh", $"{step}tanh", x);
        return Quant(call, x, part, Math.ScaleB(1, 1 - bits), bits, signed: true, Flag(call, "symmetric", false));
    }

    private KerasTensor Sigmoid(LayerCall call, KerasTensor x, string? part)
    {
        int bits = Bits(call);
        bool symmetric = Flag(call, "symmetric", false);
        double unit = Math.ScaleB(1, -bits);
        string step = part is null ? "" : $"{part}_";
        if (Flag(call, "use_real_sigmoid", false))
        {
            x = call.Map("Sigmoid", $"{step}sigmoid", x);
            if (symmetric)
                x = call.Emit("Clip", $"{step}least", x.Shape, [x, call.Constant($"{step}lower", unit)]);
            return Quant(call, x, part, unit, bits, signed: false, narrow: false);
        }
        if (bits == 1)
        {
            // The middle is a single step: what is halfway goes down.
            KerasTensor y = Step(call, "Greater", symmetric ? $"{step}upper" : part, x, -0.5, 0.5);
            return symmetric ? call.Pair("Max", part, y, call.Constant($"{step}least", 0.5)) : y;
        }
        KerasTensor rounded = Quant(call, x, $"{step}rounded", 2 * unit, bits, signed: true, narrow: symmetric);
        return call.Pair("Add", part, call.Pair("Mul", $"{step}half", rounded, call.Constant($"{step}factor", 0.5)),
            call.Constant($"{step}middle", 0.5));
    }

    private KerasTensor Ternary(LayerCall call, KerasTensor x, string? part)
    {
        float threshold = (float)Number(call, "threshold", 0.33f);
        string step = part is null ? "" : $"{part}_";
        KerasTensor above = Truth("GreaterOrEqual", $"{step}above", threshold),
            below = Truth("LessOrEqual", $"{step}below", -threshold);
        return Scaled(call, call.Pair("Sub", part, above, below), step);

        KerasTensor Truth(string comparison, string name, double with) => call.Emit("Cast", name, x.Shape,
            [call.Pair(comparison, $"{name}_test", x, call.Constant($"{name}_threshold", with))], ("to", 1));
    }
}
