using System.Globalization;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Simulation;
using Hls4Net.Text;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Properties;

/// <summary>Random networks: the managed simulator and the compiled C++ agree on every bit of every layer.</summary>
public sealed class BitEqualityTests(ITestOutputHelper output)
{
    private const int Samples = 40, BatchSize = 50;

    /// <summary>How many batches; the long form has twenty-five times as many.</summary>
    private static int Batches => 4 * Soak.Scale(25);

    public static TheoryData<int> BatchNumbers => [.. Enumerable.Range(0, Batches)];

    [SkippableTheory]
    [MemberData(nameof(BatchNumbers))]
    public void Managed_simulator_equals_compiled_firmware(int batch)
    {
        RandomNetwork[] networks = [.. RandomNetwork.From(batch * 1000).Take(BatchSize)];
        output.WriteLine($"{networks.Length} networks of {networks[^1].Seed - (batch * 1000) + 1} made");
        // The optimiser sees through undefined behaviour, so one batch goes through it.
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. networks.Select(n => n.Model!)],
            batch % 4 == 3 ? "-O2" : "-O0");
        List<string> failures = [];
        for (int i = 0; i < networks.Length; i++)
        {
            if (CompareLayers(networks[i], firmware, i) is string layers)
                failures.Add($"{layers}\n  {networks[i]}");
            if (CompareInputs(networks[i], firmware, i) is string inputs)
                failures.Add($"{inputs}\n  {networks[i]}");
        }
        Assert.True(failures.Count == 0,
            $"{failures.Count} of {networks.Length} networks differ:\n{string.Join('\n', failures.Take(10))}");
    }

    [Fact]
    public void Settings_that_cannot_be_are_refused_by_a_diagnostic_about_precision()
    {
        string[] allowed = [Descriptors.TooWide.Code, Descriptors.InvalidPrecision.Code];
        int refused = 0;
        for (int seed = 0; seed < 500; seed++)
        {
            RandomNetwork network = RandomNetwork.Make(seed);
            if (network.Model is not null)
                continue;
            refused++;
            Assert.All(network.Diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error),
                d => Assert.Contains(d.Descriptor.Code, allowed));
        }
        output.WriteLine($"{refused} of 500 refused");
        Assert.InRange(refused, 1, 250);
    }

    [Fact]
    public void Emission_is_deterministic()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            if (RandomNetwork.Make(seed).Model is not CompiledModel first)
                continue;
            CompiledModel second = RandomNetwork.Make(seed).Model!;
            Assert.Equal<GeneratedFile>(first.EmitFirmware(), second.EmitFirmware());
            Assert.Equal<GeneratedFile>(first.EmitCSim(), second.EmitCSim());
            Assert.Equal(first.EmitClass(), second.EmitClass());
        }
    }

    /// <summary>
    /// The first difference between the managed simulator and the firmware, on random samples; null where there is
    /// none.
    /// </summary>
    internal static string? CompareLayers(RandomNetwork network, FirmwareBatch firmware, int index)
    {
        TypedModel model = network.Model!.Model;
        int inputs = model.Network.Inputs.Sum(i => i.Shape.Size);
        long[] raw = new long[Samples * inputs];
        List<long> managedLayers = [], managedOutputs = [];
        ManagedSimulator simulator = new(model.Network);
        for (int sample = 0; sample < Samples; sample++)
        {
            long[] mantissas = network.Sample();
            mantissas.CopyTo(raw, sample * inputs);
            simulator.RunRaw(mantissas);
            foreach (Layer layer in model.Layers)
                managedLayers.AddRange(simulator[layer.Output]);
            foreach (NetworkOutput port in model.Network.Outputs)
                managedOutputs.AddRange(simulator[port.Value]);
        }
        long[] outputs = new long[managedOutputs.Count], layers = new long[managedLayers.Count];
        if (firmware.TraceOf(index)(raw, outputs, layers, Samples) != 0)
            return $"the firmware fails: {firmware.Error()}";
        return Difference("outputs", [.. managedOutputs], outputs) is string o
            && Difference("layers", [.. managedLayers], layers) is not string
            ? o
            : Difference("layers", [.. managedLayers], layers);
    }

    private static string? CompareInputs(RandomNetwork network, FirmwareBatch firmware, int index)
    {
        double[] reals = [0, -0.0, 1, -1, 0.5, -0.5, 1e-30, -1e-30, 1e30, -1e30, 123.456, -7.8125, double.MaxValue,
            -double.MaxValue, double.Epsilon, -double.Epsilon, double.NaN, double.PositiveInfinity,
            double.NegativeInfinity];
        IReadOnlyList<Value> ports = network.Model!.Model.Network.Inputs;
        int size = ports.Sum(p => p.Shape.Size);
        // Every number in every element.
        double[] samples = [.. reals.SelectMany(r => Enumerable.Repeat(r, size))];
        ManagedSimulator simulator = new(network.Model.Model.Network);
        List<long> managed = [];
        foreach (double real in reals)
        {
            simulator.Run([.. Enumerable.Repeat(real, size)]);
            foreach (Value port in ports)
                managed.AddRange(simulator[port]);
        }
        long[] native = new long[managed.Count];
        return firmware.QuantizeOf(index)(samples, native, reals.Length) != 0 ? firmware.Error()
            : Difference("inputs", [.. managed], native);
    }

    private static string? Difference(string what, long[] managed, long[] native)
    {
        int at = managed.AsSpan().CommonPrefixLength(native);
        return at == managed.Length ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{what}: number {at} of {managed.Length} is {managed[at]} in the managed simulator, {native[at]} in "
                + $"the compiled C++");
    }
}
