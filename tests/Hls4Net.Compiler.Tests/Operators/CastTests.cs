using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Operators;

/// <summary>Casts between element types, and arithmetic on what they give.</summary>
public sealed class CastTests
{
    [Theory]
    [InlineData((int)DataType.Int4, 4, true)]
    [InlineData((int)DataType.Uint4, 4, false)]
    [InlineData((int)DataType.Int8, 8, true)]
    [InlineData((int)DataType.Uint8, 8, false)]
    [InlineData((int)DataType.Int16, 16, true)]
    [InlineData((int)DataType.Uint16, 16, false)]
    [InlineData((int)DataType.Int32, 32, true)]
    [InlineData((int)DataType.Int64, 64, true)]
    public void Integers_are_made_towards_zero_and_modulo_their_range(int to, int bits, bool signed)
    {
        NdArray x = new([1, 9], [1.75, -1.75, 0, -3, 9, 200, -200, 40000, -70000]);
        NdArray expected = x.Map(v => (double)Wrapped((long)v, bits, signed));
        OperatorTest.ExpectFolded(21, "Cast", x, [("to", to)], expected);
        OperatorTest.ExpectNode(21, "Cast", x, [("to", to)], expected);
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(21).Input("x", DataType.Int32, [1, 9]).Output("y")
            .Node("Cast", ["x"], "y", ("to", to));
        NdArray whole = x.Map(Math.Truncate);
        AssertFirmware(0, model, folder, whole, whole.Map(v => (double)Wrapped((long)v, bits, signed)));
    }

    [Fact]
    public void A_cast_of_real_numbers_beyond_the_type_is_reported()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Output("y")
            .Node("Cast", ["x"], "y", ("to", (int)DataType.Int8));
        Assert.Contains(Verified(model, folder, new([1, 2], [300, 1])),
            d => d.Descriptor == Descriptors.PossibleOverflow && d.Text.Contains("300", StringComparison.Ordinal));
        Assert.DoesNotContain(Verified(model, folder, new([1, 2], [100, 1])),
            d => d.Descriptor == Descriptors.PossibleOverflow);
        ModelBuilder integers = new ModelBuilder().Input("x", DataType.Int16, [1, 2]).Output("y")
            .Node("Cast", ["x"], "y", ("to", (int)DataType.Int8));
        Assert.Empty(Verified(integers, folder, new([1, 2], [300, 1])));
    }

    [Theory]
    [InlineData((int)DataType.Uint8)]
    [InlineData((int)DataType.Int16)]
    public void Division_follows_the_type_behind_the_cast(int type)
    {
        NdArray x = new([2, 3], [7, 250, 3, 90, 1, 33]);
        ModelBuilder real = Cast((DataType)type, DataType.Float).Weights("c", [], 7).Node("Div", ["real", "c"], "y");
        ModelBuilder whole = Cast((DataType)type, DataType.Int32);
        whole.Graph.Initializer.Add(ModelBuilder.IntegerTensor("c", 7));
        whole.Graph.Initializer[0].Dims.Clear();
        whole.Graph.Initializer[0].DataType = (int)DataType.Int64;
        whole.Node("Add", ["real", "real"], "sum").Node("Div", ["sum", "c"], "y");
        using TempFolder folder = new();
        AssertFirmware(5e-3, real, folder, x, x.Map(v => v / 7));
        AssertFirmware(0, whole, folder, x, x.Map(v => Math.Truncate(2 * v / 7)));

        static ModelBuilder Cast(DataType from, DataType to) =>
            new ModelBuilder().Input("x", from, [1, 3]).Output("y").Node("Cast", ["x"], "real", ("to", (int)to));
    }

    [Fact]
    public void A_camera_s_pixels_are_normalised_as_floats_are()
    {
        const int Side = 4;
        double[] mean = [0.485f, 0.456f, 0.406f], deviation = [0.229f, 0.224f, 0.225f];
        Random random = new(4);
        NdArray x = NdArray.Make([6, 3, Side, Side], _ => random.Next(256));
        double[] weights = [.. Enumerable.Range(0, 2 * 3 * 9).Select(_ => (double)(float)(random.NextDouble() - 0.5))];
        ModelBuilder model = new ModelBuilder().Input("x", DataType.Uint8, [1, 3, Side, Side]).Output("y")
            .Weights("full", [], 255).Weights("mean", [3, 1, 1], mean).Weights("deviation", [3, 1, 1], deviation)
            .Weights("w", [2, 3, 3, 3], weights)
            .Node("Cast", ["x"], "real", ("to", (int)DataType.Float)).Node("Div", ["real", "full"], "unit")
                .Node("Sub", ["unit", "mean"], "centred")
            .Node("Div", ["centred", "deviation"], "normal")
                .Node("Conv", ["normal", "w"], "y", ("kernel_shape", new long[] { 3, 3 }));
        NdArray expected = NdArray.Make([6, 2, 2, 2], at =>
        {
            double sum = 0;
            for (int c = 0; c < 3; c++)
            {
                for (int k = 0; k < 9; k++)
                    sum += weights[(((at[1] * 3) + c) * 9) + k] * ((x[at[0], c, at[2] + (k / 3), at[3] + (k % 3)] / 255)
                        - mean[c]) / deviation[c];
            }
            return sum;
        });
        using TempFolder folder = new();
        AssertFirmware(expected.Values.Max(Math.Abs) * 1e-3, model, folder, x, expected);
    }

    [Fact]
    public void A_digitizer_s_counts_lose_their_pedestal_and_take_a_gain_as_floats_do()
    {
        const int Channels = 6;
        Random random = new(5);
        double[] pedestal = [.. Enumerable.Range(0, Channels)
            .Select(_ => (double)(float)(200 + (random.NextDouble() * 20)))];
        double[] gain = [.. Enumerable.Range(0, Channels)
            .Select(_ => (double)(float)(0.01 + (random.NextDouble() * 0.05)))];
        double[] weights = [.. Enumerable.Range(0, Channels * 3)
            .Select(_ => (double)(float)(random.NextDouble() - 0.5))];
        NdArray x = NdArray.Make([40, Channels], _ => random.Next(180, 4096));
        ModelBuilder model = new ModelBuilder().Input("x", DataType.Uint16, [1, Channels]).Output("y")
            .Weights("pedestal", [Channels], pedestal).Weights("gain", [Channels], gain)
            .Weights("w", [Channels, 3], weights)
            .Node("Cast", ["x"], "real", ("to", (int)DataType.Float)).Node("Sub", ["real", "pedestal"], "signal")
                .Node("Mul", ["signal", "gain"], "energy")
            .Node("Relu", ["energy"], "positive").Node("MatMul", ["positive", "w"], "y");
        NdArray expected = NdArray.Make([40, 3], at =>
            Enumerable.Range(0, Channels)
                .Sum(c => weights[(c * 3) + at[1]] * Math.Max(0, (x[at[0], c] - pedestal[c]) * gain[c])));
        using TempFolder folder = new();
        AssertFirmware(expected.Values.Max(Math.Abs) * 1e-3, model, folder, x, expected);
    }

    private static void AssertFirmware(double bound, ModelBuilder model, TempFolder folder, NdArray inputs,
        NdArray expected)
    {
        ModelOptions options = model.Save(folder) with
        {
            TestInputs = [folder.Write("x.npy", Npy.Doubles(inputs.Shape, inputs.Values))],
            TestOutputs = [folder.Write("y.npy", Npy.Doubles(expected.Shape, expected.Values))],
        };
        Assert.InRange(ModelHarness.Compile(options).Verify(null, new("model")).Result.MaxAbsError, 0, bound);
    }

    private static IReadOnlyList<Diagnostic> Verified(ModelBuilder model, TempFolder folder, NdArray inputs)
    {
        DiagnosticBag diagnostics = new("model");
        ModelOptions options = model.Save(
            folder) with
        { TestInputs = [folder.Write("x.npy", Npy.Doubles(inputs.Shape, inputs.Values))] };
        ModelCompiler.Compile(options, diagnostics)!.Verify(null, diagnostics);
        return diagnostics.Items;
    }

    private static Int128 Wrapped(long value, int bits, bool signed)
    {
        Int128 period = Int128.One << bits, rest = ((value % period) + period) % period;
        return signed && rest >= period / 2 ? rest - period : rest;
    }
}
