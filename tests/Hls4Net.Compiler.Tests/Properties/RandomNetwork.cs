using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Onnx;
using Hls4Net.Pipeline;
using Hls4Net.Tests.Onnx;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Properties;

/// <summary>A random model compiled with random settings, the same for the same seed.</summary>
internal sealed class RandomNetwork
{
    private static readonly WeightStorage?[] s_storages = [null, WeightStorage.Logic, WeightStorage.Bram,
        WeightStorage.External];

    private readonly Random _random;
    private Queue<long[]>? _extremes;

    private RandomNetwork(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
    }

    public int Seed { get; }

    /// <summary>Null where the settings ask for what cannot be; <see cref="Diagnostics"/> says what.</summary>
    public CompiledModel? Model { get; private set; }

    public DiagnosticBag Diagnostics { get; } = new("model.onnx");

    /// <summary>Streams and whole arrays take turns.</summary>
    public static RandomNetwork Make(int seed) =>
        Make(seed, RandomModel.Make, seed % 2 == 0 ? IOType.IoParallel : IOType.IoStream);

    /// <summary>The same for models of another kind.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="model">Makes a model.</param>
    /// <param name="ioType">How values travel.</param>
    /// <param name="several">True for a TargetInterval that asks for several pixels at a time, with few multiplications
    /// for each multiplier.</param>
    public static RandomNetwork Make(int seed, Func<Random, ModelBuilder> model, IOType ioType, bool several = false)
    {
        RandomNetwork network = new(seed);
        using TempFolder folder = new();
        ModelOptions options = model(network._random).Save(folder, $"net{(uint)seed}");
        options = network.Configure(options with { IOType = ioType }, several);
        network.Model = ModelCompiler.Compile(options, network.Diagnostics);
        return network;
    }

    /// <summary>The first networks from a seed on that compile.</summary>
    public static IEnumerable<RandomNetwork> From(int seed)
    {
        for (; ; seed++)
        {
            if (Make(seed) is { Model: not null } network)
                yield return network;
        }
    }

    /// <summary>
    /// Mantissas for all inputs: first all at an end, and one alone; then ends, zeros, small and arbitrary ones.
    /// </summary>
    public long[] Sample()
    {
        _extremes ??= new Queue<long[]>(ExtremeVectors.Of(Model!.Model.Network).Take(8));
        return _extremes.TryDequeue(out long[]? extreme) ? extreme
            : [.. Model!.Model.Network.Inputs.SelectMany(Mantissas)];
    }

    public override string ToString() =>
        $"seed {Seed}: {string.Join("; ", Model!.Model.Network.Nodes.Select(n => $"{n.Name} = {n.Operation.Kind}({string.Join(", ", n.Inputs)}) -> {n.Output}"))}";

    private IEnumerable<long> Mantissas(Value input)
    {
        int kind = _random.Next(6);
        foreach (Interval range in input.Typing!.Range)
        {
            (long min, long max) = ((long)range.Min, (long)range.Max);
            yield return (kind == 5 ? _random.Next(5) : kind) switch
            {
                0 => min,
                1 => max,
                2 => Math.Clamp(_random.Next(-2, 3), min, max),
                _ => (long)(range.Min + (_random.NextInt64() % (range.Max - range.Min + 1))),
            };
        }
    }

    private ModelOptions Configure(ModelOptions options, bool several)
    {
        options = options with { Defaults = Settings(2) };
        Network network = Passes.Simplified(Importer.Import(options, new DiagnosticBag("")));
        if (several)
            options = options with
            {
                Defaults = options.Defaults with { WeightStorage = s_storages[Seed & 3] },
                TargetInterval = RandomCnn.Target(_random, network.Inputs[0].Shape.Size / network.Inputs[0].Shape[1])
            };
        ImmutableArray<LayerOverride>.Builder layers = ImmutableArray.CreateBuilder<LayerOverride>();
        foreach (Node node in network.Nodes)
        {
            if (node.Operation.Matrix is Dense dense)
            {
                int work = dense.Columns * dense.Units;
                int[] divisors = [.. Enumerable.Range(1, work).Where(d => work % d == 0)];
                (Strategy strategy, int factor) = several
                    ? (Pick(Strategy.Latency, Strategy.Latency, Strategy.DistributedArithmetic),
                        Pick([1, 1, .. divisors.Where(d => d is > 1 and < 5)]))
                    : (Pick(Strategy.Latency, Strategy.Resource, Strategy.DistributedArithmetic), Pick(divisors));
                LayerSettings reuse = LayerSettings.Unset with
                {
                    Strategy = strategy,
                    ReuseFactor = strategy == Strategy.DistributedArithmetic ? 1 : factor
                };
                // What is read a word a step may be anywhere.
                if (reuse is { Strategy: Strategy.Resource, ReuseFactor: > 1 })
                    reuse = reuse with { WeightStorage = s_storages[(Seed + layers.Count) & 3] };
                layers.Add(new LayerOverride(node.Name,
                    _random.Next(4) == 0
                        ? Settings(3) with
                        {
                            Strategy = reuse.Strategy,
                            ReuseFactor = reuse.ReuseFactor,
                            WeightStorage = reuse.WeightStorage
                        } : reuse));
            }
            else if (_random.Next(5) == 0)
            {
                layers.Add(new LayerOverride(node.Name, Settings(2)));
            }
        }
        if (_random.Next(3) == 0)
            layers.Add(new LayerOverride(network.Inputs[0].Name, LayerSettings.Unset with { Precision = Precision() }));
        return options with { Layers = layers.ToImmutable() };
    }

    // Each setting is left out as often as not.
    private LayerSettings Settings(int rarity) => LayerSettings.Unset with
    {
        Precision = Rarely(rarity),
        WeightPrecision = Rarely(rarity),
        ResultPrecision = Rarely(rarity),
        AccumPrecision = Rarely(rarity + 1) is PrecisionSpec.Pinned pinned ? pinned : null,
    };

    private PrecisionSpec? Rarely(int rarity) => _random.Next(rarity + 1) == 0 ? Precision() : null;

    private PrecisionSpec Precision() => _random.Next(6) switch
    {
        0 => new PrecisionSpec.Auto(null),
        1 => new PrecisionSpec.Auto(_random.Next(2, 25)),
        2 => new PrecisionSpec.Exact(),
        _ => new PrecisionSpec.Pinned(Type()),
    };

    private FixedPointType Type()
    {
        int width = _random.Next(10) == 0 ? _random.Next(20, 41) : _random.Next(1, 20);
        Overflow overflow = Pick(Enum.GetValues<Overflow>());
        int saturationBits = overflow is Overflow.Wrap or Overflow.WrapSm
            && _random.Next(3) == 0 ? _random.Next(0, width + 1) : 0;
        return new FixedPointType(width, _random.Next(-3, Math.Min(width, 16) + 4), overflow == Overflow.WrapSm
            || _random.Next(4) != 0, Pick(Enum.GetValues<Rounding>()), overflow, saturationBits);
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
