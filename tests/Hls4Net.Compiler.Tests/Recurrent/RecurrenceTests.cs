using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Rtl;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Recurrent;

/// <summary>Regions with carried values as hardware: one cell for all steps, or one for each.</summary>
public sealed class RecurrenceTests(ITestOutputHelper output)
{
    private const int Vectors = 5;

    [SkippableTheory]
    [InlineData(IOType.IoParallel, false)]
    [InlineData(IOType.IoParallel, true)]
    [InlineData(IOType.IoStream, false)]
    public void Verilog_of_random_layers_is_the_simulators(IOType ioType, bool unrolls)
    {
        VerilogTools.Require("iverilog");
        List<(RandomRecurrent Layer, CompiledModel Model, RtlDesign Design)> made = [];
        foreach (int seed in Soak.Seeds(40, 400))
        {
            RandomRecurrent layer = new(seed);
            if (Compiled(layer, ioType, unrolls ? 1 : null, $"recurrent{seed}") is not CompiledModel model)
                continue;
            made.Add((layer, model,
                RtlNetworks.Build(model, new Target(Family.UltraScalePlus, seed % 2 == 0 ? 5 : 2))));
        }
        Cosimulation cosimulation = new([.. made.Select(m => m.Design)]);
        foreach ((RandomRecurrent layer, CompiledModel model, _) in made)
            cosimulation.Add([.. Enumerable.Range(0, Vectors).Select(_ => Mantissas(layer, model))]);
        using TempFolder folder = new();
        CosimulationResult[] results = cosimulation.Run(VerilogSimulator.Icarus, folder.Path);
        output.WriteLine($"{results.Length} layers; latencies {string.Join(", ", results.Select(r => r.Latency))}; "
            + $"intervals {string.Join(", ", results.Select(r => r.Interval))}");
        Assert.All(results.Zip(made), r => Assert.True(r.First.Mismatches == 0,
            $"{r.Second.Layer}: {r.First.FirstMismatch}"));
        Assert.All(results, r => Assert.Equal(Vectors, r.Samples));
        if (ioType == IOType.IoParallel)
            Assert.Equal(unrolls, results.All(r => r.Interval == 1));
    }

    [SkippableFact]
    public void Firmware_of_unrolled_layers_is_the_simulators()
    {
        List<Expectation> expected = [];
        foreach (int seed in Soak.Seeds(12, 100))
        {
            RandomRecurrent layer = new(seed);
            if (Compiled(layer, IOType.IoParallel, 1, $"recurrent{seed}") is CompiledModel model)
                expected.Add(Expectation.Of(model, Enumerable.Range(0, Vectors).Select(_ => Mantissas(layer, model))));
        }
        FirmwareBatch.Execute(expected, "-O0");
    }

    [Fact]
    public void States_have_one_type_for_all_steps()
    {
        int seen = 0;
        foreach (int seed in Soak.Seeds(40, 400))
        {
            if (Compiled(new RandomRecurrent(seed), IOType.IoParallel, null, "model") is not CompiledModel model)
                continue;
            foreach (Layer layer in model.Model.Layers)
            {
                if (layer.Operation is not Recurrence recurrence)
                    continue;
                seen++;
                Assert.Equal(recurrence.Steps, layer.ReuseFactor);
                for (int k = 0; k < recurrence.States; k++)
                {
                    Value before = recurrence.Cell.Inputs[k], behind = recurrence.Cell.Outputs[k].Value;
                    Assert.Equal(before.Type, behind.Type);
                    Assert.All(behind.Typing!.Range, r => Assert.True(before.Typing!.Hull.Contains(r)));
                }
            }
        }
        Assert.True(seen > 0);
    }

    [Fact]
    public void A_cell_is_there_once_or_for_each_step()
    {
        RandomRecurrent layer = Enumerable.Range(0, 100).Select(seed => new RandomRecurrent(seed))
            .First(l => l.Steps == 4 && Compiled(l, IOType.IoParallel, null, "model") is not null);
        using TempFolder folder = new();
        Assert.Contains(ModelHarness.CompileFailing(Options(layer, folder, IOType.IoParallel, 3, "model")),
            d => d.Descriptor == Descriptors.InvalidReuseFactor);
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(Strategy.Latency, null, false)]
    [InlineData(Strategy.Resource, null, true)]
    [InlineData(Strategy.DistributedArithmetic, null, true)]
    [InlineData(null, "ufixed(6,0)", true)]
    public void Settings_without_effect_or_too_small_are_said(Strategy? strategy, string? result, bool warns)
    {
        using TempFolder folder = new();
        ModelOptions options = Small(folder, LayerSettings.Unset with
        {
            Strategy = strategy,
            ResultPrecision = result is null ? null : ModelHarness.Precision(result),
        });
        DiagnosticBag diagnostics = new(options.Source);
        Assert.NotNull(ModelCompiler.Compile(options, diagnostics));
        Assert.Equal(warns, diagnostics.Items.Any(d => d.Text.Contains("layer gru:", StringComparison.Ordinal)
            && d.Descriptor == (result is null ? Descriptors.RecurrenceHasNoStrategy : Descriptors.PossibleOverflow)));
    }

    // A pattern cannot name what is within a step.
    [Fact]
    public void What_is_wrong_within_a_step_is_told_of_the_layer()
    {
        using TempFolder folder = new();
        ModelOptions options = Small(folder, LayerSettings.Unset with
        {
            AccumPrecision = ModelHarness.Precision("fixed(4,2)"),
        });
        DiagnosticBag diagnostics = new(options.Source);
        Assert.NotNull(ModelCompiler.Compile(options, diagnostics));
        Diagnostic[] overflows = [.. diagnostics.Items.Where(d => d.Descriptor == Descriptors.PossibleOverflow)];
        Assert.NotEmpty(overflows);
        Assert.All(overflows, d => Assert.StartsWith("layer gru: the accumulator of its step's gru_", d.Text,
            StringComparison.Ordinal));
        Assert.Contains(ModelHarness.CompileFailing(Small(folder, LayerSettings.Unset with
        {
            WeightPrecision = ModelHarness.Precision("fixed(64,32)"),
            ResultPrecision = ModelHarness.Precision("fixed(64,32)"),
        })), d => d.Text.StartsWith("layer gru, in a step of it: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(IOType.IoParallel, WeightStorage.Bram)]
    [InlineData(IOType.IoStream, WeightStorage.External)]
    public void A_cells_weights_cannot_be_in_a_memory(IOType ioType, WeightStorage storage)
    {
        using TempFolder folder = new();
        LayerSettings asked = LayerSettings.Unset with { WeightStorage = storage };
        foreach (ModelOptions options in new[] { Small(folder, asked),
            Small(folder, LayerSettings.Unset) with { Defaults = asked } })
            Assert.Contains(ModelHarness.CompileFailing(options with { IOType = ioType }),
                d => d.Descriptor == Descriptors.WeightsNotInMemory);
    }

    [Fact]
    public void An_open_number_of_steps_says_how_it_is_given()
    {
        using TempFolder folder = new();
        ModelOptions options = Small(folder, LayerSettings.Unset, "T");
        foreach (int[] shape in new int[][] { [], [3, 2] })
        {
            Diagnostic error = Assert.Single(ModelHarness.CompileFailing(shape.Length == 0 ? options
                : options with { InputShapes = options.InputShapes.Add("", [.. shape]) }));
            Assert.Equal(Descriptors.DynamicShape, error.Descriptor);
            Assert.Contains("all 3 dimensions", error.Text, StringComparison.Ordinal);
        }
        ModelHarness.Compile(options with { InputShapes = options.InputShapes.Add("", [3, 1, 2]) });
    }

    [Fact]
    public void Dumps_have_the_cell_below_the_region()
    {
        using TempFolder folder = new();
        string text = "";
        Assert.NotNull(ModelCompiler.Compile(Small(folder, LayerSettings.Unset) with
        {
            DumpAfter = [ModelOptions.AllPasses],
        }, new DiagnosticBag("net"), file => text = file.Text));
        string[] lines = text.Split('\n');
        int region = Array.FindIndex(lines, l => l.StartsWith("gru = Recurrence(Steps 3", StringComparison.Ordinal));
        Assert.True(region >= 0, text);
        Assert.StartsWith("    input state0", lines[region + 1], StringComparison.Ordinal);
        Assert.StartsWith("    input x", lines[region + 2], StringComparison.Ordinal);
        Assert.Contains(lines[region..], l => l.StartsWith("    output state0 = ", StringComparison.Ordinal));
    }

    // Three steps, steps first.
    private static ModelOptions Small(TempFolder folder, LayerSettings settings, string? open = null)
    {
        ModelBuilder model = new ModelBuilder().Input("x", open is null ? 3 : open, 1, 2)
            .Weights("w", [1, 6, 2], [.. Enumerable.Range(-6, 12).Select(i => i / 8.0)])
            .Weights("r", [1, 6, 2], [.. Enumerable.Range(-5, 12).Select(i => i / 16.0)])
            .Node("GRU", ["x", "w", "r"], "y", ("hidden_size", 2)).Output("y");
        model.Last.Name = "gru";
        return model.Save(folder) with { Layers = [new LayerOverride("gru", settings)] };
    }

    private static long[] Mantissas(RandomRecurrent layer, CompiledModel model)
    {
        Value input = model.Model.Network.Inputs[0];
        return [.. layer.Sample().Select((x, i) => input.Typing!.Convert(x, i, out bool _))];
    }

    // Null for a layer that has no cell for several steps.
    private static CompiledModel? Compiled(RandomRecurrent layer, IOType ioType, int? reuseFactor, string name)
    {
        using TempFolder folder = new();
        CompiledModel folded = ModelHarness.Compile(Options(layer, folder, ioType, null, name));
        return folded.Model.Layers.All(l => l.Operation is not Recurrence) ? null
            : reuseFactor is null ? folded
            : ModelHarness.Compile(Options(layer, folder, ioType, reuseFactor, name));
    }

    private static ModelOptions Options(RandomRecurrent layer, TempFolder folder, IOType ioType, int? reuseFactor,
        string name)
    {
        ModelOptions options = layer.Model().Save(folder, name);
        return options with
        {
            IOType = ioType,
            InputShapes = options.InputShapes.Add("", [.. layer.InputShape]),
            Defaults = LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Auto(10) },
            Layers =
            [
                new LayerOverride("x", LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(6,2)") }),
                .. reuseFactor is null ? Array.Empty<LayerOverride>()
                    : [new LayerOverride("Recurrence", LayerSettings.Unset with { ReuseFactor = reuseFactor })],
            ],
        };
    }
}
