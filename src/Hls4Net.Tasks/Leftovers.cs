using Hls4Net.Tools;

namespace Hls4Net.Tasks;

/// <summary>What builds that were killed have left half written.</summary>
internal static class Leftovers
{
    // Ends the names of figures of layers being kept.
    private const string TemporaryExtension = ".tmp";

    /// <summary>Removes them below a folder of outputs.</summary>
    /// <param name="folder">The folder of all models' outputs.</param>
    /// <param name="synthesis">Those of syntheses, whose lock the caller holds; else those of all other steps.</param>
    public static void Remove(string folder, bool synthesis)
    {
        OutputFiles.Guard(folder, () =>
        {
            foreach (string path in OutputFiles.Below(folder)
                .Where(p => IsLeftover(p) && IsOfSynthesis(folder, p) == synthesis).ToArray())
                File.Delete(path);
            WorkFolder.RemoveLeftovers();
        });
    }

    private static bool IsLeftover(string path) =>
        path.EndsWith(OutputFiles.PartialExtension, StringComparison.Ordinal)
            || path.EndsWith(TemporaryExtension, StringComparison.Ordinal);

    // synthesis.json and its like, and the folders of tools.
    private static bool IsOfSynthesis(string folder, string path) =>
        Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar) is [_, var own, ..]
        && (own.StartsWith("synthes", StringComparison.Ordinal) || own is "layers" or "rtl" or "vitis" or "bambu");
}
