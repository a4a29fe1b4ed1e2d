using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Simulation;

namespace Hls4Net.Benchmarks;

/// <summary>
/// The managed parts that builds spend their time in: conversions, ranges, plans of requantizations, the simulator, and
/// generation as a whole.
/// </summary>
[MemoryDiagnoser]
public class ManagedBenchmarks
{
    private const int Conversions = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("hls4net-managed-").FullName;
    private readonly long[] _mantissas = [.. Enumerable.Range(0, Conversions)
        .Select(i => (long)((i * 7919) - 4_000_000))];
    private readonly FixedPointType _to = new(16, 6, true, Rounding.Rnd, Overflow.Sat),
        _symmetric = new(12, 4, true, Rounding.RndConv, Overflow.SatSym);
    private readonly StepFunction[] _functions = [.. Enumerable.Range(1, 64)
        .Select(c => new StepFunction(new Rational(c, 640), 0, null, null, new Rational(1, 7), 0, -128, 127,
            QuantRounding.HalfEven, false))];
    private readonly Interval[] _intervals = [.. Enumerable.Repeat(new Interval(-100_000, 100_000), 64)];
    private string _jet = "";
    private ManagedSimulator _simulator = null!;
    private Node _product = null!;
    private double[] _sample = [];

    /// <summary>Runs all of them in this process, which needs no build of their own.</summary>
    public static void Run() =>
        BenchmarkRunner.Run<ManagedBenchmarks>(
            DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
                .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "hls4net-benchmarkdotnet")));

    [GlobalSetup]
    public void Setup()
    {
        _jet = Path.Combine(_folder, "jet.onnx");
        Mlp.Write(_jet, Mlp.JetTagger);
        CompiledModel model = Network.Compile(_jet, null, "fixed(16,6)");
        _simulator = new ManagedSimulator(model.Model.Network);
        _sample = [.. Enumerable.Range(0, Mlp.JetTagger[0]).Select(i => (i - 8) / 8.0)];
        _product = model.Model.Layers.First(l => l.Operation is Dense).Main;
    }

    [GlobalCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [Benchmark(OperationsPerInvoke = Conversions)]
    public long RoundAndSaturate() => Convert(new Quantizer(16, _to));

    [Benchmark(OperationsPerInvoke = Conversions)]
    public long RoundToEvenAndSaturateSymmetrically() => Convert(new Quantizer(16, _symmetric));

    [Benchmark]
    public object RangeOfAProductOf1024Weights() => _product.Operation.Range(_product.Inputs);

    [Benchmark]
    public object? PlanOf64ChannelsOf8Bits() =>
        RequantizePlanner.Plan(_functions, _intervals, [.. Enumerable.Range(0, 64)]);

    [Benchmark]
    public void SimulateJetTagger() => _simulator.Run(_sample);

    [Benchmark]
    public void GenerateJetTagger() => GenerationRows.Generate(_jet, "fixed(16,6)");

    private long Convert(Quantizer quantizer)
    {
        long sum = 0;
        foreach (long mantissa in _mantissas)
            sum += quantizer.Apply(mantissa, ref sum);
        return sum;
    }
}
