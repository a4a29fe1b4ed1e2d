using System.Text.RegularExpressions;
using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Tasks;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Sdk.Tests;

/// <summary>The tasks in process, where no build is needed to see what they do.</summary>
public sealed class TaskTests : IDisposable
{
    private readonly TempFolder _folder = new("project");
    private readonly RecordingEngine _engine = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a b/net.cpp:12:7: error: expected ';'", "HLS4002", "a b/net.cpp", 12, 7, "expected ';'")]
    [InlineData("net.cpp:1:10: fatal error: nope.h: No such file or directory", "HLS4002", "net.cpp", 1, 10,
        "nope.h: No such file or directory")]
    [InlineData("net.cpp:30:5: warning: unused variable 'x' [-Wunused-variable]", "HLS4003", "net.cpp", 30, 5,
        "unused variable 'x' [-Wunused-variable]")]
    [InlineData("net.h:9: error: unterminated #if", "HLS4002", "net.h", 9, 0, "unterminated #if")]
    [InlineData("/usr/bin/ld: /tmp/ccX.o:(.text+0x5): undefined reference to `g()'", "HLS4002", "/tmp/ccX.o", 0, 0,
        "undefined reference to `g()'")]
    [InlineData("bridge.cpp:(.text._Z1f+0x5): multiple definition of `g()'", "HLS4002", "bridge.cpp", 0, 0,
        "multiple definition of `g()'")]
    [InlineData("g++: fatal error: Killed signal terminated program cc1plus", "HLS4002", null, 0, 0,
        "g++: fatal error: Killed signal terminated program cc1plus")]
    [InlineData("collect2: error: ld returned 1 exit status", "HLS4002", null, 0, 0,
        "collect2: error: ld returned 1 exit status")]
    [InlineData("x86_64-linux-gnu-g++-12: error: unrecognized command-line option '-x'", "HLS4002", null, 0, 0,
        "x86_64-linux-gnu-g++-12: error: unrecognized command-line option '-x'")]
    public void Lines_of_the_compiler_become_diagnostics(string line, string code, string? file, int row, int column,
        string text)
    {
        CxxDiagnostic d = CxxDiagnostic.TryParse(line)!;
        Assert.Equal((code, file, row, column, text), (d.Descriptor.Code, d.File, d.Line, d.Column, d.Text));
    }

    [Theory]
    [InlineData("net.cpp: In function 'void f()':")]
    [InlineData("In file included from net.cpp:1:")]
    [InlineData("net.cpp:12:7: note: candidate: 'void f()'")]
    [InlineData("   12 |   f(error: 1);")]
    [InlineData("/usr/bin/ld: /tmp/ccX.o: in function `f()':")]
    [InlineData("compilation terminated.")]
    public void Lines_that_report_nothing_by_themselves_become_none(string line) =>
        Assert.Null(CxxDiagnostic.TryParse(line));

    [Fact]
    public void A_fault_is_an_error_with_a_code()
    {
        CheckHlsItems task = new() { BuildEngine = _engine };
        Assert.False(task.Log.WithFaults("net.csproj", () => throw new KeyNotFoundException("the key {0}")));
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("HLS9001", "net.csproj"), (error.Code, error.File));
        Assert.Contains("KeyNotFoundException: the key {0}", error.Message, StringComparison.Ordinal);
        // What the user stops is no fault.
        Assert.Throws<OperationCanceledException>(() =>
            task.Log.WithFaults("net.csproj", () => throw new OperationCanceledException()));
    }

    [Fact]
    public void The_compiler_gets_its_arguments_in_a_response_file()
    {
        ITaskItem model = Model("net \"1\"");
        Write("out/firmware/net.cpp", "");
        Write("out/firmware/net_test.cpp", "");
        Write("out/csim/bridge.cpp", "");
        // Keeps what it was given, and what it was given to speak.
        string compiler = Script("""
            { cat "${1#@}"; echo "$LC_ALL"; } >> "$(dirname "$0")/seen-$(grep -c '^"-c"' "${1#@}")-$(grep -c 'bridge.cpp"' "${1#@}")"
            sed -n '/^"-o"$/{n;s/^"\(.*\)"$/\1/p}' "${1#@}" | sed 's/\\//g' | xargs -d '\n' touch
            """);
        Assert.True(Compile(model, compiler, flags: "-O1 -DX=\"a b\""),
            string.Join('\n', _engine.Errors.Select(e => e.Message)));
        string root = Path.Combine(_folder.Path, "out");
        string[] common = ["\"-fPIC\"", "\"-fvisibility=hidden\"", "\"-fdiagnostics-color=never\"",
            "\"-march=native\""];
        Assert.Equal(
            [
                "-O1 -DX=\"a b\"", .. common, "\"-Wno-unknown-pragmas\"", "\"-Wno-unused-label\"", "\"-DHLS4NET_CSIM\"",
                    "\"-DHLS4NET_SEPARATE_CONSTANTS\"",
                $"\"-I{root}/firmware\"", $"\"-I{root}/csim/include\"", "\"-MMD\"", "\"-MF\"",
                    $"\"{root}/objects/firmware/net.d\"", "\"-c\"", "\"-o\"",
                    $"\"{root}/objects/firmware/net.o.partial\"",
                $"\"{root}/firmware/net.cpp\"", "C.UTF-8",
            ],
            File.ReadAllLines(Path.Combine(_folder.Path, "seen-1-0")));
        Assert.Equal($"\"{root}/csim/bridge.cpp\"", File.ReadAllLines(Path.Combine(_folder.Path, "seen-1-1"))[^2]);
        Assert.Equal(
            [
                "-O1 -DX=\"a b\"", "\"-shared\"", .. common, "\"-o\"", $"\"{root}/libnet \\\"1\\\".so.partial\"",
                $"\"{root}/objects/firmware/net.o\"", $"\"{root}/objects/csim/bridge.o\"", "C.UTF-8",
            ],
            File.ReadAllLines(Path.Combine(_folder.Path, "seen-0-0")));
        Assert.True(File.Exists(Path.Combine(root, "libnet \"1\".so")));
        Assert.Empty(_engine.Warnings);
    }

    [Fact]
    public void The_compilers_list_of_files_is_read_with_what_it_escapes() =>
        Assert.Equal(
            ["a b/net.cpp", "x#1/$y.h", "/long/path\\z.h"],
            TranslationUnit.ParseRule("out/net.o: a\\ b/net.cpp \\\n x\\#1/$$y.h \\\n  /long/path\\z.h\n"));

    [Fact]
    public void A_failing_compiler_leaves_no_library_of_an_earlier_run_aside()
    {
        ITaskItem model = Model("net");
        Write("out/firmware/net.cpp", "");
        Write("out/libnet.so.partial", "half");
        Assert.False(Compile(model, Script("exit 7")));
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal("HLS4004", error.Code);
        Assert.Contains("exit code 7", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "out/libnet.so.partial")));
    }

    [Fact]
    public void A_missing_compiler_is_one_warning_however_many_models_there_are()
    {
        CompileCSim task = new()
        {
            BuildEngine = _engine,
            ProjectDirectory = _folder.Path,
            Models = [Model("a"), Model("b")],
            Compiler = "tools/no-such-compiler",
        };
        Assert.True(task.Execute());
        Assert.Equal("HLS4001", Assert.Single(_engine.Warnings).Code);
    }

    [Fact]
    public void The_vendors_headers_go_before_ours()
    {
        ITaskItem model = Model("net");
        Write("out/firmware/net.cpp", "#include <ap_fixed.h>\n#ifndef STAND_IN\n#error not the vendor's\n#endif\n");
        Write("out/csim/bridge.cpp", "");
        Write("out/csim/include/ap_fixed.h", "");
        Assert.False(Compile(model, "g++", includePath: "vendor/include"));
        Assert.Equal("HLS4006", Assert.Single(_engine.Errors).Code);
        Write("vendor/include/ap_fixed.h", "#define STAND_IN\n");
        Assert.True(Compile(model, "g++", includePath: "vendor/include"),
            string.Join('\n', _engine.Errors.Select(e => e.Message)));
        Assert.False(Compile(model, "g++"));
    }

    [Fact]
    public void Generating_again_removes_what_is_no_longer_generated_and_rewrites_nothing_equal()
    {
        Write("net.onnx", OnnxBytes.Dense());
        Write("out/firmware/left_over.cpp", "int x;");
        Write("out/libnet.so", "library");
        Assert.True(Generate().Execute());
        Assert.False(File.Exists(Path.Combine(_folder.Path, "out/firmware/left_over.cpp")));
        string[] generated = File.ReadAllLines(Path.Combine(_folder.Path, "out/generated.txt"));
        Assert.NotEmpty(generated);
        Assert.All(generated, path => Assert.True(File.Exists(path), path));

        DateTime old = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (string path in generated)
            File.SetLastWriteTimeUtc(path, old);
        DateTime before = DateTime.UtcNow;
        Assert.True(Generate().Execute());
        Assert.All(generated, path => Assert.Equal(old, File.GetLastWriteTimeUtc(path)));
        // The stamp is as old as the moment the inputs were read, not the moment the work was done.
        Assert.InRange(File.GetLastWriteTimeUtc(Path.Combine(_folder.Path, "out/net.generated")), before,
            DateTime.UtcNow);
    }

    [Fact]
    public void Every_member_of_the_class_is_known_as_a_name_it_cannot_have()
    {
        Write("net.onnx", OnnxBytes.Dense());
        TaskItem model = Model("net");
        // The class of a model with weights outside has them all.
        foreach ((string name,
            string value) in new[] { ("Strategy", "Resource"), ("ReuseFactor", "3"), ("WeightStorage", "external") })
            model.SetMetadata(name, value);
        GenerateHls task = Generate();
        task.Models = [model];
        Assert.True(task.Execute());
        string[] members = [.. Regex.Matches(
                File.ReadAllText(Path.Combine(_folder.Path, "out/net.g.cs")),
                @"^ {4}(public|private) (const|static)\s(?<signature>(\([^)]*\)|[^(={])*?)(?<name>\w+)\s*(\(|=|\{|$)",
                    RegexOptions.Multiline)
            .Select(m => m.Groups["name"].Value).Distinct()];
        Assert.Contains("Predict", members);
        Assert.Equal(Configuration.Names.MembersOfClasses.Order(StringComparer.Ordinal),
            members.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_model_with_an_error_gets_no_stamp_and_does_not_stop_the_others()
    {
        Write("net.onnx", "not a model"u8.ToArray());
        Write("good.onnx", OnnxBytes.Dense());
        GenerateHls task = Generate();
        task.Models = [Model("net"), Model("good", "other")];
        Assert.False(task.Execute());
        BuildErrorEventArgs error = Assert.Single(_engine.Errors);
        Assert.Equal(("HLS1001", "net.onnx"), (error.Code, error.File));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "out/net.generated")));
        Assert.True(File.Exists(Path.Combine(_folder.Path, "other/good.generated")));
    }

    [Fact]
    public void Braces_in_names_are_no_format()
    {
        Write("{0}{net.onnx", [1]);
        GenerateHls task = Generate();
        task.Models = [Model("{0}{net")];
        Assert.False(task.Execute());
        Assert.Equal("{0}{net.onnx", Assert.Single(_engine.Errors).File);
    }

    private GenerateHls Generate() => new()
    {
        BuildEngine = _engine,
        ProjectDirectory = _folder.Path,
        Models = [Model("net")],
        Project = new TaskItem("project"),
    };

    private bool Compile(ITaskItem model, string compiler, string flags = "", string includePath = "") =>
        new CompileCSim
        {
            BuildEngine = _engine,
            ProjectDirectory = _folder.Path,
            Models = [model],
            Compiler = compiler,
            Flags = flags,
            Architecture = "native",
            IncludePath = includePath,
        }.Execute();

    /// <summary>An item with the paths of its outputs, relative as Sdk.targets assigns them.</summary>
    private static TaskItem Model(string name, string folder = "out") =>
        new(EscapeItem(name) + ".onnx", new Dictionary<string, string>
        {
            ["HlsFolder"] = folder + "/",
            ["HlsLibrary"] = $"{folder}/lib{name}.so",
            ["HlsClass"] = $"{folder}/{name}.g.cs",
            ["HlsOutputList"] = folder + "/generated.txt",
            ["HlsInputList"] = folder + "/inputs.txt",
            ["HlsGenerated"] = $"{folder}/{name}.generated",
            ["HlsVerified"] = $"{folder}/{name}.verified",
        });

    private static string EscapeItem(string name) => name.Replace("%", "%25", StringComparison.Ordinal);

    private string Script(string body)
    {
        string path = Path.Combine(_folder.Path, "cxx");
        File.WriteAllText(path, "#!/bin/bash\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private void Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    private void Write(string path, byte[] bytes)
    {
        string full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}
