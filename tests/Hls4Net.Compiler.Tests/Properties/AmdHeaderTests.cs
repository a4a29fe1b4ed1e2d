using Hls4Net.Configuration;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Text;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// The firmware, its C simulation and its test bench against a stand-in of AMD's headers (StandIns/Amd): the interface
/// that UG1399 documents, the checks of AMD's simulation, and streams of one parameter.
/// </summary>
public sealed class AmdHeaderTests
{
    private static readonly string[] s_flags = ["-O0"];

    private static int Scale => Soak.Scale(20);

    [SkippableTheory]
    [InlineData(870_000, 5)]
    public void Random_networks_give_the_managed_simulators_bits(int seed, int count) =>
        Execute(RandomNetwork.From(seed), count);

    [SkippableTheory]
    [InlineData(880_000, 1)]
    public void Random_convolutional_networks_on_streams_give_the_managed_simulators_bits(int seed, int count) =>
        Execute(
        Enumerable.Range(seed, int.MaxValue - seed).Select(s => RandomNetwork.Make(s, RandomCnn.Make, IOType.IoStream)),
            count);

    [SkippableFact]
    public void Bounds_of_zero_and_small_bounds_can_be_rounded()
    {
        List<Expectation> networks = [];
        using TempFolder folder = new();
        foreach ((double low, double high) in new[] { (0.0, 1.0), (0, 6), (-1, 0), (0.001, 0.75) })
        {
            string name = $"clip{networks.Count}";
            ModelOptions options = new ModelBuilder().Input("x", 1, 4).Weights("s", [4], 0.3, 0.7, -0.2, 0.9)
                .Node("Mul", ["x", "s"], "m")
                .Weights("l", [], low).Weights("h", [], high).Node("Clip", ["m", "l", "h"], "y").Output("y")
                    .Save(folder, name);
            CompiledModel model = ModelHarness.Compile(options with
            {
                Defaults = LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("fixed(10,3,RND,SAT)") },
            });
            networks.Add(Expectation.Of(model, ExtremeVectors.Of(model.Model.Network)));
        }
        FirmwareBatch.Execute(networks, Headers(), s_flags);
    }

    [SkippableTheory]
    [InlineData("amd-header-clip")]
    [InlineData("amd-header-hardsigmoid")]
    public void Shared_case_runs(string name)
    {
        CompiledModel model = ModelHarness.Compile(SharedCases.Options(name));
        FirmwareBatch.Execute([Expectation.Of(model,
            ExtremeVectors.Of(model.Model.Network).Concat(model.Compilation.Samples(20)))], Headers(), s_flags);
    }

    [SkippableTheory]
    [InlineData(IOType.IoParallel)]
    [InlineData(IOType.IoStream)]
    public void The_test_bench_runs(IOType ioType)
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 2, 4, 4)
            .Weights("w", [2, 2, 2, 2], [.. Enumerable.Range(0, 16).Select(i => (i - 7) / 8.0)])
            .Node("Conv", ["x", "w"], "c")
            .Node("Sigmoid", ["c"], "y").Output("y").Save(folder, "bench");
        CompiledModel model = ModelHarness.Compile(options with { IOType = ioType });
        using Gpp gpp = Gpp.Require();
        foreach (GeneratedFile header in Headers())
            gpp.Write($"include/{header.Path}", header.Text);
        foreach (GeneratedFile file in model.EmitFirmware())
            gpp.Write($"firmware/{file.Path}", file.Text);
        foreach (GeneratedFile file in model.EmitTestData(20))
            gpp.Write(file.Path, file.Text);
        Assert.True(File.Exists(Path.Combine(gpp.Folder, "tb_data", "input.dat")));
        gpp.Compile("bench", "-O0", "-Wno-unknown-pragmas", "-Wno-unused-label", "firmware/bench.cpp",
            "firmware/bench_test.cpp");
        Assert.Contains("20 samples, 0 mismatches", gpp.Execute("bench"), StringComparison.Ordinal);
    }

    private static void Execute(IEnumerable<RandomNetwork> networks, int count) => FirmwareBatch.Execute(
        [.. networks.Where(n => n.Model is not null && !NeedsMore(n.Model)).Take(count * Scale)
            .Select(n => Expectation.Of(n.Model!, Enumerable.Range(0, 12).Select(_ => n.Sample())))],
        Headers(), s_flags);

    // The stand-in has no sign-magnitude wrapping.
    private static bool NeedsMore(CompiledModel model) => model.EmitFirmware()
        .Any(f => f.Text.Contains("AP_WRAP_SM", StringComparison.Ordinal));

    private static IEnumerable<GeneratedFile> Headers() =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "StandIns", "Amd"))
        .Order(StringComparer.Ordinal).Select(f => new GeneratedFile(Path.GetFileName(f), File.ReadAllText(f)));
}
