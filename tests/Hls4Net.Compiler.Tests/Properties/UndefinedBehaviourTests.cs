using Hls4Net.Configuration;
using Hls4Net.Numerics;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// The C++ under the undefined-behaviour and address sanitizers, on the ends of the inputs' types among others: it
/// means what it means with every compiler and every flag.
/// </summary>
public sealed class UndefinedBehaviourTests
{
    private static int Scale => Soak.Scale(20);

    [SkippableTheory]
    [InlineData(820_000, 12)]
    public void Random_networks_have_none(int seed, int count) =>
        Execute([.. RandomNetwork.From(seed).Take(count * Scale)
            .Select(n => (n.Model!, Enumerable.Range(0, 12).Select(_ => n.Sample())))]);

    [SkippableTheory]
    [InlineData(IOType.IoParallel, 830_000, 4)]
    [InlineData(IOType.IoStream, 840_000, 4)]
    public void Random_convolutional_networks_have_none(IOType ioType, int seed, int count) => Execute(
        [.. Enumerable.Range(seed, int.MaxValue - seed).Select(s => RandomNetwork.Make(s, RandomCnn.Make, ioType))
            .Where(n => n.Model is not null).Take(count * Scale)
            .Select(n => (n.Model!, Enumerable.Range(0, 8).Select(_ => n.Sample())))]);

    /// <summary>
    /// Networks of adders whose sums are about as wide as a native integer, of operands with and without a sign.
    /// </summary>
    [SkippableTheory]
    [InlineData(850_000, 24)]
    public void Networks_of_adders_near_the_width_of_integers_have_none(int seed, int count)
    {
        List<(CompiledModel, IEnumerable<long[]>)> networks = [];
        for (int i = 0; i < count * Scale; i++)
        {
            Random random = new(seed + i);
            using TempFolder folder = new();
            ModelOptions options = Adders(random).Save(folder, $"adders{i}") with
            {
                Defaults = LayerSettings.Unset with
                {
                    Strategy = Strategy.DistributedArithmetic,
                    WeightPrecision = new PrecisionSpec.Auto(16)
                },
                Layers = [new LayerOverride("x",
                    LayerSettings.Unset with { Precision = new PrecisionSpec.Pinned(Type(random)) })],
            };
            CompiledModel model = ModelHarness.Compile(options);
            networks.Add((model, ExtremeVectors.Of(model.Model.Network)));
        }
        Execute(networks);
    }

    [SkippableFact]
    public void Shared_case_of_unsigned_operands_is_the_same_in_both_executions()
    {
        ModelOptions options = SharedCases.Options("native-differs-distributed-arithmetic") with
        {
            Defaults = LayerSettings.Unset with { Strategy = Strategy.DistributedArithmetic },
            Layers =
            [
                new LayerOverride("x",
                    LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(16,2,RND,SAT)") }),
                new LayerOverride("Softplus",
                    LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("ufixed(16,1,RND,SAT)") }),
            ],
        };
        CompiledModel model = ModelHarness.Compile(options);
        ModelHarness.Verify(model);
        Execute([(model, ExtremeVectors.Of(model.Model.Network))]);
    }

    private static void Execute(IReadOnlyList<(CompiledModel Model, IEnumerable<long[]> Samples)> networks) =>
        FirmwareBatch.Execute(
        [.. networks.Select(n => Expectation.Of(n.Model, n.Samples))],
        "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all", "-Wno-array-bounds",
            "-Wno-stringop-overflow");

    private static ModelBuilder Adders(Random random)
    {
        int columns = random.Next(2, 7), units = random.Next(1, 5);
        ModelBuilder builder = new ModelBuilder().Input("x", 1, columns);
        // A rectifier makes operands without a sign.
        string from = random.Next(2) == 0 ? "x" : "r";
        if (from == "r")
            builder.Node("Relu", ["x"], "r");
        return builder.Weights("w", [columns, units],
            [.. Enumerable.Range(0, columns * units).Select(_ => (random.NextDouble() * 2) - 1)])
            .Node("MatMul", [from, "w"], "y").Output("y");
    }

    private static FixedPointType Type(Random random)
    {
        int width = random.Next(10, 20);
        return new FixedPointType(width, random.Next(1, 5), random.Next(2) == 0, Rounding.Rnd,
            random.Next(2) == 0 ? Overflow.Sat : Overflow.SatSym);
    }
}
