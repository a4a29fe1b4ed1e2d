using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;

namespace Hls4Net.Synthesis;

/// <summary>
/// A finished synthesis as it is kept, with what it was made from: contents decide whether it is still right, never a
/// file's time.
/// </summary>
/// <param name="Fingerprint">Digest of the firmware, the script, the options and the tool's version.</param>
/// <param name="Firmware">Digest of the firmware, the part and the clock alone, which a build without the tool can
/// compute.</param>
/// <param name="Result">What the synthesizer made.</param>
public sealed record SynthesisRecord(string Fingerprint, string Firmware, SynthesisResult Result)
{
    private static readonly SynthesisRecordContext s_context = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter<SynthesisStage>() },
    });

    /// <summary>The text of synthesis.json.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_context.SynthesisRecord) + "\n";

    /// <summary>Reads synthesis.json; null where there is none, or none of this version.</summary>
    public static SynthesisRecord? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), s_context.SynthesisRecord)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Digest of the sources below a firmware folder, the part and the clock.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="model">The model's options.</param>
    /// <param name="testBench">Whether the test bench counts.</param>
    /// <exception cref="ModelException">A source cannot be read.</exception>
    public static string DigestFirmware(string folder, ModelOptions model, bool testBench = false)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, string.Create(CultureInfo.InvariantCulture,
            $"{model.ModelName} {model.Part} {model.ClockPeriod:R} {model.ClockUncertainty}"));
        foreach (string path in Sources(folder, testBench))
        {
            Add(hash, Path.GetRelativePath(folder, path));
            AddFile(hash, path);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Digest of everything that the result depends on.</summary>
    /// <param name="folder">The folder of the firmware.</param>
    /// <param name="model">The model's options.</param>
    /// <param name="options">The project's.</param>
    /// <param name="tool">The tool's name and version.</param>
    /// <param name="inputs">What else the tool is given, as texts.</param>
    /// <exception cref="ModelException">A source or a file of test vectors cannot be read.</exception>
    public static string Digest(string folder, ModelOptions model, SynthesisOptions options, string tool,
        IEnumerable<string> inputs)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The first word changes where an unchanged synthesis would have to be read anew.
        Add(hash, $"1 {tool}");
        Add(hash, DigestFirmware(folder, model, options.Cosim));
        foreach (string input in inputs)
            Add(hash, input);
        if (options.Cosim)
        {
            Add(hash, options.CosimSamples.ToString(CultureInfo.InvariantCulture));
            foreach (string path in model.TestInputs.SelectMany(Files))
                AddFile(hash, path);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Files(string path) =>
        Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal) : [path];

    private static IEnumerable<string> Sources(string folder, bool testBench) =>
        (Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
            .Where(p => p.EndsWith(".h", StringComparison.Ordinal)
                || (p.EndsWith(".cpp", StringComparison.Ordinal)
                    && (testBench || !p.EndsWith("_test.cpp", StringComparison.Ordinal))))
            .Order(StringComparer.Ordinal);

    private static void Add(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

    private static void AddFile(IncrementalHash hash, string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            hash.AppendData(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(Descriptors.SynthesisFailed, $"{path} cannot be read: {e.Message}");
        }
    }
}

[JsonSerializable(typeof(SynthesisRecord))]
internal sealed partial class SynthesisRecordContext : JsonSerializerContext;
