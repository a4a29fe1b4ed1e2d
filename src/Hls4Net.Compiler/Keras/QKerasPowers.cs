using Hls4Net.Graph;

namespace Hls4Net.Keras;

/// <summary>Quantizers of QKeras that give powers of two.</summary>
internal sealed partial record QKerasQuantizer
{
    // A network that has smaller powers, or larger ones, on what flows has types of their width.
    private const int FurthestPower = 16;

    /// <summary>The least and the largest exponent of a quantizer.</summary>
    private (int Low, int High) Exponents(LayerCall call)
    {
        if (Flag(call, "quadratic_approximation", false))
            throw call.Unsupported($"has the quantizer {Kind} with quadratic_approximation, which is not read");
        if (Settings.TryGetValue("log2_rounding", out System.Text.Json.JsonElement rounding)
            && rounding.ToString() is not ("rnd" or ""))
            throw call.Unsupported($"has the quantizer {Kind} with log2_rounding = {rounding}; rnd is read");
        double most = Number(call, "max_value", double.PositiveInfinity);
        int own = Bits(call) - (Kind == "quantized_po2" ? 1 : 0) - (most > 1 ? 1 : 0);
        if (own is < 0 or > 10)
            throw call.Unsupported($"has the quantizer {Kind} of {Bits(call)} bits, of which {own} are an exponent's");
        int low = -(1 << own), high = (1 << own) - 1;
        // No number beyond the largest value is left.
        return most > 0 && double.IsFinite(most) ? (low, Math.Clamp(Exponent((float)most), low, high)) : (low, high);
    }

    // The exponent of the nearest power, nearest on the scale of logarithms: no number lies in the middle.
    private static int Exponent(float size) => (int)Math.Round(Math.Log2(size), MidpointRounding.ToEven);

    private float PowerOfTwo(LayerCall call, float x)
    {
        (int low, int high) = Exponents(call);
        float size = MathF.Abs(x);
        double y = Math.ScaleB(1, size < Epsilon ? low : Math.Clamp(Exponent(size), low, high));
        return (float)(x < 0 ? -y : y);
    }

    private KerasTensor Powers(LayerCall call, KerasTensor x, string? part)
    {
        string step = part is null ? "" : $"{part}_";
        double slope = Kind == "quantized_po2" ? 1 : Number(call, "negative_slope", 0);
        if (slope < 0 || (slope > 0 && Math.ScaleB(1, Math.ILogB(slope)) != slope))
            throw call.Unsupported($"has {Kind} with negative_slope {slope}, which is no power of two");
        // Thresholds are of the number itself, of which nothing is lost on the way to a comparison.
        KerasTensor apart = call.Reshape(x, $"{step}apart", [.. x.Shape, 1]);
        KerasTensor above = Magnitude(call, x, apart, "GreaterOrEqual", 1, slope == 0 ? part : $"{step}above");
        if (slope == 0)
            return above;
        KerasTensor below = call.Map("Neg", $"{step}downward", Magnitude(call, x, apart, "LessOrEqual", -1 / slope,
            $"{step}below")),
            positive = call.Pair("GreaterOrEqual", $"{step}positive", x, call.Constant($"{step}zero", 0));
        return call.Emit("Where", part, x.Shape, [positive, above, below]);
    }

    // The least power, and for each next one that a number reaches as much again.
    private KerasTensor Magnitude(LayerCall call, KerasTensor x, KerasTensor apart, string comparison, double factor,
        string? part)
    {
        string step = part is null ? "" : $"{part}_";
        (int low, int high) = Exponents(call);
        if (low < -FurthestPower || high > FurthestPower)
            throw call.Unsupported($"has the quantizer {Kind} with exponents from {low} to {high} on what flows; "
                + $"{-FurthestPower} to {FurthestPower} are read: train with fewer bits");
        // One power only is still one that a network has.
        int count = Math.Max(high - low, 1);
        double[] steps = [.. Enumerable.Range(low, count).Select(e => Math.ScaleB(1, e))];
        KerasTensor reached = call.Pair(comparison, $"{step}reached", apart, call.Constant($"{step}thresholds",
            new Constant(new Shape(count), [.. steps.Select(s => factor * Threshold(s))])));
        KerasTensor sum = call.Emit("MatMul", $"{step}sum", [.. x.Shape, 1],
            [
                call.Emit("Cast", $"{step}ones", reached.Shape, [reached], ("to", 1)),
                call.Constant($"{step}steps", new Constant(new Shape(count, 1), [.. steps.Select(s =>
                    high > low ? s : 0)])),
            ]);
        return call.Pair("Add", part, call.Reshape(sum, $"{step}sums", x.Shape), call.Constant($"{step}least",
            Math.ScaleB(1, low)));
    }

    // The least float32 above the middle between a power and the next, on the scale of logarithms.
    private static double Threshold(double power)
    {
        double middle = power * Math.Sqrt(2);
        float nearest = (float)middle;
        return nearest >= middle ? nearest : MathF.BitIncrement(nearest);
    }
}
