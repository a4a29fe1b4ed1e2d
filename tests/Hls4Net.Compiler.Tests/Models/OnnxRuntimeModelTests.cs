using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using Hls4Net.Pipeline;
using Hls4Net.Simulation;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Models;

/// <summary>Every real model that ONNX Runtime runs, against it: as imported, and as transformed.</summary>
public sealed class OnnxRuntimeModelTests(ITestOutputHelper output)
{
    // ONNX Runtime is quick and these are not: images of millions of elements.
    private const int LargestFile = 4_000_000;

    private static readonly string[] s_quantizers = ["Quant", "BipolarQuant", "IntQuant", "Trunc", "QuantizeLinear",
        "DequantizeLinear"];

    [SkippableTheory]
    [InlineData("models", 20)]
    [InlineData("golden", 3)]
    [InlineData("cases", 15)]
    [InlineData("onnx-node-tests", 100)]
    public void Models_compute_what_ONNX_Runtime_computes(string shared, int least)
    {
        string root = SharedData.Require(shared);
        int judged = 0;
        List<string> wrong = [];
        foreach (string path in Directory.EnumerateFiles(root, "*.onnx", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal).Where(p => new FileInfo(p).Length <= LargestFile))
        {
            try
            {
                judged += Judge(path) ? 1 : 0;
            }
            catch (Xunit.Sdk.XunitException e)
            {
                wrong.Add($"{Path.GetRelativePath(root, path)}: {e.Message}");
            }
        }
        output.WriteLine($"{judged} models of {shared} judged");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(judged >= least, $"{judged} models judged, {least} at least are known");
    }

    private static bool Judge(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        ModelProto model = ModelProto.Parser.ParseFrom(bytes);
        // Quantizers have exact definitions of their own in the tests; on a tie float32 falls to either side.
        if (model.Graph is null || model.Graph.Node.Any(n => s_quantizers.Contains(n.OpType)
            || n.OpType.StartsWith("QLinear", StringComparison.Ordinal)))
            return false;
        ModelOptions options = ModelHarness.Options(path);
        Network network;
        try
        {
            network = Importer.Import(options, new DiagnosticBag("model.onnx"));
        }
        catch (Exception e) when (e is ModelException or CompilationFailedException)
        {
            return false;
        }
        // Other sizes of the sample's axis than one are outside.
        using OnnxRuntimeReference? judge = OnnxRuntimeReference.TryOpen(bytes, out _);
        if (judge is null)
            return false;
        int[][] shapes = [.. network.Inputs.Select(i => i.Shape.Dimensions.ToArray())];
        Random random = new(1);
        double[] sample = [.. network.Inputs.SelectMany(i => Enumerable.Range(0, i.Shape.Size)
            .Select(_ => Number(i, random)))];
        double[][] expected;
        try
        {
            expected = judge.Run(sample, shapes);
        }
        catch (Exception e) when (e is Microsoft.ML.OnnxRuntime.OnnxRuntimeException or NotSupportedException)
        {
            // A fixed batch, or an element type that C# has not.
            return false;
        }
        foreach ((string what,
            Network n) in new[] { ("imported", network), ("transformed", Passes.Simplified(network)) })
        {
            ReferenceSimulator simulator = new(n);
            simulator.Run(sample);
            for (int k = 0; k < n.Outputs.Length; k++)
            {
                double[] actual = simulator[n.Outputs[k].Value].ToArray();
                Assert.True(expected[k].Length == actual.Length,
                    $"{what}, output {k}: {actual.Length} elements, {expected[k].Length} expected");
                double largest = expected[k].Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
                for (int i = 0; i < actual.Length; i++)
                {
                    if (double.IsFinite(expected[k][i]))
                        Assert.True(Math.Abs(expected[k][i] - actual[i]) <= 2e-4 * Math.Max(1, largest),
                            $"{what}, output {k}, element {i}: {actual[i]}, {expected[k][i]} expected");
                }
            }
        }
        return true;
    }

    private static double Number(Value input, Random random) =>
        input.Typing is null ? random.Next(-16, 17) / 8.0 : input.Type.Signed ? random.Next(-1, 2) : random.Next(2);
}
