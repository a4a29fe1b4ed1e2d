using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Synthesizes models, several side by side. A model's result is written when its tool has ended well and every report
/// was read; before a run nothing is left of an earlier one, so that what a killed run leaves is never taken for a
/// result.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class RunSynthesis : SynthesisTask
{
    private volatile bool _failed;

    /// <summary>How many models are synthesized side by side, at most.</summary>
    public string MaxParallel { get; set; } = "";

    private protected override int Parallelism =>
        int.TryParse(MaxParallel, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 ? n : 1;

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
        string digest = Fingerprint(options, folder),
            firmware = SynthesisRecord.DigestFirmware(folder.Firmware, options);
        string work = Path.Combine(folder.Root, Tool.Folder);
        OutputFiles.Guard(work, () =>
        {
            File.Delete(folder.SynthesisResult);
            File.Delete(folder.SynthesizedStamp);
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
            Directory.CreateDirectory(work);
        });
        Log.Say(string.Create(CultureInfo.InvariantCulture,
            $"{options.ModelName}: synthesis with {Tool.Name} for {options.Part} at {options.ClockPeriod} ns"));
        SynthesisLog log = new(Log, options.Source);
        SynthesisResult? result = null;
        UntilCancelled(work,
            stop => result = Tool.Run(model.ToSynthesize(Options, work, folder.KeptLayers, log, stop)));
        if (result is null)
        {
            // Cancelled, or why is in the log.
            _failed = true;
            return;
        }
        OutputFiles.Guard(folder.SynthesisWarnings, () => KeptWarnings.Write(folder.SynthesisWarnings, log.Warnings));
        OutputFiles.Guard(folder.SynthesisResult, () => OutputFiles.WriteIfDifferent(folder.SynthesisResult,
            new SynthesisRecord(digest, firmware, result).ToJson()));
    }
}
