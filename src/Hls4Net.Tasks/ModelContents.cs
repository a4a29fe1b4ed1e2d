using System.Security.Cryptography;
using Hls4Net.Configuration;

namespace Hls4Net.Tasks;

/// <summary>What was in the files that a model is made from.</summary>
internal static class ModelContents
{
    /// <summary>
    /// A line for each file: a digest of its content, and its full path; as MSBuild's GetFileHash says it.
    /// </summary>
    /// <param name="options">They name the model, its weights and the test vectors.</param>
    /// <param name="externalData">The files that only the model names.</param>
    public static string Of(ModelOptions options, IEnumerable<string> externalData)
    {
        IEnumerable<string> vectors = options.TestInputs.Concat(options.TestOutputs)
            .Concat(options.TestLabels is string labels ? [labels] : [])
            .Concat(options.WeightsPath is string weights ? [weights] : [])
            .Concat(options.CustomOperators.Select(c => c.Definition))
            .SelectMany(v => Directory.Exists(v) ? Directory.EnumerateFiles(v, "*", SearchOption.AllDirectories) : [v]);
        string folder = Path.GetDirectoryName(options.ModelPath)!;
        IEnumerable<string> files = [options.ModelPath, .. vectors, .. externalData];
        return Lines(files.Select(f => Path.GetFullPath(f, folder)).Distinct().Where(File.Exists)
            .Select(f => $"{Digest(f)} {f}"));
    }

    /// <summary>Lines in an order of their own.</summary>
    public static string Lines(IEnumerable<string> lines) =>
        string.Concat(lines.Order(StringComparer.Ordinal).Select(p => p + "\n"));

    private static string Digest(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexString(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Reading it for what is in it fails too, and is reported.
            return "unreadable";
        }
    }
}
