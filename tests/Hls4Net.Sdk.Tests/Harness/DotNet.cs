using System.Diagnostics;
using System.Text;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>Runs the dotnet command as a user would: nothing of the test run's own environment shows through.</summary>
internal static class DotNet
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    /// <summary>Starts dotnet; its output is in the result once it has ended.</summary>
    public static Process Start(string folder, IEnumerable<string> arguments, StringBuilder output,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        // A test run in the background of a script ignores Ctrl-C, and would hand that on, too.
        ProcessStartInfo info = new("env", ["--default-signal=INT", "dotnet"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (string argument in arguments)
            info.ArgumentList.Add(argument);
        Isolate(info.Environment);
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            info.Environment[name] = value;
        Process process = Process.Start(info)!;
        process.StandardInput.Close();
        void Append(object sender, DataReceivedEventArgs e)
        {
            lock (output)
                output.AppendLine(e.Data);
        }
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs dotnet to its end.</summary>
    public static (int ExitCode, string Output) Run(string folder, IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        StringBuilder output = new();
        using Process process = Start(folder, arguments, output, environment);
        if (!process.WaitForExit(s_patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"dotnet {string.Join(' ', arguments)} did not end:\n{output}");
        }
        process.WaitForExit();
        return (process.ExitCode, output.ToString());
    }

    private static void Isolate(IDictionary<string, string?> environment)
    {
        // 'dotnet test' hands these on, and they would change what a build does.
        foreach (string name in environment.Keys.Where(IsOfTheTestRun).ToArray())
            environment.Remove(name);
        environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        environment["DOTNET_NOLOGO"] = "1";
        environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        // No process may outlive a test.
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        environment["UseSharedCompilation"] = "false";
    }

    private static bool IsOfTheTestRun(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("VSTEST", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_HOST_PATH" or "NUGET_PACKAGES" or "DOTNET_ROOT" or "TestingPlatformDotnetRoot";
}
