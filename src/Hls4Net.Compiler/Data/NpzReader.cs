using System.IO.Compression;

namespace Hls4Net.Data;

/// <summary>
/// Reads numpy's .npz files: a zip of .npy files, each named after its array. What is wrong with a file ends in an
/// <see cref="InvalidDataException"/>.
/// </summary>
internal static class NpzReader
{
    /// <summary>The names of the arrays, in the file's order.</summary>
    public static string[] Names(Stream stream) =>
        Open(stream, zip => zip.Entries.Where(IsArray).Select(Name).ToArray());

    /// <summary>The array of that name.</summary>
    public static Tensor Read(Stream stream, string name) => Open(stream, zip => Read(zip, name));

    private static Tensor Read(ZipArchive zip, string name)
    {
        ZipArchiveEntry entry = zip.Entries.First(e => IsArray(e) && Name(e) == name);
        // An entry may unpack to any number of bytes, whatever the directory says of it.
        using Stream packed = entry.Open();
        return NpyReader.Read(packed);
    }

    private static T Open<T>(Stream stream, Func<ZipArchive, T> read)
    {
        try
        {
            using ZipArchive zip = new(stream, ZipArchiveMode.Read, leaveOpen: true);
            return read(zip);
        }
        catch (Exception e) when (e is IOException or ArgumentException or OverflowException or NotSupportedException)
        {
            // ZipArchive has several ways of saying that a directory or an entry makes no sense.
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static bool IsArray(ZipArchiveEntry entry) =>
        entry.FullName.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    private static string Name(ZipArchiveEntry entry) => entry.FullName[..^".npy".Length];
}
