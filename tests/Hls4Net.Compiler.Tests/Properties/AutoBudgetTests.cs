using Hls4Net.Diagnostics;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Onnx;
using Hls4Net.Verification;
using Xunit.Abstractions;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Precision=auto on random networks as triggers have them, features, weights and biases of many scales: the outputs
/// keep their budget of noise, or the build says which layer lost most.
/// </summary>
public sealed class AutoBudgetTests(ITestOutputHelper output)
{
    private const int Samples = 96;

    // Networks in one run, and in a long one.
    private const int Usual = 60, Many = 1000;

    private static int Count => Soak.Count(Usual, Many);

    [Fact]
    public void Outputs_keep_their_budget_or_the_build_warns()
    {
        using TempFolder folder = new();
        List<string> missed = [];
        int silent = 0;
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            (OutputResult? worst, DiagnosticBag diagnostics) = Verified(folder, seed);
            if (worst is { Holds: true })
                continue;
            missed.Add(
                $"seed {seed}: {worst?.Snr:F1} dB of {worst?.Budget:F1}; {string.Join("; ", diagnostics.Items)}");
            silent += diagnostics.Items.Count == 0 ? 1 : 0;
        }
        output.WriteLine($"{Count - missed.Count} of {Count} keep their budget, seeds from {Soak.FirstSeed}");
        output.WriteLine(string.Join('\n', missed));
        Assert.Equal(0, silent);
        // What a type cannot give is warned of, and seldom: a probability that varies by less than a softmax's last
        // bit.
        Assert.InRange(missed.Count, 0, Math.Max(1, Count / 50));
    }

    [Theory]
    // Sigmoids that are 0 or 1 on nearly all vectors: their rounding at 16 bits says nothing of that at 4.
    [InlineData(263)]
    [InlineData(316)]
    [InlineData(963)]
    // Few vectors cause most of the noise.
    [InlineData(211)]
    [InlineData(300)]
    [InlineData(365)]
    // A step between two tries of which one keeps the budget amply and the other does not.
    [InlineData(678)]
    [InlineData(764)]
    // A table's last unit at an end of the range is more than the rounding there.
    [InlineData(139)]
    [InlineData(954)]
    // A sigmoid near 1 that varies little.
    [InlineData(349)]
    public void Networks_whose_noise_does_not_follow_the_law_keep_their_budget(int seed)
    {
        using TempFolder folder = new();
        (OutputResult? worst, DiagnosticBag diagnostics) = Verified(folder, seed);
        Assert.True(worst is { Holds: true },
            $"{worst?.Snr:F1} dB of {worst?.Budget:F1}; {string.Join("; ", diagnostics.Items)}");
    }

    private static (OutputResult? Worst, DiagnosticBag Diagnostics) Verified(TempFolder folder, int seed)
    {
        (ModelBuilder model, float[] vectors, int inputs) = Random(seed);
        string x = folder.Write("x.npy", Npy.Floats($"({Samples}, {inputs})", vectors));
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? compiled = ModelCompiler.Compile(model.Save(folder) with { TestInputs = [x] }, diagnostics);
        return (compiled?.Verify(null, diagnostics).Result.Worst, diagnostics);
    }

    // Gemm, activation, Gemm, and what follows: nothing, a sigmoid, a softmax, one of them with a mask.
    private static (ModelBuilder Model, float[] Vectors, int Inputs) Random(int seed)
    {
        Random random = new(seed);
        int inputs = random.Next(2, 10), hidden = random.Next(3, 9), classes = random.Next(1, 5);
        bool codes = random.Next(4) == 0;
        double Unit() => (random.NextDouble() * 2) - 1;
        double Scale(double decades) => Math.Pow(10, decades * Unit());
        double[] scales = [.. Enumerable.Range(0, inputs).Select(_ => codes ? 255 : Scale(4))];
        double undone = random.NextDouble() < 0.8 ? 1 : 0.3;
        double[] Weights(int rows, Func<int, double> scale) =>
            [.. Enumerable.Range(0, rows).SelectMany(i => Enumerable.Range(0, hidden).Select(_ => Unit() * scale(i)))];
        ModelBuilder model = new ModelBuilder().Output("y");
        _ = codes ? model.Input("x", DataType.Uint8, [1, inputs])
            .Node("Cast", ["x"], "features", ("to", (long)DataType.Float)) : model.Input("x", 1, inputs);
        model.Weights("w1", [inputs, hidden], Weights(inputs, i => Scale(1) / Math.Pow(scales[i], undone)))
            .Weights("b1", [hidden], [.. Enumerable.Range(0, hidden).Select(_ => Unit() * Scale(1))])
            .Weights("w2", [hidden, classes], [.. Enumerable.Range(0, hidden * classes).Select(_ => Unit() * Scale(1))])
            .Weights("mask", [1, classes], [.. Enumerable.Range(0, classes).Select(c => c == 1 ? -1e9 : 0)]);
        model.Node("Gemm", [codes ? "features" : "x", "w1", "b1"], "h")
            .Node(random.Next(3) switch { 0 => "Tanh", _ => "Relu" }, ["h"], "r");
        switch (random.Next(4))
        {
            case 0:
                model.Node("MatMul", ["r", "w2"], "logits").Node("Sigmoid", ["logits"], "y");
                break;
            case 1 when classes > 1:
                model.Node("MatMul", ["r", "w2"], "logits").Node("Softmax", ["logits"], "y");
                break;
            case 2 when classes > 2:
                model.Node("MatMul", ["r", "w2"], "logits").Node("Add", ["logits", "mask"], "masked")
                    .Node("Softmax", ["masked"], "y");
                break;
            default:
                model.Node("MatMul", ["r", "w2"], "y");
                break;
        }
        float[] vectors = [.. Enumerable.Range(0, Samples * inputs)
            .Select(i => codes ? random.Next(256) : (float)(Unit() * scales[i % inputs]))];
        return (model, vectors, inputs);
    }
}
