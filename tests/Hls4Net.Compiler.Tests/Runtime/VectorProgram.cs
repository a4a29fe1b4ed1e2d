using System.Globalization;
using System.Numerics;
using System.Text;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Runtime;

/// <summary>
/// A C++ program that applies operations of the runtime headers to raw bit patterns: one small function per combination
/// of an operation and its types, all the values as data. Compile time depends on the combinations only.
/// </summary>
internal sealed class VectorProgram
{
    private const string Prelude = """
        #include <ap_fixed.h>
        #include <ap_int.h>
        #include <stdio.h>
        #include <string.h>

        typedef hls4net::detail::uint128 raw;

        template <class T> T in(raw x) { T t; t.V = hls4net::detail::wrap<T::width, T::is_signed>(x); return t; }
        template <class T> raw out(const T& x) { return raw(x.V) & (~raw(0) >> (128 - T::width)); }

        // An operation's result has the mantissa expected and the type that AMD defines.
        template <class R, class T> raw typed(const T& x) {
            static_assert(T::width == R::width && T::iwidth == R::iwidth && T::is_signed == R::is_signed, "result type");
            return out(x);
        }

        template <class A, class D> raw convert(raw a, raw) { return out(D(in<A>(a))); }
        template <class D> raw from_double(raw a, raw) { double d; memcpy(&d, &a, sizeof d); return out(D(d)); }
        template <class D> raw from_float(raw a, raw) { float d; memcpy(&d, &a, sizeof d); return out(D(d)); }
        template <class A> raw to_double(raw a, raw) { double d = in<A>(a); raw r = 0; memcpy(&r, &d, sizeof d); return r; }
        template <class A> raw to_float(raw a, raw) { float d = in<A>(a); raw r = 0; memcpy(&r, &d, sizeof d); return r; }
        template <class A> raw to_int(raw a, raw) { return (unsigned)in<A>(a).to_int(); }
        template <class A> raw to_int64(raw a, raw) { return (unsigned long long)in<A>(a).to_int64(); }
        template <class A, class B, class R> raw add(raw a, raw b) { return typed<R>(in<A>(a) + in<B>(b)); }
        template <class A, class B, class R> raw subtract(raw a, raw b) { return typed<R>(in<A>(a) - in<B>(b)); }
        template <class A, class B, class R> raw multiply(raw a, raw b) { return typed<R>(in<A>(a) * in<B>(b)); }
        template <class A, class B, class R> raw divide(raw a, raw b) { return typed<R>(in<A>(a) / in<B>(b)); }
        template <class A, class B, class R> raw remainder(raw a, raw b) { return typed<R>(in<A>(a) % in<B>(b)); }
        template <class A, class R> raw negate(raw a, raw) { return typed<R>(-in<A>(a)); }
        template <class A, class B> raw add_to(raw a, raw b) { A x = in<A>(a); x += in<B>(b); return out(x); }
        template <class A, class B> raw subtract_from(raw a, raw b) { A x = in<A>(a); x -= in<B>(b); return out(x); }
        template <class A, class B> raw multiply_by(raw a, raw b) { A x = in<A>(a); x *= in<B>(b); return out(x); }
        template <class A, class B> raw divide_by(raw a, raw b) { A x = in<A>(a); x /= in<B>(b); return out(x); }
        template <class A> raw left(raw a, raw b) { return out(in<A>(a) << int(b)); }
        template <class A> raw right(raw a, raw b) { return out(in<A>(a) >> int(b)); }
        template <class A, class B> raw compare(raw a, raw b) {
            A x = in<A>(a);
            B y = in<B>(b);
            bool less = x < y, equal = x == y;
            return less | equal << 1 | (less == (x >= y) || equal == (x != y)) << 2 |
                   ((x > y) != (y < x) || (x <= y) != (y >= x)) << 3;
        }

        """;

    private const string Main = """
        static raw parse(const char* s) {
            raw x = 0;
            for (; *s; s++)
                x = x << 4 | raw(*s <= '9' ? *s - '0' : *s - 'a' + 10);
            return x;
        }

        int main() {
            int i;
            char a[40], b[40];
            while (scanf("%d %39s %39s", &i, a, b) == 3) {
                raw r = cases[i](parse(a), parse(b));
                printf("%llx %llx\n", (unsigned long long)(r >> 64), (unsigned long long)r);
            }
        }

        """;

    private readonly Dictionary<string, int> _cases = [];
    private readonly List<(int Case, BigInteger A, BigInteger B, BigInteger Expected, string Name)> _vectors = [];

    public int Count => _vectors.Count;

    /// <summary>The C++ name of a type.</summary>
    public static string Spell(FixedPointType t)
    {
        string modes = $"AP_{t.Rounding.Spelling()}, AP_{t.Overflow.Spelling()}, {t.SaturationBits}";
        return string.Create(CultureInfo.InvariantCulture,
            $"ap_{(t.Signed ? "" : "u")}fixed<{t.Width}, {t.Integer}, {modes}>");
    }

    /// <summary>
    /// Adds a vector: <paramref name="function"/> is one of the prelude's, with its template arguments.
    /// </summary>
    public void Add(string function, BigInteger a, BigInteger b, BigInteger expected, string name)
    {
        if (!_cases.TryGetValue(function, out int index))
            _cases.Add(function, index = _cases.Count);
        _vectors.Add((index, a, b, expected, name));
    }

    /// <summary>Compiles, runs and compares; fails the test with the names of the first vectors that differ.</summary>
    public void Check(Gpp gpp)
    {
        StringBuilder source = new(Prelude);
        source.Append("static raw (*const cases[])(raw, raw) = {\n");
        foreach (string function in _cases.Keys)
            source.Append("    ").Append(function).Append(",\n");
        source.Append("};\n").Append(Main);
        gpp.Write("vectors.cpp", source.ToString());
        gpp.Compile("vectors", "-O0", "vectors.cpp");

        StringBuilder input = new();
        foreach ((int index, BigInteger a, BigInteger b, BigInteger _, string _) in _vectors)
            input.Append(CultureInfo.InvariantCulture, $"{index} {Hex(a)} {Hex(b)}\n");
        string[] lines = gpp.Execute("vectors", input.ToString()).Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(_vectors.Count, lines.Length);
        List<string> failures = [];
        foreach ((string line, (int _, BigInteger _, BigInteger _, BigInteger expected, string name)) in lines.Zip(
            _vectors))
        {
            string[] words = line.Split(' ');
            BigInteger actual = (Parse(words[0]) << 64) + Parse(words[1]);
            if (actual != expected)
                failures.Add($"{name}: expected {Hex(expected)}, got {Hex(actual)}");
        }
        Assert.True(failures.Count == 0,
            $"{failures.Count} of {lines.Length} differ:\n{string.Join('\n', failures.Take(20))}");
    }

    /// <summary>An unsigned number from hexadecimal digits.</summary>
    public static BigInteger Parse(string hex) =>
        BigInteger.Parse("0" + hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static string Hex(BigInteger x) => x.ToString("x", CultureInfo.InvariantCulture)
        .TrimStart('0') is { Length: > 0 } s ? s : "0";
}
