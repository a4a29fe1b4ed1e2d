using System.Text.Json;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Keras;

/// <summary>
/// A trained quantizer of HGQ2: sign, integer and fraction bits of each element, which broadcast, and modes.
/// </summary>
/// <param name="Keep">1 for elements with a sign.</param>
/// <param name="Integer">Integer bits without the sign's.</param>
/// <param name="Fraction">Fraction bits.</param>
/// <param name="Rounding">What becomes of lower bits.</param>
/// <param name="Overflow">What becomes of values beyond the range.</param>
/// <param name="RoundsOnly">
/// True for weights that wrap in training: their values are rounded and are as wide as that makes them.
/// </param>
internal sealed record HgqQuantizer(
    Constant Keep, Constant Integer, Constant Fraction, Rounding Rounding, Overflow Overflow, bool RoundsOnly)
{
    /// <summary>A factor that the quantizer's grid has; 1 for most.</summary>
    public double Scaler { get; init; } = 1;

    /// <summary>What its results are multiplied with.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>What is added to them then.</summary>
    public double Offset { get; init; }

    /// <summary>The quantizer of a configuration, with its bits in the file.</summary>
    /// <param name="call">The layer.</param>
    /// <param name="config">The configuration of the quantizer; null for the library's default of its place.</param>
    /// <param name="group">The weights of the quantizer, or of what has it.</param>
    /// <param name="place">What it quantizes: weight, bias, datalane or table.</param>
    /// <returns>Null for a quantizer that does nothing.</returns>
    public static HgqQuantizer? Read(LayerCall call, JsonElement? config, WeightGroup? group, string place)
    {
        JsonElement settings = config is JsonElement c ? Json.Get(c, "config") ?? default : default;
        string kind = config is JsonElement k ? Json.Text(k, "class_name") ?? "" : "";
        kind = kind[(kind.LastIndexOf('>') + 1)..];
        place = Json.Text(settings, "place") ?? place;
        string type = (Json.Text(settings, "q_type") ?? "default").ToLowerInvariant();
        if (type == "default")
            type = place == "datalane" ? "kif" : "kbi";
        if (type == "dummy")
            return null;
        if (type is not ("kif" or "kbi"))
            throw call.Unsupported($"has a quantizer of the type '{type}'; kif, kbi and dummy are read"
                + (type == "float" ? ": train with fixed-point quantizers, or let the layer's precision be chosen "
                    + "from test vectors with a quantizer of the type dummy" : ""));
        bool hard = kind is "HardSigmoidConfig" or "HardTanhConfig";
        Rounding rounding = RoundingOf(call, Json.Text(settings, "round_mode") ?? "RND");
        Overflow overflow = hard ? Overflow.Sat
            : OverflowOf(call, Json.Text(settings, "overflow_mode")
                ?? (place is "weight" or "table" ? "SAT_SYM" : "WRAP"));
        WeightGroup variables = group?.Part("quantizer") ?? group ?? throw call.Fail(Descriptors.InvalidLayer,
            $"has no weights of its {place} quantizer in the file");
        bool wraps = overflow == Overflow.Wrap;
        // The order in which the library makes them, which numbers follow.
        string[] order = (type, wraps) switch
        {
            ("kbi", true) => ["b", "k", "i"],
            ("kbi", false) => ["b", "i", "k"],
            (_, true) => ["f", "k", "i"],
            _ => ["i", "f", "k"],
        };
        Constant keep = Rounded("k"), integer = Rounded("i"),
            fraction = type == "kif" ? Rounded("f") : Rounded("b").Zip(integer, (b, i) => b - i);
        bool isWeight = Json.Get(settings, "is_weight") is JsonElement w ? Json.Number(w) == 1
            : place is "weight" or "bias";
        double factor = 1, offset = 0;
        if (kind == "HardSigmoidConfig")
            (factor, offset) = (0.25, 0.5);
        else if (Json.Get(settings, "affine") is JsonElement { ValueKind: JsonValueKind.Array } affine
            && affine.GetArrayLength() == 2)
            (factor, offset) = (Json.Number(affine[0]) ?? 1, Json.Number(affine[1]) ?? 0);
        return new HgqQuantizer(keep, integer, fraction, rounding, overflow,
            wraps && isWeight && (type == "kif" || rounding == Rounding.Rnd))
        {
            Scaler = Json.Number(settings, "scaler") ?? 1,
            Factor = factor,
            Offset = offset,
        };

        Constant Rounded(string name) => call.Weight(name, Array.IndexOf(order, name), variables)
            .Map(v => Math.Clamp(Math.Round((float)v, MidpointRounding.ToEven), -1000, 1000));
    }

    /// <summary>The quantizer on what flows.</summary>
    public KerasTensor OnData(LayerCall call, KerasTensor x, string part)
    {
        if (Scaler != 1)
            x = call.Pair("Mul", $"{part}_scaled", x, call.Constant($"{part}_inverse", 1 / Scaler));
        KerasTensor y = call.FixedQuant(part, x, Keep, Integer, Fraction, Rounding, Overflow);
        if (Scaler != 1 || Factor != 1)
            y = call.Pair("Mul", $"{part}_factor", y, call.Constant($"{part}_unit", Scaler * Factor));
        return Offset == 0 ? y : call.Pair("Add", $"{part}_offset", y, call.Constant($"{part}_middle", Offset));
    }

    /// <summary>Sign, integer and fraction bits of each element of a tensor; none for zeros.</summary>
    public (int Keep, int Integer, int Fraction)[] BitsFor(LayerCall call, Shape shape)
    {
        if (Shape.Broadcast(shape, Keep.Shape) != shape)
            throw call.Fail(Descriptors.InvalidShape, $"has quantizers of shape {Keep.Shape} for a tensor of {shape}");
        int[] k = Keep.Shape.BroadcastIndices(shape), i = Integer.Shape.BroadcastIndices(shape),
            f = Fraction.Shape.BroadcastIndices(shape);
        return [.. Enumerable.Range(0, shape.Size).Select(e => ((int)Keep.Values[k[e]], (int)Integer.Values[i[e]],
            (int)Fraction.Values[f[e]])).Select(b => b.Item1 + b.Item2 + b.Item3 <= 0 ? (0, 0, 0) : b)];
    }

    /// <summary>A number behind the quantizer of an element with such bits.</summary>
    public double Apply(LayerCall call, double x, (int Keep, int Integer, int Fraction) bits) =>
        (Scaler * Factor * One(call, x / Scaler, bits.Keep, bits.Integer, bits.Fraction)) + Offset;

    /// <summary>The quantizer on weights, computed now.</summary>
    public Constant OnWeights(LayerCall call, Constant weights)
    {
        Shape shape = weights.Shape;
        if (Shape.Broadcast(shape, Keep.Shape) != shape)
            throw call.Fail(Descriptors.InvalidShape,
                $"has quantizers of shape {Keep.Shape} for weights of shape {shape}");
        int[] k = Keep.Shape.BroadcastIndices(shape), i = Integer.Shape.BroadcastIndices(shape),
            f = Fraction.Shape.BroadcastIndices(shape);
        double[] result = new double[shape.Size];
        for (int e = 0; e < result.Length; e++)
        {
            int keep = (int)Keep.Values[k[e]], integer = (int)Integer.Values[i[e]],
                fraction = (int)Fraction.Values[f[e]];
            double x = (float)weights.Values[e] / Scaler;
            result[e] = (Scaler * Factor * One(call, x, keep, integer, fraction)) + Offset;
        }
        return new Constant(shape, [.. result]);
    }

    // A weight that is only rounded may have any width: enough integer bits never wrap.
    private double One(LayerCall call, double x, int keep, int integer, int fraction)
    {
        if (RoundsOnly)
            (keep, integer) = (1, Math.Max(x == 0 ? 0 : Math.ILogB(x) + 2, 1 - fraction));
        int width = keep + integer + fraction;
        if (width <= 0)
            return 0;
        if (width > FixedPointType.MaxWidthOf(keep != 0))
            throw call.Unsupported($"has a weight that is quantized to {width} bits");
        FixedPointType type = new(width, keep + integer, keep != 0, Rounding, Overflow);
        return (double)FixedPoint.Convert(x, type, out _) * type.Ulp;
    }

    /// <summary>A rounding mode by name; stochastic forms round as the others at inference.</summary>
    public static Rounding RoundingOf(LayerCall call, string text)
    {
        string mode = text.ToUpperInvariant();
        if (mode.StartsWith("S_", StringComparison.Ordinal))
            mode = mode[2..];
        foreach (Rounding rounding in Enum.GetValues<Rounding>())
        {
            if (rounding.Spelling() == mode)
                return rounding;
        }
        throw call.Unsupported($"has a quantizer with the rounding mode '{text}'");
    }

    /// <summary>An overflow mode by name.</summary>
    public static Overflow OverflowOf(LayerCall call, string text) => text.ToUpperInvariant() switch
    {
        "WRAP" => Overflow.Wrap,
        "SAT" => Overflow.Sat,
        "SAT_SYM" => Overflow.SatSym,
        _ => throw call.Unsupported($"has a quantizer with the overflow mode '{text}'; WRAP, SAT and SAT_SYM are read"),
    };
}
