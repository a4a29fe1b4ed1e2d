using System.Collections.Immutable;
using FsCheck.Xunit;
using Hls4Net.Diagnostics;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Operators;

/// <summary>FINN's MultiThreshold: how many thresholds are reached.</summary>
public sealed class ThresholdTests
{
    private const string Finn = "finn.custom_op.general";

    [Theory]
    [InlineData("NCHW", 2)]
    [InlineData("NCHW", 4)]
    [InlineData("NHWC", 4)]
    [InlineData("NC", 2)]
    [InlineData("NWC", 3)]
    public void Channels_have_thresholds_of_their_own(string layout, int rank)
    {
        bool last = layout.EndsWith('C');
        int[] shape = rank == 2 ? [1, 3] : rank == 3 ? [1, 4, 3] : last ? [1, 2, 2, 3] : [1, 3, 2, 2];
        NdArray x = NdArray.Random(new Random(1), shape);
        double[] thresholds = [-1, 0.25f, 0.7f, -3, -2.5f, 3, 0, 0, 0];
        ModelBuilder model = new ModelBuilder(13).Input("x", [.. shape.Select(d => (Dim)d)]).Output("y")
            .Weights("t", [3, 3], thresholds)
            .Call(Finn, "MultiThreshold", ["x", "t"], "y", ("out_scale", 0.5), ("out_bias", -1.0),
                ("out_dtype", "INT4"), ("data_layout", layout));
        int axis = last ? rank - 1 : 1;
        OperatorTest.Expect(model,
            NdArray.Make(shape, i => (0.5 * thresholds.Skip(3 * i[axis]).Take(3).Count(t => x[i] >= t)) - 1), x);
    }

    /// <summary>
    /// Integer data, whatever the thresholds: the firmware counts exactly, at the thresholds themselves too.
    /// </summary>
    [Property(MaxTest = 25)]
    public void Firmware_counts_exactly(int[] raw, bool uniform)
    {
        double[] thresholds = raw.Length == 0 ? [0] : uniform
            ? [.. Enumerable.Range(0, Math.Min(raw.Length, 7)).Select(k => (double)((sbyte)raw[0] + (4 * k)))]
            : [.. raw.Take(7).Select(v => (v % 1000) / 8.0).Order()];
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(13).Input("x", DataType.Int8, [16, 16]).Output("y").Weights("t",
            [1, thresholds.Length], thresholds).Call(Finn, "MultiThreshold", ["x", "t"], "y", ("data_layout", "NC"));
        CompiledModel compiled = ModelHarness.Compile(
            model.Save(
                folder) with
            {
                InputShapes =
                    ImmutableDictionary<string, ImmutableArray<int>>.Empty.Add(
                        "x", [16, 16])
            });
        ManagedSimulator simulator = new(compiled.Model.Network);
        double[] sample = [.. Enumerable.Range(-128, 256).Select(v => (double)v)];
        simulator.Run(sample);
        Graph.Value y = compiled.Model.Network.Outputs[0].Value;
        Assert.Equal(sample.Select(v => (double)thresholds.Count(t => v >= t)),
            simulator[y].ToArray().Select(m => m * y.Type.Ulp));
    }

    [Fact]
    public void What_is_no_layout_or_does_not_fit_is_an_error()
    {
        OperatorTest.Fails(Descriptors.UnsupportedForm, Model([3, 2], ("data_layout", "NHCW")));
        OperatorTest.Fails(Descriptors.InvalidShape, Model([2, 3]));
        OperatorTest.Fails(Descriptors.InvalidShape, Model([6]));

        static ModelBuilder Model(int[] shape, params (string, object)[] attributes) =>
            new ModelBuilder(13).Input("x", 1, 3).Output("y").Weights("t", shape, new double[6])
                .Call(Finn, "MultiThreshold", ["x", "t"], "y", attributes);
    }

    [Fact]
    public void Quantizers_without_a_domain_are_read() => OperatorTest.Expect(
        new ModelBuilder(13).Input("x", 1, 3).Output("y").Weights("s", [], 0.5).Weights("z", [], 0).Weights("b", [], 3)
            .Node("Quant", ["x", "s", "z", "b"], "y", ("signed", 1), ("narrow", 0), ("rounding_mode", "ROUND")),
        new NdArray([1, 3], [0.5, -2, 1.5]),
        new NdArray([1, 3], [0.4, -7, 3]));
}
