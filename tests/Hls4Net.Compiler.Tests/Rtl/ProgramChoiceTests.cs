using Hls4Net.Devices;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Programs.Pipelining;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>Products with few levels of adders, where these are worth their adders.</summary>
public sealed class ProgramChoiceTests(ITestOutputHelper output)
{
    private const int Matrices = 12, Samples = 20;

    [Fact]
    public void A_flatter_sum_is_the_same_sum_and_takes_less_time_for_few_adders()
    {
        Target target = new(Family.UltraScalePlus, 5);
        int flatter = 0;
        for (int seed = 0; seed < Matrices; seed++)
        {
            Random random = new(seed);
            Layer layer = Product(random, 8 + random.Next(24), 4 + random.Next(12));
            IntegerProgram deep = LayerLowering.Lower(layer, target.Fabric),
                chosen = ProgramChoice.Of(layer, target, phase: seed);
            double saved = Cycles(deep, seed) - Cycles(chosen, seed);
            Assert.InRange(saved, 0, 20);
            Assert.InRange(Adders(chosen), 0, Adders(deep) * (1 + (0.1 * saved)));
            flatter += saved > 0 ? 1 : 0;
            output.WriteLine($"{seed}: {saved} cycles less, bits of adders {Adders(deep)} and {Adders(chosen)}");

            ProgramEvaluator one = new(deep), other = new(chosen);
            long[] a = new long[deep.Outputs.Length], b = new long[a.Length];
            for (int s = 0; s < Samples; s++)
            {
                long[] x = [.. Enumerable.Range(0, deep.InputCount).Select(_ => random.NextInt64(-128, 128))];
                one.Run(x, a);
                other.Run(x, b);
                Assert.Equal(a, b);
            }
        }
        Assert.InRange(flatter, 1, Matrices);

        double Cycles(IntegerProgram program, int phase) =>
            new Schedule(program, new DelayModel(target.Family), target.ClockPeriodNs, phase).Cycles;
    }

    private static long Adders(IntegerProgram program) =>
        program.Values.Sum(v => v.Operation is IntegerOperation.Sum && !program.IsWire(v.Operation) ? v.Width : 0L);

    private static Layer Product(Random random, int inputs, int units)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, inputs).Weights("w", [inputs, units],
                [.. Enumerable.Range(0, inputs * units).Select(_ => random.Next(-31, 32) / 8.0)])
            .Node("MatMul", ["x", "w"], "y").Output("y");
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder) with
        {
            Defaults = Configuration.LayerSettings.Unset with { Precision = ModelHarness.Precision("exact") },
            Layers = [new("x", Configuration.LayerSettings.Unset with
            {
                Precision = ModelHarness.Precision("fixed(8,8)"),
            })],
        });
        return compiled.Model.Layers.Single(l => l.Operation is Dense);
    }
}
