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
    public static ToolRun? Run(string folder, string program, params IEnumerable<string> arguments)
    {
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
            process.StandardInput.Close();
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return new ToolRun(process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
