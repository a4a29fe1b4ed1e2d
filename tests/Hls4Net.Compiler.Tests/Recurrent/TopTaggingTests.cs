using System.Diagnostics;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Estimation;
using Hls4Net.Graph.Operations;
using Hls4Net.Rtl;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Rtl;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Recurrent;

/// <summary>
/// Networks of the size of the top tagger of arXiv:2207.00559, 20 steps of 6 numbers, 20 units, 64 behind them and one
/// output, in fixed(16,6) at 200 MHz on UltraScale: cycles and what they are expected to take.
/// </summary>
public sealed class TopTaggingTests(ITestOutputHelper output)
{
    private const int Steps = 20, Inputs = 6, Units = 20, Behind = 64;

    // The paper's static form answers in 2 µs and more: 400 cycles. A cell for each step takes minutes to estimate.
    [SkippableTheory]
    [InlineData("LSTM", 4, null, 400)]
    [InlineData("GRU", 3, null, 400)]
    [InlineData("LSTM", 4, 1, 400)]
    [InlineData("GRU", 3, 1, 400)]
    public void Networks_answer_within_the_papers_time(string op, int gates, int? reuseFactor, int mostCycles)
    {
        Skip.If(reuseFactor is not null && !Soak.IsLong, "a cell for each step, in the long form only");
        Stopwatch watch = Stopwatch.StartNew();
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(Network(op, gates).Save(folder) with
        {
            Part = "xcku115-flva1517-2-e",
            ClockPeriod = 5,
            Defaults = LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(16,6)") },
            Layers = reuseFactor is null ? []
                : [new LayerOverride("rnn", LayerSettings.Unset with { ReuseFactor = reuseFactor })],
        });
        RtlDesign design = RtlNetworks.Build(model, new Target(Family.UltraScale, 5));
        DesignCost cost = RtlCost.Of(design);
        RtlLayer layer = design.Layers.Single(l => l.Layer.Operation is Recurrence);
        Cost own = RtlCost.Of(layer, Family.UltraScale);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{op}, {layer.Layer.ReuseFactor} uses of a cell: {(layer.Latency - 1.0) / Steps} cycles a step; the layer "
            + $"{own}; the design {cost.Total}; made in {watch.Elapsed.TotalSeconds:F0} s"));
        Assert.InRange(design.Latency, Steps, mostCycles);
        Assert.Equal(layer.Datapath.Interval, design.Interval);
    }

    private static ModelBuilder Network(string op, int gates)
    {
        Random random = new(1);
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, Steps, Inputs)
            .Weights("w", [1, gates * Units, Inputs], Weights(gates * Units * Inputs, Inputs))
            .Weights("r", [1, gates * Units, Units], Weights(gates * Units * Units, Units))
            .Weights("b", [1, 2 * gates * Units], Weights(2 * gates * Units, Units))
            .Node(op, ["x", "w", "r", "b"], "s", ("hidden_size", Units), ("layout", 1), ("linear_before_reset", 1));
        if (op != "GRU")
            model.Last.Attribute.RemoveAt(2);
        model.Last.Name = "rnn";
        model.Last.Output.Clear();
        model.Last.Output.AddRange(["", "s"]);
        return model.Integers("shape", 1, Units).Node("Reshape", ["s", "shape"], "h")
            .Weights("w1", [Units, Behind], Weights(Units * Behind, Units))
            .Weights("b1", [Behind], Weights(Behind, Units))
            .Node("Gemm", ["h", "w1", "b1"], "d1").Node("Relu", ["d1"], "r1")
            .Weights("w2", [Behind, 1], Weights(Behind, Behind)).Node("MatMul", ["r1", "w2"], "d2")
            .Node("Sigmoid", ["d2"], "y").Output("y");

        double[] Weights(int count, int fan) =>
            [.. Enumerable.Range(0, count).Select(_ => ((2 * random.NextDouble()) - 1) / Math.Sqrt(fan))];
    }
}
