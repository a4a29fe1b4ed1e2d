using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>What users hear of their mistakes, through a real build.</summary>
public sealed class DiagnosticTests : IDisposable
{
    private const string OneModel = """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />""";

    private readonly Consumer _consumer = new(OneModel);

    public DiagnosticTests()
    {
        _consumer.Write("models/net.onnx", OnnxBytes.Dense());
        _consumer.Write("data/x.npy", NpyBytes.Random(20, 3));
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void Two_models_of_one_name_are_an_error_that_names_both()
    {
        _consumer.Write("other/net.onnx", OnnxBytes.Dense());
        _consumer.WriteProject(OneModel + """<HlsModel Include="other/net.onnx" />""");
        BuildResult result = _consumer.Steps();
        Assert.Equal(["HLS2006"], result.Errors);
        Assert.Contains(
            "Firmware.csproj : error HLS2006: These models have one name, 'net': models/net.onnx, other/net.onnx. Set",
            result.Output, StringComparison.Ordinal);
        Assert.Empty(result.Steps);

        _consumer.WriteProject(OneModel
            + """<HlsModel Include="other/net.onnx" ModelName="net2" TestInputs="data/x.npy" />""");
        Assert.Equal(["models/net.onnx", "other/net.onnx"], _consumer.StepsOk().Models("GenerateHls"));
    }

    [Fact]
    public void Nothing_a_project_says_is_ignored_silently()
    {
        // MSBuild drops the second layer, and its condition keeps it from being read from the text; the third is for no
        // model.
        _consumer.WriteProject("""
            <HlsModel Include="models/net.onnx" Precison="fixed(16,6)" TestInputs="data/x.npy" />
            <HlsLayer Include="layer:fc*" ReuseFactr="1" />
            <HlsLayer Include="fc?" Precision="fixed(16,6)" Condition="'$(Configuration)' == 'Debug'" />
            """);
        BuildResult lost = _consumer.Steps();
        Assert.Equal(["HLS2013"], lost.Errors);
        Assert.Matches(@"Firmware\.csproj\(\d+,\d+\): error HLS2013: .* 'fc\?'", lost.Output);
        Assert.Contains("write 'layer:fc?'", lost.Output, StringComparison.Ordinal);
        Assert.Equal(["HLS2011", "HLS2011"], lost.Warnings);
        Assert.Contains("models/net.onnx' has no option Precison; did you mean Precision?", lost.Output,
            StringComparison.Ordinal);
        Assert.Contains("HlsLayer 'layer:fc*' has no option ReuseFactr; did you mean ReuseFactor?", lost.Output,
            StringComparison.Ordinal);

        _consumer.WriteProject(OneModel + """<HlsLayer Include="fc1" Model="nte" />""");
        BuildResult unknown = _consumer.Steps();
        Assert.Equal(["HLS2007"], unknown.Errors);
        Assert.Contains("is for model 'nte', which is not in the project; its models: net", unknown.Output,
            StringComparison.Ordinal);

        _consumer.WriteProject(OneModel + """<HlsLayer Include="fc1" Model="net" />""");
        Assert.DoesNotContain("HLS2011", _consumer.StepsOk().Warnings);
    }

    [Fact]
    public void A_layer_pattern_with_wildcards_holds_as_it_is_written()
    {
        _consumer.WriteProject(OneModel
            + """<HlsLayer Include="fc?" Model="net" ResultPrecision="fixed(12,5,RND,SAT)" />""");
        _consumer.StepsOk();
        Assert.Contains("fixed<12,5,RND,SAT>", File.ReadAllText(_consumer.Hls("net", "report.json")),
            StringComparison.Ordinal);
        Assert.True(_consumer.StepsAreUpToDate());
    }

    [Fact]
    public void A_bad_value_or_model_is_an_error_at_the_model_until_it_is_mended()
    {
        _consumer.WriteProject(OneModel, "<HlsPrecision>fixd(16,6)</HlsPrecision>");
        BuildResult badValue = _consumer.Steps();
        Assert.Equal(["HLS2001"], badValue.Errors);
        Assert.Contains("models/net.onnx : error HLS2001: the project has HlsPrecision 'fixd(16,6)'", badValue.Output,
            StringComparison.Ordinal);

        _consumer.WriteProject(OneModel);
        _consumer.Write("models/net.onnx", [0xff, 0xff, 0xff]);
        Assert.Equal(["HLS1001"], _consumer.Steps().Errors);
        // An error is no result: it comes again until its cause is gone.
        Assert.Equal(["HLS1001"], _consumer.Steps().Errors);
        Assert.Equal(0, _consumer.CompilerRuns);

        _consumer.Write("models/net.onnx", OnnxBytes.Dense());
        _consumer.StepsOk();
    }

    [Fact]
    public void A_broken_budget_fails_the_build_and_leaves_the_report_that_says_by_how_much()
    {
        _consumer.WriteProject(
            """<HlsModel Include="models/net.onnx" TestInputs="data/x.npy" Precision="fixed(4,2)" MaxAbsError="0.000001" />""");
        BuildResult broken = _consumer.Steps();
        Assert.Equal(["HLS3005"], broken.Errors);
        Assert.True(File.Exists(_consumer.Hls("net", "report.json")));
        Assert.Equal(["VerifyHls"], _consumer.Steps().Steps);
    }

    [Fact]
    public void MSBuild_before_18_is_refused_in_words()
    {
        BuildResult result = _consumer.Steps("-p:_HlsMSBuildVersion=17.14.8");
        Assert.Equal(["HLS2012"], result.Errors);
        Assert.Contains("this is MSBuild 17.14.8", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_compiler_the_managed_simulator_verifies_and_one_warning_says_so()
    {
        _consumer.Write("models/net2.onnx", OnnxBytes.Dense(seed: 2));
        _consumer.WriteProject(OneModel + """<HlsModel Include="models/net2.onnx" TestInputs="data/x.npy" />""");
        string missing = "-p:HlsCxx=no-such-compiler";
        BuildResult without = _consumer.BuildOk(missing);
        Assert.Equal(["HLS4001"], without.Warnings);
        Assert.Contains("apt-get install g++", without.Output, StringComparison.Ordinal);
        Assert.Contains("\"simulator\": \"managed\"", File.ReadAllText(_consumer.Hls("net", "report.json")),
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_consumer.Bin, "*.so"));
        Assert.True(File.Exists(Path.Combine(_consumer.Bin, "net.report.json")));
        // Verified is verified; the warning stays.
        BuildResult again = _consumer.StepsOk(missing);
        Assert.Equal(["CompileCSim"], again.Steps);
        Assert.Equal(["HLS4001"], again.Warnings);

        // Once there is a compiler, the next build uses it.
        Assert.Equal(["CompileCSim", "VerifyHls"], _consumer.StepsOk().Steps);
        Assert.Contains("\"simulator\": \"native\"", File.ReadAllText(_consumer.Hls("net", "report.json")),
            StringComparison.Ordinal);

        // A project may do without on purpose: then nothing is missing.
        BuildResult off = _consumer.StepsOk("-p:HlsCSimulation=false", missing);
        Assert.Empty(off.Warnings);
        Assert.DoesNotContain("CompileCSim", off.Steps);
        Assert.Contains("\"simulator\": \"managed\"", File.ReadAllText(_consumer.Hls("net", "report.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_compiler_is_quoted_with_stable_codes_and_places()
    {
        _consumer.WriteCompiler("""
            echo "firmware/net.cpp: In function 'void net()':" >&2
            echo "firmware/net.cpp:12:7: warning: unused variable 'x' [-Wunused-variable]" >&2
            exec g++ "$@"
            """);
        BuildResult warned = _consumer.StepsOk();
        // Once for each source.
        Assert.Equal(["HLS4003"], warned.Warnings.Distinct());
        Assert.Contains("firmware/net.cpp(12,7): warning HLS4003: unused variable 'x'", warned.Output,
            StringComparison.Ordinal);

        _consumer.WriteCompiler("""
            echo "firmware/net.cpp:1:10: fatal error: nope.h: No such file or directory" >&2
            echo "compilation terminated." >&2
            exit 1
            """);
        File.Delete(_consumer.Hls("net", "csim", "libnet.so"));
        BuildResult failed = _consumer.Steps();
        Assert.Equal(["HLS4002"], failed.Errors.Distinct());
        Assert.Contains("firmware/net.cpp(1,10): error HLS4002: nope.h: No such file or directory", failed.Output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("VerifyHls", failed.Steps);

        _consumer.WriteCompiler("echo 'something went wrong' >&2; exit 3");
        BuildResult mute = _consumer.Steps();
        Assert.Equal(["HLS4004"], mute.Errors.Distinct());
        Assert.Contains("ended with exit code 3: something went wrong", mute.Output, StringComparison.Ordinal);

        _consumer.WriteCompiler("exit 0");
        Assert.Equal(["HLS4004"], _consumer.Steps().Errors.Distinct());
        Assert.False(File.Exists(_consumer.Hls("net", "csim", "libnet.so")));

        // What failed is tried again.
        _consumer.WriteCompiler("exec g++ \"$@\"");
        Assert.Equal(["CompileCSim", "VerifyHls"], _consumer.StepsOk().Steps);
    }

    [Fact]
    public void An_output_folder_that_cannot_be_written_is_an_error_with_a_code()
    {
        // A file where a folder must be refuses everyone, also root.
        _consumer.Write("obj/Debug/net10.0/hls/net", "in the way");
        BuildResult options = _consumer.Steps();
        Assert.Contains("HLS2010", options.Errors);

        File.Delete(_consumer.Hls("net"));
        _consumer.Write("obj/Debug/net10.0/hls/net/firmware", "in the way");
        BuildResult firmware = _consumer.Steps();
        Assert.Equal(["HLS2010"], firmware.Errors);
        Assert.Contains("models/net.onnx : error HLS2010", firmware.Output, StringComparison.Ordinal);

        File.Delete(_consumer.Hls("net", "firmware"));
        Directory.CreateDirectory(_consumer.Hls("net", "report.json"));
        Assert.Equal(["HLS2010"], _consumer.Steps().Errors);

        Directory.Delete(_consumer.Hls("net", "report.json"));
        _consumer.StepsOk();
    }
}
