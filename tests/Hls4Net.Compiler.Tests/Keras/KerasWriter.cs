using System.IO.Compression;
using System.Text;
using PureHDF;

namespace Hls4Net.Tests.Keras;

/// <summary>Writes files as Keras 3 does: a zip of the configuration and of a tree of numbered variables.</summary>
internal static class KerasWriter
{
    /// <summary>A tensor of float32, or of bytes.</summary>
    public static H5Dataset Tensor(double[] values, params ulong[] shape) =>
        new(values.Select(v => (float)v).ToArray(), fileDims: shape);

    /// <summary>Variables of an object in their order, under the object's name.</summary>
    public static H5Group Variables(string name, params H5Dataset[] variables)
    {
        H5Group group = new() { Attributes = { ["name"] = name } };
        for (int i = 0; i < variables.Length; i++)
            group[$"{i}"] = variables[i];
        return group;
    }

    public static byte[] Hdf(H5Group layers)
    {
        H5File file = new() { ["layers"] = layers };
        using MemoryStream stream = new();
        file.Write(stream);
        return stream.ToArray();
    }

    public static byte[] Zip(string config, byte[] weights)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "metadata.json", """{"keras_version": "3.10.0"}"""u8.ToArray());
            Add(archive, "config.json", Encoding.UTF8.GetBytes(config));
            Add(archive, "model.weights.h5", weights);
        }
        return stream.ToArray();
    }

    private static void Add(ZipArchive archive, string name, byte[] bytes)
    {
        using Stream entry = archive.CreateEntry(name).Open();
        entry.Write(bytes);
    }
}
