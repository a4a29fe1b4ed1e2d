using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Devices;
using Hls4Net.Numerics;
using Hls4Net.Programs.ShiftAdd;
using Hls4Net.Rtl.Tools;

namespace Hls4Net.Benchmarks;

/// <summary>Products of random matrices with inputs of one and two bits, by adders alone and with tables.</summary>
internal static class NarrowInputsTable
{
    private sealed record Matrix(string Name, int Inputs, int Outputs, Func<Random, long> Weight);

    private static readonly Matrix[] s_matrices =
    [
        new("count", 64, 1, _ => 1), new("count", 128, 1, _ => 1), new("±1", 64, 8, Sign), new("±1", 64, 64, Sign),
            new("ternary", 64, 32, random => random.Next(3) - 1),
        new("4 bits", 16, 16, Uniform(4)), new("4 bits", 64, 32, Uniform(4)), new("6 bits", 16, 16, Uniform(6)),
            new("6 bits", 64, 32, Uniform(6)), new("8 bits", 16, 16, Uniform(8)), new("8 bits", 64, 32, Uniform(8)),
    ];

    private static readonly Fabric s_adders = new(3), s_tables = Fabric.Of(Family.UltraScalePlus);

    /// <param name="folder">A folder to work in; null to leave Yosys out.</param>
    public static string Measure(string? folder)
    {
        List<string> lines =
        [
            $"{DateTime.UtcNow:yyyy-MM-dd}, Yosys {Yosys.Version()}, `synth_xilinx -family xcup -nodsp`; CPU times on "
            + $"{Table.Machine()}.", "",
            "| weights | shape | inputs | adders alone: cost | LUT | depth | CPU s | with tables: tables | cost | LUT "
            + "| depth | CPU s | LUT / adders alone |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        ];
        foreach (int bits in new[] { 1, 2 })
        {
            foreach (Matrix matrix in s_matrices)
            {
                Random random = new(matrix.Inputs + matrix.Outputs);
                long[,] weights = new long[matrix.Inputs, matrix.Outputs];
                for (int i = 0; i < weights.Length; i++)
                    weights[i / matrix.Outputs, i % matrix.Outputs] = matrix.Weight(random);
                Interval input = new(0, (1 << bits) - 1);
                (SumNetwork adders, long adderLuts, double adderSeconds) = Build(weights, input, s_adders, folder);
                (SumNetwork tables, long tableLuts, double tableSeconds) = Build(weights, input, s_tables, folder);
                lines.Add(string.Create(CultureInfo.InvariantCulture,
                    $"| {matrix.Name} | {matrix.Inputs}×{matrix.Outputs} | {bits} bit{(bits > 1 ? "s" : "")} | "
                    + $"{adders.Cost:N0} | {adderLuts:N0} | {adders.Adders.Depth} | {adderSeconds:F2} | "
                    + $"{tables.Tables.Length:N0} | {tables.Cost:N0} | **{tableLuts:N0}** | {tables.Adders.Depth} | "
                    + $"{tableSeconds:F2} | **{(double)tableLuts / adderLuts:F2}** |"));
            }
        }
        return string.Join('\n', lines) + "\n";
    }

    private static (SumNetwork Network, long Lut, double Seconds) Build(long[,] weights, Interval input, Fabric fabric,
        string? folder)
    {
        SumNetwork? network = null;
        ImmutableArray<Interval> inputs = [.. Enumerable.Repeat(input, weights.GetLength(0))];
        double seconds = Cpu.Seconds(() => network = MatrixOptimizer.Optimize(weights, [], inputs, fabric));
        return (network!, folder is null ? network!.Cost
            : ShiftAddTable.Synthesize(weights, input, fabric, "product", folder), seconds);
    }

    private static long Sign(Random random) => random.Next(2) == 0 ? -1 : 1;

    private static Func<Random, long> Uniform(int bits) => random => random.Next(-(1 << (bits - 1)), 1 << (bits - 1));
}
