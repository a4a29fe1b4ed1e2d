using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Reports;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Puts a synthesis into the reports, shows it, and holds it against the budgets.</summary>
[MSBuildMultiThreadableTask]
public sealed class ReportSynthesis : ModelTask
{
    private protected override void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics)
    {
        DateTime started = DateTime.UtcNow;
        if (SynthesisRecord.Read(folder.SynthesisResult) is not SynthesisRecord synthesis)
            throw new ModelException(Descriptors.ReportUnreadable,
                "looked for the result of a synthesis and found none; synthesize again", folder.SynthesisResult);
        Report report;
        try
        {
            report = HardwareBudgets.With(SynthesisSection.With(ReportJson.Read(File.ReadAllText(folder.ReportJson)),
                synthesis.Result), options);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new ModelException(Descriptors.ReportUnreadable,
                $"looked for the model's report: {e.Message} Delete it and build again", folder.ReportJson);
        }
        if (synthesis.Result.Uncounted is string cells)
            diagnostics.Add(Descriptors.CellsNotCounted,
                $"{options.ModelName}: {synthesis.Result.Tool} {synthesis.Result.ToolVersion} made cells that no "
                + $"figure has, since what they take is not known: {cells}; the figures are too low by these");
        HardwareBudgets.CheckSynthesis(options.Budget, report, diagnostics);
        OutputFiles.Guard(folder.Root, () =>
        {
            OutputFiles.WriteIfDifferent(folder.ReportHtml, ReportHtml.Write(report));
            OutputFiles.WriteIfDifferent(folder.ReportJson, ReportJson.Write(report));
            KeptWarnings.Write(folder.SynthesizedWarnings, diagnostics);
            // A synthesis that breaks a budget is reported again each time, until one of them changes.
            if (!diagnostics.HasErrors)
                OutputFiles.Stamp(folder.SynthesizedStamp, started);
        });
        Log.Say(SynthesisTable.Write(report) + $"report: {Path.GetRelativePath(ProjectDirectory, folder.ReportHtml)}");
    }
}
