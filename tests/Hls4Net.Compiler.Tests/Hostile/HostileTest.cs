using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Hostile;

/// <summary>
/// Compiles what a hostile or unlucky user may bring: diagnostics or a model, with little work, and never an exception.
/// </summary>
internal static class HostileTest
{
    // Memory allocated stands for work: unlike time it is the same on every machine. Constants that grow up to the
    // limit of sizes take 403 MB, nothing else more than 5.
    private const long MostBytes = 1L << 30;

    /// <summary>The errors; empty where the model builds. What builds must also be printed.</summary>
    public static IReadOnlyList<Diagnostic> Errors(ModelOptions options)
    {
        DiagnosticBag diagnostics = new(options.Source);
        long before = GC.GetAllocatedBytesForCurrentThread();
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(bytes < MostBytes, $"it took {bytes / 1e6:F0} MB");
        Assert.Equal(model is null, diagnostics.HasErrors);
        _ = model?.EmitFirmware();
        return [.. diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error)];
    }

    public static IReadOnlyList<Diagnostic> Errors(byte[] model, Func<ModelOptions, ModelOptions>? configure = null)
    {
        using TempFolder folder = new();
        ModelOptions options = ModelHarness.Options(folder.Write("model.onnx", model));
        return Errors(configure is null ? options : configure(options));
    }

    /// <summary>The model fails with that code, and the message says so much.</summary>
    public static void Fails(DiagnosticDescriptor expected, byte[] model, string text = "",
        Func<ModelOptions, ModelOptions>? configure = null)
    {
        IReadOnlyList<Diagnostic> errors = Errors(model, configure);
        Assert.True(
            errors.Any(e => e.Descriptor == expected && e.Text.Contains(text, StringComparison.Ordinal)),
            $"{expected.Code} with '{text}' expected:\n{string.Join('\n', errors)}");
    }

    public static void Fails(DiagnosticDescriptor expected, ModelBuilder model, string text = "",
        Func<ModelOptions, ModelOptions>? configure = null) =>
        Fails(expected, model.ToBytes(), text, configure);

    public static void Builds(ModelBuilder model, Func<ModelOptions, ModelOptions>? configure = null) =>
        Assert.Empty(Errors(model.ToBytes(), configure));

    /// <summary>A perceptron of two layers with a normalization: what exporters write.</summary>
    public static ModelBuilder Perceptron()
    {
        Random random = new(1);
        return new ModelBuilder(13)
            .Input("x", "N", 4)
            .Weights("fc1.weight", [3, 4], Numbers(12)).Weights("fc1.bias", [3], Numbers(3))
            .Weights("one", [3], 1, 1, 1).Weights("fc2.weight", [3, 2], Numbers(6)).Weights("fc2.bias", [2], Numbers(2))
            .Node("Gemm", ["x", "fc1.weight", "fc1.bias"], "h", ("transB", 1), ("alpha", 1.5f))
            .Node("BatchNormalization", ["h", "one", "one", "one", "one"], "n", ("epsilon", 0.001f))
            .Node("Relu", ["n"], "r")
            .Node("MatMul", ["r", "fc2.weight"], "m")
            .Node("Add", ["m", "fc2.bias"], "a")
            .Node("Softmax", ["a"], "y", ("axis", -1))
            .Output("y");

        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextDouble() * 2) - 1)];
    }

    /// <summary>Everything that moves elements or is told by constants.</summary>
    public static ModelBuilder Layouts() => new ModelBuilder(13)
        .Input("x", 1, 2, 3)
        .Integers("shape", 1, -1).Integers("axes", 1).Weights("low", [], -1).Weights("high", [], 1)
            .Weights("slope", [3, 1], 0.5, 0.25, 0)
        .Node("Transpose", ["x"], "t", ("perm", new long[] { 0, 2, 1 }))
        .Node("PRelu", ["t", "slope"], "p")
        .Node("Reshape", ["p", "shape"], "r")
        .Node("Unsqueeze", ["r", "axes"], "u")
        .Node("Clip", ["u", "low", "high"], "c")
        .Node("Constant", [], "k", ("value", ModelBuilder.Tensor("", [1], 0.75)))
        .Node("Mul", ["c", "k"], "m")
        .Node("Elu", ["m"], "e", ("alpha", 0.5f))
        .Node("Flatten", ["e"], "y", ("axis", 1))
        .Output("y", "p");
}
