using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Transforms.Widths;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// What the typing of one network shares: settings, calibration, diagnostics, and the nodes typed so far.
/// </summary>
internal sealed class TypingContext
{
    private readonly IReadOnlyDictionary<Value, RealRange>? _calibration;
    private readonly Dictionary<Value, int> _readers;
    private readonly bool _quantized;
    private readonly Dictionary<Value, List<Node>> _consumers = [];
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();

    public TypingContext(
        Network network, DesignPoint point, IReadOnlyDictionary<Value, RealRange>? calibration,
        DiagnosticBag diagnostics)
    {
        Plan = WidthPlan.Of(point);
        Settings = point;
        Diagnostics = diagnostics;
        _calibration = calibration;
        _readers = network.CountReaders();
        HasFixedTypes = network.Nodes.Any(n => n.Operation is FixedQuantize);
        _quantized = HasFixedTypes || network.Nodes.Any(n => n.Operation is Requantize or QuantizedFunction);
        foreach (Node node in network.Nodes)
        {
            foreach (Value input in node.Inputs)
            {
                if (!_consumers.TryGetValue(input, out List<Node>? readers))
                    _consumers[input] = readers = [];
                readers.Add(node);
            }
        }
    }

    /// <summary>What is decided of inputs and nodes.</summary>
    public DesignPoint Settings { get; }

    public DiagnosticBag Diagnostics { get; }

    /// <summary>The layer of which the network is the cell, and whose name settings have; null for a whole
    /// network.</summary>
    public string? Region { get; init; }

    /// <summary>Resolutions that a search has chosen; null before it, and where there is none.</summary>
    public WidthPlan? Plan { get; }

    /// <summary>The typed nodes, in order.</summary>
    public ImmutableArray<Node> Nodes => _nodes.ToImmutable();

    /// <summary>True for a model with quantizers of its own.</summary>
    public bool IsQuantized => _quantized;

    /// <summary>
    /// True for a model whose quantizers give fixed-point numbers: what it computes between them is exact.
    /// </summary>
    public bool HasFixedTypes { get; }

    /// <summary>
    /// Bits of a result where the user names no number. What a quantized model computes beside its quantizers is exact
    /// up to float's own digits.
    /// </summary>
    public int DefaultWidth => HasFixedTypes ? ExactWidth : InputWidth;

    /// <summary>Bits of an input that no quantizer reads at once, where the user names no number.</summary>
    public int InputWidth => _quantized ? 24 : AutoType.DefaultWidth;

    /// <summary>Bits of the widest sums that are kept whole between quantizers to fixed-point types.</summary>
    public const int ExactWidth = 60;

    /// <summary>Bits up to which an exact result is kept as it is.</summary>
    public int MostBits(Node node, PrecisionSpec.Auto auto) => auto.Width
        ?? (Plan is null ? DefaultWidth : Plan.Fraction(node) is null ? WidthPlan.ExactWidth : 0);

    /// <summary>The nodes that read a real-valued value.</summary>
    public IReadOnlyList<Node> Consumers(Value value) => _consumers.TryGetValue(value, out List<Node>? all) ? all : [];

    /// <summary>How often a real-valued value is read, outputs counted.</summary>
    public int Readers(Value value) => _readers.GetValueOrDefault(value);

    /// <summary>The range that the test vectors show; null without any.</summary>
    public RealRange? Calibrated(Value value) => _calibration is not null
        && _calibration.TryGetValue(value, out RealRange seen) ? seen : null;

    /// <summary>Adds a typed operation under a node's name.</summary>
    public Value Emit(Node like, Operation operation, ImmutableArray<Value> inputs, Typing typing)
    {
        foreach (FixedPointType type in operation.Constants.Select(c => c.Constant.Type!.Value).Append(typing.Type))
        {
            if (Math.Abs(type.Fraction) > FixedPointType.MaxPoint)
                throw new ModelException(Descriptors.TooWide,
                    $"layer {like.Name}: its numbers are too far from one: {type} has its binary point more than "
                    + $"{FixedPointType.MaxPoint} bits away; scale the weights or pin their type");
        }
        Shape shape = operation.OutputShape([.. inputs.Select(i => i.Shape)]);
        Intervals range = typing.Range.Compact(shape.Rank == 0 ? 1 : shape[shape.Rank - 1]).Compact(1);
        Value output = new(like.Output.Name, shape, typing with { Range = range, Steps = operation.StepsOf(inputs) });
        _nodes.Add(like with { Operation = operation, Inputs = inputs, Output = output });
        return output;
    }

    /// <summary>
    /// The value converted to a type, as a part of a node. One that narrows what a function reads saturates what it
    /// tells no more apart.
    /// </summary>
    public Value Quantized(Node node, Value exact, FixedPointType to, bool pinnedByUser, bool unseen = false,
        bool narrows = false)
    {
        Quantize quantize = new(to, unseen) { SaturationIsMeant = narrows };
        if (pinnedByUser)
            ReportOverflow(node, "result", exact.Typing!.Hull, exact.Type.Fraction, to);
        return Emit(node, quantize, [exact], new Typing(to, quantize.Range([exact]).Elements));
    }

    /// <summary>The type of a result that is rounded whatever its type: pinned, or chosen for its range.</summary>
    /// <param name="node">The node.</param>
    /// <param name="range">The range that is proved.</param>
    /// <param name="spec">What the settings say.</param>
    /// <param name="seenIsAll">False where the vectors show a part of what the type has to hold.</param>
    public FixedPointType ResultType(Node node, RealRange range, PrecisionSpec spec, bool seenIsAll = true)
    {
        if (spec is PrecisionSpec.Pinned pinned)
            return pinned.Type;
        if (spec is PrecisionSpec.Exact)
            throw new ModelException(Descriptors.InvalidPrecision,
                $"layer {node.Name}: {node.Operation.Kind} has no exact result; give ResultPrecision a type or auto");
        if (seenIsAll && Calibrated(node.Output) is RealRange seen)
            range = range.Intersect(seen.Widened());
        if (spec is PrecisionSpec.Auto { Width: null } && Plan?.Fraction(node) is int fraction)
            return AutoType.WithFraction(range, fraction);
        int width = (spec as PrecisionSpec.Auto)?.Width ?? AutoType.DefaultWidth;
        return AutoType.For(range, width, finest: 2 * width);
    }

    /// <summary>Warns where values of an interval overflow a type that wraps.</summary>
    public void ReportOverflow(Node node, string what, Interval hull, int fraction, FixedPointType type)
    {
        FixedPoint.Convert(hull.Min, fraction, type, out bool below);
        FixedPoint.Convert(hull.Max, fraction, type, out bool above);
        if ((!below && !above) || type.Overflow is not (Overflow.Wrap or Overflow.WrapSm))
            return;
        int needed = ExactRange.TypeFor(hull, fraction).Integer;
        if (type.Signed && hull.Min >= 0)
            needed++;
        string place = Region is null ? $"layer {node.Name}: the {what}"
            : $"layer {Region}: the {what} of its step's {node.Name}";
        Diagnostics.Add(
            Descriptors.PossibleOverflow,
            $"{place} can reach {Number(Math.ScaleB((double)hull.Min, -fraction))} to "
            + $"{Number(Math.ScaleB((double)hull.Max, -fraction))}, which overflows the pinned type {type}; "
            + $"{needed} integer bits hold every value{(type.Signed || hull.Min >= 0 ? "" : " of a signed type")}");
    }

    /// <summary>A mode that holds results at the ends of a type, for operations that never wrap.</summary>
    public static Overflow Saturating(FixedPointType type) => type.Overflow == Overflow.SatSym ? Overflow.SatSym
        : Overflow.Sat;

    public static ModelException NotPossible(Node node, Value input, FixedPointType output, TypeLimitException e) =>
        new(
        Descriptors.InvalidPrecision,
            $"layer {node.Name}: {node.Operation.Kind} of {input.Type} in {output} is not possible: {e.Message}; "
            + "choose other types for it or its input");

    /// <summary>A number as messages have it.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
