using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Circuits;
using Hls4Net.Data;
using Hls4Net.Devices;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Pipelining;
using Hls4Net.Programs.ShiftAdd;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Text;

namespace Hls4Net.Benchmarks;

/// <summary>
/// Constant matrices as networks of shifts and additions beside da4ml's, whose figures are read from the README that
/// lies with the matrices.
/// </summary>
internal static class ShiftAddTable
{
    /// <summary>What da4ml 0.6.0 gives with its depth bounded to the least plus two.</summary>
    private sealed record Reference(string Name, int Adders, int Cost, int Depth, double Seconds);

    // The inputs are signed 8-bit integers.
    private static readonly Interval s_input = new(-128, 127);

    private sealed record Ours(int Adders, int Cost, long? Lut, int Depth, double Seconds);

    /// <param name="matrices">The folder of the matrices.</param>
    /// <param name="folder">A folder to work in; null to leave Yosys out, which takes nearly all of the time.</param>
    public static string Measure(string matrices, string? folder)
    {
        List<Reference> references = [.. References(Path.Combine(matrices, "README.md"))];
        List<string> lines =
            [$"{DateTime.UtcNow:yyyy-MM-dd}, Yosys {Yosys.Version()}, `synth_xilinx -family xcup -nodsp`; CPU times on "
                + $"{Table.Machine()}.", ""];
        foreach ((int operands, string name) in new[] { (3, "three"), (2, "two") })
        {
            // The first runs are compiled by the quick compiler, and are not counted.
            for (int run = 0; run < 3; run++)
                MatrixOptimizer.Optimize(Read(Path.Combine(matrices, "u_16x64_w6.npy")), [],
                    [.. Enumerable.Repeat(s_input, 16)], new Fabric(operands));
            lines.Add(
                $"| {name} operands | shape | da4ml: adders | cost | depth | CPU s | ours: adders | cost | LUT | depth "
                + "| CPU s | cost / da4ml | LUT / da4ml |");
            lines.Add("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
            List<double> costs = [], luts = [];
            foreach (Reference r in references)
            {
                long[,] weights = Read(Path.Combine(matrices, $"{r.Name}.npy"));
                Ours ours = Build(weights, operands, r.Name, folder);
                costs.Add((double)ours.Cost / r.Cost);
                luts.Add((double)(ours.Lut ?? ours.Cost) / r.Cost);
                string lut = ours.Lut is long counted ? counted.ToString("N0", CultureInfo.InvariantCulture) : "—";
                lines.Add(
                    string.Create(CultureInfo.InvariantCulture,
                        $"| {r.Name} | {weights.GetLength(0)}×{weights.GetLength(1)} | {r.Adders:N0} | {r.Cost:N0} | "
                        + $"{r.Depth} | {r.Seconds} | {ours.Adders:N0} | {ours.Cost:N0} | **{lut}** | {ours.Depth} | "
                        + $"{ours.Seconds:F2} | {costs[^1]:F3} | **{luts[^1]:F3}** |"));
            }
            Spread c = Spread.Of(costs), l = Spread.Of(luts);
            lines.Add("");
            lines.Add(
                string.Create(CultureInfo.InvariantCulture,
                    $"Adders of {name} operands beside da4ml's cost, min–**median**–max: cost "
                    + $"{c.Min:F3}–**{c.Median:F3}**–{c.Max:F3}, LUTs {l.Min:F3}–**{l.Median:F3}**–{l.Max:F3}."));
            lines.Add("");
        }
        return string.Join('\n', lines).TrimEnd() + "\n";
    }

    private static Ours Build(long[,] weights, int operands, string name, string? folder)
    {
        AdderNetwork? network = null;
        ImmutableArray<Interval> inputs = [.. Enumerable.Repeat(s_input, weights.GetLength(0))];
        Fabric fabric = new(operands);
        double seconds = Cpu.Seconds(() => network = MatrixOptimizer.Optimize(weights, [], inputs, fabric).Adders);
        return new Ours(network!.Adders, network.Cost, folder is null ? null
            : Synthesize(weights, s_input, fabric, $"{name}_{operands}", folder), network.Depth, seconds);
    }

    /// <summary>LUTs that Yosys counts for a product.</summary>
    /// <param name="weights">[inputs, outputs].</param>
    /// <param name="input">What each input can be.</param>
    /// <param name="fabric">What it is made of.</param>
    /// <param name="name">The module's name.</param>
    /// <param name="folder">A folder to work in.</param>
    public static long Synthesize(long[,] weights, Interval input, Fabric fabric, string name, string folder)
    {
        int rows = weights.GetLength(0), columns = weights.GetLength(1);
        ProgramBuilder builder = new(rows, fabric);
        int[] outputs = builder.Matrix([.. Enumerable.Range(0, rows).Select(i => builder.Input(i, input, 1))], weights,
            []);
        IntegerProgram program = builder.Finish(outputs);
        // Yosys merges chains of plain additions and maps them worse: with two operands there is a register behind
        // every second level, as in the reference's measurement.
        Target target = new(fabric.AdderOperands == 3 ? Family.UltraScalePlus : Family.Generic,
            fabric.AdderOperands == 3 ? 1e6 : 5);
        Schedule schedule = new(program, new DelayModel(target.Family), target.ClockPeriodNs, 0);
        Port x = new("x", rows, IntegerValue.BitsOf(input), input.Min < 0),
            y = new("y", columns, program.Outputs.Max(o => program.Values[o].Width), true);
        string text = ModulePrinter.Print(new ProgramModule(name, [name], program, schedule, [x], y), target);
        string work = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        return Yosys.Synthesize(work, [new GeneratedFile($"{name}.v", text), .. RtlDesign.PartsOf(text)], name,
            Family.UltraScalePlus, dsp: false).Lut;
    }

    private static long[,] Read(string path)
    {
        Tensor tensor = NpyReader.Read(File.ReadAllBytes(path));
        long[,] weights = new long[tensor.Shape[0], tensor.Shape[1]];
        for (int i = 0; i < weights.Length; i++)
            weights[i / tensor.Shape[1], i % tensor.Shape[1]] = (long)tensor.Values[i];
        return weights;
    }

    // Lines such as: | u_16x64_w6 | 16×64 | 1007 | 1,033 | 13,610 | 11,553 | 6 | 0.3 | 977 | …
    private static IEnumerable<Reference> References(string readme)
    {
        foreach (string line in File.ReadLines(readme))
        {
            string[] cells = [.. line.Split('|').Select(c => c.Trim())];
            if (cells.Length > 9 && int.TryParse(cells[3], out _))
                yield return new Reference(cells[1], Integer(cells[4]), Integer(cells[6]), Integer(cells[7]),
                    double.Parse(cells[8], CultureInfo.InvariantCulture));
        }

        static int Integer(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
    }
}
