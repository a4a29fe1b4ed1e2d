using System.ComponentModel;
using System.Diagnostics;

namespace Hls4Net.Rtl.Tools;

/// <summary>An external program that was run to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to both of its streams.</param>
internal sealed record ToolRun(int ExitCode, string Output);

/// <summary>Runs Yosys, Verilator and Icarus.</summary>
internal static class Tool
{
    /// <summary>Runs a program; null if it cannot be started.</summary>
    public static ToolRun? Run(string folder, string program, params IEnumerable<string> arguments) => Run(folder, program, arguments, CancellationToken.None);

    /// <summary>The same; a cancelled run ends with all its processes.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ToolRun? Run(string folder, string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Messages are read, and a locale would translate them.
        start.Environment["LC_ALL"] = "C";
        try
        {
            using Process process = Process.Start(start)!;
            using CancellationTokenRegistration stop = cancellation.Register(() => process.Kill(entireProcessTree: true));
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancellation.ThrowIfCancellationRequested();
            return new ToolRun(process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
