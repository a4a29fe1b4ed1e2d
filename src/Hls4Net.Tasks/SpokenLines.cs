using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>
/// Lines that people see while a build goes on: progress, and what became of a model. The terminal logger keeps
/// messages to itself, of high importance too, but for those with the switch in them that credential providers ask for;
/// it writes such a line above those that show what the nodes do. The switch is overwritten where it stands: this
/// logger writes to terminals that know how to.
/// </summary>
internal static class SpokenLines
{
    /// <summary>
    /// 1 where MSBuild shows the build by its terminal logger; MSBuild sets it for the targets of tests.
    /// </summary>
    private const string TerminalLogger = "_MSBUILDTLENABLED";

    // The switch, back to the line's beginning, and the line is erased.
    private const string Opening = "--interactive\r\u001b[K";

    /// <summary>Logs a line, or several, such that every console logger shows it.</summary>
    public static void Say(this TaskLoggingHelper log, string line) =>
        log.LogMessage(MessageImportance.High, "{0}",
            Text(line, Environment.GetEnvironmentVariable(TerminalLogger) == "1"));

    /// <summary>What is logged for a line.</summary>
    internal static string Text(string line, bool terminal) => terminal ? Opening + line : line;
}
