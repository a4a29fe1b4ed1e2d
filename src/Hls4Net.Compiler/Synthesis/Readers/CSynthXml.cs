using System.Xml.Linq;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// csynth.xml and &lt;function&gt;_csynth.xml of Vivado HLS and Vitis HLS; the former has every module since Vitis HLS.
/// </summary>
internal static class CSynthXml
{
    public static DesignReport? Read(XElement root, string path)
    {
        XElement? assignments = root.Child("UserAssignments"), area = root.Child("AreaEstimates"),
            performance = root.Child("PerformanceEstimates");
        if (assignments is null && area is null && performance is null)
            return null;
        if (performance.Child("SummaryOfOverallLatency") is not XElement latency
            || area.Child("Resources") is not XElement resources)
            throw ReportReader.Unreadable(path,
                "the report is not whole: looked for PerformanceEstimates/SummaryOfOverallLatency and "
                + "AreaEstimates/Resources");
        string? version = root.Child("ReportVersion").Value("Version");
        string? top = assignments.Value("TopModelName");
        double? target = Figure.Nanoseconds(assignments.Value("TargetClockPeriod"), assignments.Value("unit") ?? "ns");
        return new DesignReport(SynthesisStage.HighLevel, Tool(version))
        {
            ToolVersion = version,
            Part = assignments.Value("Part"),
            Top = top,
            Clock = new ClockFigures(
                target, Estimated(performance), Uncertainty(assignments.Value("ClockUncertainty"), target)),
            Latency = Latency(latency),
            Interval = Interval(latency),
            Used = XmlFigures.Resources(resources),
            Available = XmlFigures.Resources(area.Child("AvailableResources")),
            Modules = [.. Modules(root).Where(m => m.Name != top)],
        };
    }

    /// <summary>Vitis HLS followed Vivado HLS with 2020.2.</summary>
    public static string Tool(string? version) =>
        version is null || string.CompareOrdinal(version.Trim(), "2020.2") >= 0 ? "Vitis HLS" : "Vivado HLS";

    private static IEnumerable<ModuleFigures> Modules(XElement root)
    {
        foreach (XElement module in root.Child("ModuleInformation")?.Elements() ?? [])
        {
            if (module.Value("Name") is not string name)
                continue;
            XElement? latency = module.At("PerformanceEstimates", "SummaryOfOverallLatency");
            yield return new ModuleFigures(
                name, latency is null ? Cycles.Unknown : Latency(latency),
                    latency is null ? Cycles.Unknown : Interval(latency),
                XmlFigures.Resources(module.At("AreaEstimates", "Resources")));
        }
    }

    private static Cycles Latency(XElement latency) => new(
        Figure.Count(latency.Value("Best-caseLatency")), Figure.Count(latency.Value("Average-caseLatency")),
            Figure.Count(latency.Value("Worst-caseLatency")));

    private static Cycles Interval(XElement latency)
    {
        Cycles interval = new(Figure.Count(latency.Value("Interval-min")), null,
            Figure.Count(latency.Value("Interval-max")));
        // Modules have but the pipeline's, a dataflow region's by another name.
        return interval.Or(Figure.Range(latency.Value("DataflowPipelineThroughput")))
            .Or(Figure.Range(latency.Value("PipelineInitiationInterval")));
    }

    private static double? Estimated(XElement? performance)
    {
        XElement? timing = performance.Child("SummaryOfTimingAnalysis");
        return Figure.Nanoseconds(timing.Value("EstimatedClockPeriod"), timing.Value("unit") ?? "ns");
    }

    private static double? Uncertainty(string? text, double? target) =>
        text is ['0' or '1' or '2' or '3' or '4' or '5' or '6' or '7' or '8' or '9' or '.', .., '%']
            ? Figure.Real(text[..^1]) / 100 * target
            : Figure.Nanoseconds(text);
}
