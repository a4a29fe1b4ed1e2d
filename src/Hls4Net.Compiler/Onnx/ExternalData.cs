using System.Globalization;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>
/// Tensor data that lives in a file beside the model. A model comes from elsewhere, so its locations are not trusted:
/// they must lead to a file inside the model's folder, and, as in ONNX's own loader, not through a symbolic link.
/// </summary>
internal static class ExternalData
{
    /// <summary>Exactly <paramref name="size"/> bytes of the file that the tensor names.</summary>
    public static byte[] Read(TensorProto tensor, long size, string baseDirectory)
    {
        string location = Entry(tensor, "location") ?? throw Error(tensor, "names no file for its external data");
        long offset = Number(tensor, "offset") ?? 0;
        long length = Number(tensor, "length") ?? size;
        if (length != size)
            throw Error(tensor, $"needs {size} bytes and its entry in '{location}' has {length}");
        if (size > Array.MaxLength)
            throw Error(tensor, $"needs {size} bytes, more than can be read");
        string path = Locate(tensor, location, baseDirectory);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (offset > file.Length || size > file.Length - offset)
                throw Error(tensor, $"needs {size} bytes at offset {offset} of '{location}', which has {file.Length}");
            file.Position = offset;
            byte[] bytes = new byte[size];
            file.ReadExactly(bytes);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Error(tensor,
                $"has its data in '{location}', which does not exist; the file belongs beside the model");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Error(tensor, $"has its data in '{location}', which cannot be read: {e.Message}");
        }
    }

    private static string Locate(TensorProto tensor, string location, string baseDirectory)
    {
        string[] parts = [.. location.Split('/', Path.DirectorySeparatorChar).Where(p => p != ".")];
        if (Path.IsPathRooted(location) || location.Contains('\0', StringComparison.Ordinal) || parts.Length == 0
            || parts.Any(p => p is "" or ".."))
            throw Error(tensor, $"has its data in '{location}', which is not a plain path inside the model's folder");
        string path = baseDirectory;
        foreach (string part in parts)
        {
            path = Path.Combine(path, part);
            if (new FileInfo(path).LinkTarget is not null)
                throw Error(tensor,
                    $"has its data in '{location}', which goes through a symbolic link; ONNX does not allow that");
        }
        return path;
    }

    private static string? Entry(TensorProto tensor, string key) =>
        tensor.ExternalData.FirstOrDefault(e => e.Key == key)?.Value;

    private static long? Number(TensorProto tensor, string key)
    {
        if (Entry(tensor, key) is not string text)
            return null;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw Error(tensor, $"has external data with the {key} '{text}', which is not a number");
    }

    private static ModelException Error(TensorProto tensor, string what) =>
        new(Descriptors.ExternalData, $"{TensorReader.Name(tensor)} {what}");
}
