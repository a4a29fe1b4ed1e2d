using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Models;

namespace Hls4Net.Tests.Hostile;

/// <summary>Models that once ended in an exception.</summary>
public sealed class CrashCaseTests
{
    [SkippableTheory]
    [InlineData("crash-fuzz-1")]
    [InlineData("crash-fuzz-2")]
    [InlineData("crash-layernorm-rank")]
    [InlineData("crash-transposes")]
    public void Each_ends_in_firmware_or_a_diagnostic(string name)
    {
        string path = SharedData.Require("cases", name, "model.onnx");
        foreach (bool transposed in new[] { false, true })
        {
            foreach (IOType ioType in Enum.GetValues<IOType>())
            {
                DiagnosticBag diagnostics = new("model.onnx");
                CompiledModel? model = ModelCompiler.Compile(
                    ModelHarness.Options(path) with { TransposeInputs = transposed, IOType = ioType }, diagnostics);
                Assert.DoesNotContain(diagnostics.Items, d => d.Descriptor == Descriptors.InternalError);
                Assert.Equal(model is null, diagnostics.HasErrors);
                _ = model?.EmitFirmware();
            }
        }
    }
}
