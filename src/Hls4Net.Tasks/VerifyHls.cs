using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Reports;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Runs the test vectors through a model's firmware, checks the budgets and writes the reports.</summary>
[MSBuildMultiThreadableTask]
public sealed class VerifyHls : ModelTask
{
    /// <summary>
    /// False where the project switches the C simulation off: the managed simulator then verifies alone.
    /// </summary>
    public bool CSimulation { get; set; } = true;

    private protected override void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics)
    {
        DateTime started = DateTime.UtcNow;
        List<Diagnostic> warnings = [];
        if (Recompile(options, diagnostics, warnings) is not CompiledModel model)
            return;
        using LibraryCopy? library = CSimulation && File.Exists(folder.Library) ? new LibraryCopy(folder.Library)
            : null;
        VerificationOutcome outcome = model.Verify(library?.Path, diagnostics);
        warnings.AddRange(diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Warning));
        IEnumerable<KeptWarning> all = warnings.Select(KeptWarning.Of)
            .Concat(library is null ? [] : KeptWarnings.Read(folder.CompiledWarnings));
        ReportWarning[] distinct = [.. all.Select(w => new ReportWarning(w.Code, w.Text)).Distinct()];
        outcome =
            outcome with { Report = outcome.Report with { Warnings = distinct.Length == 0 ? null : [.. distinct] } };
        // A synthesis of this very firmware goes on standing in the report.
        if (SynthesisRecord.Read(folder.SynthesisResult) is SynthesisRecord synthesis
            && synthesis.Firmware == SynthesisRecord.DigestFirmware(folder.Firmware, options))
            outcome =
                outcome with
                {
                    Report = HardwareBudgets.With(SynthesisSection.With(outcome.Report, synthesis.Result),
                    options)
                };
        OutputFiles.Guard(folder.Root, () =>
        {
            // A model that breaks a budget has reports too: they say by how much.
            OutputFiles.Replace(folder.ReportHtml, partial => File.WriteAllText(partial, outcome.ReportHtml));
            OutputFiles.Replace(folder.ReportJson, partial => File.WriteAllText(partial, outcome.ReportJson));
            KeptWarnings.Write(folder.VerifiedWarnings, diagnostics);
            if (!diagnostics.HasErrors)
                OutputFiles.Stamp(folder.VerifiedStamp, started);
        });
        Log.Say(outcome.Summary(Path.GetRelativePath(ProjectDirectory, folder.ReportHtml)));
    }

    /// <summary>
    /// A library under a name of its own. The dynamic loader knows libraries by path and does not always unload them,
    /// so that a long-lived build process would otherwise verify the library that it loaded in an earlier build.
    /// </summary>
    private sealed class LibraryCopy : IDisposable
    {
        public LibraryCopy(string library)
        {
            Path = string.Create(CultureInfo.InvariantCulture,
                $"{library}.{Guid.NewGuid():N}{OutputFiles.PartialExtension}");
            OutputFiles.Guard(Path, () => File.Copy(library, Path));
        }

        public string Path { get; }

        public void Dispose() => File.Delete(Path);
    }
}
