using System.Collections.Immutable;
using System.Globalization;

namespace Hls4Net.Data;

/// <summary>
/// The header of a .npy file: a Python dictionary in text, as in
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (3, 4), }</c>. Only what numpy writes is read.
/// </summary>
/// <param name="Descr">The dtype.</param>
/// <param name="FortranOrder">True if the first index runs fastest.</param>
/// <param name="Shape">The dimensions, not yet checked to be possible.</param>
internal sealed record NpyHeader(string Descr, bool FortranOrder, ImmutableArray<long> Shape)
{
    public static NpyHeader Parse(string text)
    {
        Cursor cursor = new(text);
        string? descr = null;
        bool? fortranOrder = null;
        ImmutableArray<long>? shape = null;
        cursor.Expect('{');
        while (!cursor.Take('}'))
        {
            string key = cursor.String();
            cursor.Expect(':');
            switch (key)
            {
                case "descr" when descr is null:
                    descr = cursor.At('[') ? throw new InvalidDataException("it holds records; save one numeric array")
                        : cursor.String();
                    break;
                case "fortran_order" when fortranOrder is null:
                    fortranOrder = cursor.Boolean();
                    break;
                case "shape" when shape is null:
                    shape = cursor.Tuple();
                    break;
                default:
                    throw Damaged();
            }
            if (cursor.Take(','))
                continue;
            cursor.Expect('}');
            break;
        }
        cursor.ExpectEnd();
        return new NpyHeader(descr ?? throw Damaged(), fortranOrder ?? throw Damaged(), shape ?? throw Damaged());
    }

    private static InvalidDataException Damaged() => new("its header is damaged");

    /// <summary>A position in the text; every method skips blanks first.</summary>
    private sealed class Cursor(string text)
    {
        private int _position;

        public bool At(char c)
        {
            while (_position < text.Length && char.IsWhiteSpace(text[_position]))
                _position++;
            return _position < text.Length && text[_position] == c;
        }

        public bool Take(char c)
        {
            if (!At(c))
                return false;
            _position++;
            return true;
        }

        public void Expect(char c)
        {
            if (!Take(c))
                throw Damaged();
        }

        public void ExpectEnd()
        {
            if (!string.IsNullOrWhiteSpace(text[_position..]))
                throw Damaged();
        }

        public string String()
        {
            char quote = At('"') ? '"' : '\'';
            Expect(quote);
            int end = text.IndexOf(quote, _position);
            if (end < 0)
                throw Damaged();
            string value = text[_position..end];
            _position = end + 1;
            return value;
        }

        public bool Boolean() => Word() switch
        {
            "True" => true,
            "False" => false,
            _ => throw Damaged(),
        };

        public ImmutableArray<long> Tuple()
        {
            ImmutableArray<long>.Builder values = ImmutableArray.CreateBuilder<long>();
            Expect('(');
            while (!Take(')'))
            {
                // Python 2 wrote long integers with an L.
                if (!long.TryParse(Word().TrimEnd('L'), NumberStyles.None, CultureInfo.InvariantCulture,
                    out long value))
                    throw Damaged();
                values.Add(value);
                if (Take(','))
                    continue;
                Expect(')');
                break;
            }
            return values.ToImmutable();
        }

        private string Word()
        {
            _ = At(' ');
            int start = _position;
            while (_position < text.Length && char.IsLetterOrDigit(text[_position]))
                _position++;
            return text[start.._position];
        }
    }
}
