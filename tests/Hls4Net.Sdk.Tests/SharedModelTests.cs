using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>
/// Within a build the steps share what one of them has compiled; and the build writes what its compiler does, on
/// demand.
/// </summary>
public sealed class SharedModelTests : IDisposable
{
    private const string Read = " is read and compiled.", Shared = ": compiled by an earlier step of this build.";

    private readonly Consumer _consumer = new("""
        <HlsModel Include="models/muon_pt.onnx" TestInputs="data/x.npy" MaxLatencyCycles="20" />
        <HlsModel Include="models/net.onnx" />
        """);

    public SharedModelTests()
    {
        string sample = Path.Combine(Packages.RepositoryRoot, "samples", "TriggerModel");
        foreach (string path in new[] { "models/muon_pt.onnx", "data/x.npy" })
            _consumer.Write(path, File.ReadAllBytes(Path.Combine(sample, path)));
        _consumer.Write("models/net.onnx", OnnxBytes.Dense());
        _consumer.Write("other.onnx", OnnxBytes.Dense(outputs: 5, seed: 3));
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void A_build_reads_each_model_once()
    {
        BuildResult built = _consumer.BuildOk();
        Assert.Equal(["GenerateHls", "CompileCSim", "VerifyHls"], built.Steps);
        Assert.Equal(["muon_pt: models/muon_pt.onnx is read and compiled.",
            "net: models/net.onnx is read and compiled."], built.Messages(Read));
        Assert.Equal(["muon_pt" + Shared, "net" + Shared], built.Messages(Shared));
        string report = File.ReadAllText(_consumer.Hls("muon_pt", "report.json"));

        // A build whose first step has nothing to do has nothing to share, and comes to the same.
        File.Delete(_consumer.Hls("muon_pt", "verified.stamp"));
        BuildResult verified = _consumer.StepsOk();
        Assert.Equal(["VerifyHls"], verified.Steps);
        Assert.Equal(["muon_pt: models/muon_pt.onnx is read and compiled."], verified.Messages(Read));
        Assert.Empty(verified.Messages(Shared));
        Assert.Equal(report, File.ReadAllText(_consumer.Hls("muon_pt", "report.json")));
    }

    [Fact]
    public void A_model_that_changes_within_a_build_is_read_again()
    {
        _consumer.WriteProject("""<HlsModel Include="models/net.onnx" />""");
        _consumer.StepsOk();
        _consumer.Write("models/net.onnx", OnnxBytes.Dense(seed: 4));
        string targets =
            "<Target Name=\"Swap\" AfterTargets=\"CompileCSim\"><Copy SourceFiles=\"other.onnx\" "
            + "DestinationFiles=\"models/net.onnx\" /></Target>";
        _consumer.Write("Directory.Build.targets", $"<Project>{targets}</Project>");
        BuildResult swapped = _consumer.Steps();
        Assert.Equal(2, swapped.Messages(Read).Count);
        Assert.Empty(swapped.Messages(Shared));
    }

    [Fact]
    public void The_graph_between_passes_is_written_where_the_project_asks_for_it()
    {
        _consumer.WriteProject("""<HlsModel Include="models/net.onnx" />""");
        string passes = _consumer.Hls("net", "passes");
        _consumer.BuildOk("-p:HlsCSimulation=false", "-p:HlsDump=after:FuseAffine");
        string dump = Assert.Single(Directory.GetFiles(passes));
        Assert.EndsWith("-Real-FuseAffine.txt", dump, StringComparison.Ordinal);
        Assert.StartsWith("# net after FuseAffine.", File.ReadAllText(dump), StringComparison.Ordinal);
        // One that is deleted is written again.
        File.Delete(dump);
        Assert.Equal(["GenerateHls", "VerifyHls"],
            _consumer.StepsOk("-p:HlsCSimulation=false", "-p:HlsDump=after:FuseAffine").Steps);
        Assert.True(File.Exists(dump));
        BuildResult wrong = _consumer.Steps("-p:HlsCSimulation=false", "-p:HlsDump=after:Fuse");
        Assert.Equal(["HLS2003"], wrong.Errors);
        _consumer.StepsOk("-p:HlsCSimulation=false");
        Assert.Empty(Directory.GetFiles(passes));
    }
}
