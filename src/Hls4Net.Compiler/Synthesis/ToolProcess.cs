using System.Diagnostics;
using Hls4Net.Diagnostics;

namespace Hls4Net.Synthesis;

/// <summary>Short calls of a tool that is being looked for.</summary>
internal static class ToolProcess
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>What a program says to one argument; null where it does not end.</summary>
    /// <exception cref="ModelException">It cannot be started (HLS5101).</exception>
    public static string? Ask(string executable, string argument)
    {
        ProcessStartInfo info = new(executable, argument)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        try
        {
            using Process process = Process.Start(info)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
            if (process.WaitForExit(s_patience))
                return output.Result + error.Result;
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ModelException(Descriptors.SynthesisToolNotFound, $"{executable} cannot be started: {e.Message}");
        }
    }
}
