using Hls4Net.Diagnostics;

namespace Hls4Net.Synthesis;

/// <summary>Finds what a tool left in its folder.</summary>
internal static class ReportFiles
{
    /// <summary>
    /// A file by its names, which are patterns in order of preference; of several places the first in the order of
    /// paths.
    /// </summary>
    /// <param name="folder">Where to look, and below.</param>
    /// <param name="what">What is looked for, for the message.</param>
    /// <param name="fits">Which paths do.</param>
    /// <param name="names">The names.</param>
    /// <exception cref="ModelException">There is none (HLS5107).</exception>
    public static string Require(string folder, string what, Func<string, bool> fits, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Directory.EnumerateFiles(folder, name, SearchOption.AllDirectories).Where(fits)
                .Order(StringComparer.Ordinal).FirstOrDefault() is string path)
                return path;
        }
        throw new ModelException(Descriptors.ReportUnreadable,
            $"the tool reported success and left no report: looked for {what} below {folder}");
    }
}
