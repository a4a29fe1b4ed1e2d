using System.Text;

namespace Hls4Net.Text;

/// <summary>
/// Writes indented C++, or C#, with \n line ends. Pragmas stand at the margin, as HLS sources have them.
/// </summary>
/// <param name="braceOnOwnLine">True for C#'s custom, false for C++'s.</param>
/// <param name="pragmasBefore">True if the pragmas of a loop or a function stand before it, false if they begin its
/// body.</param>
internal sealed class CppWriter(bool braceOnOwnLine = false, bool pragmasBefore = false)
{
    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>One line at the current depth; an empty line where <paramref name="line"/> is empty.</summary>
    public CppWriter Line(string line = "")
    {
        if (line.Length > 0)
            _text.Append(' ', 4 * _depth).Append(line);
        _text.Append('\n');
        return this;
    }

    public CppWriter Lines(IEnumerable<string> lines)
    {
        foreach (string line in lines)
            Line(line);
        return this;
    }

    /// <summary>Lines that stand at the margin; empty ones are left out.</summary>
    public CppWriter Pragmas(params IEnumerable<string> pragmas)
    {
        foreach (string pragma in pragmas.Where(p => p.Length > 0))
            _text.Append(pragma).Append('\n');
        return this;
    }

    /// <summary>A braced block behind <paramref name="head"/>, closed when the result is disposed.</summary>
    public Scope Block(string head, string tail = "}")
    {
        if (braceOnOwnLine)
            Line(head).Line("{");
        else
            Line($"{head} {{");
        _depth++;
        return new Scope(this, tail);
    }

    /// <summary>A counted loop with a label that synthesis reports show.</summary>
    public Scope Loop(string? label, string variable, int count, params IEnumerable<string> pragmas)
    {
        if (pragmasBefore)
            Pragmas(pragmas);
        if (label is not null)
            Line($"{label}:");
        Scope scope = Block($"for (int {variable} = 0; {variable} < {count}; {variable}++)");
        if (!pragmasBefore)
            Pragmas(pragmas);
        return scope;
    }

    /// <summary>A function, and the pragmas that are about it as a whole.</summary>
    public Scope Function(string head, params IEnumerable<string> pragmas)
    {
        if (pragmasBefore)
            Pragmas(pragmas);
        Scope scope = Block(head);
        if (!pragmasBefore)
            Pragmas(pragmas);
        return scope;
    }

    /// <summary>What is written under the first condition that holds; an empty one always does.</summary>
    public CppWriter Choose(params ReadOnlySpan<(string Condition, Action Write)> cases)
    {
        for (int i = 0; i < cases.Length; i++)
        {
            (string condition, Action write) = cases[i];
            bool always = condition.Length == 0;
            if (i == 0 && always)
            {
                write();
                return this;
            }
            Line($"{(i > 0 ? "} else " : "")}{(always ? "" : $"if ({condition}) ")}{{");
            _depth++;
            write();
            _depth--;
            if (always)
                break;
        }
        return Line("}");
    }

    /// <summary>
    /// Another writer's lines: pragmas stay at the margin, everything else moves in to the current depth.
    /// </summary>
    public CppWriter Body(CppWriter other)
    {
        foreach (string line in other.ToString().TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith('#'))
                Pragmas(line);
            else
                Line(line);
        }
        return this;
    }

    /// <summary>Another writer's text as it is.</summary>
    public CppWriter Text(CppWriter other)
    {
        _text.Append(other._text);
        return this;
    }

    /// <summary>The items of an array, ten a line.</summary>
    public CppWriter Items<T>(ReadOnlySpan<T> items, Action<StringBuilder, T> append, string before = "",
        string after = "")
    {
        const int PerLine = 10;
        for (int i = 0; i < items.Length; i++)
        {
            if (i % PerLine != 0)
                _text.Append(' ');
            else
                _text.Append(' ', 4 * _depth).Append(i == 0 ? before : "     ");
            append(_text, items[i]);
            if (i + 1 == items.Length)
                _text.Append(after).Append('\n');
            else
                _text.Append((i + 1) % PerLine == 0 ? ",\n" : ",");
        }
        return this;
    }

    /// <summary>True while nothing is written.</summary>
    public bool IsEmpty => _text.Length == 0;

    public override string ToString() => _text.ToString();

    /// <summary>An open block.</summary>
    public readonly struct Scope(CppWriter writer, string tail) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line(tail);
        }
    }
}
