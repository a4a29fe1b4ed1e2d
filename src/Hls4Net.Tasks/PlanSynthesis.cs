using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Finds the synthesis tool and says which models want a synthesis: those whose firmware, options or tool differ in
/// content from what the last one was made from. A model that does gets a new file "wanted", which makes the result out
/// of date for the target that looks at both.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class PlanSynthesis : SynthesisTask
{
    /// <summary>The models that the filter leaves.</summary>
    [Output]
    public ITaskItem[] Selected { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        bool done = base.Execute();
        Selected = Models;
        return done;
    }

    private protected override void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics)
    {
        string digest = Fingerprint(options, folder);
        bool done = SynthesisRecord.Read(folder.SynthesisResult)?.Fingerprint == digest;
        OutputFiles.Guard(folder.SynthesisWanted, () =>
        {
            OutputFiles.WriteIfDifferent(folder.SynthesisWanted, digest + "\n");
            // Times are made to say what the contents do.
            DateTime result = File.Exists(folder.SynthesisResult) ? File.GetLastWriteTimeUtc(folder.SynthesisResult)
                : default;
            if (done)
                File.SetLastWriteTimeUtc(folder.SynthesisWanted, result);
            else if (File.GetLastWriteTimeUtc(folder.SynthesisWanted) <= result)
                File.SetLastWriteTimeUtc(folder.SynthesisWanted, result.AddSeconds(1));
        });
    }
}
