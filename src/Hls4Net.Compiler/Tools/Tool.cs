using System.ComponentModel;
using System.Diagnostics;
using Hls4Net.Diagnostics;

namespace Hls4Net.Tools;

/// <summary>An external program that was run to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to both of its streams.</param>
internal sealed record ToolRun(int ExitCode, string Output);

/// <summary>Runs external programs.</summary>
internal static class Tool
{
    // For the question of a version; a vendor's tool may look for a licence first.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs a program; null if it cannot be started. A cancelled run ends with all its processes.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ToolRun? Run(string folder, string program, IEnumerable<string> arguments, CancellationToken cancellation = default)
    {
        try
        {
            return Execute(folder, program, arguments, cancellation);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

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

    /// <summary>Runs a program that is being looked for, with arguments that end it soon; null where it cannot be started or does not end.</summary>
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
        using CancellationTokenSource patience = new(s_patience);
        try
        {
            return Execute(folder, program, arguments, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static ToolRun Execute(string folder, string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string path = Path.IsPathFullyQualified(program) ? program : ProgramPath.Find(program, Environment.GetEnvironmentVariable)
            ?? throw new Win32Exception($"there is no {program} on the PATH");
        ProcessStartInfo start = new(path, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Messages are read, and a locale would translate them.
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        return new ToolRun(process.ExitCode, output + errors.GetAwaiter().GetResult());
    }
}
