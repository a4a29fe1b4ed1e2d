using System.Security.Cryptography;
using System.Text;
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

    /// <summary>What was made of some content: what is kept under its digest, or else made now and kept.</summary>
    /// <param name="folder">Full path of the folder that it is kept in.</param>
    /// <param name="content">All that it depends on: the sources, what is done with them, the tool and its
    /// version.</param>
    /// <param name="make">Makes it.</param>
    /// <returns>It, and whether it was known.</returns>
    public static (T Value, bool Known) Of<T>(string folder, string content, Func<T> make)
        where T : class
    {
        string digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..32];
        string path = Path.Combine(folder, $"{digest}.json");
        if (Read<T>(path) is T kept)
            return (kept, true);
        T made = make();
        Write(path, made);
        return (made, false);
    }

    /// <summary>Keeps it; written aside, so that a run that is killed leaves no half of it.</summary>
    public static void Write<T>(string path, T value)
    {
        string aside = Path.Combine(Path.GetDirectoryName(path)!, $"{Path.GetRandomFileName()}.tmp");
        File.WriteAllText(aside, JsonSerializer.Serialize(value));
        File.Move(aside, path, overwrite: true);
    }
}
