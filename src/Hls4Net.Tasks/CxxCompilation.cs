using System.Text;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>
/// One run of the C++ compiler. Being a ToolTask it brings response files and the killing of the whole process tree on
/// cancellation; <see cref="CompileCSim"/> runs several side by side.
/// </summary>
internal sealed class CxxCompilation : ToolTask
{
    private readonly string _compiler;
    private readonly List<string> _unexplained = [];
    private readonly List<KeptWarning> _warnings = [];

    /// <param name="engine">Where to log.</param>
    /// <param name="compiler">Full path of the compiler.</param>
    /// <param name="flags">Flags as a user writes them, in the compiler's own quoting.</param>
    /// <param name="arguments">Further arguments, each one word.</param>
    public CxxCompilation(IBuildEngine engine, string compiler, string flags, IReadOnlyList<string> arguments)
    {
        BuildEngine = engine;
        _compiler = compiler;
        ResponseFileText = ToResponseFile(flags, arguments);
        // Messages in English and file names in UTF-8: they are read by machine.
        EnvironmentVariables = ["LC_ALL=C.UTF-8"];
    }

    /// <summary>What the compiler warned of.</summary>
    public IReadOnlyList<KeptWarning> Warnings => _warnings;

    /// <summary>What the compiler is given.</summary>
    public string ResponseFileText { get; }

    protected override string ToolName => Path.GetFileName(_compiler);

    protected override Encoding ResponseFileEncoding { get; } =
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Normal;

    protected override string GenerateFullPathToTool() => _compiler;

    protected override string GenerateResponseFileCommands() => ResponseFileText;

    // The base class turns backslashes into slashes, also where they escape.
    protected override string AdjustCommandsForOperatingSystem(string input) => input;

    protected override void LogToolCommand(string message) =>
        Log.LogMessage(MessageImportance.Low, "{0}", message + Environment.NewLine + ResponseFileText);

    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (CxxDiagnostic.TryParse(singleLine) is CxxDiagnostic d)
        {
            if (d.Descriptor.Severity == Severity.Warning)
                _warnings.Add(new KeptWarning(d.Descriptor.Code, d.File, d.Line, d.Column, d.Text));
            Log.LogDiagnostic(d.Descriptor, d.Text, d.File, d.Line, d.Column);
            return;
        }
        _unexplained.Add(singleLine);
        Log.LogMessage(messageImportance, "{0}", singleLine);
    }

    protected override bool HandleTaskExecutionErrors()
    {
        if (!Log.HasLoggedErrors)
        {
            string said = _unexplained.Count == 0 ? ""
                : $": {string.Join(' ', _unexplained.TakeLast(5).Select(l => l.Trim()))}";
            Log.LogDiagnostic(Descriptors.CompilerFailed, $"{_compiler} ended with exit code {ExitCode}{said}", null);
        }
        return false;
    }

    private static string ToResponseFile(string flags, IReadOnlyList<string> arguments)
    {
        StringBuilder b = new();
        b.Append(flags).Append('\n');
        foreach (string argument in arguments)
            b.Append('"').Append(argument.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)).Append("\"\n");
        return b.ToString();
    }
}
