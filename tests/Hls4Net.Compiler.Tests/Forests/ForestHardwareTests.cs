using System.Diagnostics;
using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Onnx.Proto;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Programs.Mapping;
using Hls4Net.Programs.Pipelining;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Rtl;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Forests;

/// <summary>What Yosys makes of forests, and in how many cycles of 200 MHz they answer.</summary>
public sealed class ForestHardwareTests(ITestOutputHelper output)
{
    private const double ClockPeriodNs = 5;

    // The features of the trigger's tracks on a grid of their own each, or by their rank among the thresholds.
    [SkippableTheory]
    [InlineData(16, "fixed(11,1,RND,SAT)", 2900)]
    [InlineData(7, "fixed(7,1,RND,SAT)", 1700)]
    public void Track_quality_is_small_and_answers_in_three_cycles(int bits, string votes, int mostLut)
    {
        VerilogTools.Require("yosys");
        ModelProto model = ModelProto.Parser.ParseFrom(
            File.ReadAllBytes(SharedData.Require("models", "a24_bdt_l1_track_quality", "model.onnx")));
        GriddedForest.Regrid(model, bits);
        (SynthesisFigures figures, int cycles) = Synthesized(model.ToByteArray(), model.Graph.Input[0].Name, bits,
            votes);
        Assert.InRange(figures.Lut, 1, mostLut);
        // The registers behind the last logic are a cycle too.
        Assert.InRange(cycles + 1, 1, 3);
    }

    // Three classes of 100 trees of depth 4, and 20 trees of depth 10, on random thresholds of 16 bits.
    [Theory]
    [InlineData(300, 3, 4, 8, 5, 4)]
    [InlineData(20, 1, 10, 8, 4.5, 2)]
    [InlineData(20, 1, 10, 8, 3.3, 3)]
    public void Larger_forests_answer_in_a_few_cycles(int trees, int classes, int depth, int features, double clock,
        int most)
    {
        using TempFolder folder = new();
        CompiledModel compiled = ModelHarness.Compile(LargeForest.Of(trees, classes, depth, features).Save(folder) with
        {
            Defaults = LayerSettings.Unset with { WeightPrecision = ModelHarness.Precision("fixed(11,1,RND,SAT)") },
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(16,16)") })],
        });
        Layer layer = compiled.Model.Layers.Single(l => l.Operation is Forest);
        Stopwatch watch = Stopwatch.StartNew();
        IntegerProgram program = LayerLowering.Lower(layer, Fabric.Of(Family.UltraScalePlus));
        TimeSpan lowered = watch.Elapsed;
        Schedule schedule = new(program, new DelayModel(Family.UltraScalePlus), clock, phase: 0);
        ModuleCost cost = ProgramLogic.CostOf(program, schedule, Family.UltraScalePlus);
        output.WriteLine($"{schedule.Cycles:F2} cycles of {clock} ns, {cost} (estimated), {program.Values.Length} "
            + $"operations, lowered in {lowered.TotalSeconds:F1} s, costed after {watch.Elapsed.TotalSeconds:F1} s");
        // The registers behind the last logic are a cycle too.
        Assert.InRange(schedule.Latency + 1, 1, most);
    }

    private (SynthesisFigures Figures, int Cycles) Synthesized(byte[] model, string input, int bits, string votes)
    {
        using TempFolder folder = new();
        ModelOptions options = ModelHarness.Options(folder.Write("model.onnx", model)) with
        {
            Defaults = LayerSettings.Unset with { WeightPrecision = ModelHarness.Precision(votes) },
            Layers = [new LayerOverride(input,
                LayerSettings.Unset with { Precision = ModelHarness.Precision($"ufixed({bits},{bits})") })],
        };
        CompiledModel compiled = ModelHarness.Compile(options);
        RtlDesign design = RtlNetworks.Build(compiled, new Target(Family.UltraScalePlus, ClockPeriodNs));
        RtlLayer forest = design.Layers.First(l => l.Layer.Operation is Forest { IsLookup: false });
        SynthesisFigures figures = new LayerSynthesis(folder.Path).Run(design with { Layers = [forest], Links = [] })[0]
            .Figures;
        output.WriteLine($"{figures.Lut} LUT, {figures.Ff} FF; {forest.Latency} cycles, "
            + $"{((Forest)forest.Layer.Operation).Trees.Sum(t => t.Branches.Length)} branches");
        return (figures, forest.Latency);
    }
}
