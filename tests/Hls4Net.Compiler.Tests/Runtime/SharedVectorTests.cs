using System.Globalization;
using System.IO.Compression;
using System.Numerics;

namespace Hls4Net.Tests.Runtime;

/// <summary>The headers against conversions and operations computed with AMD's own types.</summary>
public sealed class SharedVectorTests
{
    [SkippableFact]
    public void Conversions_and_operations_are_AMDs()
    {
        VectorProgram program = new();
        foreach (string line in Lines("ap_fixed.txt.gz"))
            AddVector(program, line, line.Split(' '));
        Assert.True(program.Count > 20_000);
        using Gpp gpp = Gpp.Require();
        program.Check(gpp);
    }

    [SkippableFact]
    public void Every_8_bit_value_converts_as_with_AMD()
    {
        VectorProgram program = new();
        foreach (string line in Lines("ap_fixed_exhaustive.txt.gz"))
        {
            string[] words = line.Split(' ');
            string function = $"convert<{Type(words[1])}, {Type(words[2])}>";
            for (int i = 3; i < words.Length; i++)
                program.Add(function, i - 3, 0, VectorProgram.Parse(words[i]),
                    $"CVTALL {words[1]} {words[2]} [{i - 3}]");
        }
        Assert.True(program.Count > 300_000);
        using Gpp gpp = Gpp.Require();
        program.Check(gpp);
    }

    private static void AddVector(VectorProgram program, string line, string[] w)
    {
        string a = Type(w[1]);
        switch (w[0])
        {
            case "CVT":
                program.Add($"convert<{a}, {Type(w[2])}>", Raw(w[3]), 0, Raw(w[4]), line);
                break;
            case "DBL":
                program.Add($"from_double<{a}>", Raw(w[2]), 0, Raw(w[3]), line);
                break;
            case "ADD" or "SUB" or "MUL" or "DIV":
                program.Add($"{Operation(w[0])}<{a}, {Type(w[2])}, {Type(w[3])}>", Raw(w[4]), Raw(w[5]), Raw(w[6]),
                    line);
                break;
            case "ADDEQ" or "SUBEQ" or "MULEQ" or "DIVEQ":
                program.Add($"{Operation(w[0])}<{a}, {Type(w[2])}>", Raw(w[4]), Raw(w[5]), Raw(w[6]), line);
                break;
            case "CMP":
                program.Add($"compare<{a}, {Type(w[2])}>", Raw(w[3]), Raw(w[4]), Raw(w[5]) + 2 * Raw(w[6]), line);
                break;
            case "SHL" or "SHR":
                program.Add($"{Operation(w[0])}<{a}>", Raw(w[3]), int.Parse(w[2], CultureInfo.InvariantCulture),
                    Raw(w[4]), line);
                break;
            case "NEG":
                program.Add($"negate<{a}, {Type(w[2])}>", Raw(w[3]), 0, Raw(w[4]), line);
                break;
            case "TODBL":
                program.Add($"to_double<{a}>", Raw(w[2]), 0, Raw(w[3]), line);
                break;
            case "TOINT":
                program.Add($"to_int64<{a}>", Raw(w[2]), 0, (ulong)long.Parse(w[3], CultureInfo.InvariantCulture),
                    line);
                break;
            default:
                Assert.Fail($"unknown vector: {line}");
                break;
        }
    }

    private static string Operation(string name) => name switch
    {
        "ADD" => "add",
        "SUB" => "subtract",
        "MUL" => "multiply",
        "DIV" => "divide",
        "ADDEQ" => "add_to",
        "SUBEQ" => "subtract_from",
        "MULEQ" => "multiply_by",
        "DIVEQ" => "divide_by",
        "SHL" => "left",
        "SHR" => "right",
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };

    private static BigInteger Raw(string hex) => VectorProgram.Parse(hex);

    // s16:6:TRN:WRAP:0
    private static string Type(string text)
    {
        string[] p = text[1..].Split(':');
        return $"ap_{(text[0] == 's' ? "" : "u")}fixed<{p[0]}, {p[1]}, AP_{p[2]}, AP_{p[3]}, {p[4]}>";
    }

    private static List<string> Lines(string file)
    {
        using StreamReader reader = new(new GZipStream(File.OpenRead(SharedData.Require("vectors", file)),
            CompressionMode.Decompress));
        List<string> lines = [];
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                lines.Add(line);
        }
        return lines;
    }
}
