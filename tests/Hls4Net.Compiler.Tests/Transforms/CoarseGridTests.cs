using Hls4Net.Configuration;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Transforms;

/// <summary>
/// Values whose unit in the last place is beyond where their reader is flat: of each sign one value at least is left.
/// </summary>
public sealed class CoarseGridTests
{
    [Theory]
    [InlineData("Sigmoid", 1e5, "auto(8)")]
    [InlineData("Sigmoid", 1e6, "auto(16)")]
    [InlineData("Sigmoid", 1e12, "auto(16)")]
    [InlineData("Sigmoid", 1e12, "auto")]
    [InlineData("Sigmoid", 1e19, "auto")]
    [InlineData("Tanh", 1e3, "auto(8)")]
    [InlineData("Tanh", 1e7, "auto(16)")]
    [InlineData("Tanh", 1e12, "auto")]
    [InlineData("Softsign", 1e12, "auto(16)")]
    [InlineData("Erf", 1e12, "auto")]
    public void Signs_of_logits_are_kept(string function, double scale, string precision)
    {
        using TempFolder folder = new();
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, 4).Output("y")
            .Weights("w", [4, 3], 1, -1, 0, 1, 1, 1, 0, -1, 1, -1, 1, -1)
            .Node("MatMul", ["x", "w"], "h").Node(function, ["h"], "y");
        // No sum is near zero, where a coarse input decides nothing.
        Assert.InRange(Error(onnx, folder, scale, LayerSettings.Unset with
        {
            Precision = ModelHarness.Precision(precision),
        }), 0, 0.02);
    }

    [Theory]
    [InlineData("fixed(24,40)")]
    [InlineData("fixed(32,36)")]
    [InlineData("ufixed(24,40)")]
    [InlineData("fixed(21,60)")]
    public void Signs_of_a_pinned_input_are_kept(string precision)
    {
        using TempFolder folder = new();
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, 4).Output("y").Node("Tanh", ["x"], "y");
        ModelOptions options = Options(onnx, folder, 1e9) with
        {
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision(precision) })],
        };
        CompiledModel model = ModelHarness.Compile(options);
        Hls4Net.Simulation.ManagedSimulator simulator = new(model.Model.Network);
        double ulp = model.Model.Network.Inputs[0].Type.Ulp;
        double[] sample = [ulp, 0, model.Model.Network.Inputs[0].Type.Signed ? -ulp : 0, 3 * ulp];
        simulator.Run(sample);
        Graph.Value y = model.Model.Network.Outputs[0].Value;
        Assert.All(sample.Zip(simulator[y].ToArray()),
            s => Assert.Equal(Math.Tanh(s.First), s.Second * y.Type.Ulp, 3));
    }

    private static double Error(ModelBuilder onnx, TempFolder folder, double scale, LayerSettings settings) =>
        ModelHarness.Compile(Options(onnx, folder, scale) with { Defaults = settings })
            .Verify(null, new("model.onnx")).Result.MaxAbsError;

    private static ModelOptions Options(ModelBuilder onnx, TempFolder folder, double scale)
    {
        float[] vectors = [.. Enumerable.Range(0, 80).Select(i => (float)((((i * 37 % 80) - 39.5) / 40) * scale))];
        return onnx.Save(folder) with { TestInputs = [folder.Write("x.npy", Npy.Floats("(20, 4)", vectors))] };
    }
}
