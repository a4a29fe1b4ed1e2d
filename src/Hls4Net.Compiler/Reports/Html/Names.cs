namespace Hls4Net.Reports.Html;

/// <summary>Names of nodes and values, which may be long: /features/block1/conv/Conv_output_0.</summary>
internal static class Names
{
    private const string Separators = "/._:-";

    /// <summary>The name with permission to break the line after its separators.</summary>
    public static Markup Breakable(string name)
    {
        List<Markup> parts = [];
        int start = 0;
        for (int i = 0; i < name.Length; i++)
        {
            if (!Separators.Contains(name[i], StringComparison.Ordinal) || i == name.Length - 1)
                continue;
            parts.Add(Markup.Of($"{name[start..(i + 1)]}<wbr/>"));
            start = i + 1;
        }
        parts.Add(Markup.Of($"{name[start..]}"));
        return Markup.Join(parts);
    }

    /// <summary>The beginning of a name where a drawing has no room for more.</summary>
    public static string Shorten(string name, int length) => name.Length <= length ? name
        : string.Concat(name.AsSpan(0, length - 1), "…");
}
