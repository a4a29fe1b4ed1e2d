using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Transforms;

/// <summary>Joins every operation with the conversion behind it.</summary>
internal static class GroupLayers
{
    // g++ takes a millisecond for each addition, and there are one or two for each multiplication.
    private const int MaxNetworkProducts = 1 << 14;

    public static TypedModel Apply(Network typed, DesignPoint point)
    {
        ImmutableArray<Layer>.Builder layers = ImmutableArray.CreateBuilder<Layer>();
        foreach (Node node in typed.Nodes)
        {
            if (node.Operation is Reshape)
                continue;
            if (node.Operation is Quantize && layers.Count > 0 && layers[^1] is { Rounding: null } last
                && node.Inputs is [Value exact] && last.Main.Output == exact && last.Name == node.Name)
            {
                layers[^1] = last with { Rounding = node };
                continue;
            }
            LayerDesign design = point.For(node);
            Layer layer = node.Operation is Recurrence recurrence
                ? new(node, null, Strategy.Latency, StepsOfCell(node, recurrence, design.ReuseFactor))
                : new(node, null, design.Strategy, CheckedReuseFactor(node, design.ReuseFactor ?? 1));
            layer = layer with
            {
                Parallelism = design.Pixels ?? 1,
            };
            CheckStrategy(layer);
            layers.Add(layer);
        }
        return new TypedModel(typed, layers.ToImmutable());
    }

    private static void CheckStrategy(Layer layer)
    {
        if (layer is not { Strategy: Strategy.DistributedArithmetic, Operation.Matrix: Dense dense })
            return;
        string? reason = layer.ReuseFactor > 1
            ? $"ReuseFactor {layer.ReuseFactor} asks for shared multipliers, and there are none; set it to 1, or take "
                + "Strategy=Latency or Resource"
            : dense.Multiplications > MaxNetworkProducts
                ? $"every addition is a statement of the firmware, and {dense.Multiplications} multiplications by "
                    + $"constants are too many; up to {MaxNetworkProducts} are supported. Take Strategy=Latency or "
                    + "Resource"
            : null;
        if (reason is not null)
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"layer {layer.Name} has Strategy 'DistributedArithmetic': {reason}");
    }

    // How often a cell is there for a sample: one for all steps, or one for each.
    private static int StepsOfCell(Node node, Recurrence recurrence, int? reuseFactor) =>
        reuseFactor is null || reuseFactor == recurrence.Steps ? recurrence.Steps
        : reuseFactor == 1 ? 1
        : throw new ModelException(Descriptors.InvalidReuseFactor,
            $"layer {node.Name}: ReuseFactor {reuseFactor} is not possible for a cell that runs {recurrence.Steps} "
            + $"times; {recurrence.Steps} makes one cell, 1 a cell for each step");

    private static int CheckedReuseFactor(Node node, int reuseFactor)
    {
        if (node.Operation.Matrix is not Dense dense)
            return 1;
        int work = dense.Columns * dense.Units;
        if (reuseFactor > 0 && work % reuseFactor == 0)
            return reuseFactor;
        int[] divisors = [.. Enumerable.Range(1, work).Where(d => work % d == 0)];
        string neighbours = string.Join(" and ", divisors.Where(d => d < reuseFactor).TakeLast(1)
            .Concat(divisors.Where(d => d > reuseFactor).Take(1)));
        throw new ModelException(
            Descriptors.InvalidReuseFactor,
            $"layer {node.Name}: ReuseFactor {reuseFactor} does not divide its {dense.Columns} x {dense.Units} = "
            + $"{work} multiplications; the nearest that do are {neighbours}");
    }
}
