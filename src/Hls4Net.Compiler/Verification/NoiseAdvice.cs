using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Verification;

/// <summary>Which layer lost most of an output, what type it has, and which setting mends it.</summary>
internal static class NoiseAdvice
{
    // Tables of functions are not built for wider ones.
    private const int Widest = 32;

    /// <param name="options">The model's options.</param>
    /// <param name="result">What was measured.</param>
    /// <param name="model">The typed model.</param>
    /// <param name="allowed">The power of noise that there may be.</param>
    public static string Text(ModelOptions options, VerificationResult result, TypedModel model, double allowed)
    {
        if (result.Sources.IsEmpty)
            return $"{Noisiest(result, model)}; widen its types, or state a lower AutoError";
        NoiseSource source = result.Sources[0];
        string share = string.Create(CultureInfo.InvariantCulture, $"{100 * source.Share:F0} %");
        int bits = Math.Max(1,
            (int)Math.Ceiling(Math.Log2(result.Worst!.Noise / Math.Max(allowed, double.Epsilon)) / 2));
        if (model.Network.Inputs.FirstOrDefault(i => i.Name == source.Name) is Value input)
            return Sentence($"the input '{source.Name}' ({input.Type})", share, source.Name, "Precision", input.Type,
                bits);
        Layer layer = model.Layers.Last(l => l.Name == source.Name);
        int index = model.Layers.LastIndexOf(layer);
        if (result.Layers[index].Overflows > 0)
            return $"layer {source.Name} ({layer.Output.Type}), whose values overflow, makes {share} of the noise; "
                + "give it more integer bits";
        FixedPointType? weights = layer.Operation.Constants.Where(c => c.Role == ConstantRole.Weight)
            .Select(c => c.Constant.Type).FirstOrDefault();
        return source.OfWeights && weights is FixedPointType type
            ? Sentence($"layer {source.Name} (weights {type})", share, source.Name, "WeightPrecision", type, bits)
            : Sentence($"layer {source.Name} ({layer.Output.Type})", share, source.Name, "ResultPrecision",
                layer.Output.Type, bits);

        string Sentence(string what, string part, string name, string setting, FixedPointType current, int more) =>
            $"{what} makes {part} of the noise: give it "
            + $"{setting}=\"auto({Math.Clamp(current.Width + more, AutoType.DefaultWidth + 1, Math.Max(Widest, current.Width))})\" (HlsLayer Include=\"{name}\"){(options.AutoError is null ? ", or state what is enough as AutoError" : "")}";
    }

    private static string Noisiest(VerificationResult result, TypedModel model)
    {
        int worst = Enumerable.Range(0, model.Layers.Length).Where(i => result.Layers[i].Snr is not null)
            .DefaultIfEmpty(-1).MinBy(i => i < 0 ? 0 : result.Layers[i].Snr);
        return worst < 0 ? "its inputs are the noisiest"
            : $"layer {model.Layers[worst].Name} ({model.Layers[worst].Output.Type}) is the noisiest, with "
                + $"{Budgets.Decibels(result.Layers[worst].Snr!.Value)}";
    }
}
