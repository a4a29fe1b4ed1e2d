using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>Reports the compiler's diagnostics as MSBuild's errors, warnings and messages.</summary>
internal static class DiagnosticLogging
{
    public static void LogDiagnostics(this TaskLoggingHelper log, DiagnosticBag diagnostics)
    {
        foreach (Diagnostic diagnostic in diagnostics.Items)
            log.LogDiagnostic(diagnostic.Descriptor, diagnostic.Text, diagnostic.File);
    }

    /// <summary>
    /// Does a task's work; a fault of ours is an error with a code and a file, and not MSBuild's MSB4018.
    /// </summary>
    public static bool WithFaults(this TaskLoggingHelper log, string file, Func<bool> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (Fault.Is(e))
        {
            DiagnosticBag diagnostics = new(file);
            Fault.Report(e, diagnostics);
            log.LogDiagnostics(diagnostics);
            log.LogMessage(MessageImportance.Low, "{0}", e);
            return false;
        }
    }

    public static void LogDiagnostic(
        this TaskLoggingHelper log, DiagnosticDescriptor descriptor, string text, string? file, int line = 0,
            int column = 0)
    {
        // The text is an argument, never the format: model and file names may hold braces.
        switch (descriptor.Severity)
        {
            case Severity.Error:
                log.LogError(null, descriptor.Code, null, file, line, column, 0, 0, "{0}", text);
                break;
            case Severity.Warning:
                log.LogWarning(null, descriptor.Code, null, file, line, column, 0, 0, "{0}", text);
                break;
            default:
                log.LogMessage(null, descriptor.Code, null, file, line, column, 0, 0, MessageImportance.Normal, "{0}",
                    text);
                break;
        }
    }
}
