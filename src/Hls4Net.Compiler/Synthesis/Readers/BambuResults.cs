using System.Xml.Linq;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// bambu_results_0.xml, of which the clock cycles of the simulation are read: their mean over all runs, or in later versions' bambu_results.xml those of
/// each run.
/// </summary>
internal static class BambuResults
{
    public static DesignReport? Read(XElement root, string path)
    {
        if (root.Name.LocalName != "bambu_results" && root.DescendantsAndSelf("application").FirstOrDefault() is null)
            return null;
        long[] runs = [.. root.Descendants("simulation").Descendants("run").Select(r => Figure.Count(r.Value)).OfType<long>()];
        Cycles latency = runs.Length > 0
            ? new Cycles(runs.Min(), (long)Math.Round(runs.Average()), runs.Max())
            : new Cycles(null, Figure.Real(root.Descendants("CYCLES").FirstOrDefault()?.Attribute("value")?.Value) is double mean and < 1e15 ? (long)Math.Round(mean) : null, null);
        if (latency == Cycles.Unknown)
            throw ReportReader.Unreadable(path, "the report is not whole: looked for CYCLES, or the runs of the simulation");
        // It ends with an error where a result differs.
        return new DesignReport(SynthesisStage.Cosimulation, "PandA Bambu") { Latency = latency, CosimPassed = true };
    }
}
