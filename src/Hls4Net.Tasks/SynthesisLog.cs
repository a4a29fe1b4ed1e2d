using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>What a synthesis says, in MSBuild's log.</summary>
/// <param name="log">The task's log.</param>
/// <param name="source">The model's file, as the project names it.</param>
internal sealed class SynthesisLog(TaskLoggingHelper log, string source) : ISynthesisLog
{
    private readonly List<KeptWarning> _warnings = [];

    /// <summary>What was warned of, to be repeated while the result stands.</summary>
    public IReadOnlyList<KeptWarning> Warnings => _warnings;

    /// <inheritdoc/>
    public void Say(string line) => log.Say(line);

    /// <inheritdoc/>
    public void Note(string line) => log.LogMessage(MessageImportance.Normal, "{0}", line);

    /// <inheritdoc/>
    public void Report(DiagnosticDescriptor descriptor, string text)
    {
        if (descriptor.Severity == Severity.Warning)
            _warnings.Add(new KeptWarning(descriptor.Code, source, 0, 0, text));
        log.LogDiagnostic(descriptor, text, source);
    }
}
