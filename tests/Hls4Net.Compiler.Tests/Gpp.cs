using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace Hls4Net.Tests;

/// <summary>
/// A temporary folder with the runtime headers in which tests compile and run C++; it is deleted with the object.
/// </summary>
internal sealed class Gpp : IDisposable
{
    /// <summary>What firmware must stand: the oldest language version of the tools, and no warning.</summary>
    private static readonly string[] s_flags = ["-std=c++14", "-Wall", "-Wextra", "-Werror", "-Iinclude"];

    private static readonly Lazy<bool> s_found = new(() => Runs("g++"));

    // Debian's packages have their version in the program's name.
    private static readonly Lazy<string?> s_clang = new(() =>
        Array.Find(["clang++", "clang++-16", "clang++-14", "clang++-19"], Runs));

    private Gpp(string folder) => Folder = folder;

    /// <summary>The working directory of every command.</summary>
    public string Folder { get; }

    /// <summary>A new folder; skips the test, saying so, where there is no g++.</summary>
    public static Gpp Require()
    {
        Skip.IfNot(s_found.Value, "g++ not found");
        Gpp gpp = new(Directory.CreateTempSubdirectory("hls4net-test-").FullName);
        Assembly compiler = typeof(Hls4Net.Numerics.FixedPointType).Assembly;
        const string Prefix = "Hls4Net.Runtime/";
        foreach (string name in compiler.GetManifestResourceNames()
            .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            string path = Path.Combine(gpp.Folder, "include", name[Prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using Stream source = compiler.GetManifestResourceStream(name)!;
            using FileStream target = File.Create(path);
            source.CopyTo(target);
        }
        return gpp;
    }

    /// <summary>Writes a source file and returns its path.</summary>
    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Compiles with the firmware's language rules; fails the test with the compiler's message.</summary>
    /// <returns>The output file's path.</returns>
    public string Compile(string output, params string[] arguments)
    {
        (int exitCode, string _, string errors) = TryCompile(output, arguments);
        Assert.True(exitCode == 0, $"g++ failed:\n{errors}");
        return Path.Combine(Folder, output);
    }

    /// <summary>Compiles code that is expected to fail.</summary>
    public (int ExitCode, string Output, string Errors) TryCompile(string output, params string[] arguments) =>
        Run("g++", [.. s_flags, "-o", output, .. arguments], Folder);

    /// <summary>
    /// Checks C++14 without extensions with clang, the front end of most HLS tools; fails the test on any warning, and
    /// skips it where there is no clang.
    /// </summary>
    public void CheckWithClang(params string[] arguments)
    {
        Skip.If(s_clang.Value is null,
            "clang is not installed (Debian's package clang-14): the C++ is checked with g++ alone");
        // Pragmas are for the HLS tools, and labels for their reports.
        (int exitCode, string _, string errors) = Run(
            s_clang.Value!, [.. s_flags, "-pedantic", "-fsyntax-only", "-ferror-limit=0", "-fno-caret-diagnostics",
                "-Wno-unknown-pragmas", "-Wno-unused-label", .. arguments], Folder);
        Assert.True(exitCode == 0, $"{s_clang.Value} failed:\n{errors}");
    }

    /// <summary>
    /// Runs a compiled program on the given input and returns what it prints; fails the test if it fails.
    /// </summary>
    public string Execute(string program, string input = "")
    {
        (int exitCode, string output, string errors) = Run(Path.Combine(Folder, program), [], Folder, input);
        Assert.True(exitCode == 0, $"{program} failed with {exitCode}:\n{errors}");
        return output;
    }

    /// <summary>Runs another tool of the toolchain, nm for one, and returns what it prints.</summary>
    public string Tool(string tool, params string[] arguments)
    {
        (int exitCode, string output, string errors) = Run(tool, arguments, Folder);
        Assert.True(exitCode == 0, $"{tool} failed:\n{errors}");
        return output;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static bool Runs(string program)
    {
        try
        {
            return Run(program, ["--version"], Path.GetTempPath()).ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static (int ExitCode, string Output, string Errors) Run(
        string program, IEnumerable<string> arguments, string folder, string input = "")
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        // The compiler's messages are compared with, and a locale would translate them.
        start.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of its input; the exit code tells whether that was right.
        }
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }
}
