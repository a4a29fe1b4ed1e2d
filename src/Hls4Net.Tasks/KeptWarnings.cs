using System.Text.Json;
using Hls4Net.Diagnostics;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>A warning of a step.</summary>
/// <param name="Code">Its code.</param>
/// <param name="File">The file it is about, as it was named; null for none.</param>
/// <param name="Line">Line in the file, or 0.</param>
/// <param name="Column">Column in the line, or 0.</param>
/// <param name="Text">The whole sentence.</param>
internal sealed record KeptWarning(string Code, string? File, int Line, int Column, string Text)
{
    public static KeptWarning Of(Diagnostic diagnostic) =>
        new(diagnostic.Descriptor.Code, diagnostic.File, 0, 0, diagnostic.Text);

    public void Log(TaskLoggingHelper log) => log.LogWarning(null, Code, null, File, Line, Column, 0, 0, "{0}", Text);
}

/// <summary>
/// The warnings of a step beside its result: every build that uses the result says them again, so that one that a
/// project calls an error fails every build until its cause is gone, and not the first alone.
/// </summary>
internal static class KeptWarnings
{
    /// <summary>Keeps warnings; of none there is no file. Before the step's stamp is written.</summary>
    public static void Write(string path, IEnumerable<KeptWarning> warnings)
    {
        KeptWarning[] all = [.. warnings];
        if (all.Length == 0)
            File.Delete(path);
        else
            OutputFiles.WriteIfDifferent(path, JsonSerializer.Serialize(all) + "\n");
    }

    /// <summary>Keeps the warnings among diagnostics.</summary>
    public static void Write(string path, DiagnosticBag diagnostics) =>
        Write(path, diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Warning).Select(KeptWarning.Of));

    /// <summary>What is kept; nothing where there is no file, or none that can be read.</summary>
    public static IReadOnlyList<KeptWarning> Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<KeptWarning[]>(File.ReadAllText(path)) ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
