using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>What each change to a project makes a build do, and what it does not.</summary>
public sealed class IncrementalBuildTests : IDisposable
{
    private const string TwoModels = """
        <HlsModel Include="models/first.onnx" TestInputs="data/first.npy" />
        <HlsModel Include="models/second.onnx" TestInputs="data/second" />
        """;

    private static readonly string[] s_allSteps = ["GenerateHls", "CompileCSim", "VerifyHls"];

    private readonly Consumer _consumer = new(TwoModels);

    public IncrementalBuildTests()
    {
        _consumer.Write("models/first.onnx", OnnxBytes.Dense());
        _consumer.Write("models/second.onnx", OnnxBytes.Dense(seed: 2));
        _consumer.Write("data/first.npy", NpyBytes.Random(20, 3));
        _consumer.Write("data/second/input_0.pb", OnnxBytes.TestVectors(20, 3));
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void A_build_makes_everything_and_a_second_one_nothing()
    {
        BuildResult first = _consumer.BuildOk();
        Assert.Equal(s_allSteps, first.Steps);
        Assert.Equal(2, _consumer.CompilerRuns);
        foreach (string name in new[] { "first", "second" })
        {
            string[] made = [.. new[] { $"{name}.g.cs", $"csim/lib{name}.so", "report.json", "report.html" }.Select(f =>
                _consumer.Hls(name, f))];
            string[] copied = [.. new[] { $"lib{name}.so", $"{name}.report.json", $"{name}.report.html" }.Select(f =>
                Path.Combine(_consumer.Bin, f))];
            Assert.All([.. made, .. copied], path => Assert.True(File.Exists(path), path));
            Assert.NotEmpty(Directory.GetFiles(_consumer.Hls(name, "firmware"), "*.cpp"));
        }

        Assert.True(_consumer.IsUpToDate());
        BuildResult second = _consumer.BuildOk();
        Assert.Empty(second.Steps);
        Assert.False(second.Ran("RepeatHlsWarnings"));
        Assert.Equal(2, _consumer.CompilerRuns);
    }

    // The headers that HlsIncludePath names are no files of the project: each way of changing one compiles the sources
    // that read it, and others do not.
    [Fact]
    public void A_vendors_header_that_changes_is_compiled_anew_whatever_its_date()
    {
        string standIn = Path.Combine(Packages.RepositoryRoot, "tests", "Hls4Net.Compiler.Tests", "StandIns", "Amd");
        foreach (string path in Directory.GetFiles(standIn))
            _consumer.Write($"amd/{Path.GetFileName(path)}", File.ReadAllBytes(path));
        _consumer.WriteProject("""<HlsModel Include="models/first.onnx" TestInputs="data/first.npy" />""",
            "<HlsIncludePath>amd/</HlsIncludePath>");
        _consumer.StepsOk();
        Assert.True(_consumer.StepsAreUpToDate());
        int sources = _consumer.CompiledSources.Count;
        Assert.Equal(1, _consumer.CompilerRuns);

        // A newer file, and an older one in its place.
        string common = File.ReadAllText(Path.Combine(standIn, "ap_common.h"));
        _consumer.Write("amd/ap_common.h", common + "// newer\n");
        Expect(["CompileCSim", "VerifyHls"], compiled: true);
        _consumer.Write("amd/ap_common.h", common + "// older\n");
        File.SetLastWriteTimeUtc(Path.Combine(_consumer.Folder, "amd/ap_common.h"),
            new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Expect(["CompileCSim", "VerifyHls"], compiled: true);

        // What no source reads costs a link; what reads nothing more, nothing.
        _consumer.Write("amd/other.h", "// unread");
        Expect(["CompileCSim", "VerifyHls"], compiled: false);
        Expect([], compiled: false);

        // One that is broken fails, and one that is gone says so.
        _consumer.Write("amd/ap_common.h", "#error broken\n");
        Assert.Equal(["HLS4002"], _consumer.Steps().Errors.Distinct());
        File.Delete(Path.Combine(_consumer.Folder, "amd/ap_fixed.h"));
        Assert.Equal(["HLS4006"], _consumer.Steps().Errors.Distinct());

        void Expect(string[] steps, bool compiled)
        {
            Assert.Equal(steps, _consumer.StepsOk().Steps);
            int now = _consumer.CompiledSources.Count;
            Assert.Equal(compiled, now > sources);
            sources = now;
        }
    }

    [Fact]
    public void A_changed_model_is_made_anew_and_a_touched_one_is_not_compiled()
    {
        _consumer.StepsOk();
        DateTime other = File.GetLastWriteTimeUtc(_consumer.Hls("second", "verified.stamp"));

        _consumer.Touch("models/first.onnx");
        Assert.False(_consumer.StepsAreUpToDate());
        BuildResult touched = _consumer.StepsOk();
        Assert.Equal(["GenerateHls", "VerifyHls"], touched.Steps);
        Assert.Equal(["models/first.onnx"], touched.Models("GenerateHls"));
        Assert.Equal(2, _consumer.CompilerRuns);

        _consumer.Write("models/first.onnx", OnnxBytes.Dense(seed: 3));
        BuildResult changed = _consumer.StepsOk();
        Assert.Equal(s_allSteps, changed.Steps);
        Assert.All(s_allSteps, step => Assert.Equal(["models/first.onnx"], changed.Models(step)));
        Assert.Equal(3, _consumer.CompilerRuns);

        Assert.Equal(other, File.GetLastWriteTimeUtc(_consumer.Hls("second", "verified.stamp")));
        Assert.True(_consumer.StepsAreUpToDate());
    }

    [Fact]
    public void A_setting_makes_its_model_anew_and_a_comment_makes_nothing()
    {
        _consumer.StepsOk();

        _consumer.WriteProject(TwoModels + "<!-- a comment -->");
        Assert.Empty(_consumer.StepsOk().Steps);

        _consumer.WriteProject(TwoModels.Replace("first.npy\"", "first.npy\" Precision=\"fixed(20,8)\"",
            StringComparison.Ordinal));
        Assert.Equal(["models/first.onnx"], _consumer.StepsOk().Models("GenerateHls"));

        _consumer.WriteProject(TwoModels.Replace("first.npy\"", "first.npy\" Precision=\"fixed(20,8)\"",
            StringComparison.Ordinal)
            + """<HlsLayer Include="layer:fc?" Model="second" ReuseFactor="1" />""");
        Assert.Equal(["models/second.onnx"], _consumer.StepsOk().Models("GenerateHls"));

        // A property of the project is a default for both, the command line's too.
        Assert.Equal(["models/first.onnx", "models/second.onnx"],
            _consumer.StepsOk("-p:HlsClockPeriod=4").Models("GenerateHls"));
        Assert.True(_consumer.StepsAreUpToDate("-p:HlsClockPeriod=4"));
    }

    [Fact]
    public void Compiler_settings_compile_without_generating()
    {
        _consumer.StepsOk();
        Assert.Equal(["CompileCSim", "VerifyHls"], _consumer.StepsOk("-p:HlsCxxFlags=-std=c++14 -O1").Steps);
        Assert.Equal(4, _consumer.CompilerRuns);
        Assert.True(_consumer.StepsAreUpToDate("-p:HlsCxxFlags=-std=c++14 -O1"));
    }

    [Fact]
    public void New_weights_compile_no_layer()
    {
        _consumer.WriteProject(TwoModels,
            "<HlsPrecision>fixed(16,6)</HlsPrecision><HlsAccumPrecision>fixed(24,12)</HlsAccumPrecision>");
        _consumer.StepsOk();
        Assert.Equal(["bridge.cpp", "bridge.cpp", "constants.cpp", "constants.cpp", "first.cpp", "second.cpp"],
            _consumer.CompiledSources.Order());

        _consumer.Write("models/first.onnx", OnnxBytes.Dense(seed: 3));
        Assert.Equal(s_allSteps, _consumer.StepsOk().Steps);
        Assert.Equal(["constants.cpp"], _consumer.CompiledSources.Skip(6));
        Assert.Equal(3, _consumer.CompilerRuns);
        Assert.Contains("\"managedMatchesNative\": true", File.ReadAllText(_consumer.Hls("first", "report.json")),
            StringComparison.Ordinal);

        // What nobody knows the inputs of is compiled again.
        File.Delete(Directory.GetFiles(_consumer.Hls("first", "objects"), "bridge.inputs", SearchOption.AllDirectories)
            .Single());
        File.Delete(_consumer.Hls("first", "csim", "libfirst.so"));
        Assert.Equal(["CompileCSim", "VerifyHls"], _consumer.StepsOk().Steps);
        Assert.Equal(["constants.cpp", "bridge.cpp"], _consumer.CompiledSources.Skip(6));
    }

    [Fact]
    public void Test_vectors_and_external_data_are_inputs()
    {
        (byte[] model, byte[] data) = OnnxBytes.DenseWithExternalData("first.data");
        _consumer.Write("models/first.onnx", model);
        _consumer.Write("models/first.data", data);
        _consumer.StepsOk();
        Assert.True(_consumer.StepsAreUpToDate());

        _consumer.Touch("models/first.data");
        Assert.Equal(["models/first.onnx"], _consumer.StepsOk().Models("GenerateHls"));

        _consumer.Write("data/first.npy", NpyBytes.Random(20, 3, seed: 2));
        BuildResult vectors = _consumer.StepsOk();
        Assert.Equal(["models/first.onnx"], vectors.Models("GenerateHls"));
        Assert.Equal(["models/first.onnx"], vectors.Models("VerifyHls"));

        // In a folder also files that come with an old date, or go.
        _consumer.Write("data/second/readme.txt", "new");
        File.SetLastWriteTimeUtc(Path.Combine(_consumer.Folder, "data/second/readme.txt"),
            new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(["models/second.onnx"], _consumer.StepsOk().Models("GenerateHls"));
        File.Delete(Path.Combine(_consumer.Folder, "data/second/readme.txt"));
        Assert.Equal(["models/second.onnx"], _consumer.StepsOk().Models("GenerateHls"));
        Assert.True(_consumer.StepsAreUpToDate());
    }

    [Fact]
    public void What_is_deleted_is_made_again()
    {
        _consumer.BuildOk();

        File.Delete(Directory.GetFiles(_consumer.Hls("first", "firmware"), "*.cpp")[0]);
        Assert.Equal(["models/first.onnx"], _consumer.BuildOk().Models("GenerateHls"));

        File.Delete(_consumer.Hls("second", "csim", "libsecond.so"));
        BuildResult library = _consumer.BuildOk();
        Assert.Equal(["CompileCSim", "VerifyHls"], library.Steps);
        Assert.Equal(["models/second.onnx"], library.Models("CompileCSim"));

        File.Delete(_consumer.Hls("second", "report.html"));
        BuildResult report = _consumer.BuildOk();
        Assert.Equal(["VerifyHls"], report.Steps);
        Assert.Equal(["models/second.onnx"], report.Models("VerifyHls"));

        // A copy in the output folder that was cut short is not taken for the library.
        string copy = Path.Combine(_consumer.Bin, "libfirst.so");
        File.WriteAllBytes(copy, [1, 2, 3]);
        Assert.Empty(_consumer.BuildOk().Steps);
        Assert.Equal(File.ReadAllBytes(_consumer.Hls("first", "csim", "libfirst.so")), File.ReadAllBytes(copy));
        Assert.True(_consumer.IsUpToDate());
    }

    [Fact]
    public void A_renamed_or_removed_model_leaves_nothing_and_clean_removes_all()
    {
        _consumer.BuildOk();
        File.Move(Path.Combine(_consumer.Folder, "models/first.onnx"),
            Path.Combine(_consumer.Folder, "models/renamed.onnx"));
        _consumer.WriteProject(TwoModels.Replace("first.onnx", "renamed.onnx", StringComparison.Ordinal));
        Assert.Equal(["models/renamed.onnx"], _consumer.BuildOk().Models("GenerateHls"));
        Assert.False(Directory.Exists(_consumer.Hls("first")));
        Assert.Empty(Directory.GetFiles(_consumer.Bin, "*first*"));
        Assert.True(File.Exists(Path.Combine(_consumer.Bin, "librenamed.so")));
        Assert.True(File.Exists(Path.Combine(_consumer.Bin, "libsecond.so")));

        // With the last model goes the last output.
        _consumer.WriteProject("");
        _consumer.BuildOk();
        Assert.Empty(Directory.GetDirectories(_consumer.Hls()));
        Assert.Empty(Directory.GetFiles(_consumer.Bin, "*.so"));

        _consumer.WriteProject(TwoModels.Replace("first.onnx", "renamed.onnx", StringComparison.Ordinal));
        _consumer.BuildOk();
        Assert.True(_consumer.Run("clean").Succeeded);
        Assert.False(Directory.Exists(_consumer.Hls()));
        Assert.Empty(Directory.GetFiles(_consumer.Bin));
    }

    [Fact]
    public void A_newer_generator_generates_and_compiles_only_what_differs()
    {
        string tools = Path.Combine(_consumer.RootFolder, "tools");
        Directory.CreateDirectory(tools);
        foreach (string file in Directory.GetFiles(Path.Combine(Packages.Extracted, "hls4net.sdk", Packages.Version,
            "tools", "net10.0")))
            File.Copy(file, Path.Combine(tools, Path.GetFileName(file)));
        string assembly = "-p:Hls4NetTasksAssembly=" + Path.Combine(tools, "Hls4Net.Tasks.dll");
        _consumer.StepsOk(assembly);
        Assert.True(_consumer.StepsAreUpToDate(assembly));

        File.SetLastWriteTimeUtc(Path.Combine(tools, "Hls4Net.Compiler.dll"), DateTime.UtcNow);
        Assert.Equal(["GenerateHls", "VerifyHls"], _consumer.StepsOk(assembly).Steps);
        Assert.Equal(2, _consumer.CompilerRuns);
    }
}
