using System.Globalization;
using System.Text;
using System.Text.Json;
using Hls4Net.Configuration;

namespace Hls4Net.Layers;

/// <summary>
/// A <see cref="DesignPoint"/> as JSON: equal points have equal bytes, layers stand in their order, and what is open is
/// left out.
/// </summary>
internal static class DesignPointJson
{
    private const string ByEffect = "byEffect", Inputs = "inputs", Layers = "layers", Weight = "weight", Bias = "bias",
        Result = "result", Accumulator = "accumulator", Fraction = "fraction", Strategy = "strategy",
        ReuseFactor = "reuseFactor",
        Pixels = "pixels", Asked = "askedStorage", Threshold = "memoryThreshold", OfLayer = "askedByLayer",
            Memory = "memory";

    /// <summary>The point as text.</summary>
    public static string Write(DesignPoint point)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteBoolean(ByEffect, point.ByEffect);
            Write(writer, Inputs, point.Inputs);
            Write(writer, Layers, point.Layers);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    /// <summary>The point that a text tells.</summary>
    /// <exception cref="FormatException">The text is no JSON, or has something else than a point has.</exception>
    public static DesignPoint Read(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            Check(root, [ByEffect, Inputs, Layers]);
            bool byEffect = root.TryGetProperty(ByEffect, out JsonElement effect) && effect.GetBoolean();
            return new DesignPoint(byEffect, Read(root, Inputs), Read(root, Layers));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"this is no design: {e.Message}", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, string section, IReadOnlyDictionary<string, LayerDesign> designs)
    {
        writer.WriteStartObject(section);
        foreach ((string name, LayerDesign design) in designs)
        {
            writer.WriteStartObject(name);
            Type(Weight, design.Weight);
            Type(Bias, design.Bias);
            Type(Result, design.Result);
            Type(Accumulator, design.Accumulator);
            Number(Fraction, design.Fraction);
            if (design.Strategy != Configuration.Strategy.Latency)
                writer.WriteString(Strategy, design.Strategy.ToString());
            Number(ReuseFactor, design.ReuseFactor);
            Number(Pixels, design.Pixels);
            Name(Asked, design.Storage.Storage);
            Number(Threshold, design.Storage.Threshold);
            if (design.Storage.OfLayer)
                writer.WriteBoolean(OfLayer, true);
            Name(Memory, design.Memory);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();

        void Type(string key, PrecisionSpec spec)
        {
            if (spec is not PrecisionSpec.Auto { Width: null })
                writer.WriteString(key, spec.ToString());
        }

        void Number(string key, int? number)
        {
            if (number is int n)
                writer.WriteNumber(key, n);
        }

        void Name(string key, WeightStorage? storage)
        {
            if (storage is not null)
                writer.WriteString(key, storage.ToString());
        }
    }

    private static IEnumerable<KeyValuePair<string, LayerDesign>> Read(JsonElement root, string section) =>
        root.TryGetProperty(section, out JsonElement designs)
            ? [.. designs.EnumerateObject().Select(d => KeyValuePair.Create(d.Name, Read(d.Value)))]
            : [];

    private static LayerDesign Read(JsonElement design)
    {
        Check(design, [Weight, Bias, Result, Accumulator, Fraction, Strategy, ReuseFactor, Pixels, Asked, Threshold,
            OfLayer, Memory]);
        return new LayerDesign(
            Type(Weight), Type(Bias), Type(Result), Type(Accumulator),
                Name<Strategy>(Strategy) ?? Configuration.Strategy.Latency,
            Number(ReuseFactor), new StorageSetting(Name<WeightStorage>(Asked), Number(Threshold),
                Has(OfLayer) is JsonElement of && of.GetBoolean()))
        {
            Fraction = Number(Fraction),
            Pixels = Number(Pixels),
            Memory = Name<WeightStorage>(Memory),
        };

        JsonElement? Has(string key) => design.TryGetProperty(key, out JsonElement value) ? value : null;

        int? Number(string key) => Has(key)?.GetInt32();

        T? Name<T>(string key) where T : struct, Enum => Has(key) is JsonElement text ? Enum.Parse<T>(text.GetString()!)
            : null;

        PrecisionSpec Type(string key)
        {
            if (Has(key) is not JsonElement value)
                return new PrecisionSpec.Auto(null);
            string text = value.GetString()!;
            // Steps within a layer have more bits than a project may ask for.
            if (text.StartsWith("auto(", StringComparison.Ordinal)
                && int.TryParse(text[5..^1], CultureInfo.InvariantCulture, out int width))
                return new PrecisionSpec.Auto(width);
            return PrecisionSpec.TryParse(text, out string? reason) ?? throw new FormatException(reason);
        }
    }

    // A misspelt decision would be an open one.
    private static void Check(JsonElement element, string[] known)
    {
        foreach (JsonProperty property in element.EnumerateObject().Where(p => !known.Contains(p.Name)))
            throw new FormatException($"a design has no '{property.Name}'; it has {string.Join(", ", known)}");
    }
}
