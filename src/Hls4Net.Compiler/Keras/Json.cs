using System.Text.Json;

namespace Hls4Net.Keras;

/// <summary>Members of objects that may be missing or null.</summary>
internal static class Json
{
    /// <summary>A member that is there and not null.</summary>
    public static JsonElement? Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value)
            && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A member that is a text.</summary>
    public static string? Text(JsonElement element, string name) =>
        Get(element, name) is JsonElement { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>A member that is a number.</summary>
    public static double? Number(JsonElement element, string name) =>
        Get(element, name) is JsonElement value ? Number(value) : null;

    /// <summary>A number; truth values are 1 and 0, as in Python.</summary>
    public static double? Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => null,
    };
}
