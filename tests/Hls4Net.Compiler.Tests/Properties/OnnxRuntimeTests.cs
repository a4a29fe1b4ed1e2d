using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using Hls4Net.Pipeline;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Random models against ONNX Runtime, which shares nothing with this compiler: the network as imported, the network
/// after all transforms, and the firmware with 24 and 32 bits, whose error must shrink with the width. `./test.sh
/// --long` tries a hundred thousand.
/// </summary>
public sealed class OnnxRuntimeTests(ITestOutputHelper output)
{
    private const int Usual = 250, Many = 100_000, Samples = 3;

    // Tables of functions have no more digits, whatever width is asked for (docs/precision.md).
    private const int TableBits = 20;

    /// <summary>What became of one graph.</summary>
    private enum Outcome
    {
        Agrees,

        /// <summary>ONNX Runtime has no kernel for it.</summary>
        NotJudged,

        /// <summary>Refused with a diagnostic.</summary>
        Refused,
    }

    [Fact]
    public void Networks_compute_what_ONNX_Runtime_computes() => Run(firmware: false);

    [Fact]
    public void Errors_of_firmware_shrink_with_its_width() => Run(firmware: true);

    private void Run(bool firmware)
    {
        int count = Soak.Count(firmware ? Usual / 2 : Usual, Many);
        Dictionary<Outcome, int> outcomes = [];
        Dictionary<string, int> refused = [];
        List<(string Kind, int Seed, string Text)> findings = [];
        using TempFolder folder = new();
        foreach (int seed in Soak.Seeds(firmware ? Usual / 2 : Usual, Many))
        {
            RandomOnnxGraph.Graph graph = RandomOnnxGraph.Make(new Random(seed), Samples);
            try
            {
                Outcome outcome = Judge(graph, folder, refused, firmware);
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
            catch (Exception e)
            {
                string kind = e is Xunit.Sdk.XunitException ? e.Message.Split(':')[0] : e.GetType().Name + e.Message;
                findings.Add((kind, seed, $"{(e is Xunit.Sdk.XunitException ? e.Message : e)}\n{graph.Text}"));
                if (Environment.GetEnvironmentVariable("HLS4NET_KEEP") is string keep)
                    File.WriteAllBytes(Path.Combine(keep, $"ort-{seed}.onnx"), graph.Model.ToBytes());
            }
        }
        output.WriteLine(
            $"{count} models, seeds from {Soak.FirstSeed}: "
            + $"{string.Join(", ", outcomes.Select(o => $"{o.Value} {o.Key}"))}");
        foreach ((string text, int times) in refused.OrderByDescending(r => r.Value).Take(12))
            output.WriteLine($"{times} times {text}");
        Assert.True(findings.Count == 0,
            $"{findings.Count} of {count}:\n" + string.Join("\n\n",
                findings.GroupBy(f => f.Kind)
                    .Select(g =>
                        $"{g.Count()} times {g.Key}, "
                        + $"seeds:\n{string.Join("\n\n", g.Take(6).Select(f => $"{f.Seed}: {f.Text}"))}").Take(12)));
        Assert.True(outcomes.GetValueOrDefault(Outcome.Agrees) > count * 0.7, "most models are judged");
    }

    private static Outcome Judge(RandomOnnxGraph.Graph graph, TempFolder folder, Dictionary<string, int> refused,
        bool firmware)
    {
        byte[] bytes = graph.Model.ToBytes();
        using OnnxRuntimeReference? judge = OnnxRuntimeReference.TryOpen(bytes, out string reason);
        if (judge is null)
        {
            Count(refused, $"ONNX Runtime: {reason[..Math.Min(reason.Length, 160)]}");
            return Outcome.NotJudged;
        }
        double[][] expected = [.. graph.Samples.Select(s => judge.Run(s).SelectMany(y => y).ToArray())];
        double largest = Math.Max(1, expected.SelectMany(e => e).Where(double.IsFinite).Select(Math.Abs)
            .DefaultIfEmpty(1).Max());
        ModelOptions options = graph.Options(ModelHarness.Options(folder.Write("model.onnx", bytes)));
        Network imported;
        try
        {
            imported = Importer.Import(options, new DiagnosticBag("model.onnx"));
        }
        catch (Exception e) when (e is ModelException or CompilationFailedException)
        {
            Count(refused, e.Message[..Math.Min(e.Message.Length, 160)]);
            return Outcome.Refused;
        }
        // Float32 loses up to this of the largest number on the way.
        double rounding = 2e-5 * Math.Max(largest, Math.Min(graph.Magnitude, 100 * largest));
        Real("the imported network", imported, graph, expected, rounding);
        Real("the transformed network", Passes.Simplified(imported), graph, expected, rounding);
        if (!firmware)
            return Outcome.Agrees;
        // Float32 rounds more than 32 bits do: the firmware is held to the imported network in double, which ONNX
        // Runtime has just confirmed.
        double[][] real = [.. graph.Samples.Select(s => Outputs(imported, s))];
        // Types are chosen for the samples: without any a function may reach numbers that leave no digits (HLS3004).
        options = options with { TestInputs = Vectors(imported, graph, folder) };
        string text = "";
        foreach ((int less, int more) in new[] { (24, 32), (16, 24), (12, 16) })
        {
            double narrow = Firmware(options, less, graph, real, out text),
                wide = Firmware(options, more, graph, real, out string refusal);
            text = text.Length > 0 ? text : refusal;
            // Tables and exact sums have their limits: then with fewer bits.
            if (double.IsNaN(narrow) || double.IsNaN(wide))
                continue;
            Assert.True(
                wide <= narrow / 4
                    || wide <= largest * Math.ScaleB(1, 7 - (graph.HasTables ? Math.Min(more, TableBits) : more)),
                string.Create(CultureInfo.InvariantCulture,
                    $"the firmware's error, 2^{Math.Round(Math.Log2(wide / largest))} of the largest output, does not "
                    + $"shrink: {narrow:G4} with {less} bits, {wide:G4} with {more}; the largest output is {largest:G4}"));
            return Outcome.Agrees;
        }
        Count(refused, text);
        return Outcome.Refused;
    }

    private static void Real(string what, Network network, RandomOnnxGraph.Graph graph, double[][] expected,
        double tolerance)
    {
        for (int s = 0; s < graph.Samples.Length; s++)
        {
            double[] actual = Outputs(network, graph.Samples[s]);
            Assert.True(expected[s].Length == actual.Length,
                $"{what} has {actual.Length} outputs: {expected[s].Length} expected");
            for (int i = 0; i < actual.Length; i++)
                Assert.True(Math.Abs(expected[s][i] - actual[i]) <= tolerance || expected[s][i].Equals(actual[i]),
                    $"{what} differs: element {i} is {actual[i]}, {expected[s][i]} expected, tolerance {tolerance}");
        }
    }

    private static System.Collections.Immutable.ImmutableArray<string> Vectors(Network network,
        RandomOnnxGraph.Graph graph, TempFolder folder)
    {
        int[] starts = [.. network.Inputs.Select((_, i) => network.Inputs.Take(i).Sum(p => p.Shape.Size))];
        return [.. network.Inputs.Select((input, i) =>
        {
            float[] values = [.. graph.Samples.SelectMany(s => s.AsSpan(starts[i], input.Shape.Size).ToArray())
                .Select(v => (float)v)];
            string shape = string.Join(", ", (int[])[graph.Samples.Length, .. input.PortShape]);
            return folder.Write($"x{i}.npy", Npy.Floats($"({shape},)", values));
        })];
    }

    private static double[] Outputs(Network network, double[] sample)
    {
        ReferenceSimulator simulator = new(network);
        simulator.Run(sample);
        return [.. network.Outputs.SelectMany(o => simulator[o.Value].ToArray())];
    }

    // The largest error of any output of any sample; NaN where the model is refused.
    private static double Firmware(ModelOptions options, int bits, RandomOnnxGraph.Graph graph, double[][] expected,
        out string text)
    {
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? model = ModelCompiler.Compile(
            options with { Defaults = LayerSettings.Unset with { Precision = new PrecisionSpec.Auto(bits) } },
            diagnostics);
        text = diagnostics.Items.FirstOrDefault(d => d.Descriptor.Severity == Severity.Error)?.Text ?? "";
        Assert.False(diagnostics.Items.Any(d => d.Descriptor == Descriptors.InternalError), text);
        if (model is null)
            return double.NaN;
        ManagedSimulator simulator = new(model.Model.Network);
        double error = 0;
        for (int s = 0; s < graph.Samples.Length; s++)
        {
            simulator.Run(graph.Samples[s]);
            int at = 0;
            foreach (NetworkOutput o in model.Model.Network.Outputs)
            {
                foreach (long mantissa in simulator[o.Value])
                {
                    double e = expected[s][at++];
                    error = Math.Max(error, double.IsFinite(e) ? Math.Abs((mantissa * o.Value.Type.Ulp) - e) : 0);
                }
            }
        }
        return error;
    }

    private static void Count(Dictionary<string, int> counts, string text) =>
        counts[text] = counts.GetValueOrDefault(text) + 1;
}
