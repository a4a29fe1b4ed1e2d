using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// What the steps of a loop do, as expressions of its variable: comparisons and sums where these say it, else a table.
/// </summary>
/// <param name="tables">Takes the declarations of tables.</param>
internal sealed class StepText(CppWriter tables)
{
    /// <summary>The condition that holds at the steps which are flagged; empty where it always does.</summary>
    public string Condition(string variable, string what, IReadOnlyList<bool> flags)
    {
        List<(int First, int Last)> runs = [];
        for (int i = 0; i < flags.Count; i++)
        {
            if (flags[i] && runs.Count > 0 && runs[^1].Last == i - 1)
                runs[^1] = (runs[^1].First, i);
            else if (flags[i])
                runs.Add((i, i));
        }
        if (runs.Count <= 2)
        {
            string[] parts = [.. runs.Select(r => Between(variable, r.First, r.Last, flags.Count - 1))];
            return parts switch
            {
                [] => "false",
                [string one] => one,
                _ => $"({string.Join(" || ", parts.Select(p => p.Contains("&&", StringComparison.Ordinal) ? $"({p})" : p))})",
            };
        }
        tables.Line(
            $"static const bool {variable}_{what}[{flags.Count}] = "
            + $"{{{string.Join(", ", flags.Select(f => f ? "1" : "0"))}}};");
        return $"{variable}_{what}[{variable}]";
    }

    /// <summary>The number of each step; what is below zero is not asked for.</summary>
    public string Index(string variable, string what, ImmutableArray<int> numbers)
    {
        int[] at = [.. Enumerable.Range(0, numbers.Length).Where(s => numbers[s] >= 0)];
        if (at.Length == 0)
            return "0";
        int first = numbers[at[0]], stride = at.Length == 1 || (numbers[at[1]] - first) % (at[1] - at[0]) != 0 ? 0
            : (numbers[at[1]] - first) / (at[1] - at[0]), start = first - (stride * at[0]);
        if (at.All(s => numbers[s] == start + (s * stride)))
            return Sum(variable, stride, start);
        int low = at.Min(s => numbers[s]), high = at.Max(s => numbers[s]),
            inner = at.FirstOrDefault(s => numbers[s] > low && numbers[s] < high, -1);
        int offset = inner < 0 ? 0 : numbers[inner] - inner;
        if (inner >= 0 && at.All(s => numbers[s] == Math.Clamp(s + offset, low, high)))
        {
            string below = low - offset > at[0] ? $"{variable} < {low - offset} ? {low} : " : "",
                above = high - offset < at[^1] ? $"{variable} > {high - offset} ? {high} : " : "";
            return $"{below}{above}{Sum(variable, 1, offset)}";
        }
        tables.Line(
            $"static const int {variable}_{what}[{numbers.Length}] = "
            + $"{{{string.Join(", ", numbers.Select(n => Math.Max(n, 0).ToString(CultureInfo.InvariantCulture)))}}};");
        return $"{variable}_{what}[{variable}]";
    }

    private static string Between(string variable, int first, int last, int end) => (first == 0, last == end) switch
    {
        (true, true) => "",
        _ when first == last => $"{variable} == {first}",
        (true, false) => $"{variable} < {last + 1}",
        (false, true) => $"{variable} >= {first}",
        _ => $"{variable} >= {first} && {variable} <= {last}",
    };

    private static string Sum(string variable, int stride, int start) => (stride, start) switch
    {
        (0, _) => start.ToString(CultureInfo.InvariantCulture),
        (1, 0) => variable,
        (1, _) => $"{variable} {(start < 0 ? '-' : '+')} {Math.Abs(start)}",
        (-1, _) => $"{start} - {variable}",
        ( < 0, _) => $"{start} - {variable} * {-stride}",
        (_, 0) => $"{variable} * {stride}",
        _ => $"{variable} * {stride} {(start < 0 ? '-' : '+')} {Math.Abs(start)}",
    };
}
