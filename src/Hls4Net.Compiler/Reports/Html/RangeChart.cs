using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Numerics;

namespace Hls4Net.Reports.Html;

/// <summary>
/// For each layer the bits of its result type on a logarithmic axis, and how far up the values of the test vectors
/// reach: bits that are never used, and values beyond the type, are seen at once.
/// </summary>
internal static class RangeChart
{
    private const double LabelWidth = 210, AxisWidth = 520, NoteWidth = 190, RowHeight = 26, BarHeight = 14, Top = 26;

    /// <summary>
    /// A row: the type's bits have weights 2^Low up to 2^High (exclusive, without the sign); values reach 2^Reach.
    /// </summary>
    private sealed record Row(ReportLayer Layer, FixedPointType Type, int Low, int High, double? Reach);

    /// <summary>The picture; empty where no layer has a type that can be drawn.</summary>
    public static Markup Draw(Report report)
    {
        Row[] rows = [.. report.Layers.Select(RowOf).OfType<Row>()];
        if (rows.Length == 0)
            return Markup.Empty;
        // Some layers may reach far below their last bit; what is left of them is drawn at the end of the axis.
        LogScale scale = new(rows.Min(r => r.Low) - 1,
            rows.Max(r => Math.Max(r.High, Math.Min(r.Reach ?? r.High, r.High + 12))) + 1, LabelWidth, AxisWidth);
        double height = Top + (rows.Length * RowHeight) + 8;
        return Markup.Of($"""
            <div class="scroll"><svg class="chart" viewBox="0 0 {LabelWidth + AxisWidth + NoteWidth} {height}" role="img" aria-label="Bits of each layer's result type and how far the values reach">
            {Markup.Join(scale.Ticks().Select(e => Tick(scale, e, height)))}
            {Markup.Join(rows.Select((row, i) => Draw(row, scale, Top + (i * RowHeight))))}
            </svg></div>

            """);
    }

    private static Row? RowOf(ReportLayer layer)
    {
        if (PrecisionSpec.TryParse(layer.ResultType, out _) is not PrecisionSpec.Pinned { Type: var type })
            return null;
        double largest = layer.Range is { } range ? Math.Max(Math.Abs(range.Min), Math.Abs(range.Max)) : 0;
        double? reach = largest > 0 && double.IsFinite(largest) ? Math.Log2(largest) : null;
        return new Row(layer, type, -type.Fraction, type.Signed ? type.Integer - 1 : type.Integer, reach);
    }

    private static Markup Tick(LogScale scale, int exponent, double height) => Markup.Of($"""
        <line class="{(exponent == 0 ? "grid point" : "grid")}" x1="{scale.At(exponent)}" x2="{scale.At(exponent)}" y1="{Top - 6}" y2="{height - 4}"/>
        <text class="tick" x="{scale.At(exponent)}" y="13" text-anchor="middle">2<tspan dy="-4" font-size="8">{exponent}</tspan></text>

        """);

    private static Markup Draw(Row row, LogScale scale, double y)
    {
        double middle = y + (RowHeight / 2), top = middle - (BarHeight / 2);
        double left = scale.At(row.High), right = scale.At(row.Low);
        Markup used = Markup.Empty, beyond = Markup.Empty;
        if (row.Reach is double reach)
        {
            double end = scale.At(Math.Clamp(reach, row.Low, row.High));
            used = Markup.Of(
                $"""<rect class="used" x="{end}" y="{top}" width="{right - end}" height="{BarHeight}" rx="3"/>""");
            if (Exceeds(row))
                beyond = Markup.Of(
                    $"""<rect class="beyond" x="{scale.At(reach)}" y="{top}" width="{Math.Max(left - scale.At(reach), 3)}" height="{BarHeight}" rx="3"/>""");
        }
        return Markup.Of($"""
            <g><title>{row.Layer.Name}: {row.Layer.ResultType}, {Description(row)}</title>
            <text class="name" x="{LabelWidth - 12}" y="{middle + 4}" text-anchor="end">{Names.Shorten(row.Layer.Name, 24)}</text>
            <rect class="type" x="{left}" y="{top}" width="{Math.Max(right - left, 1)}" height="{BarHeight}" rx="3"/>{used}{beyond}
            <text class="{(Exceeds(row) ? "note bad" : "note")}" x="{LabelWidth + AxisWidth + 12}" y="{middle + 4}">{Description(row)}</text></g>

            """);
    }

    private static bool Exceeds(Row row) =>
        row.Layer.Range is { } r
            && (r.Min < row.Type.MinValue - row.Type.Ulp || r.Max > row.Type.MaxValue + row.Type.Ulp);

    private static string Description(Row row)
    {
        if (row.Layer.Range is null)
            return "range not known";
        if (Exceeds(row))
            return "values beyond the type";
        if (row.Reach is not double reach)
            return "always zero";
        // A value just below 2^k needs k bits; a signed type's most negative value is exactly 2^(Integer-1).
        int headroom = (int)Math.Max(0, Math.Floor(row.High - reach));
        return headroom switch
        {
            0 => "all bits used",
            1 => "1 bit of headroom",
            _ => string.Create(CultureInfo.InvariantCulture, $"{headroom} bits of headroom"),
        };
    }
}
