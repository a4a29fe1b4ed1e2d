using System.Xml.Linq;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// bambu_results_0.xml: the clock cycles of the simulation, their mean over all runs or in later versions those of
/// each; and what the tools behind Bambu made of the Verilog, where it was told to evaluate that.
/// </summary>
internal static class BambuResults
{
    public static DesignReport? Read(XElement root, string path)
    {
        XElement? application = root.DescendantsAndSelf("application").FirstOrDefault();
        if (root.Name.LocalName != "bambu_results" && application is null)
            return null;
        long[] runs = [.. root.Descendants("simulation").Descendants("run").Select(r => Figure.Count(r.Value))
            .OfType<long>()];
        Cycles latency = runs.Length > 0
            ? new Cycles(runs.Min(), (long)Math.Round(runs.Average()), runs.Max())
            : new Cycles(null,
                Figure.Real(root.Descendants("CYCLES").FirstOrDefault()?.Attribute("value")?.Value) is double mean
                    and < 1e15 ? (long)Math.Round(mean) : null, null);
        XElement? resources = root.Descendants("resources").FirstOrDefault();
        if (latency == Cycles.Unknown && resources is null)
            throw ReportReader.Unreadable(path,
                "the report is not whole: looked for CYCLES, the runs of the simulation, or resources");
        string? version = application?.Attribute("version")?.Value;
        return new DesignReport(resources is null ? SynthesisStage.Cosimulation : SynthesisStage.Logic, "PandA Bambu")
        {
            ToolVersion = version?[(version.LastIndexOf(' ') + 1)..],
            Top = Figure.Text(application?.Attribute("benchmark")?.Value),
            Latency = latency,
            // It ends with an error where a result differs.
            CosimPassed = latency == Cycles.Unknown ? null : true,
            Clock = ClockFigures.Unknown with { EstimatedNs = Figure.Real(resources?.Attribute("DELAY")?.Value) },
            Used = resources is null ? ResourceFigures.Unknown
                : Resources(name => Figure.Count(resources.Attribute(name)?.Value)),
        };
    }

    // Of which size its block RAMs are depends on the tool behind it: none is none in any.
    private static ResourceFigures Resources(Func<string, long?> count) =>
        new(count("LUTS"), count("REGISTERS"), count("DSPS"), count("BRAMS") == 0 ? 0 : null);
}
