using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Hls4Net.Boosters;

/// <summary>Universal Binary JSON (ubjson.org, draft 12), in which XGBoost saves its models.</summary>
internal sealed class Ubjson
{
    private const int MaxDepth = 64;

    private readonly byte[] _bytes;
    private int _at, _depth;

    private Ubjson(byte[] bytes) => _bytes = bytes;

    /// <summary>True of an object whose first name has a binary length, which no JSON text has.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 2 && bytes[0] == '{' && bytes[1] is (byte)'i' or (byte)'U' or (byte)'I' or (byte)'l'
            or (byte)'L' or (byte)'$' or (byte)'#';

    /// <summary>The value that the bytes are.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static JsonNode? Read(byte[] bytes)
    {
        Ubjson reader = new(bytes);
        return reader.Value((char)reader.Byte());
    }

    private JsonNode? Value(char type) => type switch
    {
        '{' => Deeper(Object),
        '[' => Deeper(Array),
        'Z' => null,
        'T' => JsonValue.Create(true),
        'F' => JsonValue.Create(false),
        'S' => JsonValue.Create(Text()),
        'C' => JsonValue.Create(((char)Byte()).ToString()),
        'H' => throw new FormatException("a number of arbitrary precision"),
        _ => JsonValue.Create(Number(type)),
    };

    private JsonNode Deeper(Func<JsonNode> read)
    {
        if (++_depth > MaxDepth)
            throw new FormatException($"values stand more than {MaxDepth} deep");
        JsonNode result = read();
        _depth--;
        return result;
    }

    private JsonObject Object()
    {
        (char? type, long? count) = Container();
        JsonObject result = [];
        for (long i = 0; count is null ? !Ends('}') : i < count; i++)
        {
            string name = Text();
            if (!result.TryAdd(name, Value(type ?? Marker())))
                throw new FormatException($"'{name}' is there twice");
        }
        return result;
    }

    private JsonArray Array()
    {
        (char? type, long? count) = Container();
        JsonArray result = [];
        for (long i = 0; count is null ? !Ends(']') : i < count; i++)
            result.Add(Value(type ?? Marker()));
        return result;
    }

    // The type of all values and their number, where a container says them.
    private (char? Type, long? Count) Container()
    {
        char? type = null;
        if (Peek() == '$')
        {
            _at++;
            type = (char)Byte();
        }
        if (Peek() != '#')
            return type is null ? (null, null) : throw new FormatException("a type without a count");
        _at++;
        long count = Length();
        // Values of no bytes would let a few of these ask for any memory.
        return count <= _bytes.Length - _at ? (type, count)
            : throw new FormatException($"{count} values of a short file");
    }

    private bool Ends(char end)
    {
        while (Peek() == 'N')
            _at++;
        if (Peek() != end)
            return false;
        _at++;
        return true;
    }

    private char Marker()
    {
        char type;
        do
            type = (char)Byte();
        while (type == 'N');
        return type;
    }

    private string Text()
    {
        long length = Length();
        return Encoding.UTF8.GetString(Take(length));
    }

    private long Length()
    {
        double length = Number((char)Byte());
        return length >= 0 && double.IsInteger(length) ? (long)length
            : throw new FormatException($"{length} is no length");
    }

    private double Number(char type) => type switch
    {
        'i' => (sbyte)Byte(),
        'U' => Byte(),
        'I' => BinaryPrimitives.ReadInt16BigEndian(Take(2)),
        'l' => BinaryPrimitives.ReadInt32BigEndian(Take(4)),
        'L' => BinaryPrimitives.ReadInt64BigEndian(Take(8)),
        'd' => BinaryPrimitives.ReadSingleBigEndian(Take(4)),
        'D' => BinaryPrimitives.ReadDoubleBigEndian(Take(8)),
        _ => throw new FormatException($"no value begins with byte {(int)type}"),
    };

    private char Peek() => _at < _bytes.Length ? (char)_bytes[_at] : throw new FormatException("it is cut off");

    private byte Byte() => _at < _bytes.Length ? _bytes[_at++] : throw new FormatException("it is cut off");

    private ReadOnlySpan<byte> Take(long count)
    {
        if (count > _bytes.Length - _at)
            throw new FormatException("it is cut off");
        ReadOnlySpan<byte> result = _bytes.AsSpan(_at, (int)count);
        _at += (int)count;
        return result;
    }
}
