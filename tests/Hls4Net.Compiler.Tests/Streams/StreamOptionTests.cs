using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Streams;

/// <summary>TransposeInputs and TargetInterval.</summary>
public sealed class StreamOptionTests
{
    [SkippableTheory]
    [InlineData(IOType.IoParallel)]
    [InlineData(IOType.IoStream)]
    public void Transposed_inputs_are_fed_channels_last(IOType ioType)
    {
        using TempFolder folder = new();
        Random random = new(1);
        double[] samples = [.. Enumerable.Range(0, 3 * 3 * 5 * 4).Select(_ => random.NextDouble())];
        ModelOptions options = Network(random)
            .Save(folder) with
        {
            IOType = ioType,
            TestInputs = [folder.Write("x.npy", Npy.Floats("(3, 3, 5, 4)", [.. samples.Select(v => (float)v)]))]
        };
        CompiledModel planes = ModelHarness.Compile(options),
            pixels = ModelHarness.Compile(options with { TransposeInputs = true });
        Assert.Equal<int>([1, 5, 4, 3], pixels.Model.Network.Inputs[0].Shape.Dimensions);
        Assert.DoesNotContain(pixels.Model.Layers, l => l.Operation is Transpose
            && l.Input == pixels.Model.Network.Inputs[0]);
        // The vectors are the model's, whatever the port's order.
        VerificationOutcome outcome = ModelHarness.Verify(pixels);
        Assert.Equal(ModelHarness.Verify(planes).Result.MaxAbsError, outcome.Result.MaxAbsError);

        ManagedSimulator first = new(planes.Model.Network), second = new(pixels.Model.Network);
        first.Run(samples.AsSpan(0, 60));
        second.Run([.. Enumerable.Range(0, 60).Select(i => samples[(i % 3 * 20) + (i / 3)])]);
        Assert.Equal(first[planes.Model.Network.Outputs[0].Value].ToArray(),
            second[pixels.Model.Network.Outputs[0].Value].ToArray());
    }

    [Fact]
    public void Inputs_without_channels_cannot_be_transposed()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 4).Node("Relu", ["x"], "y").Output("y")
            .Save(folder) with
        { TransposeInputs = true };
        Diagnostic error = Assert.Single(ModelHarness.CompileFailing(options));
        Assert.Equal("HLS2003", error.Descriptor.Code);
        Assert.Contains("leave the option out", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(IOType.IoParallel, 1)]
    [InlineData(IOType.IoParallel, 7)]
    [InlineData(IOType.IoStream, 60)]
    [InlineData(IOType.IoStream, 200)]
    [InlineData(IOType.IoStream, 1000)]
    public void A_target_interval_is_met_and_no_layer_is_faster_than_needed(IOType ioType, int target)
    {
        using TempFolder folder = new();
        ModelOptions options = Network(new Random(2)).Save(folder) with { IOType = ioType, TargetInterval = target };
        CompiledModel model = ModelHarness.Compile(options);
        Assert.InRange(Interval(model), 1, target);
        foreach (Layer layer in model.Model.Layers.Where(l => l.Operation.Matrix is not null))
        {
            Dense matrix = layer.Operation.Matrix!;
            int work = matrix.Columns * matrix.Units;
            if (Enumerable.Range(layer.ReuseFactor + 1, work)
                .FirstOrDefault(f => work % f == 0 && f <= work) is not (> 0 and int next))
                continue;
            // The next factor that divides the work is too large.
            CompiledModel slower = ModelHarness.Compile(
                options with
                {
                    Layers = [new LayerOverride(layer.Name,
                    LayerSettings.Unset with { ReuseFactor = next })]
                });
            // Or it is made up for with several pixels at a time, which is more hardware.
            Assert.True(
                Interval(slower) > target
                    || slower.Model.Layers.Single(l => l.Name == layer.Name).Parallelism > layer.Parallelism,
                    $"{layer.Name}: {next} would do as well as {layer.ReuseFactor}");
        }
    }

    [Fact]
    public void A_reuse_factor_that_is_set_is_kept()
    {
        using TempFolder folder = new();
        ModelOptions options = Network(new Random(2)).Save(folder) with
        {
            TargetInterval = 1000,
            IOType = IOType.IoStream,
            Layers = [new LayerOverride("Conv", LayerSettings.Unset with { ReuseFactor = 2 })],
        };
        Assert.Equal(2, ModelHarness.Compile(options).Model.Layers.Single(l => l.Operation is Convolution).ReuseFactor);
    }

    private static int Interval(CompiledModel model) =>
        Scheduling.DesignCost.Of(model.Options, model.Model, model.Streams).Total.Interval;

    // 3 x 5 x 4, a convolution, a pooling, a matrix.
    private static ModelBuilder Network(Random random)
    {
        double[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        return new ModelBuilder()
            .Input("x", 1, 3, 5, 4)
            .Weights("k", [4, 3, 3, 3], Weights(108)).Weights("m", [16, 6], Weights(96))
            .Node("Conv", ["x", "k"], "c", ("pads", new long[] { 1, 1, 1, 1 }))
            .Node("Relu", ["c"], "r")
            .Node("MaxPool", ["r"], "p", ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }))
            .Node("Flatten", ["p"], "f")
            .Node("MatMul", ["f", "m"], "y")
            .Output("y");
    }
}
