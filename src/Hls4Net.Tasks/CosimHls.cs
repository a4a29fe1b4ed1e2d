using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Targets.Open;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Simulates the Verilog of models with their test vectors and compares every bit of every layer, without a synthesis.
/// A simulation that was of the same Verilog and the same vectors is not run again.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class CosimHls : SynthesisTask
{
    private OpenSimulator _simulator = null!;

    private protected override void Find(SynthesisOptions options) =>
        _simulator = OpenToolFinder.FindSimulator(Environment.GetEnvironmentVariable,
            "co-simulation needs a simulator of Verilog");

    private protected override void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics)
    {
        if (Recompile(options, diagnostics) is not CompiledModel model)
            return;
        OutputFiles.Guard(folder.Verilog, () => Directory.CreateDirectory(folder.Verilog));
        UntilCancelled(folder.Verilog, stop =>
            model.Simulate(_simulator, folder.Verilog, folder.KeptLayers, Options.Timeout, Log.Say, stop));
    }
}
