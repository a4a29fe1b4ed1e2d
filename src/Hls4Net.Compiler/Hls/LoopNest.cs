using System.Collections.Immutable;

using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// Loops over elements of which each is found in two arrays, that of the result and that of the operand, at <c>Start +
/// Σ stride · variable</c>. Where a stride does not say where a step leads, a table does.
/// </summary>
internal sealed class LoopNest
{
    private const string Variables = "ijklmn";

    /// <summary>One loop: what a step of it adds to the result's index and to the operand's.</summary>
    public sealed record Level(int Count, Walk To, Walk From);

    /// <summary>A stride; or, where there is none, the index of every step.</summary>
    public sealed record Walk(int Stride, ImmutableArray<int> Table)
    {
        public static Walk By(int stride) => new(stride, []);
    }

    private readonly List<Level> _levels = [];
    private int _to, _from;

    /// <summary>True if there is nothing to walk over.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>The number of loops.</summary>
    public int Depth => _levels.Count;

    /// <summary>Moves the start of both indices.</summary>
    public LoopNest At(int to, int from)
    {
        (_to, _from) = (_to + to, _from + from);
        return this;
    }

    /// <summary>Adds a loop inside the others that goes on by constant strides.</summary>
    public LoopNest Add(int count, int to, int from)
    {
        if (count == 0)
            IsEmpty = true;
        else if (count > 1)
            Join(new Level(count, Walk.By(to), Walk.By(from)));
        return this;
    }

    /// <summary>
    /// Adds the steps along one axis: the result's places and the operand's, each times a stride. Loops where these are
    /// evenly spaced, else a table.
    /// </summary>
    public LoopNest Add(IReadOnlyList<int> to, int toStride, IReadOnlyList<int> from, int fromStride)
    {
        if (to.Count == 0)
        {
            IsEmpty = true;
            return this;
        }
        if (Even(to, from) is List<(int Count, int To, int From)> levels)
        {
            (_to, _from) = (_to + (to[0] * toStride), _from + (from[0] * fromStride));
            foreach ((int count, int stepTo, int stepFrom) in levels)
                Add(count, stepTo * toStride, stepFrom * fromStride);
            return this;
        }
        Walk places = Spaced(to, toStride, ref _to), sources = Spaced(from, fromStride, ref _from);
        _levels.Add(new Level(to.Count, places, sources));
        return this;
    }

    /// <summary>Writes the loops and inside them what <paramref name="inner"/> makes of the two indices.</summary>
    public void Write(LayerSource source, string label, Action<string, string> inner) =>
        Write(source, label, "0", "0", 0, inner);

    /// <summary>The same inside so many other loops, from the indices on that they have come to.</summary>
    public void Write(LayerSource source, string? label, string outerTo, string outerFrom, int depth,
        Action<string, string> inner)
    {
        List<int> table = [];
        List<(string Name, Level Level)> loops = [.. _levels.Select((level, i) => (Variable(depth + i), level))];
        string name = source.Named("index");
        string to = Index(outerTo, _to, loops.Select(l => (l.Name, l.Level.To))),
            from = Index(outerFrom, _from, loops.Select(l => (l.Name, l.Level.From)));
        if (table.Count > 0)
            source.IndexArray("index", table);
        Stack<CppWriter.Scope> scopes = [];
        foreach ((string variable, Level level) in loops)
            scopes.Push(source.Body.Loop(scopes.Count == 0 ? label : null, variable, level.Count,
                source.Dialect.Unroll()));
        inner(to, from);
        while (scopes.TryPop(out CppWriter.Scope scope))
            scope.Dispose();

        string Index(string outer, int start, IEnumerable<(string Variable, Walk Walk)> walks)
        {
            List<(bool Minus, string Text)> terms = outer == "0" ? [] : [(false, outer)];
            foreach ((string variable, Walk walk) in walks)
            {
                if (walk.Table.Length > 0)
                {
                    terms.Add((false, table.Count == 0 ? $"{name}[{variable}]"
                        : $"{name}[{table.Count} + {variable}]"));
                    table.AddRange(walk.Table);
                }
                else if (walk.Stride != 0)
                {
                    int stride = Math.Abs(walk.Stride);
                    terms.Add((walk.Stride < 0, stride == 1 ? variable : $"{variable} * {stride}"));
                }
            }
            if (start != 0)
                terms.Insert(terms.Count > 0 && terms[0].Minus ? 0 : terms.Count, (start < 0, $"{Math.Abs(start)}"));
            return terms.Count == 0 ? "0"
                : string.Concat(terms.Select((t, i) => i == 0 ? (t.Minus ? "-" : "") + t.Text
                    : (t.Minus ? " - " : " + ") + t.Text));
        }
    }

    private static string Variable(int depth) => depth < Variables.Length ? Variables[depth].ToString() : $"i{depth}";

    // Two loops are one where the outer goes on from where the inner ends.
    private void Join(Level level)
    {
        if (_levels.Count > 0 && _levels[^1] is { To.Table: [], From.Table: [] } outer
            && outer.To.Stride == level.Count * level.To.Stride && outer.From.Stride == level.Count * level.From.Stride)
            _levels[^1] = level with { Count = outer.Count * level.Count };
        else
            _levels.Add(level);
    }

    private static Walk Spaced(IReadOnlyList<int> indices, int stride, ref int start)
    {
        int step = indices[1] - indices[0];
        if (!Enumerable.Range(0, indices.Count).All(i => indices[i] == indices[0] + (i * step)))
            return new Walk(0, [.. indices.Select(i => i * stride)]);
        start += indices[0] * stride;
        return Walk.By(step * stride);
    }

    // The loops, outermost first, by which both lists are evenly spaced; null where there are none. In such a nest
    // every block of an inner loop has the length of the first, or goes on into the next: so the longest run from the
    // start is a whole number of loops.
    private static List<(int Count, int To, int From)>? Even(IReadOnlyList<int> to, IReadOnlyList<int> from)
    {
        List<(int Count, int To, int From)> levels = [];
        for (int block = 1; block < to.Count;)
        {
            int stepTo = to[block] - to[0], stepFrom = from[block] - from[0], count = 1;
            while ((count + 1) * block <= to.Count && Enumerable.Range(count * block, block)
                .All(i => to[i] == to[i - block] + stepTo && from[i] == from[i - block] + stepFrom))
                count++;
            if (count == 1 || to.Count % (block * count) != 0)
                return null;
            levels.Insert(0, (count, stepTo, stepFrom));
            block *= count;
        }
        return levels;
    }
}
