using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Transforms;

/// <summary>
/// Thresholds and bounds decide on typed values as they do on real ones, wherever they lie between the type's values.
/// </summary>
public sealed class RectifierTypingTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(0.7)]
    [InlineData(-0.7)]
    [InlineData(0.75)]
    [InlineData(-100)]
    [InlineData(100)]
    [InlineData(1e30)]
    [InlineData(-1e30)]
    public void Every_input_passes_a_threshold_as_its_real_value_does(double threshold) => ForEveryInput(
        new ModelBuilder().Input("x", 1).Node("ThresholdedRelu", ["x"], "y", ("alpha", threshold)).Output("y"),
            x => x > (float)threshold ? x : 0);

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(-100, 0.5)]
    [InlineData(0.25, 100)]
    [InlineData(-1e30, 1e30)]
    [InlineData(7.75, -8)]
    [InlineData(0.5, -100)]
    public void Every_input_is_held_within_bounds(double lower, double upper) => ForEveryInput(
        new ModelBuilder().Input("x", 1).Weights("l", [], lower).Weights("u", [], upper)
            .Node("Clip", ["x", "l", "u"], "y").Output("y"),
        x => Math.Min(Math.Max(x, lower), upper));

    private static void ForEveryInput(ModelBuilder model, Func<double, double> definition)
    {
        using TempFolder folder = new();
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder) with
        {
            Layers = [new Configuration.LayerOverride("x",
                Configuration.LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(7,4)") })],
        });
        Graph.Network network = compiled.Model.Network;
        ManagedSimulator simulator = new(network);
        Graph.Value output = network.Outputs[0].Value;
        for (long mantissa = -64; mantissa < 64; mantissa++)
        {
            simulator.RunRaw([mantissa]);
            Assert.Equal(definition(mantissa / 8.0), simulator[output][0] * output.Type.Ulp);
        }
    }
}
