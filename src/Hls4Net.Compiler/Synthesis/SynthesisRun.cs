using System.Collections.Immutable;
using Hls4Net.Text;

namespace Hls4Net.Synthesis;

/// <summary>One call of a tool.</summary>
/// <param name="Step">What it does, for the log.</param>
/// <param name="Executable">The program's full path.</param>
/// <param name="Arguments">Its arguments, each one word.</param>
public sealed record ToolCommand(string Step, string Executable, ImmutableArray<string> Arguments);

/// <summary>
/// What a synthesizer does for a model: the files that it needs, and the calls that it makes one after another in the
/// folder with them.
/// </summary>
public sealed record SynthesisRun(ImmutableArray<GeneratedFile> Files, ImmutableArray<ToolCommand> Commands)
{
    /// <summary>All that the tool says, in the folder it runs in.</summary>
    public const string LogFile = "synthesis.log";
}
