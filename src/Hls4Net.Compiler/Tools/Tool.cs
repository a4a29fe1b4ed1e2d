using System.ComponentModel;
using Hls4Net.Diagnostics;

namespace Hls4Net.Tools;

/// <summary>Questions to programs that are being looked for, which are soon answered.</summary>
internal static class Tool
{
    // A vendor's tool may look for a licence first.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Runs a program on this machine; null if it cannot be started. A cancelled run ends with all its processes.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ToolRun? Run(string folder, string program, IEnumerable<string> arguments,
        CancellationToken cancellation = default) =>
        LocalTools.Instance.Run(new ToolCall(folder, program, arguments), cancellation);

    /// <summary>What a program that is being looked for says to one argument; null where it does not end.</summary>
    /// <exception cref="ModelException">It cannot be started (HLS5101).</exception>
    public static string? Ask(string program, string argument)
    {
        try
        {
            return Brief(Path.GetTempPath(), program, [argument])?.Output;
        }
        catch (Win32Exception e)
        {
            throw new ModelException(Descriptors.SynthesisToolNotFound, $"{program} cannot be started: {e.Message}");
        }
    }

    /// <summary>
    /// Runs a program that is being looked for, with arguments that end it soon; null where it cannot be started or
    /// does not end.
    /// </summary>
    public static ToolRun? Probe(string folder, string program, IEnumerable<string> arguments)
    {
        try
        {
            return Brief(folder, program, arguments);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static ToolRun? Brief(string folder, string program, IEnumerable<string> arguments)
    {
        try
        {
            return LocalTools.Execute(new ToolCall(folder, program, arguments) { Patience = s_patience },
                CancellationToken.None);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
