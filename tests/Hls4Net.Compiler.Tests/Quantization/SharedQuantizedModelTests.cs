using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx.Proto;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Vectors;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// Every quantized model of the shared folder: the firmware gives what the model's definition gives, exactly, and what
/// its recorded outputs say unless their float32 evaluation met a tie.
/// </summary>
public sealed class SharedQuantizedModelTests(ITestOutputHelper output)
{
    private static readonly string[] s_quantizers =
        ["Quant", "IntQuant", "BipolarQuant", "Trunc", "QuantizeLinear", "DequantizeLinear", "QLinearMatMul",
            "MatMulInteger", "QGemm", "QLinearConv"];

    // Those whose operators are all read; none of them may fall back to a diagnostic.
    private static readonly string[] s_supported =
    [
        "a12_qonnx_qkeras_jettagging", "a13_qonnx_bnn_fc_1layer", "a14_qonnx_tfc_1w1a", "a15_qonnx_tfc_2w2a",
            "a16_qonnx_kws_mlp_w3a3",
        "a11_qonnx_espcn_nn_resize", "a17_qonnx_unsw_nb15_w2a2", "a19_qonnx_qkeras_cnn",
            "a20_qonnx_brevitas_two_layers_cnn", "a21_qonnx_resnet8_a8w8b16", "a22_qonnx_branched_channels_last",
            "a23_qonnx_finn_transformer_int2", "a33_qlinear_qtdnn",
    ];

    public static TheoryData<string> Folders
    {
        get
        {
            string? root = SharedData.TryFind("models");
            return root is null ? ["missing"] : [.. Directory.GetDirectories(root).Order(StringComparer.Ordinal)
                .Where(IsQuantized).Select(f => Path.GetFileName(f)!)];
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void Firmware_is_the_definition_and_the_recorded_outputs(string folder)
    {
        string path = SharedData.Require("models", folder);
        ModelOptions options = ModelHarness.Shared(folder);
        DiagnosticBag diagnostics = new("model.onnx");
        if (ModelCompiler.Compile(options, diagnostics) is not CompiledModel model)
        {
            Diagnostic[] errors = [.. diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error)];
            output.WriteLine(errors[0].ToString());
            Assert.All(errors, e => Assert.Matches(@"^HLS1\d\d\d$", e.Descriptor.Code));
            Assert.False(folder.StartsWith('q') || s_supported.Contains(folder), $"{folder} must build");
            return;
        }
        if (model.Network.Nodes.Sum(n => (long)n.Output.Shape.Size) > MaxExactElements)
        {
            CompareImages(model, path);
            return;
        }
        ModelProto proto = Read(Path.Combine(path, "model.onnx"));
        ExactComparison comparison = new(proto, model);
        NetworkOutput port = model.Model.Network.Outputs[0];
        bool quantized = comparison.Exact.QuantizerOf(port.Name) is not null;
        int samples = 0, ties = 0;
        foreach (string set in TestDataSet.Sets(path))
        {
            double[] inputs = TensorFile.Read(TestDataSet.TensorPath(set, "input", 0)).Tensor.Values;
            double[] expected = TensorFile.Read(TestDataSet.TensorPath(set, "output", 0)).Tensor.Values;
            int columns = model.Model.Network.Inputs[0].Shape.Size, units = port.Value.Shape.Size;
            for (int i = 0; i < Math.Min(inputs.Length / columns, 20); i++, samples++)
            {
                string? difference = comparison.Difference(inputs.AsSpan(i * columns, columns));
                Assert.True(difference is null || !quantized, difference);
                Fraction[] actual = comparison.Output(port);
                double tolerance = Tolerance(comparison, port, proto, actual);
                string? recorded = Enumerable.Range(0, units)
                    .Where(j => Math.Abs((double)actual[j] - expected[(i * units) + j]) > tolerance)
                    .Select(j => $"{port.Name}[{j}] is {(double)actual[j]}, recorded {expected[(i * units) + j]}")
                    .FirstOrDefault();
                if (recorded is null)
                    continue;
                // The interface moves a real input by less than 1e-5 steps; float32 evaluation errs about as much.
                Assert.True((double)comparison.Exact.NearestTie < 1e-5,
                    $"set {set}, sample {i}: {recorded}; the nearest tie is {(double)comparison.Exact.NearestTie} "
                    + "steps away");
                ties++;
            }
        }
        output.WriteLine(
            $"{samples} samples, {ties} beside a tie; {(quantized ? "a quantizer's output" : "real output")} of "
            + $"{port.Value.Type}");
    }

    // Fractions of millions of elements take minutes. Of these models every number is exact in double, so the real
    // network is the definition.
    private const long MaxExactElements = 4_000_000;

    private void CompareImages(CompiledModel model, string path)
    {
        ManagedSimulator managed = new(model.Model.Network);
        ReferenceSimulator definition = new(model.Network);
        Value real = model.Network.Outputs[0].Value, typed = model.Model.Network.Outputs[0].Value;
        string set = TestDataSet.Sets(path)[0];
        double[] recorded = TensorFile.Read(TestDataSet.TensorPath(set, "output", 0)).Tensor.Values;
        managed.Run(TensorFile.Read(TestDataSet.TensorPath(set, "input", 0)).Tensor.Values);
        double[] sample = [.. model.Model.Network.Inputs.SelectMany(i => managed[i].ToArray()
            .Select(m => m * i.Type.Ulp))];
        definition.Run(sample);
        int beside = 0;
        for (int i = 0; i < recorded.Length; i++)
        {
            double firmware = managed[typed][i] * typed.Type.Ulp;
            Assert.True(Math.Abs(firmware - definition[real][i]) <= typed.Type.Ulp,
                $"element {i} is {firmware}, by definition {definition[real][i]}");
            beside += Math.Abs(firmware - recorded[i]) > typed.Type.Ulp + (1e-6 * Math.Abs(firmware)) ? 1 : 0;
        }
        output.WriteLine($"{recorded.Length} elements of an image, {beside} beside what float32 recorded");
        // Float32's own errors decide at ties, and each then moves what its window reaches.
        Assert.InRange(beside, 0, recorded.Length / 100);
    }

    // Half a step where the output is a quantizer's; a unit in the last place, and float32's own error, where it is
    // not.
    private static double Tolerance(ExactComparison comparison, NetworkOutput port, ModelProto proto, Fraction[] actual)
    {
        if (comparison.Exact.QuantizerOf(port.Name) is not NodeProto quantizer)
            return port.Value.Type.Ulp + (1e-6 * Math.Max(1, actual.Max(a => Math.Abs((double)a))));
        int scale = quantizer.OpType switch
        {
            "Trunc" => quantizer.Input.Count == 5 ? 1 : 4,
            "QLinearMatMul" or "QLinearConv" => 6,
            _ => 1
        };
        double step = proto.Graph.Initializer.FirstOrDefault(t => t.Name == quantizer.Input[scale]) is TensorProto t
            ? Hls4Net.Onnx.TensorReader.ReadDoubles(t, "").Values.Min()
            : 0;
        return step > 0 ? step / 2 : port.Value.Type.Ulp;
    }

    private static bool IsQuantized(string folder) =>
        Read(Path.Combine(folder, "model.onnx")).Graph.Node.Any(n => s_quantizers.Contains(n.OpType));

    private static ModelProto Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return ModelProto.Parser.ParseFrom(stream);
    }
}
