using System.Text.Json;

namespace Hls4Net.Tools;

/// <summary>What a tool has found, kept from run to run.</summary>
internal static class KeptFile
{
    /// <summary>What is kept; null for nothing. A file that cannot be read is as good as none.</summary>
    public static T? Read<T>(string path)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<T>(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps it; written aside, so that a run that is killed leaves no half of it.</summary>
    public static void Write<T>(string path, T value)
    {
        string aside = Path.Combine(Path.GetDirectoryName(path)!, $"{Path.GetRandomFileName()}.tmp");
        File.WriteAllText(aside, JsonSerializer.Serialize(value));
        File.Move(aside, path, overwrite: true);
    }
}
