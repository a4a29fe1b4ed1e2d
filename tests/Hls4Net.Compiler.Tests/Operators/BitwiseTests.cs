using FsCheck.Xunit;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Operators;

/// <summary>And, or, exclusive or and not of the bits of integers.</summary>
public sealed class BitwiseTests
{
    [Property(MaxTest = 30)]
    public void Signed_bits_are_joined_in_twos_complement(BitwiseKind kind, sbyte[] xs, sbyte[] ys) =>
        Expect(DataType.Int8, kind, [.. xs.Select(x => (int)x)], [.. ys.Select(y => (int)y)]);

    [Property(MaxTest = 30)]
    public void Unsigned_bits_are_joined(BitwiseKind kind, byte[] xs, byte[] ys) =>
        Expect(DataType.Uint8, kind, [.. xs.Select(x => (int)x)], [.. ys.Select(y => (int)y)]);

    /// <summary>A result's range is narrower than its type where an operand's is.</summary>
    [Fact]
    public void And_with_a_mask_has_the_masks_bits()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(18).Input("x", DataType.Int8, [1, 4]).Integers("m", 15).Node("Cast",
            ["m"], "mask", ("to", (long)DataType.Int8)).Node("BitwiseAnd", ["x", "mask"], "y").Output("y");
        Value result = ModelHarness.Compile(model.Save(folder)).Model.Network.Outputs[0].Value;
        Assert.Equal((0, 15), ((int)result.Typing!.Hull.Min, (int)result.Typing.Hull.Max));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Not_inverts_every_bit_of_the_type(bool signed)
    {
        DataType type = signed ? DataType.Int8 : DataType.Uint8;
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(new ModelBuilder(18).Input("x", type, [1, 3])
            .Node("BitwiseNot", ["x"], "y").Output("y").Save(folder));
        ManagedSimulator simulator = new(model.Model.Network);
        double[] x = [0, 1, 100];
        simulator.Run(x);
        Assert.Equal(x.Select(v => signed ? -1 - v : 255 - v),
            simulator[model.Model.Network.Outputs[0].Value].ToArray().Select(v => (double)v));
    }

    [Theory]
    [InlineData("Float", "works on the bits of integers")]
    [InlineData("Int64", "works on integers of 64 bits")]
    public void Other_operands_are_refused(string type, string reason)
    {
        using TempFolder folder = new();
        Diagnostic refused = Assert.Single(ModelHarness.CompileFailing(new ModelBuilder(18)
            .Input("x", Enum.Parse<DataType>(type), [1, 3]).Node("BitwiseNot", ["x"], "y").Output("y").Save(folder)));
        Assert.Equal((Descriptors.UnsupportedForm, true),
            (refused.Descriptor, refused.ToString().Contains(reason, StringComparison.Ordinal)));
    }

    private static void Expect(DataType type, BitwiseKind kind, int[] xs, int[] ys)
    {
        int n = Math.Min(xs.Length, ys.Length);
        if (n == 0)
            return;
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(
            new ModelBuilder(18).Input("a", type, [1, n]).Input("b", type, [1, n])
                .Node($"Bitwise{kind}", ["a", "b"], "y").Output("y").Save(folder));
        ManagedSimulator simulator = new(model.Model.Network);
        simulator.Run([.. xs.Take(n).Select(x => (double)x), .. ys.Take(n).Select(y => (double)y)]);
        Value result = model.Model.Network.Outputs[0].Value;
        Assert.Equal(0, result.Type.Fraction);
        Assert.Equal(xs.Zip(ys).Select(p => Joined(p.First, p.Second)),
            simulator[result].ToArray().Select(v => (int)v));

        int Joined(int a, int b) => kind switch { BitwiseKind.And => a & b, BitwiseKind.Or => a | b, _ => a ^ b };
    }
}
