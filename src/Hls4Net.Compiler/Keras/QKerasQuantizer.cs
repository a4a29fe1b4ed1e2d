using System.Globalization;
using System.Text.Json;

namespace Hls4Net.Keras;

/// <summary>A quantizer of QKeras with its settings.</summary>
/// <param name="Kind">Its name, such as quantized_bits.</param>
/// <param name="Settings">Its settings by name; those that are missing have their defaults.</param>
internal sealed partial record QKerasQuantizer(string Kind, IReadOnlyDictionary<string, JsonElement> Settings)
{
    // The order of arguments, in which a quantizer that is written as a call has them.
    private static readonly Dictionary<string, string[]> s_arguments = new(StringComparer.Ordinal)
    {
        ["quantized_bits"] = ["bits", "integer", "symmetric", "keep_negative", "alpha", "use_stochastic_rounding",
            "scale_axis", "qnoise_factor"],
        ["quantized_linear"] = ["bits", "integer", "symmetric", "keep_negative", "alpha", "use_stochastic_rounding",
            "scale_axis", "qnoise_factor"],
        ["quantized_relu"] = ["bits", "integer", "use_sigmoid", "negative_slope", "use_stochastic_rounding",
            "relu_upper_bound", "is_quantized_clip", "qnoise_factor"],
        ["quantized_tanh"] = ["bits", "use_stochastic_rounding", "symmetric", "use_real_tanh"],
        ["quantized_sigmoid"] = ["bits", "symmetric", "use_real_sigmoid", "use_stochastic_rounding"],
        ["quantized_po2"] = ["bits", "max_value", "use_stochastic_rounding", "quadratic_approximation",
            "log2_rounding", "qnoise_factor"],
        ["quantized_relu_po2"] = ["bits", "max_value", "negative_slope", "use_stochastic_rounding",
            "quadratic_approximation", "log2_rounding", "qnoise_factor"],
        ["ternary"] = ["alpha", "threshold", "use_stochastic_rounding", "number_of_unrolls"],
        ["stochastic_ternary"] = ["alpha", "threshold", "temperature", "use_real_sigmoid", "number_of_unrolls"],
        ["binary"] = ["use_01", "alpha", "use_stochastic_rounding"],
        ["stochastic_binary"] = ["alpha", "temperature", "use_real_sigmoid"],
        ["bernoulli"] = ["alpha", "temperature", "use_real_sigmoid"],
        ["binary_tanh"] = [],
        ["binary_sigmoid"] = [],
        ["hard_sigmoid"] = [],
        ["hard_tanh"] = [],
        ["smooth_tanh"] = [],
        ["smooth_sigmoid"] = [],
    };

    // Names that Keras has too: those are quantizers in QKeras' own layers only.
    private static readonly string[] s_ambiguous = ["hard_sigmoid", "hard_tanh"];

    // True in QKeras' layers, whose classes begin with a Q, as those of HGQ2 do.
    private static bool IsOwn(LayerCall call) =>
        call.Layer.Class.StartsWith('Q') && !Layers.HgqLayer.Is(call);

    /// <summary>A quantizer of an object or a call; null for what is none.</summary>
    public static QKerasQuantizer? TryParse(LayerCall call, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            return Called(call, element.GetString()!);
        string kind = Json.Text(element, "class_name") ?? "";
        kind = kind[(kind.LastIndexOf('>') + 1)..];
        if (!s_arguments.ContainsKey(kind))
            return null;
        Dictionary<string, JsonElement> settings = new(StringComparer.Ordinal);
        if (Json.Get(element, "config") is JsonElement config)
        {
            foreach (JsonProperty property in config.EnumerateObject())
                settings[property.Name] = property.Value;
        }
        return new QKerasQuantizer(kind, settings);
    }

    private static QKerasQuantizer? Called(LayerCall call, string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string kind = (open < 0 ? text : text[..open]).Trim();
        if (!s_arguments.TryGetValue(kind, out string[]? names) || (open < 0 && s_ambiguous.Contains(kind)
            && !IsOwn(call)))
            return null;
        Dictionary<string, JsonElement> settings = new(StringComparer.Ordinal);
        string inside = open < 0 ? "" : text[(open + 1)..].TrimEnd(' ', ')');
        int place = 0;
        foreach (string argument in inside.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = argument.Split('=', 2, StringSplitOptions.TrimEntries);
            if (sides.Length == 1 && place >= names.Length)
                throw call.Unsupported($"has the quantizer '{text}' with more arguments than {kind} takes");
            settings[sides.Length == 2 ? sides[0] : names[place++]] = Value(sides[^1]);
        }
        return new QKerasQuantizer(kind, settings);
    }

    // A Python literal.
    private static JsonElement Value(string text) => KerasJson.Parse(text switch
    {
        "None" => "null",
        "True" => "true",
        "False" => "false",
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) =>
            number.ToString("R", CultureInfo.InvariantCulture),
        _ => JsonSerializer.Serialize(text.Trim('\'', '"')),
    }, "a quantizer's argument");

    private double Number(LayerCall call, string name, double otherwise) =>
        !Settings.TryGetValue(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? otherwise
            : Json.Number(value) ?? throw call.Unsupported($"has the quantizer {Kind} with {name} = {value}");

    private bool Flag(LayerCall call, string name, bool otherwise) => Number(call, name, otherwise ? 1 : 0) != 0;

    private int Bits(LayerCall call) => Number(call, "bits", 8) is double bits and >= 1 and <= 32
        && double.IsInteger(bits) ? (int)bits
        : throw call.Unsupported($"has the quantizer {Kind} of {Number(call, "bits", 8)} bits; 1 to 32 are read");

    private void RefuseNoise(LayerCall call)
    {
        if (Number(call, "qnoise_factor", 1) != 1)
            throw call.Unsupported(
                $"has the quantizer {Kind} with qnoise_factor {Number(call, "qnoise_factor", 1)}: what it gives is no "
                + "fixed-point number; set the factor to 1 and save the model again");
    }
}
