using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Tasks;
using Hls4Net.Tools;

namespace Hls4Net.Sdk.Tests;

/// <summary>Folders that were prepared to make a build remove or run what is not its own.</summary>
public sealed class HostileFolderTests : IDisposable
{
    private readonly TempFolder _root = new("root");

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Links_are_not_followed_and_lines_that_leave_the_folder_are_ignored_where_files_are_removed()
    {
        using Consumer consumer =
            new("""<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" Backend="Rtl" />""",
                "<HlsCSimulation>false</HlsCSimulation>");
        consumer.Write("models/net.onnx", OnnxBytes.Dense());
        consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
        consumer.StepsOk();

        string mine = Path.Combine(consumer.RootFolder, "mine"), outside = Path.Combine(mine, "precious.cpp"),
            listed = Path.Combine(mine, "listed.v");
        Directory.CreateDirectory(mine);
        foreach (
            string path in new[] { outside, listed, Path.Combine(mine, "x.partial"),
                Path.Combine(mine, "options.txt") })
            File.WriteAllText(path, "precious");
        Directory.CreateSymbolicLink(consumer.Hls("net", "firmware", "linked"), mine);
        File.CreateSymbolicLink(consumer.Hls("net", "firmware", "link.cpp"), outside);
        Directory.CreateSymbolicLink(consumer.Hls("net", "rtl", "linked"), mine);
        Directory.CreateSymbolicLink(consumer.Hls("orphan"), mine);
        string rtl = consumer.Hls("net", "rtl");
        File.AppendAllLines(consumer.Hls("net", "generated.txt"),
            [listed, $"{rtl}/../../../../../../../mine/listed.v", $"{rtl}/linked/listed.v"]);

        consumer.Write("models/net.onnx", OnnxBytes.Dense(seed: 4));
        Assert.Equal(["GenerateHls", "VerifyHls"], consumer.StepsOk().Steps);
        Assert.False(File.Exists(consumer.Hls("net", "firmware", "link.cpp")),
            "a link itself is no file of the model's");
        BuildResult built = consumer.Run("build");
        Assert.True(built.Succeeded, built.Output);
        Assert.True(consumer.Run("clean").Succeeded);
        Assert.False(Directory.Exists(consumer.Hls()));
        Assert.Equal(["listed.v", "options.txt", "precious.cpp", "x.partial"],
            Directory.GetFiles(mine).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("a.v", "a.v")]
    [InlineData("sub/../a.v", "a.v")]
    [InlineData("../a.v", null)]
    [InlineData("/etc/passwd", null)]
    [InlineData("sub/../../folder2/a.v", null)]
    [InlineData("", null)]
    public void Only_what_is_in_a_folder_is_within_it(string listed, string? expected)
    {
        string folder = Path.Combine(_root.Path, "folder");
        Assert.Equal(expected is null ? null : Path.Combine(folder, expected), OutputFiles.Within(folder, listed));
    }

    [Fact]
    public void Programs_are_those_of_absolute_folders_of_the_path_alone()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_root.Path, "bin")).FullName;
        string program = Path.Combine(folder, "hls4net-test-tool");
        File.WriteAllText(program, "#!/bin/sh\necho ran\n");
        Assert.Null(ProgramPath.Find("hls4net-test-tool", _ => folder));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(program, ProgramPath.Find("hls4net-test-tool", _ => $".::bin:{folder}"));
        Assert.Null(ProgramPath.Find("hls4net-test-tool", _ => ".::bin:../bin"));
    }

    [Fact]
    public void A_compiler_in_the_projects_own_folder_is_not_run()
    {
        using Consumer consumer = new("""<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />""");
        consumer.Write("models/net.onnx", OnnxBytes.Dense());
        consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
        foreach (string name in new[] { "g++", "yosys", "verilator", "own-cxx" })
        {
            consumer.Write(name, "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\n");
            File.SetUnixFileMode(Path.Combine(consumer.Folder, name),
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        consumer.Environment["PATH"] = $".:{Environment.GetEnvironmentVariable("PATH")}";
        BuildResult result = consumer.StepsOk("-p:HlsCxx=own-cxx");
        Assert.Equal(["HLS4001"], result.Warnings);
        Assert.False(File.Exists(Path.Combine(consumer.Folder, "ran")));
    }
}
