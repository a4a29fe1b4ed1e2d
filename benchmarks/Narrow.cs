using System.Collections.Immutable;
using Hls4Net.Numerics;
using Hls4Net.Rtl;
using Hls4Net.Rtl.ShiftAdd;
using Hls4Net.Rtl.Pipelining;
using Hls4Net.Rtl.Tools;
using Hls4Net.Rtl.Verilog;
namespace Hls4Net.Benchmarks;
internal static class Narrow
{
    public static void Run()
    {
        foreach ((int r, int c) in new[] { (64, 1), (16, 16), (64, 32) })
        foreach (int wbits in new[] { 1, 2, 4, 6 })
        foreach (int ibits in new[] { 1, 2 })
        {
            Random random = new(r * c + wbits);
            long[,] w = new long[r, c];
            for (int i = 0; i < w.Length; i++)
                w[i / c, i % c] = wbits == 1 ? random.Next(2) * 2 - 1 : wbits == 2 ? random.Next(3) - 1 : random.Next(-(1 << wbits - 1), 1 << wbits - 1);
            if (wbits == 1 && c == 1) for (int i = 0; i < r; i++) w[i, 0] = 1;
            ImmutableArray<Interval> ranges = [.. Enumerable.Repeat(new Interval(0, (1 << ibits) - 1), r)];
            foreach ((Family family, Fabric fabric) in new[] { (Family.UltraScalePlus, new Fabric(3)), (Family.UltraScalePlus, Fabric.Of(Family.UltraScalePlus)) })
            {
                var n = MatrixOptimizer.Optimize(w, [], ranges, fabric);
                ProgramBuilder builder = new(r, fabric);
                int[] outputs = builder.Matrix([.. Enumerable.Range(0, r).Select(i => builder.Input(i, ranges[i], 1))], w, []);
                IntegerProgram program = builder.Finish(outputs);
                Target target = new(family, 1e6);
                Schedule schedule = new(program, new DelayModel(family), 1e6, 0);
                string text = ModuleEmitter.Emit("m", "m", program, schedule, target, [new Port("x", r, ibits, false)], new Port("y", c, program.Outputs.Max(o => program.Values[o].Width), true));
                string work = Directory.CreateTempSubdirectory("narrow").FullName;
                File.WriteAllText("/tmp/m.v", text);
                long lut = Yosys.Synthesize(work, [new GeneratedFile("m.v", text), .. RtlDesign.PartsOf(text)], "m", family, dsp: false).Lut;
                Console.WriteLine($"{r}x{c} w{wbits} i{ibits} {family} {(fabric.HasTables ? "tables" : "plain")}: {n.Tables.Length} tables cost {n.Cost} yosys {lut} depth {n.Adders.Depth}");
            }
        }
    }
}
