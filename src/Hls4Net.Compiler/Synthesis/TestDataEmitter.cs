using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hls4Net.Graph;
using Hls4Net.Simulation;
using Hls4Net.Text;
using Hls4Net.Vectors;

namespace Hls4Net.Synthesis;

/// <summary>
/// The vectors of the test bench, and what the managed simulator gives for them: the definition that the RTL is held
/// to.
/// </summary>
internal static class TestDataEmitter
{
    /// <param name="typed">The network.</param>
    /// <param name="vectors">The vectors.</param>
    /// <param name="count">How many of them, at most.</param>
    /// <param name="inProgram">Whether the test bench has them as a header; else as files.</param>
    public static ImmutableArray<GeneratedFile> Emit(Network typed, TestVectors vectors, int count, bool inProgram)
    {
        ManagedSimulator simulator = new(typed);
        StringBuilder inputs = new(), expected = new();
        for (int sample = 0; sample < Math.Min(count, vectors.Count); sample++)
        {
            simulator.Run(vectors.Input(sample));
            Line(inputs, simulator, typed.Inputs);
            Line(expected, simulator, typed.Outputs.Select(o => o.Value));
        }
        return inProgram
            ? [new GeneratedFile("tb_data/vectors.h",
                $"#define HLS4NET_VECTORS\n{Strings("input", inputs)}{Strings("expected", expected)}")]
            : [new GeneratedFile("tb_data/input.dat", inputs.ToString()),
                new GeneratedFile("tb_data/expected.dat", expected.ToString())];
    }

    // A string a sample: compilers limit the length of one.
    private static string Strings(string name, StringBuilder lines) =>
        $"static const char* const hls4net_{name}[] = "
        + $"{{\n{string.Concat(lines.ToString().TrimEnd('\n').Split('\n').Select(l => $"    \"{l}\",\n"))}}};\n";

    // As %.17g of C prints them, which the test bench compares as text. Mantissas of more than 53 bits are rounded as
    // the conversion to double does there.
    private static void Line(StringBuilder text, ManagedSimulator simulator, IEnumerable<Value> values)
    {
        bool first = true;
        foreach (Value value in values)
        {
            foreach (long mantissa in simulator[value])
            {
                text.Append(first ? "" : " ").Append(Text(mantissa * value.Type.Ulp));
                first = false;
            }
        }
        text.Append('\n');
    }

    internal static string Text(double value)
    {
        if (value == 0)
            return "0";
        // %g takes the form with an exponent where that is below -4 or not below the precision.
        string digits = value.ToString("E16", CultureInfo.InvariantCulture);
        int exponent = int.Parse(digits[(digits.IndexOf('E', StringComparison.Ordinal) + 1)..],
            CultureInfo.InvariantCulture);
        if (exponent is < -4 or >= 17)
        {
            string mantissa = digits[..digits.IndexOf('E', StringComparison.Ordinal)].TrimEnd('0').TrimEnd('.');
            return string.Create(CultureInfo.InvariantCulture,
                $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
        }
        string plain = value.ToString($"F{16 - exponent}", CultureInfo.InvariantCulture);
        return plain.Contains('.', StringComparison.Ordinal) ? plain.TrimEnd('0').TrimEnd('.') : plain;
    }
}
