using System.Collections.Immutable;
using System.Text;

namespace Hls4Net.Rtl.Tools;

/// <summary>A group of a cell library in Liberty's format, such as <c>pin(A) { direction : input; }</c>.</summary>
/// <param name="Name">What it is: library, cell, pin, ff.</param>
/// <param name="Arguments">What is between its parentheses, on one line.</param>
/// <param name="Statements">What is between its braces, in order; null where it has none, as a complex
/// attribute.</param>
internal sealed record LibertyGroup(string Name, string Arguments, ImmutableArray<object>? Statements)
{
    /// <summary>The groups and complex attributes in it.</summary>
    public IEnumerable<LibertyGroup> Groups => Statements?.OfType<LibertyGroup>() ?? [];

    /// <summary>The value of its simple attribute, without quotes; null where it has none.</summary>
    public string? Attribute(string name) => Statements?.OfType<LibertyAttribute>()
        .LastOrDefault(a => a.Name == name)?.Value.Trim('"');
}

/// <summary>A simple attribute.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value on one line, in quotes where it has them.</param>
internal sealed record LibertyAttribute(string Name, string Value);

/// <summary>Reads Liberty's format, as leniently as vendors write it, and writes it as Yosys reads it.</summary>
/// <remarks>
/// Yosys 0.23 takes neither an attribute without a semicolon before a brace, nor an expression without quotes, nor some
/// line breaks; all of them are in libraries that other tools take.
/// </remarks>
internal ref struct LibertyReader
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private LibertyReader(ReadOnlySpan<char> text) => _text = text;

    /// <summary>Reads a file's one group, the library.</summary>
    /// <exception cref="FormatException">It is not in this format; the message names the line.</exception>
    public static LibertyGroup Read(string text)
    {
        LibertyReader reader = new(text);
        reader.SkipBlank(lines: true);
        if (reader.Statement() is not LibertyGroup { Statements: not null } library)
            throw reader.Wrong("a library is 'library(name) { … }'");
        reader.SkipBlank(lines: true);
        return reader._at == text.Length ? library : throw reader.Wrong("something follows the library");
    }

    /// <summary>A statement to a line, each with its semicolon, whatever is not a word in quotes.</summary>
    public static string Write(LibertyGroup library)
    {
        StringBuilder text = new();
        Write(text, library);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object statement)
    {
        switch (statement)
        {
            case LibertyAttribute(string name, string value):
                text.Append(name).Append(" : ")
                    .Append(value.StartsWith('"') || value.All(IsWord) ? value : $"\"{value}\"").Append(";\n");
                break;
            case LibertyGroup { Statements: null } list:
                text.Append(list.Name).Append('(').Append(list.Arguments).Append(");\n");
                break;
            case LibertyGroup group:
                text.Append(group.Name).Append('(').Append(group.Arguments).Append(") {\n");
                foreach (object inner in group.Statements!.Value)
                    Write(text, inner);
                text.Append("}\n");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(statement));
        }
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '+';

    // The next statement is there.
    private object Statement()
    {
        int start = _at;
        while (_at < _text.Length && (IsWord(_text[_at]) || _text[_at] is '[' or ']'))
            _at++;
        if (_at == start)
            throw Wrong("expected the name of an attribute or a group");
        string name = _text[start.._at].ToString();
        SkipBlank(lines: true);
        if (Take(':'))
        {
            SkipBlank(lines: true);
            string value = Until(";}\n");
            if (value.Length == 0)
                throw Wrong($"'{name}' has no value");
            SkipBlank(lines: false);
            Take(';');
            return new LibertyAttribute(name, value);
        }
        if (!Take('('))
            throw Wrong($"expected ':' or '(' after '{name}'");
        string arguments = Until(")");
        if (!Take(')'))
            throw Wrong($"the parenthesis after '{name}' is not closed");
        SkipBlank(lines: true);
        if (!Take('{'))
        {
            Take(';');
            return new LibertyGroup(name, arguments, null);
        }
        ImmutableArray<object>.Builder statements = ImmutableArray.CreateBuilder<object>();
        while (true)
        {
            SkipBlank(lines: true);
            if (Take('}'))
                break;
            if (_at == _text.Length)
                throw Wrong($"the brace of '{name}({arguments})' is not closed");
            if (!Take(';'))
                statements.Add(Statement());
        }
        SkipBlank(lines: false);
        Take(';');
        return new LibertyGroup(name, arguments, statements.ToImmutable());
    }

    private bool Take(char c)
    {
        bool there = _at < _text.Length && _text[_at] == c;
        _at += there ? 1 : 0;
        return there;
    }

    // Up to one of these characters that is neither in quotes nor in a comment, on one line; parentheses nest.
    private string Until(string ends)
    {
        StringBuilder value = new();
        int open = 0;
        for (; _at < _text.Length; _at++)
        {
            char c = _text[_at];
            if (c == '"')
            {
                int close = _text[(_at + 1)..].IndexOf('"');
                if (close < 0)
                    throw Wrong("a quotation mark is not closed");
                foreach (char inner in _text.Slice(_at, close + 2))
                    value.Append(inner is '\\' or '\r' or '\n' ? ' ' : inner);
                _at += close + 1;
            }
            else if (Break() is > 0 and int blank)
            {
                value.Append(' ');
                _at += blank - 1;
            }
            else if (open == 0 && ends.Contains(c, StringComparison.Ordinal))
            {
                break;
            }
            else
            {
                open += c == '(' ? 1 : c == ')' ? -1 : 0;
                value.Append(c is '\r' or '\n' or '\t' ? ' ' : c);
            }
        }
        return value.ToString().Trim();
    }

    // The length of the comment or the continued line that begins here.
    private readonly int Break()
    {
        ReadOnlySpan<char> rest = _text[_at..];
        if (rest.StartsWith("/*"))
            return rest[2..].IndexOf("*/") is >= 0 and int end ? end + 4 : rest.Length;
        if (rest.StartsWith("//"))
            return rest.IndexOf('\n') is >= 0 and int end ? end : rest.Length;
        return rest.StartsWith("\\\r\n") ? 3 : rest.StartsWith("\\\n") ? 2 : 0;
    }

    private void SkipBlank(bool lines)
    {
        while (_at < _text.Length)
        {
            int blank = Break();
            if (blank == 0 && (!char.IsWhiteSpace(_text[_at]) || (!lines && _text[_at] == '\n')))
                return;
            _at += Math.Max(blank, 1);
        }
    }

    private readonly FormatException Wrong(string what) => new($"line {_text[.._at].Count('\n') + 1}: {what}");
}
