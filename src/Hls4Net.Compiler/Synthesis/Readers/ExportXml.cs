using System.Xml.Linq;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// export_syn.xml, export_impl.xml and &lt;top&gt;_export.xml: what Vivado makes of an exported design, out of context.
/// </summary>
internal static class ExportXml
{
    public static DesignReport? Read(XElement root, string path)
    {
        XElement? timing = root.Child("TimingReport"), area = root.Child("AreaReport"), run = root.Child("RunData");
        if (timing is null && area is null && run is null)
            return null;
        if (timing is null || area.Child("Resources") is not XElement resources)
            throw ReportReader.Unreadable(path,
                "the report is not whole: looked for TimingReport and AreaReport/Resources");
        bool routed = run.Value("RUN_TYPE") is string type ? type == "impl"
            : Figure.Real(timing.Value("CP_ROUTE")) is not null;
        return new DesignReport(routed ? SynthesisStage.Implementation : SynthesisStage.Logic, "Vivado")
        {
            ToolVersion = run.Value("VIVADO_VERSION")?.TrimStart('v', '.'),
            Part = General(root, "Target device"),
            Top = root.Child("RtlModules")?.Elements()
                .FirstOrDefault(m => (string?)m.Attribute("IS_TOP") == "1")?.Attribute("MODULENAME")?.Value,
            Clock = new ClockFigures(
                Figure.Nanoseconds(timing.Value("TargetClockPeriod")),
                    Figure.Nanoseconds(timing.Value("AchievedClockPeriod")), null),
            Used = XmlFigures.Resources(resources),
            Available = XmlFigures.Resources(area.Child("AvailableResources")),
            Modules = [.. (root.Child("RtlModules")?.Elements() ?? [])
                .Where(m => (string?)m.Attribute("IS_TOP") != "1" && m.Attribute("MODULENAME") is not null)
                .Select(m => new ModuleFigures(
                    m.Attribute("MODULENAME")!.Value, Cycles.Unknown, Cycles.Unknown,
                        XmlFigures.ResourceAttributes(m.Child("Resources")), (string?)m.Attribute("CELL")))],
        };
    }

    private static string? General(XElement root, string name) => root.Child("GeneralInfo")?.Elements()
        .FirstOrDefault(e => (string?)e.Attribute("NAME") == name)?.Attribute("VALUE")?.Value;
}
