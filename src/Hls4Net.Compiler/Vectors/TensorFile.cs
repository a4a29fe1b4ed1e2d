using Google.Protobuf;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Vectors;

/// <summary>An array and where it was found.</summary>
/// <param name="FilePath">The file.</param>
/// <param name="ArrayName">The array's name in a file of several; null where the file holds one.</param>
/// <param name="Tensor">The numbers.</param>
internal sealed record TensorFile(string FilePath, string? ArrayName, Tensor Tensor)
{
    /// <summary>The array as messages name it.</summary>
    public string Label => ArrayName is null ? $"'{FilePath}'" : $"array '{ArrayName}' of '{FilePath}'";

    /// <summary>
    /// Reads an array from a .npy, .npz or .pb (ONNX TensorProto) file. A file that can't be read ends in a
    /// <see cref="ModelException"/> of <see cref="Descriptors.TestVectorFile"/>.
    /// </summary>
    /// <param name="path">The file; its extension says what it is.</param>
    /// <param name="name">In a file of several arrays, the one wanted; where there is none of that name, the first is
    /// taken.</param>
    public static TensorFile Read(string path, string? name = null) => Guard(path, () => Extension(path) switch
    {
        ".npy" => new TensorFile(path, null, NpyReader.Read(File.ReadAllBytes(path))),
        ".npz" => ReadNpz(path, name),
        ".pb" => new TensorFile(path, null, ReadProto(path)),
        _ when !File.Exists(path) => throw new FileNotFoundException(),
        _ => throw new InvalidDataException(
            "its kind is not known; .npy, .npz, .pb and folders in ONNX's test_data_set layout are read"),
    });

    /// <summary>
    /// The names of the arrays of a .npz file, in its order; null for a file that holds one unnamed array.
    /// </summary>
    public static string[]? Names(string path) => Extension(path) != ".npz" ? null : Guard(path, () =>
    {
        using FileStream stream = File.OpenRead(path);
        return NpzReader.Names(stream);
    });

    private static TensorFile ReadNpz(string path, string? name)
    {
        using FileStream stream = File.OpenRead(path);
        string[] names = NpzReader.Names(stream);
        if (names.Length == 0)
            throw new InvalidDataException("it holds no arrays");
        string chosen = names.Contains(name) ? name! : names[0];
        return new TensorFile(path, chosen, NpzReader.Read(stream, chosen));
    }

    private static Tensor ReadProto(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return TensorReader.ReadDoubles(TensorProto.Parser.ParseFrom(stream),
            Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static string Extension(string path) => Path.GetExtension(path).ToLowerInvariant();

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Error(path, "does not exist");
        }
        catch (InvalidProtocolBufferException)
        {
            throw Error(path, "cannot be read: it is not an ONNX tensor, or damaged");
        }
        catch (Exception e)
            when (e is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException
                or ModelException)
        {
            throw Error(path, $"cannot be read: {e.Message}");
        }
    }

    private static ModelException Error(string path, string what) =>
        new(Descriptors.TestVectorFile, $"the test vector file '{path}' {what}", path);
}
