using FsCheck.Xunit;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Layers;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Operators;

/// <summary>Mod, of integers and of numbers with a fraction.</summary>
public sealed class RemainderTests
{
    [Theory]
    [InlineData(0, new double[] { -7, 7, -7, 7, 6, -6, 0, 5 }, new double[] { 3, 3, -3, -3, 3, 3, -4, 7 },
        new double[] { 2, 1, -1, -2, 0, 0, 0, 5 })]
    [InlineData(1, new double[] { -7, 7, -7, 7, 6, -6, 0, 5 }, new double[] { 3, 3, -3, -3, 3, 3, -4, 7 },
        new double[] { -1, 1, -1, 1, 0, 0, 0, 5 })]
    [InlineData(1, new double[] { -4.3f, 7.2f, 5 }, new double[] { 2.1f, -3.4f, 8 },
        new double[] { -4.3f + 4.2f, 7.2f - 6.8f, 5 })]
    public void Signs_are_those_of_the_divisor_or_with_fmod_of_the_dividend(int fmod, double[] x, double[] y,
        double[] expected)
    {
        OperatorTest.ExpectNode(13, "Mod", new NdArray([x.Length], x), [("fmod", fmod)],
            new NdArray([x.Length], expected), new NdArray([x.Length], y));
        OperatorTest.ExpectFolded(13, "Mod", new NdArray([x.Length], x), [("fmod", fmod)],
            new NdArray([x.Length], expected), new NdArray([x.Length], y));
    }

    /// <summary>
    /// Exact in every execution, on integers of 8 bits and on fixed-point numbers of different units, by zero too.
    /// </summary>
    [Property(MaxTest = 20)]
    public void Firmware_leaves_what_a_division_leaves(int[] xs, int[] ys, bool fmod, bool integers)
    {
        int n = Math.Min(Math.Min(xs.Length, ys.Length), 12);
        if (n == 0)
            return;
        CompiledModel model = Compiled(n, fmod, integers);
        (double xUnit, double yUnit) = integers ? (1, 1) : (1.0 / 16, 1.0 / 4);
        double[] x = [.. xs.Take(n).Select(v => (sbyte)v * xUnit)], y = [.. ys.Take(n).Select(v => (sbyte)v * yUnit)];
        ManagedSimulator simulator = new(model.Model.Network);
        simulator.Run([.. x, .. y]);
        Graph.Value result = model.Model.Network.Outputs[0].Value;
        for (int i = 0; i < n; i++)
            Assert.Equal(Rest(x[i], y[i], fmod), simulator[result][i] * result.Type.Ulp);
    }

    [SkippableTheory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Firmware_equals_the_simulator(bool fmod, bool integers) =>
        ModelHarness.Verify(Compiled(40, fmod, integers));

    /// <summary>
    /// The integer program that becomes Verilog, on operands at the ends of their types and at random.
    /// </summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Integer_programs_equal_the_simulator(bool fmod, bool integers)
    {
        Layer layer = Assert.Single(Compiled(4, fmod, integers).Model.Layers);
        ProgramEvaluator evaluator = new(LayerLowering.Lower(layer, new Fabric(3)));
        CompiledModel model = Compiled(4, fmod, integers);
        ManagedSimulator simulator = new(model.Model.Network);
        Random random = new(1);
        long[] ends = [-128, -127, -1, 0, 1, 127], result = new long[4];
        for (int sample = 0; sample < 500; sample++)
        {
            long[] operands = [.. Enumerable.Range(0, 8)
                .Select(_ => random.Next(2) == 0 ? ends[random.Next(ends.Length)] : random.Next(-128, 128))];
            simulator.RunRaw(operands);
            evaluator.Run(operands, result);
            Assert.Equal(simulator[model.Model.Network.Outputs[0].Value].ToArray(), result);
        }
    }

    private static CompiledModel Compiled(int n, bool fmod, bool integers)
    {
        using TempFolder folder = new();
        DataType type = integers ? DataType.Int8 : DataType.Float;
        ModelBuilder model = new ModelBuilder(13).Input("x", type, [n]).Input("y", type, [n])
            .Node("Mod", ["x", "y"], "r", ("fmod", fmod ? 1 : 0)).Output("r");
        ModelOptions options = model.Save(folder);
        return ModelHarness.Compile(integers ? options : options with
        {
            Layers =
            [
                new LayerOverride("x", LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(8,4)") }),
                new LayerOverride("y", LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(8,6)") }),
            ],
        });
    }

    private static double Rest(double x, double y, bool fmod)
    {
        if (y == 0)
            return 0;
        double quotient = x / y, rest = x - (y * (fmod ? Math.Truncate(quotient) : Math.Floor(quotient)));
        return rest;
    }
}
