using System.Globalization;
using System.IO.Compression;
using Hls4Net.Configuration;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

/// <summary>Every vector computed with AMD's open headers, through the C# arithmetic.</summary>
public sealed class ApFixedVectorTests
{
    [SkippableTheory]
    [InlineData("ap_fixed.txt.gz", 22_000)]
    [InlineData("ap_fixed_exhaustive.txt.gz", 1_000)]
    public void Every_vector_agrees(string file, int atLeast)
    {
        string path = SharedData.Require("vectors", file);
        using StreamReader reader = new(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        List<string> failures = [];
        int count = 0;
        while (reader.ReadLine() is string line)
        {
            if (line.StartsWith('#'))
                continue;
            count++;
            if (Check(line.Split(' ')) is string failure)
                failures.Add($"{line[..Math.Min(line.Length, 100)]}: {failure}");
        }
        Assert.True(failures.Count == 0,
            $"{failures.Count} of {count} differ:\n{string.Join('\n', failures.Take(20))}");
        Assert.InRange(count, atLeast, int.MaxValue);
    }

    private static string? Check(string[] v) => v[0] switch
    {
        "CVT" => Expect(v[4], Value(v[1], v[3]).ConvertTo(Type(v[2]))),
        "CVTALL" => CheckAll(Type(v[1]), Type(v[2]), v[3..]),
        "DBL" => Expect(v[3], new FixedPointValue(FixedPoint.Convert(Double(v[2]), Type(v[1]), out _), Type(v[1]))),
        "ADD" => Expect(v[3], v[6], Value(v[1], v[4]) + Value(v[2], v[5])),
        "SUB" => Expect(v[3], v[6], Value(v[1], v[4]) - Value(v[2], v[5])),
        "MUL" => Expect(v[3], v[6], Value(v[1], v[4]) * Value(v[2], v[5])),
        "DIV" => Expect(v[3], v[6], Value(v[1], v[4]) / Value(v[2], v[5])),
        "ADDEQ" => Expect(v[6], (Value(v[1], v[4]) + Value(v[2], v[5])).ConvertTo(Type(v[1]))),
        "SUBEQ" => Expect(v[6], (Value(v[1], v[4]) - Value(v[2], v[5])).ConvertTo(Type(v[1]))),
        "MULEQ" => Expect(v[6], (Value(v[1], v[4]) * Value(v[2], v[5])).ConvertTo(Type(v[1]))),
        "DIVEQ" => Expect(v[6], (Value(v[1], v[4]) / Value(v[2], v[5])).ConvertTo(Type(v[1]))),
        "CMP" =>
            Same($"{v[5]} {v[6]}",
                $"{Bit(Value(v[1], v[3]).CompareTo(Value(v[2], v[4])) < 0)} "
                + $"{Bit(Value(v[1], v[3]).CompareTo(Value(v[2], v[4])) == 0)}"),
        // Shifts keep the type: bits fall off at either end.
        "SHL" => Expect(v[4], Shifted(Value(v[1], v[3]), int.Parse(v[2], CultureInfo.InvariantCulture))),
        "SHR" => Expect(v[4], Shifted(Value(v[1], v[3]), -int.Parse(v[2], CultureInfo.InvariantCulture))),
        "NEG" => Expect(v[2], v[4], -Value(v[1], v[3])),
        "TODBL" => Same(v[3], BitConverter.DoubleToInt64Bits(Value(v[1], v[2]).ToDouble())
            .ToString("x16", CultureInfo.InvariantCulture)),
        "TOINT" => Same(v[3], Value(v[1], v[2]).ToInteger().ToString(CultureInfo.InvariantCulture)),
        _ => "unknown vector",
    };

    private static string? CheckAll(FixedPointType from, FixedPointType to, string[] expected)
    {
        for (int bits = 0; bits < expected.Length; bits++)
        {
            FixedPointValue value = new FixedPointValue(FixedPoint.Wrap(bits, from.Width, from.Signed), from)
                .ConvertTo(to);
            if (Expect(expected[bits], value) is string failure)
                return $"[{bits:x}] {failure}";
        }
        return null;
    }

    private static FixedPointValue Shifted(FixedPointValue a, int left) =>
        a with
        {
            Mantissa = FixedPoint.Wrap(left >= 0 ? a.Mantissa << left : a.Mantissa >> -left, a.Type.Width,
            a.Type.Signed)
        };

    private static string? Expect(string type, string hex, FixedPointValue actual)
    {
        FixedPointType t = Type(type);
        return t.Width != actual.Type.Width || t.Integer != actual.Type.Integer || t.Signed != actual.Type.Signed
            ? $"type is {actual.Type}"
            : Expect(hex, actual);
    }

    private static string? Expect(string hex, FixedPointValue actual)
    {
        Int128 bits = FixedPoint.Wrap(actual.Mantissa, actual.Type.Width, false);
        return Same(Int128.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture), bits.ToString(CultureInfo.InvariantCulture));
    }

    private static string? Same(string expected, string actual) => expected == actual ? null
        : $"expected {expected}, got {actual}";

    private static char Bit(bool b) => b ? '1' : '0';

    private static double Double(string hex) =>
        BitConverter.Int64BitsToDouble(long.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static FixedPointValue Value(string type, string hex)
    {
        FixedPointType t = Type(type);
        return new(FixedPoint.Wrap(Int128.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture),
            t.Width, t.Signed), t);
    }

    private static FixedPointType Type(string text)
    {
        string[] f = text.Split(':');
        string spec = $"{(text[0] == 's' ? "" : "u")}fixed({f[0][1..]},{f[1]},{f[2]},{f[3]},{f[4]})";
        return ((PrecisionSpec.Pinned)PrecisionSpec.TryParse(spec, out _)!).Type;
    }
}
