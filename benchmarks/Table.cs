using System.Globalization;
using System.Runtime.InteropServices;

namespace Hls4Net.Benchmarks;

/// <summary>
/// The rows as a Markdown table, with the machine and the date; printed, and kept in docs/performance.md.
/// </summary>
internal static class Table
{
    public static string Write(IEnumerable<Row> rows, int runs, string compiler)
    {
        List<string> lines =
        [
            $"{Machine()}, {compiler}, .NET {Environment.Version}, {DateTime.UtcNow:yyyy-MM-dd}; {runs} interleaved "
            + "runs, min–**median**–max.",
            "",
            "| work | unit | reference | its figure | ours | ours / reference | goal |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ];
        foreach (Row row in rows)
        {
            bool compared = row.Reference.Length > 0;
            lines.Add(
                $"| {row.Work} | {row.Unit} | {(compared ? row.ReferenceName : "—")} | "
                + $"{(compared ? Text(row.Reference) : "—")} | {(row.Ours.Length > 0 ? Text(row.Ours) : "—")} | "
                + $"{(compared ? Text(row.Ratios) : "—")} | {row.Goal} |");
        }
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>Replaces a table in a page, which stands between two comments with its name.</summary>
    public static void Replace(string page, string name, string table)
    {
        string text = File.ReadAllText(page), first = $"<!-- {name}: written by benchmarks --write -->",
            last = $"<!-- end of {name} -->";
        int begin = text.IndexOf(first, StringComparison.Ordinal), end = text.IndexOf(last, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
            throw new InvalidDataException($"{page} has no place for the table");
        File.WriteAllText(page, $"{text[..(begin + first.Length)]}\n\n{table}\n{text[end..]}");
    }

    private static string Text(double[] runs)
    {
        Spread s = Spread.Of(runs);
        return runs.Length == 1 ? Number(s.Median) : $"{Number(s.Min)}–**{Number(s.Median)}**–{Number(s.Max)}";
    }

    // Three significant digits.
    private static string Number(double value)
    {
        if (value == 0)
            return "0";
        int decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 6);
        double scale = Math.Pow(10, Math.Max(0, (int)Math.Floor(Math.Log10(Math.Abs(value))) - 2));
        return (Math.Round(value / scale) * scale is double rounded && decimals == 0 ? rounded : value)
            .ToString($"N{decimals}", CultureInfo.InvariantCulture);
    }

    public static string Machine()
    {
        string model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l =>
                l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor"
            : "unknown processor";
        return $"{model}, {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription} "
            + $"{RuntimeInformation.OSArchitecture}";
    }
}
