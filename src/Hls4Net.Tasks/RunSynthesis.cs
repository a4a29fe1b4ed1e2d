using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Text;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Synthesizes models, several side by side. A model's result is written when its tool has ended well and every report was read; before a run
/// nothing is left of an earlier one, so that what a killed run leaves is never taken for a result.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed partial class RunSynthesis : SynthesisTask
{
    private volatile bool _failed;

    /// <summary>How many models are synthesized side by side, at most.</summary>
    public string MaxParallel { get; set; } = "";

    private protected override int Parallelism => int.TryParse(MaxParallel, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 ? n : 1;

    /// <inheritdoc/>
    public override bool Execute()
    {
        // Hours may go by: other projects may build meanwhile.
        IBuildEngine3? engine = BuildEngine as IBuildEngine3;
        engine?.Yield();
        try
        {
            return base.Execute() && !_failed;
        }
        finally
        {
            engine?.Reacquire();
        }
    }

    private protected override void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics)
    {
        if (Recompile(options, diagnostics) is not CompiledModel model)
            return;
        (SynthesisRun run, string digest) = Plan(options, folder);
        string firmware = SynthesisRecord.DigestFirmware(folder.Firmware, options);
        string work = Path.Combine(folder.Root, Tool.Folder);
        OutputFiles.Guard(work, () =>
        {
            File.Delete(folder.SynthesisResult);
            File.Delete(folder.SynthesizedStamp);
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
            Directory.CreateDirectory(work);
            foreach (GeneratedFile file in run.Files.Concat(Tool is IVendorSynthesizer && Options.Cosim ? model.EmitTestData(Options.CosimSamples) : []))
                OutputFiles.WriteIfDifferent(Path.Combine(work, file.Path), file.Text);
        });
        Log.Say(string.Create(CultureInfo.InvariantCulture, $"{options.ModelName}: synthesis with {Tool.Name} for {options.Part} at {options.ClockPeriod} ns"));
        List<KeptWarning> warnings = [];
        SynthesisResult? result = Tool switch
        {
            IVendorSynthesizer vendor => Run(vendor, run, model, work, diagnostics, warnings),
            OpenSynthesizer open => Run(open, model, folder, work, diagnostics),
            _ => throw new InvalidOperationException(),
        };
        if (result is null)
        {
            // Why is in the diagnostics, or the tool has reported it to a log of its own.
            _failed = true;
            return;
        }
        OutputFiles.Guard(folder.SynthesisWarnings, () => KeptWarnings.Write(folder.SynthesisWarnings, warnings));
        OutputFiles.Guard(folder.SynthesisResult, () => OutputFiles.WriteIfDifferent(folder.SynthesisResult, new SynthesisRecord(digest, firmware, result).ToJson()));
    }

    private SynthesisResult? Run(OpenSynthesizer open, CompiledModel model, ModelFolder folder, string work, DiagnosticBag diagnostics)
    {
        SynthesisResult? result = null;
        WhileAllowed(model.Options.ModelName, work, diagnostics, stop =>
            result = model.Synthesize(open, work, folder.KeptLayers, Log.Say, stop));
        return result;
    }

    private SynthesisResult? Run(IVendorSynthesizer vendor, SynthesisRun run, CompiledModel model, string work, DiagnosticBag diagnostics, List<KeptWarning> warnings)
    {
        ModelOptions options = model.Options;
        (int Samples, int Mismatches)? simulated = null;
        FunctionNames functions = new(model.Functions, model.EmitFirmware().First(f => f.Path == $"{options.ModelName}.cpp").Text);
        foreach (ToolCommand command in run.Commands)
        {
            using SynthesisToolRun tool = new(BuildEngine, options.Source, options.ModelName, command, work, vendor.Understand, functions, Options.Timeout);
            if (!While(tool.Cancel, tool.Execute))
                return null;
            warnings.AddRange(tool.Warnings);
            simulated = tool.Simulated ?? simulated;
        }
        SynthesisResult result = vendor.Read(work, options, Options, model.Functions) with { CosimSamples = simulated?.Samples, CosimMismatches = simulated?.Mismatches };
        if (result.CosimPassed == false || result.CosimMismatches > 0)
        {
            diagnostics.Add(Descriptors.CosimulationFailed, $"co-simulation of {options.ModelName}: the RTL gives other results than the firmware's C++{(simulated is { } s ? $" for {s.Mismatches} of {s.Samples} vectors" : "")}; see {Path.Combine(work, SynthesisRun.LogFile)}");
            return null;
        }
        return result;
    }

    // What the test bench prints at its end, in each of the simulations.
    [GeneratedRegex(@"\b(?<samples>[0-9]{1,9}) samples, (?<mismatches>[0-9]{1,9}) mismatches\b")]
    internal static partial Regex TestBenchResult();
}
