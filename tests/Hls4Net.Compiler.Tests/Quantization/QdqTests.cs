using Hls4Net.Graph;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// ONNX's own quantizers and integer products, in every form that exporters write, equal their exact evaluation.
/// </summary>
public sealed class QdqTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_networks_equal_their_definition(int batch)
    {
        List<string> failures = [];
        for (int seed = batch * 250; seed < (batch + 1) * 250; seed++)
        {
            Random random = new(seed);
            ModelBuilder builder = RandomQdqMlp.Make(random);
            if (Difference(builder, random, 12) is string difference)
                failures.Add($"seed {seed}: {difference}");
        }
        Assert.True(failures.Count == 0,
            $"{failures.Count} of 250 networks differ:\n{string.Join('\n', failures.Take(10))}");
    }

    /// <summary>
    /// A residual sum: terms of scales that have no power of two in common, by QDQ and by ONNX Runtime's operator.
    /// </summary>
    [Theory]
    [InlineData(false, DataType.Uint8)]
    [InlineData(false, DataType.Int8)]
    [InlineData(true, DataType.Uint8)]
    [InlineData(true, DataType.Int8)]
    internal void Sums_of_tensors_with_scales_of_their_own_are_exact(bool fused, DataType type)
    {
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            ModelBuilder builder = new ModelBuilder(17).Input("a", type, [1, 5]).Input("b", type, [1, 5]).Output("y");
            string[] Parameters() => [builder.Scalar((float)(0.01 + random.NextDouble())),
                builder.Stored(type, [], random.Next(0, 100))];
            string[] a = Parameters(), b = Parameters(), y = Parameters();
            if (fused)
            {
                builder.Node("QLinearAdd", ["a", .. a, "b", .. b, .. y], "y").Last.Domain = "com.microsoft";
            }
            else
            {
                builder.Node("DequantizeLinear", ["a", .. a], "left").Node("DequantizeLinear", ["b", .. b], "right");
                builder.Node("Add", ["left", "right"], "sum").Node("QuantizeLinear", ["sum", .. y], "y");
            }
            Assert.Null(Difference(builder, random, 40));
        }
    }

    [SkippableFact]
    public void Compiled_firmware_equals_managed_simulator()
    {
        List<(CompiledModel Model, List<long[]> Samples)> networks = [];
        for (int seed = 0; seed < 60; seed++)
        {
            Random random = new(seed);
            ModelBuilder builder = RandomQdqMlp.Make(random);
            CompiledModel model = Compile(builder, $"net{seed}");
            ExactComparison comparison = new(builder.Proto, model);
            networks.Add((model, [.. Enumerable.Range(0, 40).Select(_ => comparison.Sample(random))]));
        }
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. networks.Select(n => n.Model)], "-O0");
        for (int i = 0; i < networks.Count; i++)
            Assert.Null(LayerComparison.Difference(networks[i].Model, networks[i].Samples, firmware, i));
    }

    [Theory]
    [InlineData((int)DataType.Int4)]
    [InlineData((int)DataType.Uint4)]
    [InlineData((int)DataType.Int8)]
    [InlineData((int)DataType.Uint8)]
    [InlineData((int)DataType.Int16)]
    [InlineData((int)DataType.Uint16)]
    public void Integer_ports_have_the_stored_type(int elementType)
    {
        DataType type = (DataType)elementType;
        ModelBuilder builder = new ModelBuilder(21).Input("x", type, [1, 3]).Output("y");
        string scale = builder.Scalar(0.25), zero = builder.Stored(type, [], 3);
        builder.Node("DequantizeLinear", ["x", scale, zero], "real").Node("Relu", ["real"], "positive")
            .Node("QuantizeLinear", ["positive", scale, zero], "y");
        Network network = Compile(builder).Model.Network;
        (long min, long max) = ExactQuantizers.Range(type);
        Assert.Equal((min, max), ((long)network.Inputs[0].Typing!.Hull.Min, (long)network.Inputs[0].Typing!.Hull.Max));
        Assert.Equal((3, max),
            ((long)network.Outputs[0].Value.Typing!.Hull.Min, (long)network.Outputs[0].Value.Typing!.Hull.Max));
        Assert.Equal(0, network.Outputs[0].Value.Type.Fraction);
        Assert.Null(Difference(builder, new Random(1), 100));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Ties_round_to_even_before_the_zero_point_is_added(int zeroPoint)
    {
        ModelBuilder builder = new ModelBuilder(21).Input("x", 1, 8).Output("y");
        builder.Node("QuantizeLinear", ["x", builder.Scalar(1), builder.Stored(DataType.Uint8, [], zeroPoint)], "y");
        ExactComparison comparison = new(builder.Proto, Compile(builder));
        Assert.Null(comparison.Difference([-1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 300, -300]));
        Assert.Equal([0, zeroPoint, zeroPoint, zeroPoint + 2, zeroPoint + 2, zeroPoint + 4, 255, 0],
            comparison.Output(comparison.Outputs[0]).Select(y => Math.Max(0, (int)y.Floor)));
    }

    [Fact]
    public void Scales_and_zero_points_by_axis()
    {
        foreach (int axis in new[] { 1, 2, -1, -2 })
        {
            ModelBuilder builder = new ModelBuilder(21).Input("x", 1, 3, 3).Output("y");
            string scale = builder.Constant([3], 0.5, 0.3f, 0.125),
                zero = builder.Stored(DataType.Int8, [3], 0, -7, 12);
            builder.Node("QuantizeLinear", ["x", scale, zero], "q", ("axis", axis))
                .Node("DequantizeLinear", ["q", scale, zero], "r", ("axis", axis));
            builder.Node("QuantizeLinear", ["r", builder.Scalar(0.25), builder.Stored(DataType.Int8, [], -1)], "y");
            Assert.Null(Difference(builder, new Random(axis), 50));
        }
    }

    [Fact]
    public void Products_of_integers_without_scale_are_exact_outputs()
    {
        ModelBuilder builder = new ModelBuilder(21).Input("x", DataType.Uint8, [1, 4]).Output("y");
        string weights = builder.Stored(DataType.Int8, [4, 2], 127, -128, 3, 0, -5, 77, 1, -1);
        builder.Node("MatMulInteger", ["x", weights, builder.Stored(DataType.Uint8, [], 200)], "y");
        CompiledModel model = Compile(builder);
        Assert.Equal(0, model.Model.Network.Outputs[0].Value.Type.Fraction);
        Assert.Null(Difference(builder, new Random(1), 100));
    }

    [Fact]
    public void Real_weights_quantized_in_the_model_are_folded()
    {
        ModelBuilder builder = new ModelBuilder(21).Input("x", 1, 3).Output("y");
        string scale = builder.Constant([2], 0.01f, 0.02f), zero = builder.Stored(DataType.Int8, [2], 0, 0),
            fine = builder.Scalar(0.05f), offset = builder.Stored(DataType.Uint8, [], 128);
        builder.Node("QuantizeLinear", [builder.Constant([3, 2], 0.5, -0.015f, 1.27, 3, -0.333, 0.005), scale, zero],
            "wq", ("axis", 1))
            .Node("DequantizeLinear", ["wq", scale, zero], "w", ("axis", 1))
            .Node("QuantizeLinear", ["x", fine, offset], "xq").Node("DequantizeLinear", ["xq", fine, offset], "xr")
            .Node("MatMul", ["xr", "w"], "p")
            .Node("QuantizeLinear", ["p", builder.Scalar(0.03f), offset], "y");
        Assert.Null(Difference(builder, new Random(1), 100));
        // The products are of integers: weights of eight bits, no scale before the sums.
        Assert.InRange(Compile(builder).Model.Layers.Single(l =>
            l.AccumulatorType is not null).AccumulatorType!.Value.Width, 1, 20);
    }

    private static string? Difference(ModelBuilder builder, Random random, int samples)
    {
        ExactComparison comparison = new(builder.Proto, Compile(builder));
        return Enumerable.Range(0, samples).Select(_ => comparison.Difference(comparison.Sample(random)))
            .FirstOrDefault(d => d is not null);
    }

    private static CompiledModel Compile(ModelBuilder builder, string name = "model")
    {
        using TempFolder folder = new();
        return ModelHarness.Compile(builder.Save(folder, name));
    }
}
