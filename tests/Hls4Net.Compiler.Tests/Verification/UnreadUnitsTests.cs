using Hls4Net.Diagnostics;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Verification;

namespace Hls4Net.Tests.Verification;

/// <summary>
/// Units that nothing reads lose their weights; their layer's error is that of the units that are left.
/// </summary>
public sealed class UnreadUnitsTests
{
    [Fact]
    public void A_layers_error_is_that_of_the_units_that_are_read()
    {
        using TempFolder folder = new();
        // Nothing reads the second unit, whose values are the largest.
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2)
            .Weights("w1", [2, 3], 0.3, 90, -0.7, 0.6, -70, 0.2).Weights("w2", [3, 1], 0.5, 0, -0.4)
            .Node("MatMul", ["x", "w1"], "a").Node("Relu", ["a"], "r").Node("MatMul", ["r", "w2"], "y").Output("y");
        float[] values = [.. Enumerable.Range(0, 64).Select(i => MathF.Sin(i))];
        CompiledModel compiled = ModelHarness.Compile(
            model.Save(folder) with { TestInputs = [folder.Write("x.npy", Data.Npy.Floats("(32, 2)", values))] });
        DiagnosticBag diagnostics = new("model.onnx");
        VerificationResult result = compiled.Verify(null, diagnostics).Result;
        Assert.False(diagnostics.HasErrors, string.Join('\n', diagnostics.Items));
        (string Name, LayerResult Values)[] layers =
            [.. compiled.Model.Layers.Select((l, i) => (l.Name, result.Layers[i]))];
        Assert.All(layers, l => Assert.True(l.Values is { MaxAbsError: < 0.02, Snr: > 40 },
            $"{l.Name}: {l.Values.MaxAbsError}, {l.Values.Snr} dB"));
    }
}
