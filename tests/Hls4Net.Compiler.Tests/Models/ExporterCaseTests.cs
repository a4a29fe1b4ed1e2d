using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Simulation;
using Hls4Net.Tests.Operators;
using Hls4Net.Vectors;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Models;

/// <summary>Small models as exporters write them, that were refused or misread once.</summary>
public sealed class ExporterCaseTests(ITestOutputHelper output)
{
    // The real network is held to float32's digits; the firmware to those of 16-bit types on outputs of a few units,
    // quantized ones exactly.
    [SkippableTheory]
    [InlineData("refused-castlike", 1e-2)]
    [InlineData("refused-empty-slice", 1e-2)]
    [InlineData("refused-fused-gemm", 1e-2)]
    [InlineData("refused-if-constant", 1e-2)]
    [InlineData("refused-local-functions", 1e-2)]
    [InlineData("refused-multithreshold", 0)]
    [InlineData("refused-sequence-chunk", 1e-2)]
    [InlineData("refused-sparse", 1e-2)]
    public void Reads_and_is_right(string name, double bound)
    {
        ModelOptions options = SharedCases.Options(name);
        CompiledModel model = ModelHarness.Compile(options);
        double[] inputs = TensorFile.Read(options.TestInputs[0]).Tensor.Values,
            expected = TensorFile.Read(options.TestOutputs[0]).Tensor.Values;
        int each = model.Network.Inputs.Sum(i => i.Shape.Size), count = inputs.Length / each;
        ReferenceSimulator reference = new(model.Network);
        double worst = 0;
        for (int i = 0; i < count; i++)
        {
            reference.Run(inputs.AsSpan(i * each, each));
            double[] real = [.. model.Network.Outputs.SelectMany(o => reference[o.Value].ToArray())];
            worst = Math.Max(worst, real.Select((v, k) => Math.Abs(v - expected[(i * real.Length) + k])).Max());
        }
        VerificationOutcome outcome = model.Verify(null, new DiagnosticBag("model.onnx"));
        output.WriteLine(
            $"{name}: real network {worst:G3}, firmware {outcome.Result.MaxAbsError:G3} of {count} vectors");
        Assert.InRange(worst, 0, 1e-5);
        Assert.InRange(outcome.Result.MaxAbsError, 0, bound);
    }

    [SkippableFact]
    public void Normalization_by_the_batch_is_refused() =>
        Assert.Contains(ModelHarness.CompileFailing(SharedCases.Options("bn-training-outputs")),
            d => d.Descriptor == Descriptors.UnsupportedForm && d.Text.Contains("training", StringComparison.Ordinal));

    [SkippableFact]
    public void Transposed_convolution_fills_up_at_the_end()
    {
        NodeTestOutcome outcome = NodeTestRun.Run(SharedData.Require("cases", "convtranspose-output-shape"),
            IOType.IoParallel, null);
        Assert.Null(outcome.Failure);
        Assert.Null(outcome.Limit);
    }
}
