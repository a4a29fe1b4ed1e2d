using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Layers;

/// <summary>Finds the settings of every layer, and the HlsLayer items that match none.</summary>
internal sealed class LayerSettingsResolver(ModelOptions options)
{
    // Bits of a step on the way to a result, and of squares and sums, which reach from the smallest variance to the
    // largest.
    private const int InnerWidth = 32, SumWidth = 44;

    private readonly HashSet<LayerOverride> _used = [];

    public LayerDesign For(Node node) => node.IsInner
        ? For(new Level(new PrecisionSpec.Auto(InnerWidth), null,
            new PrecisionSpec.Auto(
                node.Operation is Elementwise { Function: ElementwiseKind.Mul, Bound: null }
                    or Reduce { Function: ReduceKind.Sum } or Affine { Scale: null } ? SumWidth : InnerWidth), null,
                    null, null, default), [node.Name])
        : For(Level.Of(options.Defaults, ofLayer: false),
            [node.Name, node.Source.OnnxName, node.Source.OnnxOperator, node.Operation.Kind]);

    /// <summary>The design as the project asks for it: what it pins, and all else open.</summary>
    public DesignPoint Asked(Network network) => new(
        byEffect: false,
        network.Inputs.Select(i => KeyValuePair.Create(i.Name, ForInput(i))),
        network.Nodes.SelectMany(n => n.Operation is QuantizedFunction f
            ? new[] { (n.Name, For(n)), (DesignPoint.InnerName(n, f.Function), For(f.Function)) }
            : [(n.Name, For(n))]).Select(d => KeyValuePair.Create(d.Item1, d.Item2)));

    // An input is rounded from real numbers: no type holds them all without loss, and exact says as little as auto.
    public LayerDesign ForInput(Value input)
    {
        LayerDesign design = For(Level.Of(options.Defaults, ofLayer: false), [input.Name]);
        return design.Result is PrecisionSpec.Exact ? design with { Result = new PrecisionSpec.Auto(null) } : design;
    }

    /// <summary>Reports items whose pattern matched nothing, with the names there are.</summary>
    public void ReportUnused(Network network, DiagnosticBag diagnostics)
    {
        foreach (LayerOverride unused in options.Layers.Where(l => !_used.Contains(l)))
        {
            diagnostics.Add(
                Descriptors.LayerMatchesNothing,
                $"HlsLayer '{unused.Pattern}' matches no layer of {options.ModelName}; its layers are "
                + $"{string.Join(", ", network.Nodes.Select(n => n.Name).Distinct())} "
                + $"and its inputs {string.Join(", ", network.Inputs.Select(i => i.Name))} (normalizations, biases and "
                + "constant factors belong to the product before them)");
        }
    }

    private LayerDesign For(Level level, ReadOnlySpan<string> names)
    {
        // Of matching items the ones without wildcards are the more specific and come last; a stable order keeps the
        // project's else.
        foreach (LayerOverride item in options.Layers.OrderBy(l => !l.Pattern.AsSpan().ContainsAny('*', '?')))
        {
            if (!Matches(item.Pattern, names))
                continue;
            _used.Add(item);
            level = Level.Of(item.Settings, ofLayer: true).Over(level);
        }
        PrecisionSpec auto = new PrecisionSpec.Auto(null);
        return new LayerDesign(
            level.Weight ?? auto, level.Bias ?? auto, level.Result ?? auto, level.Accumulator ?? auto,
                level.Strategy ?? Strategy.Latency, level.ReuseFactor, level.Storage);
    }

    private static bool Matches(string pattern, ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (name.Length > 0
                && System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false))
                return true;
        }
        return false;
    }

    // Within a level Precision stands for what is not set there; only then do levels cover one another.
    private sealed record Level(PrecisionSpec? Weight, PrecisionSpec? Bias, PrecisionSpec? Result,
        PrecisionSpec? Accumulator, Strategy? Strategy, int? ReuseFactor, StorageSetting Storage)
    {
        public static Level Of(LayerSettings s, bool ofLayer) => new(
            s.WeightPrecision ?? s.Precision, s.Precision, s.ResultPrecision ?? s.Precision, s.AccumPrecision,
                s.Strategy, s.ReuseFactor,
            new StorageSetting(s.WeightStorage, s.WeightMemoryThreshold, ofLayer && s.WeightStorage is not null));

        public Level Over(Level less) => new(
            Weight ?? less.Weight, Bias ?? less.Bias, Result ?? less.Result, Accumulator ?? less.Accumulator,
                Strategy ?? less.Strategy, ReuseFactor ?? less.ReuseFactor,
            new StorageSetting(Storage.Storage ?? less.Storage.Storage, Storage.Threshold ?? less.Storage.Threshold,
                Storage.Storage is null ? less.Storage.OfLayer : Storage.OfLayer));
    }
}
