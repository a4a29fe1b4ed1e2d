using System.Globalization;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// What Bambu prints: for each function its schedule, its functional units and its registers. A function's figures do
/// not say whether those of the functions that it calls are in them, so a design's are known only where all is one
/// function.
/// </summary>
internal static partial class BambuLog
{
    public static DesignReport? Read(ReportText report)
    {
        if (!report.Contains("Scheduling Information of function ")
            && !report.Contains("Module binding information for function "))
            return null;
        Dictionary<string, ResourceFigures> functions = [];
        double? slowest = null;
        string function = "";
        foreach (Match line in Line().Matches(report.Text))
        {
            string value = line.Groups["value"].Value.Trim();
            if (line.Groups["function"].Success)
                functions.TryAdd(function = Plain(line.Groups["function"].Value), ResourceFigures.Unknown);
            if (function.Length == 0)
                continue;
            ResourceFigures known = functions[function];
            switch (line.Groups["what"].Value)
            {
                case "Estimated max frequency (MHz)" when Figure.Real(value) is double mhz and > 0:
                    slowest = Math.Max(slowest ?? 0, 1000 / mhz);
                    break;
                case "Total estimated area":
                    functions[function] = known with { Area = Figure.Real(value) };
                    break;
                case "Estimated number of DSPs":
                    functions[function] = known with { Dsp = Figure.Count(value) };
                    break;
                case "Total number of flip-flops in function":
                    functions[function] = known with { Ff = Figure.Count(value) };
                    break;
            }
        }
        if (functions.Count == 0)
            throw report.Lacks("the schedule of a function");
        return new DesignReport(SynthesisStage.HighLevel, "PandA Bambu")
        {
            Top = functions.Count == 1 ? functions.Keys.First() : null,
            Clock = ClockFigures.Unknown with { EstimatedNs = slowest },
            Used = functions.Count == 1 ? functions.Values.First() : ResourceFigures.Unknown,
            Modules = [.. functions.Select(f => new ModuleFigures(f.Key, Cycles.Unknown, Cycles.Unknown, f.Value))],
        };
    }

    // _Z3netPK8ap_fixed... and _ZL3fc1...: the name that follows its length.
    private static string Plain(string symbol) =>
        Mangled().Match(symbol) is { Success: true } m && int.TryParse(m.Groups["length"].ValueSpan, NumberStyles.None,
            CultureInfo.InvariantCulture, out int length) && length <= m.Groups["rest"].Length
            ? m.Groups["rest"].Value[..length]
            : symbol;

    [GeneratedRegex(
        @"(?<what>Scheduling Information of function|Module binding information for function|Total number of flip-flops in function) (?<function>[^\s:]+):(?<value>[^\r\n]*)|(?<what>Estimated max frequency \(MHz\)|Total estimated area|Estimated number of DSPs):(?<value>[^\r\n]*)")]
    private static partial Regex Line();

    [GeneratedRegex(@"^_ZL?(?<length>[1-9][0-9]{0,4})(?<rest>.+)$")]
    private static partial Regex Mangled();
}
