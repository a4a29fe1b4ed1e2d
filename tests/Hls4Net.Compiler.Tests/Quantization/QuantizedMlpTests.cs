using System.Globalization;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// Random quantized networks: the firmware's meaning is the network's own definition, number for number.
/// </summary>
public sealed class QuantizedMlpTests(ITestOutputHelper output)
{
    private const int Samples = 12;

    public static TheoryData<int> Batches => [.. Enumerable.Range(0, 8 * Soak.Scale(25))];

    public static TheoryData<int> FirmwareBatches => [.. Enumerable.Range(0, 4 * Soak.Scale(25))];

    [Theory]
    [MemberData(nameof(Batches))]
    public void Firmware_equals_definition(int batch)
    {
        const int Networks = 250;
        int maxBits = batch % 2 == 0 ? 8 : 16;
        int refused = 0;
        List<string> failures = [];
        for (int seed = batch * Networks; seed < (batch + 1) * Networks; seed++)
        {
            if (Failure(seed, maxBits, out bool tooWide) is string failure)
                failures.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed} ({maxBits} bits): {failure}"));
            refused += tooWide ? 1 : 0;
        }
        output.WriteLine($"{Networks} networks, {refused} too wide");
        Assert.True(failures.Count == 0,
            $"{failures.Count} of {Networks} networks differ from their "
            + $"definition:\n{string.Join('\n', failures.Take(10))}");
        Assert.InRange(refused, 0, maxBits == 8 ? 0 : Networks / 100);
    }

    [SkippableTheory]
    [MemberData(nameof(FirmwareBatches))]
    public void Compiled_firmware_equals_managed_simulator(int batch)
    {
        const int Networks = 60;
        List<(CompiledModel Model, List<long[]> Samples)> networks = [];
        for (int seed = 1_000_000 + (batch * 1000); networks.Count < Networks; seed++)
        {
            Random random = new(seed);
            ModelBuilder builder = RandomQuantizedMlp.Make(random, seed % 2 == 0 ? 8 : 16);
            if (Compile(builder, $"net{seed}", new DiagnosticBag("model.onnx")) is not CompiledModel model)
                continue;
            ExactComparison comparison = new(builder.Proto, model);
            networks.Add((model, [.. Enumerable.Range(0, 40).Select(_ => comparison.Sample(random))]));
        }
        output.WriteLine(string.Join(", ", networks.SelectMany(n => n.Model.Model.Layers).Select(l => l.Operation)
            .OfType<Requantize>().GroupBy(Form).Select(g => $"{g.Key} {g.Count()}").Order()));
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. networks.Select(n => n.Model)],
            batch % 4 == 3 ? "-O2" : "-O0");
        string[] failures = [.. networks
            .Select((n, i) => LayerComparison.Difference(n.Model, n.Samples, firmware, i) is string difference
                ? $"{n.Model.Options.ModelName}: {difference}" : null)
            .OfType<string>()];
        Assert.True(failures.Length == 0,
            $"{failures.Length} of {Networks} networks differ:\n{string.Join('\n', failures.Take(10))}");
    }

    private static string? Failure(int seed, int maxBits, out bool tooWide)
    {
        tooWide = false;
        Random random = new(seed);
        ModelBuilder builder = RandomQuantizedMlp.Make(random, maxBits);
        DiagnosticBag diagnostics = new("model.onnx");
        if (Compile(builder, "model", diagnostics) is not CompiledModel model)
        {
            Diagnostic[] errors = [.. diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error)];
            tooWide = errors.All(d => d.Descriptor == Descriptors.TooWide);
            return tooWide ? null : string.Join('\n', (object[])errors);
        }
        ExactComparison comparison = new(builder.Proto, model);
        for (int sample = 0; sample < Samples; sample++)
        {
            if (comparison.Difference(comparison.Sample(random)) is string difference)
                return difference;
        }
        return null;
    }

    private static string Form(Requantize requantize) => requantize.Plan switch
    {
        { Knees.IsEmpty: false } => "by sign",
        { Odd.IsEmpty: false } => "by parity",
        { Base.IsEmpty: false } => "with a base",
        RequantizePlan plan => plan.Method.ToString(),
        null => throw new InvalidOperationException("a typed network has plans"),
    };

    private static CompiledModel? Compile(ModelBuilder builder, string name, DiagnosticBag diagnostics)
    {
        using TempFolder folder = new();
        return ModelCompiler.Compile(builder.Save(folder, name), diagnostics);
    }
}
