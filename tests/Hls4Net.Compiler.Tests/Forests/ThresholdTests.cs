using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Simulation;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Forests;

/// <summary>Cuts: one bit out, without the function before it.</summary>
public sealed class ThresholdTests
{
    [SkippableTheory]
    [InlineData(IOType.IoParallel)]
    [InlineData(IOType.IoStream)]
    public void The_samples_forest_cuts_where_XGBoost_does(IOType ioType)
    {
        string sample = Path.Combine(Pages.Root, "samples/TrackQuality");
        CompiledModel model = ModelHarness.Compile(
            ModelHarness.Options(Path.Combine(sample, "models/track_quality.json"), "track_cut") with
            {
                TestInputs = [Path.Combine(sample, "data/x.npy")],
                IOType = ioType,
                Threshold = 0.9,
            });
        Assert.DoesNotContain(model.Model.Network.Nodes, n => n.Operation is ElementwiseFunction);
        NetworkOutput output = Assert.Single(model.Model.Network.Outputs);
        Assert.Equal(1, output.Value.Type.Width);
        Tensor x = TensorFile.Read(Path.Combine(sample, "data/x.npy")).Tensor,
            truth = TensorFile.Read(Path.Combine(sample, "data/truth.npy")).Tensor;
        ManagedSimulator firmware = new(model.Model.Network);
        int columns = x.Shape[^1];
        for (int i = 0; i < x.Shape[0]; i++)
        {
            firmware.Run(x.Values.AsSpan(i * columns, columns));
            double quality = truth.Values[(i * 2) + 1];
            // Float32's own rounding beside the cut.
            if (Math.Abs(quality - 0.9) > 1e-5)
                Assert.Equal(quality > 0.9 ? 1 : 0, firmware[output.Value][0]);
        }
        Assert.Equal(0, ModelHarness.Verify(model).Result.MaxAbsError);
    }

    [Theory]
    [InlineData("Sigmoid", 0.7)]
    [InlineData("Sigmoid", 0)]
    [InlineData("Sigmoid", 1)]
    [InlineData("Tanh", -0.3)]
    [InlineData("Exp", 2.5)]
    [InlineData("Exp", -1)]
    [InlineData("Softsign", 0.25)]
    [InlineData("Identity", -1.5)]
    public void A_function_that_grows_is_compared_before_it(string function, double threshold)
    {
        using TempFolder folder = new();
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 2).Node(function, ["x"], "y").Output("y");
        CompiledModel model = ModelHarness.Compile(builder.Save(folder) with
        {
            Threshold = threshold,
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(10,4)") })],
        });
        bool isDropped = model.Network.Nodes.All(n => n.Operation is not ElementwiseFunction);
        Assert.Equal(function is "Identity" or "Tanh" || (function == "Sigmoid" && threshold is > 0 and < 1)
            || (function == "Exp" && threshold > 0), isDropped);
        ReferenceSimulator real = new(model.Imported), transformed = new(model.Network);
        ManagedSimulator typed = new(model.Model.Network);
        Value imported = model.Imported.Outputs[0].Value, output = model.Model.Network.Outputs[0].Value;
        for (int k = -512; k < 512; k++)
        {
            double[] x = [0, k / 64.0];
            real.Run(x);
            transformed.Run(x);
            typed.Run(x);
            Assert.Equal(real[imported][0], transformed[model.Network.Outputs[0].Value][0]);
            if (isDropped)
                Assert.Equal(real[imported][0], typed[output][0]);
        }
    }

    [Fact]
    public void What_has_no_one_number_is_refused()
    {
        using TempFolder folder = new();
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 3).Node("Sigmoid", ["x"], "y").Output("y");
        IReadOnlyList<Diagnostic> diagnostics =
            ModelHarness.CompileFailing(builder.Save(folder) with { Threshold = 0.5 });
        Assert.Contains(diagnostics, d => d.Descriptor == Descriptors.OptionNotAvailable);
    }
}
