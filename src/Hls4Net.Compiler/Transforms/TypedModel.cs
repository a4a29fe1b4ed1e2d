using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms;

/// <summary>
/// A unit of firmware: one operation with the conversion of its result, printed as one function, traced and reported as one.
/// </summary>
/// <param name="Main">The operation.</param>
/// <param name="Rounding">The conversion of its result, if there is one.</param>
/// <param name="Strategy">How its multiplications become hardware.</param>
/// <param name="ReuseFactor">How often each multiplier is used for a sample.</param>
public sealed record Layer(Node Main, Node? Rounding, Strategy Strategy, int ReuseFactor)
{
    /// <summary>The memory that its weights are read from, a word a step; null where they are constants in logic, or there are none.</summary>
    public WeightMemory? Memory { get; init; }

    /// <summary>In io_stream, how many pixels of its operands it takes at a time.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>True if its products are a loop of its own, of <see cref="ReuseFactor"/> steps.</summary>
    public bool IsLoop => Strategy == Strategy.Resource && ReuseFactor > 1;

    public string Name => Main.Name;

    public Operation Operation => Main.Operation;

    /// <summary>The operands; none for a constant.</summary>
    public ImmutableArray<Value> Inputs => Main.Inputs;

    /// <summary>The first operand, the only one of most operations.</summary>
    public Value Input => Main.Inputs[0];

    public Value Output => (Rounding ?? Main).Output;

    /// <summary>The type that sums are formed in; null where there are none.</summary>
    public FixedPointType? AccumulatorType => Inputs.IsEmpty ? null : Operation.AccumulatorType(Input);
}

/// <summary>Weights that are read a word a step.</summary>
/// <param name="Storage">The kind of memory, not auto.</param>
/// <param name="Words">Words, in the order in which the layer reads them.</param>
/// <param name="Elements">Weights side by side in a word.</param>
/// <param name="ElementBits">Bits of a weight.</param>
/// <param name="Signs">True for factors of -1 and +1, of which only signs are kept: 1 stands for -1.</param>
public sealed record WeightMemory(WeightStorage Storage, int Words, int Elements, int ElementBits, bool Signs)
{
    /// <summary>The kind where WeightStorage or WeightMemoryThreshold asks for it; null where it was chosen.</summary>
    public WeightStorage? Asked { get; init; }

    public long WordBits => (long)Elements * ElementBits;

    public long Bits => Words * WordBits;
}

/// <summary>A typed network and its layers in order.</summary>
public sealed record TypedModel(Network Network, ImmutableArray<Layer> Layers)
{
    /// <summary>The value whose elements a reshape only renames; itself for any other.</summary>
    public Value Storage(Value value)
    {
        while (_reshaped.TryGetValue(value, out Value? source))
            value = source;
        return value;
    }

    private readonly Dictionary<Value, Value> _reshaped =
        Network.Nodes.Where(n => n.Operation is Reshape).ToDictionary(n => n.Output, n => n.Inputs[0]);
}

/// <summary>Joins every operation with the conversion behind it.</summary>
internal static class GroupLayers
{
    // g++ takes a millisecond for each addition, and there are one or two for each multiplication.
    private const int MaxNetworkProducts = 1 << 14;

    public static TypedModel Apply(Network typed, IReadOnlyDictionary<string, LayerPrecision> precisions)
    {
        ImmutableArray<Layer>.Builder layers = ImmutableArray.CreateBuilder<Layer>();
        foreach (Node node in typed.Nodes)
        {
            if (node.Operation is Reshape)
                continue;
            if (node.Operation is Quantize && layers.Count > 0 && layers[^1] is { Rounding: null } last && node.Inputs is [Value exact] && last.Main.Output == exact && last.Name == node.Name)
            {
                layers[^1] = last with { Rounding = node };
                continue;
            }
            LayerPrecision? precision = precisions.GetValueOrDefault(node.Name);
            Layer layer = new(node, null, precision?.Strategy ?? Strategy.Latency, CheckedReuseFactor(node, precision?.ReuseFactor ?? 1));
            CheckStrategy(layer);
            layers.Add(layer);
        }
        return new TypedModel(typed, layers.ToImmutable());
    }

    private static void CheckStrategy(Layer layer)
    {
        if (layer is not { Strategy: Strategy.DistributedArithmetic, Operation.Matrix: Dense dense })
            return;
        string? reason = layer.ReuseFactor > 1 ? $"ReuseFactor {layer.ReuseFactor} asks for shared multipliers, and there are none; set it to 1, or take Strategy=Latency or Resource"
            : dense.Multiplications > MaxNetworkProducts ? $"every addition is a statement of the firmware, and {dense.Multiplications} multiplications by constants are too many; up to {MaxNetworkProducts} are supported. Take Strategy=Latency or Resource"
            : null;
        if (reason is not null)
            throw new ModelException(Descriptors.OptionNotAvailable, $"layer {layer.Name} has Strategy 'DistributedArithmetic': {reason}");
    }

    private static int CheckedReuseFactor(Node node, int reuseFactor)
    {
        if (node.Operation.Matrix is not Dense dense)
            return 1;
        int work = dense.Columns * dense.Units;
        if (reuseFactor > 0 && work % reuseFactor == 0)
            return reuseFactor;
        int[] divisors = [.. Enumerable.Range(1, work).Where(d => work % d == 0)];
        string neighbours = string.Join(" and ", divisors.Where(d => d < reuseFactor).TakeLast(1).Concat(divisors.Where(d => d > reuseFactor).Take(1)));
        throw new ModelException(
            Descriptors.InvalidReuseFactor,
            $"layer {node.Name}: ReuseFactor {reuseFactor} does not divide its {dense.Columns} x {dense.Units} = {work} multiplications; the nearest that do are {neighbours}");
    }
}
