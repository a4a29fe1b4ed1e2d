using Hls4Net.Configuration;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>ONNX Runtime's operators on stored integers: the real operator between scales, rounded once.</summary>
public sealed class QLinearTests
{
    private static readonly string[] s_operators = ["QLinearMul", "QLinearConcat", "QLinearLeakyRelu", "QLinearSigmoid",
        "QLinearAveragePool", "QLinearGlobalAveragePool"];

    public static TheoryData<string, int> Operators
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string op in s_operators)
            {
                data.Add(op, (int)DataType.Uint8);
                data.Add(op, (int)DataType.Int8);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public void Results_are_those_of_exact_arithmetic(string op, int type)
    {
        for (int seed = 0; seed < 25; seed++)
        {
            Random random = new(seed);
            ModelBuilder builder = Model(op, (DataType)type, random);
            ExactComparison comparison = new(builder.Proto, Compile(builder, "model", IOType.IoParallel));
            for (int sample = 0; sample < 20; sample++)
            {
                if (comparison.Difference(comparison.Sample(random)) is not string difference)
                    continue;
                // What is rounded before the requantization may fall to the other side of a tie, and nowhere else.
                Assert.True(op is "QLinearSigmoid" or "QLinearLeakyRelu", difference);
                Assert.True((double)comparison.Exact.NearestTie < 1e-3,
                    $"seed {seed}: {difference}, and the nearest tie is {(double)comparison.Exact.NearestTie} "
                    + "steps away");
            }
        }
    }

    [SkippableFact]
    public void Compiled_firmware_equals_managed_simulator_in_both_io_types()
    {
        List<(CompiledModel Model, List<long[]> Samples)> networks = [];
        foreach (string op in s_operators)
        {
            for (int seed = 0; seed < 4; seed++)
            {
                Random random = new(seed);
                ModelBuilder builder = Model(op, seed % 2 == 0 ? DataType.Uint8 : DataType.Int8, random);
                CompiledModel model = Compile(builder, $"{op}{seed}", seed < 2 ? IOType.IoParallel : IOType.IoStream);
                ExactComparison comparison = new(builder.Proto, model);
                networks.Add((model, [.. Enumerable.Range(0, 20).Select(_ => comparison.Sample(random))]));
            }
        }
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. networks.Select(n => n.Model)], "-O0");
        for (int i = 0; i < networks.Count; i++)
            Assert.Null(LayerComparison.Difference(networks[i].Model, networks[i].Samples, firmware, i));
    }

    private static ModelBuilder Model(string op, DataType type, Random random)
    {
        ModelBuilder builder = new ModelBuilder(17).Input("a", type, [1, 3, 4, 5]).Output("y");
        string[] a = Parameters(), y = Parameters();
        switch (op)
        {
            case "QLinearMul":
                builder.Input("b", type, [1, 3, 4, 5]).Node(op, ["a", .. a, "b", .. Parameters(), .. y], "y");
                break;
            case "QLinearConcat":
                builder.Input("b", type, [1, 3, 2, 5])
                    .Node(op, [.. y, "a", .. a, "b", .. Parameters()], "y", ("axis", 2));
                break;
            case "QLinearLeakyRelu":
                builder.Node(op, ["a", .. a, .. y], "y", ("alpha", (float)random.NextDouble()));
                break;
            case "QLinearAveragePool":
                builder.Node(op, ["a", .. a, .. y], "y", ("kernel_shape", new long[] { 2, 3 }),
                    ("strides", new long[] { 1, 2 }), ("pads", new long[] { 1, 1, 0, 1 }));
                break;
            default:
                builder.Node(op, ["a", .. a, .. y], "y");
                break;
        }
        builder.Last.Domain = "com.microsoft";
        return builder;

        string[] Parameters() => [builder.Scalar((float)(0.01 + (random.NextDouble() / 4))),
            builder.Stored(type, [], random.Next(0, 100))];
    }

    private static CompiledModel Compile(ModelBuilder builder, string name, IOType ioType)
    {
        using TempFolder folder = new();
        return ModelHarness.Compile(builder.Save(folder, name) with { IOType = ioType });
    }
}
