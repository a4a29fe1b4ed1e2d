using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Hls4Net.Diagnostics;

namespace Hls4Net.Keras;

/// <summary>What a Keras file, or a pair of them, contains: the architecture and the weights.</summary>
/// <param name="Architecture">The model's class and configuration.</param>
/// <param name="Weights">The weights of its layers.</param>
internal sealed record KerasFile(JsonElement Architecture, WeightSource Weights)
{
    // Text of a network is small; deflate makes at most a thousand bytes of one.
    private const long MostText = 1L << 26, MostExpansion = 1100, MostBytes = 1L << 30;

    private static readonly string[] s_extensions = [".keras", ".h5", ".hdf5", ".json"];

    /// <summary>True for the extensions of Keras files: .keras, .h5, .hdf5 and .json.</summary>
    public static bool IsKeras(string path) =>
        s_extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>True for an architecture, whose weights are in another file.</summary>
    public static bool HasWeightsApart(string path) =>
        Path.GetExtension(path).Equals(".json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a file.</summary>
    /// <param name="path">A .keras, .h5, .hdf5 or .json file.</param>
    /// <param name="weights">The file of weights beside a .json file; null for the others.</param>
    /// <exception cref="ModelException">A file is none of Keras, or damaged.</exception>
    public static KerasFile Read(string path, string? weights)
    {
        byte[] bytes = Bytes(path);
        string name = Path.GetFileName(path);
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".KERAS" => Zip(bytes, name),
            ".JSON" => Pair(bytes, name, weights),
            _ => Whole(bytes, name),
        };
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            if (new FileInfo(path).Length > MostBytes)
                throw new ModelException(Descriptors.NotAKerasModel,
                    $"{Path.GetFileName(path)} has more than {MostBytes >> 20} MB, which no network for firmware "
                    + "needs");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(Descriptors.ModelNotFound, $"the model cannot be read: {e.Message}");
        }
    }

    private static KerasFile Zip(byte[] bytes, string name)
    {
        try
        {
            using MemoryStream stream = new(bytes);
            using ZipArchive archive = new(stream, ZipArchiveMode.Read);
            string config = Encoding.UTF8.GetString(Entry(archive, "config.json", name, MostText));
            byte[] weights = Entry(archive, "model.weights.h5", name, bytes.Length * MostExpansion);
            return new KerasFile(KerasJson.Parse(config, $"config.json of {name}"),
                new TreeWeights(HdfTree.Read(weights, $"model.weights.h5 of {name}", n => n == "optimizer")));
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException
            or ArgumentException)
        {
            throw new ModelException(Descriptors.NotAKerasModel,
                $"{name} is no zip file, or it is damaged ({bytes.Length} bytes read: {e.Message})");
        }
    }

    // The length in the directory is a claim: no more than the limit is unpacked.
    private static byte[] Entry(ZipArchive archive, string entry, string name, long most)
    {
        ZipArchiveEntry file = archive.GetEntry(entry)
            ?? throw new ModelException(Descriptors.NotAKerasModel, $"{name} has no {entry}: this is no Keras model");
        most = Math.Min(most, MostBytes);
        using Stream packed = file.Open();
        using MemoryStream unpacked = new();
        byte[] buffer = new byte[1 << 16];
        for (int count; (count = packed.Read(buffer)) > 0;)
        {
            if (unpacked.Length + count > most)
                throw new ModelException(Descriptors.NotAKerasModel,
                    $"{entry} of {name} unpacks to more than {most} bytes, which no network for firmware needs");
            unpacked.Write(buffer, 0, count);
        }
        return unpacked.ToArray();
    }

    private static KerasFile Whole(byte[] bytes, string name)
    {
        HdfTree tree = HdfTree.Read(bytes, name, n => n == "optimizer_weights");
        string? config = Text(tree, "model_config");
        if (config is null)
            throw new ModelException(Descriptors.NotAKerasModel,
                $"{name} has weights and no architecture (no attribute model_config): save the whole model, or name "
                + "the .json file of its architecture as the model and this one as its Weights");
        return new KerasFile(KerasJson.Parse(config, $"model_config of {name}"), Listed(tree));
    }

    private static KerasFile Pair(byte[] bytes, string name, string? weights)
    {
        // Editors write a mark of the encoding in front.
        JsonElement architecture = KerasJson.Parse(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'), name);
        if (architecture.ValueKind != JsonValueKind.Object || Json.Get(architecture, "class_name") is null)
            throw new ModelException(Descriptors.NotAKerasModel,
                $"{name} is neither an architecture of Keras (model.to_json()) nor a model of XGBoost "
                + "(Booster.save_model; what dump_model and LightGBM's dump_model write is for people): save the model "
                + "as one of these");
        if (string.IsNullOrEmpty(weights))
            throw new ModelException(Descriptors.NotAKerasModel,
                $"{name} is an architecture without weights: name their .h5 file in the model's Weights metadata");
        HdfTree tree = HdfTree.Read(Bytes(weights), Path.GetFileName(weights), n => n is "optimizer_weights");
        bool numbered = tree.Groups.ContainsKey("layers") || tree.Groups.ContainsKey("_layer_checkpoint_dependencies");
        return new KerasFile(architecture, numbered ? new TreeWeights(tree) : Listed(tree));
    }

    private static ListedWeights Listed(HdfTree tree) =>
        new(tree.Groups.GetValueOrDefault("model_weights", tree));

    // A long text is cut into numbered pieces.
    private static string? Text(HdfTree tree, string name)
    {
        if (tree.Texts.TryGetValue(name, out ImmutableArray<string> whole))
            return string.Concat(whole);
        StringBuilder text = new();
        for (int i = 0; tree.Texts.TryGetValue($"{name}{i}", out ImmutableArray<string> piece); i++)
            text.Append(string.Concat(piece));
        return text.Length == 0 ? null : text.ToString();
    }
}
