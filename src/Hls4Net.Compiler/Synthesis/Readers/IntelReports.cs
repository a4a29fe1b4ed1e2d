using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis.Readers;

/// <summary>
/// summary.json, area.json and quartus.json of Intel's HLS, OpenCL and oneAPI compilers, the .js files that hold the
/// same, and oneAPI's .ndjson files, which have a row a line. Rows are lists under named columns in earlier versions,
/// objects with named members in later ones.
/// </summary>
internal static partial class IntelReports
{
    private static readonly ImmutableArray<string> s_sections =
        ["estimatedResources", "quartusFitResourceUsageSummary", "quartusFitClockSummary", "max_resources", "total"];

    public static DesignReport? Read(string text, string path)
    {
        using JsonDocument document = JsonFigures.Parse(text, path);
        return Read([document.RootElement]);
    }

    /// <summary>True for a value on the first line and another on the next.</summary>
    public static bool IsLines(ReadOnlySpan<char> text)
    {
        text = text.TrimStart('\uFEFF').TrimStart();
        int end = text.IndexOf('\n');
        return end > 0 && text[..end].TrimEnd() is ['{', .., '}'] && text[end..].TrimStart() is ['{', ..];
    }

    /// <summary>A value a line: rows name the section, or the number of the row, that they belong to.</summary>
    public static DesignReport? ReadLines(string text, string path)
    {
        List<JsonDocument> documents = [];
        try
        {
            foreach (string line in text.TrimStart('\uFEFF')
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                documents.Add(JsonFigures.Parse(line, path));
            return ReadRows([.. documents.Select(d => d.RootElement)], path);
        }
        finally
        {
            documents.ForEach(d => d.Dispose());
        }
    }

    private static DesignReport? ReadRows(ImmutableArray<JsonElement> rows, string path)
    {
        DesignReport design = new(SynthesisStage.HighLevel, "Intel FPGA compiler");
        if (rows.FirstOrDefault(r =>
            r.Text("summary_type") == "estimatedResources") is { ValueKind: JsonValueKind.Object } section)
        {
            design = Estimated(design,
                Rows(Columns(section), rows.Where(r => r.Text("parent") == "estimatedResources")));
            return design.Used != ResourceFigures.Unknown ? design : throw ReportReader.Unreadable(path,
                "the report is not whole: looked for the row Total of estimatedResources");
        }
        if (rows.FirstOrDefault(r => r.Member("max_resources") is not null) is { ValueKind: JsonValueKind.Object } area)
            return Area(design, area, rows.Where(r => r.Text("type") == "function"));
        return rows.Any(r => r.Text("name") == "loop_attributes") ? Loops(design, rows) : Read(rows);
    }

    // What the loops of a kernel do: the slowest sets its interval, and the slowest kernel the clock.
    private static DesignReport Loops(DesignReport design, ImmutableArray<JsonElement> rows)
    {
        ILookup<string?, JsonElement> byId = rows.ToLookup(r => r.Text("id"));
        JsonElement[] kernels = [.. rows.Where(r => r.Text("type") == "kernel")];
        double? slowest = kernels.Select(k => Figure.Real(k.Text("fmax"))).Where(f => f is > 0).Min();
        return design with
        {
            Clock = ClockFigures.Unknown with { EstimatedNs = 1000 / slowest },
            Modules = [.. kernels.Select(k => new ModuleFigures(
                k.Text("name") ?? "", Cycles.Unknown,
                Cycles.Of(k.Member("children").Items().SelectMany(c => byId[((JsonElement?)c).AsText()])
                    .Select(b => Figure.Count(b.Text("ii"))).Max()), ResourceFigures.Unknown))],
        };
    }

    /// <summary>A script of assignments: <c>var areaJSON={…};</c></summary>
    public static DesignReport? ReadScript(string text, string path)
    {
        List<JsonDocument> documents = [];
        try
        {
            foreach (Match assignment in Assignment().Matches(text))
            {
                Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(text[(assignment.Index + assignment.Length - 1)..]),
                    new JsonReaderOptions { MaxDepth = 1024 });
                documents.Add(JsonDocument.ParseValue(ref reader));
            }
            return Read([.. documents.Select(d => d.RootElement)]);
        }
        catch (JsonException e)
        {
            throw ReportReader.Unreadable(path,
                $"the report is no whole script of JSON values, as of a run that was interrupted: {e.Message}");
        }
        finally
        {
            documents.ForEach(d => d.Dispose());
        }
    }

    private static DesignReport? Read(ImmutableArray<JsonElement> roots)
    {
        // A script may have the sections one level further down.
        JsonElement[] holders = [.. roots.Where(r => r.ValueKind == JsonValueKind.Object)];
        if (!holders.Any(h => s_sections.Any(s => h.Member(s) is not null)))
            return null;
        DesignReport design = new(SynthesisStage.HighLevel, "Intel FPGA compiler");
        foreach (JsonElement holder in holders)
        {
            if (holder.Member("estimatedResources") is JsonElement estimated)
                design = Estimated(design, Rows(estimated));
            if (holder.Member("max_resources") is not null || holder.Member("total") is not null)
                design = Area(design, holder, Functions(holder)) with { Top = holder.Text("name") };
            if (holder.Member("quartusFitResourceUsageSummary") is JsonElement usage)
                design = Fitted(design, usage, holder.Member("quartusFitClockSummary"));
        }
        return design;
    }

    private static DesignReport Estimated(DesignReport design,
        IEnumerable<(string Name, string? Type, ResourceFigures Figures)> section)
    {
        (string Name, string? Type, ResourceFigures Figures)[] rows = [.. section];
        return design with
        {
            Used = rows.FirstOrDefault(r => r.Name == "Total").Figures ?? design.Used,
            Available = rows.FirstOrDefault(r => r.Name is "Available" or "Max resources").Figures ?? design.Available,
            Modules = [.. rows.Where(r => r.Name is not ("Total" or "Available" or "Max resources")
                && !r.Name.EndsWith("Subtotal", StringComparison.Ordinal))
                .Select(r => new ModuleFigures(r.Name, Cycles.Unknown, Cycles.Unknown, r.Figures))],
        };
    }

    private static DesignReport Area(DesignReport design, JsonElement area, IEnumerable<JsonElement> functions)
    {
        string[] columns = Columns(area);
        return design with
        {
            Used = List(columns, area.Member("total")),
            Available = List(columns, area.Member("max_resources")),
            Modules = [.. functions.Select(f => new ModuleFigures(
                f.Text("name") ?? "", Cycles.Unknown, Cycles.Unknown,
                    List(columns, f.Member("total_kernel_resources"))))],
        };
    }

    // Until the design is fitted the report says "TBD".
    private static DesignReport Fitted(DesignReport design, JsonElement usage, JsonElement? clock)
    {
        (string Name, string? Type, ResourceFigures Figures)[] rows = [.. Rows(usage)];
        ResourceFigures? used = rows.FirstOrDefault(r =>
            r.Name.Contains("Entire System", StringComparison.OrdinalIgnoreCase)).Figures
            ?? rows.FirstOrDefault(r => r.Name.Contains("Total", StringComparison.OrdinalIgnoreCase)).Figures
            ?? rows.FirstOrDefault(r => r.Name.Contains("Kernel System", StringComparison.OrdinalIgnoreCase)).Figures
            ?? rows.FirstOrDefault(r => r.Type == "system").Figures
            ?? (rows.Length == 1 ? rows[0].Figures : null);
        double? megahertz = clock.At("nodes").Items()
            .Select(n => Figure.Real(n.Text("kernel clock") ?? n.Text("clock") ?? n.Text("clock1x")))
            .Concat(clock.At("children").Items().SelectMany(c => c.Member("data").Items())
                .Select(d => Figure.Real(((JsonElement?)d).AsText())))
            .FirstOrDefault(f => f is > 0);
        return design with
        {
            Tool = "Quartus",
            Stage = SynthesisStage.Implementation,
            Used = used ?? ResourceFigures.Unknown,
            // The kernel system is what the board's interface is around.
            Modules = [.. rows.Where(r => r.Figures != used && r.Figures != ResourceFigures.Unknown)
                .Select(r => new ModuleFigures(r.Name, Cycles.Unknown, Cycles.Unknown, r.Figures))],
            Clock = new ClockFigures(null, megahertz is null ? null : 1000 / megahertz, null),
        };
    }

    private static IEnumerable<JsonElement> Functions(JsonElement area)
    {
        Stack<JsonElement> pending = new(area.Member("children").Items().Reverse());
        while (pending.TryPop(out JsonElement element))
        {
            if (element.Text("type") == "function")
                yield return element;
            else
                element.Member("children").Items().Reverse().ToList().ForEach(pending.Push);
        }
    }

    private static IEnumerable<(string Name, string? Type, ResourceFigures Figures)> Rows(JsonElement section) =>
        Rows(Columns(section), section.Member("children").Items().Concat(section.Member("nodes").Items()));

    private static IEnumerable<(string Name, string? Type, ResourceFigures Figures)> Rows(string[] columns,
        IEnumerable<JsonElement> rows)
    {
        foreach (JsonElement row in rows)
        {
            if (row.Text("name") is string name)
                yield return (name, row.Text("type"),
                    row.Member("data") is JsonElement data ? List(columns, data) : Members(row));
        }
    }

    // The first column is the row's name.
    private static string[] Columns(JsonElement section) =>
        [.. section.Member("columns").Items().Skip(1).Select(c => ((JsonElement?)c).AsText() ?? "")];

    private static ResourceFigures List(string[] columns, JsonElement? list)
    {
        string?[] values = [.. list.Items().Select(v => ((JsonElement?)v).AsText())];
        return Resources(names =>
            Array.FindIndex(columns, c => names.Any(n => c.StartsWith(n, StringComparison.OrdinalIgnoreCase))) is int i
                and >= 0 && i < values.Length ? values[i] : null);
    }

    private static ResourceFigures Members(JsonElement row) => Resources(names =>
        row.EnumerateObject().Where(p => names.Any(n => p.Name.StartsWith(n, StringComparison.OrdinalIgnoreCase)))
            .Select(p => ((JsonElement?)p.Value).AsText()).FirstOrDefault());

    private static ResourceFigures Resources(Func<string[], string?> find) => new(
        Count(find(["ALUT"])), Count(find(["FF", "REG"])), Count(find(["DSP"])), M20k: Count(find(["RAM"])),
            Mlab: Count(find(["MLAB"])),
        Alm: Count(find(["ALM"])));

    [GeneratedRegex(@"^\s*(?:var|const|let)\s+\w+\s*=\s*\{", RegexOptions.Multiline)]
    private static partial Regex Assignment();

    // A share of what kernels have in common has a fraction; the compiler's totals are whole.
    private static long? Count(string? text) => Figure.Count(text)
        ?? (Figure.Real(text) is double share and < 1e15 ? (long)Math.Ceiling(share) : null);
}
