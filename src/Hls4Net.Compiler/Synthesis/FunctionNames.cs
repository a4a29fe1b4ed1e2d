using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Hls4Net.Synthesis;

/// <summary>
/// Finds the layer that a tool's name is about: a module, an instance or a loop, which tools name after the function
/// and what it is called with.
/// </summary>
/// <param name="functions">The firmware's functions.</param>
/// <param name="source">The text of the firmware's C++ file, for messages that name a line; empty where there is
/// none.</param>
public sealed partial class FunctionNames(ImmutableArray<LayerFunction> functions, string source = "")
{
    private readonly Dictionary<string, LayerFunction> _functions = functions.ToDictionary(f => f.Function);

    // Where each function begins, counted from 1; in the order of lines.
    private readonly ImmutableArray<(int Line, string Function)> _starts =
        [.. source.Split('\n').Select((text, i) => (Line: i + 1, Start: Definition().Match(text)))
            .Where(l => l.Start.Success).Select(l => (l.Line, l.Start.Groups[1].Value))];

    /// <summary>
    /// The layer of a name such as <c>fc1</c>, <c>fc1_1</c>, <c>grp_fc1_fu_120</c>, <c>fc1_U0</c>,
    /// <c>fc1_Pipeline_row</c>; null where no function's name is in it. Of several that begin alike it is the longest.
    /// </summary>
    public LayerFunction? Of(string name)
    {
        string stem = Decoration().Replace(name, "");
        for (int length = stem.Length; length > 0; length = stem.LastIndexOf('_', length - 1))
        {
            if (_functions.TryGetValue(stem[..length], out LayerFunction? function))
                return function;
        }
        return null;
    }

    /// <summary>The first layer that a line of a tool's output names, by its function or by a line in it.</summary>
    public LayerFunction? In(string line)
    {
        foreach (ValueMatch word in Word().EnumerateMatches(line))
        {
            if (Of(line.Substring(word.Index, word.Length)) is LayerFunction function)
                return function;
        }
        return Location().Match(line) is { Success: true } m
            && int.TryParse(m.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && _starts.LastOrDefault(s => s.Line <= number).Function is string name
                ? _functions.GetValueOrDefault(name)
                : null;
    }

    [GeneratedRegex(@"^(?:static )?void ([A-Za-z_][A-Za-z0-9_]*)\(")]
    private static partial Regex Definition();

    [GeneratedRegex(@"\bfirmware/[A-Za-z_][A-Za-z0-9_]*\.cpp:([0-9]+)")]
    private static partial Regex Location();

    [GeneratedRegex(@"^(grp_|call_ret[0-9]*_)")]
    private static partial Regex Decoration();

    // Quoted names and functions before a parenthesis: in other places a word that is a function's name need not mean
    // it.
    [GeneratedRegex(
        @"(?<=['`""(])[A-Za-z_][A-Za-z0-9_]*(?=['`""().<])|\b[A-Za-z_][A-Za-z0-9_]*(?=\()|(?<=[Ff]unction )[A-Za-z_][A-Za-z0-9_]*|(?<=[Mm]odule )[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();
}
