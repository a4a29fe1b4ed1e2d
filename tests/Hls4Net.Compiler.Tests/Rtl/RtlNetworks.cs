using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Rtl;

/// <summary>Random networks as Verilog, for one device and clock after another.</summary>
internal static class RtlNetworks
{
    private const int MaxValues = 1500;

    private static readonly Target[] s_targets =
        [new(Family.UltraScalePlus, 5), new(Family.UltraScalePlus, 2), new(Family.Generic, 4), new(Family.Series7, 10),
            new(Family.UltraScale, 1)];

    /// <summary>A network as its options have it, for some device and clock.</summary>
    public static RtlDesign Build(CompiledModel model, Target target) => model.Streams is StreamDesign streams
        ? StreamRtl.Build(model.Options.ModelName, model.Model, streams.Plan, model.Interface, target)
        : RtlDesign.Build(model.Options.ModelName, model.Model, model.Interface, target);

    /// <summary>
    /// Two matrices with a rectifier between, fc1, relu and fc2; the seed decides the last one's weights alone. What
    /// lies behind a layer may change with it: ranges, and when they arrive.
    /// </summary>
    public static ModelOptions Mlp(TempFolder folder, int seed, int inputs = 6, int hidden = 5, int outputs = 4)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, inputs)
            .Weights("w1", [inputs, hidden], Weights(17, inputs * hidden))
            .Weights("w2", [hidden, outputs], Weights(seed, hidden * outputs))
            .Node("MatMul", ["x", "w1"], "h").Node("Relu", ["h"], "r").Node("MatMul", ["r", "w2"], "y").Output("y");
        model.Graph.Node[0].Name = "fc1";
        model.Graph.Node[1].Name = "relu";
        model.Graph.Node[2].Name = "fc2";
        return model.Save(folder) with
        {
            Defaults = LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(10,4,RND,SAT)") },
        };
    }

    private static double[] Weights(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Round((random.NextDouble() * 4) - 2, 2))];
    }

    /// <summary>The first networks from a seed on that compile and can be lowered.</summary>
    /// <param name="seed">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="family">The family of all of them; null for one after another.</param>
    /// <param name="ioType">The interface of all of them; null for either.</param>
    /// <param name="unrolled">True for those without shared multipliers.</param>
    public static IEnumerable<(RandomNetwork Network, RtlDesign Design)> From(int seed, int count,
        Family? family = null, IOType? ioType = null, bool unrolled = false)
    {
        return From(RandomNetwork.From(seed), count, family, ioType, unrolled);
    }

    /// <summary>The first convolutional networks from a seed on that compile and can be lowered.</summary>
    public static IEnumerable<(RandomNetwork Network, RtlDesign Design)> Convolutional(int seed, int count,
        IOType ioType) =>
        From(Enumerable.Range(seed, int.MaxValue - seed).Select(s => RandomNetwork.Make(s, RandomCnn.Make, ioType))
            .Where(n => n.Model is not null), count, null, null, false);

    /// <summary>The first convolutional networks from a seed on that take several pixels at a time.</summary>
    public static IEnumerable<(RandomNetwork Network, RtlDesign Design)> Wide(int seed, int count) => From(
        Enumerable.Range(seed, int.MaxValue - seed)
            .Select(s => RandomNetwork.Make(s, RandomCnn.Wide, IOType.IoStream, several: true))
            .Where(n => n.Model?.Model.Layers.Any(l => l.Parallelism > 1) == true),
        count, null, null, false);

    private static IEnumerable<(RandomNetwork Network, RtlDesign Design)> From(IEnumerable<RandomNetwork> networks,
        int count, Family? family, IOType? ioType, bool unrolled)
    {
        int made = 0;
        foreach (RandomNetwork network in networks)
        {
            if ((ioType ?? network.Model!.Options.IOType) != network.Model!.Options.IOType
                || (unrolled && network.Model.Model.Layers.Any(l => l.ReuseFactor > 1)))
                continue;
            if (IsTooLarge(network))
                continue;
            Target target = s_targets[made % s_targets.Length];
            RtlDesign design;
            try
            {
                design = Build(network.Model, target with { Family = family ?? target.Family });
            }
            catch (ModelException e) when (e.Descriptor == Descriptors.NotLowered)
            {
                continue;
            }
            // Unrolled convolutions can be large, and simulators slow.
            if (design.Layers.Sum(l => l.Operations) > MaxValues)
                continue;
            yield return (network, design);
            if (++made == count)
                yield break;
        }
    }

    // A matrix in shifts and additions has about as many values as weights that are not zero, and thousands take half a
    // minute to share.
    private static bool IsTooLarge(RandomNetwork network) => network.Model!.Model.Layers.Any(l =>
        l is { Strategy: Strategy.DistributedArithmetic, Operation.Multiplications: > MaxValues });
}
