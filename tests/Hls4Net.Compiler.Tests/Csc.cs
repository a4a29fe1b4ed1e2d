using System.Diagnostics;

namespace Hls4Net.Tests;

/// <summary>The C# compiler of the SDK that the tests run on.</summary>
internal static class Csc
{
    /// <summary>
    /// Compiles with documentation comments checked and warnings as errors; fails the test with the compiler's
    /// messages.
    /// </summary>
    public static void Compile(params IReadOnlyList<string> sources)
    {
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        string sdks = Path.GetFullPath(Path.Combine(runtime, "..", "..", "..", "sdk"));
        string? compiler = Directory.Exists(sdks) ? Directory.GetFiles(sdks, "csc.dll", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).LastOrDefault() : null;
        Skip.If(compiler is null, $"no C# compiler found under {sdks}");
        using TempFolder folder = new();
        string[] files = [.. sources.Select((s, i) => folder.Write($"{i}.cs", System.Text.Encoding.UTF8.GetBytes(s)))];
        string[] references =
            [.. new[] { "System.Private.CoreLib", "System.Runtime", "System.Runtime.InteropServices",
                "System.Collections", "System.Threading", "System.Threading.Tasks.Parallel" }
            .Select(name => $"-r:{Path.Combine(runtime, $"{name}.dll")}")];
        ProcessStartInfo start = new("dotnet",
            ["exec", compiler!, "-noconfig", "-nostdlib", "-nologo", "-unsafe", "-warnaserror", "-target:library",
                $"-doc:{Path.Combine(folder.Path, "doc.xml")}", $"-out:{Path.Combine(folder.Path, "out.dll")}",
                    .. references, .. files])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
