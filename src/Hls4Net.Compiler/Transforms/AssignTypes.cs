using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms;

/// <summary>
/// Gives every value a fixed-point type and the range it provably keeps, every constant its mantissas, and puts a
/// <see cref="Quantize"/> wherever precision changes. Pinned types are taken as they are; automatic ones follow from the ranges, and from
/// calibration where there is data.
/// </summary>
internal sealed class AssignTypes
{
    private readonly LayerSettingsResolver _settings;
    private readonly IReadOnlyDictionary<Value, RealRange>? _calibration;
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<Value, int> _readers;
    private readonly bool _quantized;
    private readonly Dictionary<Value, List<Node>> _consumers = [];
    private readonly Dictionary<Value, Value> _typed = [];
    private readonly ImmutableArray<Node>.Builder _nodes = ImmutableArray.CreateBuilder<Node>();
    private readonly Dictionary<string, LayerPrecision> _precisions = [];

    private AssignTypes(Network network, ModelOptions options, IReadOnlyDictionary<Value, RealRange>? calibration, DiagnosticBag diagnostics)
    {
        _settings = new LayerSettingsResolver(options);
        _calibration = calibration;
        _diagnostics = diagnostics;
        _readers = network.CountReaders();
        _quantized = network.Nodes.Any(n => n.Operation is Requantize);
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

    /// <summary>The typed network, and the settings of each of its nodes by name.</summary>
    public static (Network Network, IReadOnlyDictionary<string, LayerPrecision> Precisions) Apply(
        Network network, ModelOptions options, IReadOnlyDictionary<Value, RealRange>? calibration, DiagnosticBag diagnostics)
    {
        AssignTypes typing = new(network, options, calibration, diagnostics);
        ImmutableArray<Value> inputs = [.. network.Inputs.Select(typing.TypeInput)];
        foreach (Node node in network.Nodes)
            typing.TypeNode(node);
        typing._settings.ReportUnused(network, diagnostics);
        Network typed = new(inputs, [.. network.Outputs.Select(o => o with { Value = typing._typed[o.Value] })], typing._nodes.ToImmutable());
        return (typed, typing._precisions);
    }

    // What a quantized model computes beside its quantizers is exact up to float's own digits.
    private int DefaultWidth => _quantized ? 24 : AutoType.DefaultWidth;

    private Value TypeInput(Value input)
    {
        LayerPrecision precision = _settings.ForInput(input);
        FixedPointType type = precision.Result switch
        {
            PrecisionSpec.Auto when input.Typing is Typing given => given.Type,
            PrecisionSpec.Auto when QuantizedInput.TypeFor(input, _consumers.GetValueOrDefault(input)) is FixedPointType quantized => quantized,
            PrecisionSpec.Pinned pinned => pinned.Type,
            // Nothing but zeros tells no range.
            PrecisionSpec.Auto auto when Calibrated(input) is RealRange seen && seen != default =>
                AutoType.For(seen.Widened(), auto.Width ?? DefaultWidth, finest: 64),
            PrecisionSpec.Auto auto => Assumed(input, auto.Width ?? DefaultWidth),
            _ => Assumed(input, DefaultWidth),
        };
        Value typed = new(input.Name, input.Shape, Typing.Full(type, input.Shape.Size));
        _typed[input] = typed;
        return typed;
    }

    private FixedPointType Assumed(Value input, int width)
    {
        FixedPointType type = new(width, Math.Min(AutoType.DefaultIntegerBits, width), true, Rounding.Rnd, Overflow.Sat);
        _diagnostics.Add(
            Descriptors.AssumedInputType,
            $"nothing is known of the range of the input '{input.Name}': {type} is assumed, values from {type.MinValue} to {type.MaxValue:G6}. Give TestInputs to calibrate with, or Precision for the input (HlsLayer Include=\"{input.Name}\")");
        return type;
    }

    private void TypeNode(Node node)
    {
        LayerPrecision precision = _settings.For(node);
        _precisions[node.Name] = precision;
        Value input = _typed[node.Inputs[0]];
        try
        {
            switch (node.Operation)
            {
                case ElementwiseFunction function:
                    TypeFunction(node, function, input, precision);
                    break;
                case Softmax or LogSoftmax:
                    TypeSoftmax(node, input, precision);
                    break;
                case Requantize requantize:
                    TypeRequantize(node, requantize, input);
                    break;
                default:
                    TypeExact(node, input, precision);
                    break;
            }
        }
        catch (Exception e) when (e is TooWideException or OverflowException)
        {
            string width = e is TooWideException tooWide ? $"{tooWide.Width}" : "more than 127";
            throw new ModelException(
                Descriptors.TooWide,
                $"layer {node.Name}: its exact result needs {width} bits, {FixedPointType.MaxWidth} are supported; choose narrower types for its input ({input.Type}) or its weights, or pin AccumPrecision");
        }
    }

    private void TypeExact(Node node, Value input, LayerPrecision precision)
    {
        Operation operation = TypeConstants(node, input, precision);
        if (operation is Dense dense && precision.Accumulator is PrecisionSpec.Pinned accumulator)
            operation = WithAccumulator(node, dense, input, accumulator.Type);
        ExactRange range = operation.Range([input]);
        // A pinned accumulator has its own type, not the narrowest for its range.
        Typing exact = operation is Dense { Accumulator: FixedPointType pinned } ? new Typing(pinned, range.Elements) : Typing.Exact(range);
        Value result = Emit(node, operation, input, exact);
        _typed[node.Output] = QuantizeResult(node, result, precision.Result);
    }

    private Value QuantizeResult(Node node, Value exact, PrecisionSpec spec)
    {
        switch (spec)
        {
            case PrecisionSpec.Pinned pinned when node.Operation is not Reshape and not Transpose:
                return Holds(pinned.Type, exact) ? exact : Quantized(node, exact, pinned.Type, pinnedByUser: true);
            case PrecisionSpec.Auto auto when node.Operation is not Reshape and not Transpose && exact.Type.Width > (auto.Width ?? DefaultWidth) && !LeavesRoundingToReader(node):
                Interval hull = exact.Typing!.Hull;
                RealRange range = new(Math.ScaleB((double)hull.Min, -exact.Type.Fraction), Math.ScaleB((double)hull.Max, -exact.Type.Fraction));
                if (Calibrated(node.Output) is RealRange seen)
                    range = range.Intersect(seen.Widened());
                return Quantized(node, exact, AutoType.For(range, auto.Width ?? DefaultWidth, exact.Type.Fraction), pinnedByUser: false);
            default:
                return exact;
        }
    }

    // A rectifier or clip right behind is exact and gives the rounding a smaller range: one rounding, after it.
    private bool LeavesRoundingToReader(Node node)
    {
        // A quantizer's step function is exact only on what has not been rounded before it.
        if (_consumers.TryGetValue(node.Output, out List<Node>? all) && all.Count == _readers[node.Output] && all.TrueForAll(n => n.Operation is Requantize))
            return true;
        if (_readers[node.Output] != 1 || !_consumers.TryGetValue(node.Output, out List<Node>? readers))
            return node.Operation is Reshape;
        return readers[0].Operation is Rectifier { Slope: null } or Clip && _settings.For(readers[0]).Result is PrecisionSpec.Auto;
    }

    private static bool Holds(FixedPointType type, Value exact) =>
        exact.Type.Width == type.Width && exact.Type.Integer == type.Integer && exact.Type.Signed == type.Signed;

    private Value Quantized(Node node, Value exact, FixedPointType to, bool pinnedByUser)
    {
        Quantize quantize = new(to);
        if (pinnedByUser)
            ReportOverflow(node, "result", exact.Typing!.Hull, exact.Type.Fraction, to);
        return Emit(node, quantize, exact, new Typing(to, quantize.Range([exact]).Elements));
    }

    private Value Emit(Node like, Operation operation, Value input, Typing typing)
    {
        foreach (FixedPointType type in operation.Constants.Select(c => c.Constant.Type!.Value).Append(typing.Type))
        {
            if (Math.Abs(type.Fraction) > FixedPointType.MaxPoint)
                throw new ModelException(Descriptors.TooWide, $"layer {like.Name}: its numbers are too far from one: {type} has its binary point more than {FixedPointType.MaxPoint} bits away; scale the weights or pin their type");
        }
        Value output = new(like.Output.Name, operation.OutputShape([input.Shape]), typing with { Step = operation.Step([input]) });
        _nodes.Add(like with { Operation = operation, Inputs = [input], Output = output });
        return output;
    }

    private void TypeFunction(Node node, ElementwiseFunction function, Value input, LayerPrecision precision)
    {
        Interval hull = input.Typing!.Hull;
        double ulp = input.Type.Ulp;
        (double min, double max) = function.Function.Range((double)hull.Min * ulp, (double)hull.Max * ulp);
        if (!double.IsFinite(min) || !double.IsFinite(max))
            throw new ModelException(Descriptors.TooWide, $"layer {node.Name}: {function.Kind} reaches {Number(min)} to {Number(max)} over its input {input.Type}; give its input a smaller range");
        FixedPointType output = FunctionOutput(node, new RealRange(min, max), precision.Result);
        (input, FunctionTable table) = Tabulate(node, function, input, output);
        if (table.Overflows > 0 && precision.Result is PrecisionSpec.Pinned)
        {
            _diagnostics.Add(
                Descriptors.PossibleOverflow,
                $"layer {node.Name}: {function.Kind} reaches {Number(min)} to {Number(max)}, which its pinned type {output} cannot hold; the table saturates there");
        }
        ElementwiseFunction typed = function with { Table = table };
        _typed[node.Output] = Emit(node, typed, input, new Typing(output, typed.Range([input]).Elements));
    }

    private void TypeRequantize(Node node, Requantize requantize, Value input)
    {
        Requantize typed = RequantizeTyping.Typed(requantize, input) ?? throw new ModelException(
            Descriptors.TooWide,
            $"layer {node.Name}: no integer arithmetic of a supported size equals this quantizer ({requantize.Quantizer.Max - requantize.Quantizer.Min + 1} levels, {requantize.Quantizer.Rounding}) on inputs of {input.Type}; use fewer bits or another rounding mode");
        _typed[node.Output] = Emit(node, typed, input, Typing.Exact(typed.Range([input])));
    }

    // The function's table, and the input that it is for: rounded first where the table would else be too large.
    private (Value Input, FunctionTable Table) Tabulate(Node node, ElementwiseFunction function, Value input, FixedPointType output)
    {
        Interval hull = input.Typing!.Hull;
        double ulp = input.Type.Ulp, maxErrorUlp = 1;
        try
        {
            if (hull.Max - hull.Min >= FunctionTable.MaxPoints)
            {
                FixedPointType coarse = FunctionTable.RequantizedInput(input.Type, output, function.Function.SlopeBound((double)hull.Min * ulp, (double)hull.Max * ulp));
                if (coarse != input.Type)
                {
                    input = Quantized(node with { Name = $"{node.Name}_input" }, input, coarse with { Overflow = Overflow.Wrap, SaturationBits = 0 }, pinnedByUser: false);
                    maxErrorUlp = 0.75;
                }
                hull = input.Typing!.Hull;
                if (hull.Max - hull.Min >= FunctionTable.MaxPoints)
                {
                    throw new ModelException(
                        Descriptors.TooWide,
                        $"layer {node.Name}: {function.Kind} of {input.Type} would need a table over {hull.Max - hull.Min + 1} values ({FunctionTable.MaxPoints} are supported); give the layer before it a narrower ResultPrecision");
                }
            }
            // Where the function leaves a pinned range, the table saturates: a table that wraps or falls to zero serves nobody.
            FixedPointType entries = output with { Rounding = Rounding.Rnd, Overflow = Saturating(output), SaturationBits = 0 };
            return (input, FunctionTable.Build(function.Function.Evaluate, input.Type, (long)hull.Min, (long)hull.Max, entries, maxErrorUlp));
        }
        catch (ArgumentException e)
        {
            throw NotPossible(node, input, output, e);
        }
    }

    private static Overflow Saturating(FixedPointType type) => type.Overflow == Overflow.SatSym ? Overflow.SatSym : Overflow.Sat;

    private static ModelException NotPossible(Node node, Value input, FixedPointType output, ArgumentException e) => new(
        Descriptors.InvalidPrecision, $"layer {node.Name}: {node.Operation.Kind} of {input.Type} in {output} is not possible: {e.Message}; choose other types for it or its input");

    private void TypeSoftmax(Node node, Value input, LayerPrecision precision)
    {
        // Logarithms reach as far down as logits differ; probabilities need no integer bit, and 1 itself is saturated to the next lower value.
        double lowest = ((double)(input.Typing!.Hull.Min - input.Typing.Hull.Max) * input.Type.Ulp) - 64;
        FixedPointType output = node.Operation is LogSoftmax
            ? FunctionOutput(node, new RealRange(lowest, 0), precision.Result)
            : precision.Result is PrecisionSpec.Auto auto
                ? new FixedPointType(Math.Min(auto.Width ?? AutoType.DefaultWidth, SoftmaxKernel.MaxFraction), 0, Signed: false, Rounding.Rnd, Overflow.Sat)
                : FunctionOutput(node, new RealRange(0, 1), precision.Result);
        // The kernel's results are no coarser than integers.
        if (node.Operation is LogSoftmax && precision.Result is PrecisionSpec.Auto && output.Fraction < 0)
            output = output with { Width = output.Integer };
        // Digits of the logits far below the probabilities' own change nothing that these could show.
        int fraction = Math.Min(input.Type.Fraction, output.Fraction + 6);
        if (input.Type.Width > 32 && fraction < input.Type.Fraction)
            input = Quantized(node with { Name = $"{node.Name}_input" }, input, new FixedPointType(input.Type.Integer + fraction, input.Type.Integer, input.Type.Signed, Rounding.Rnd, Overflow.Sat), pinnedByUser: false);
        Interval hull = input.Typing!.Hull;
        try
        {
            FixedPointType saturating = output with { Overflow = Saturating(output) };
            Operation typed = node.Operation switch
            {
                Softmax s => s with { Kernel = SoftmaxKernel.Build(s.Count, input.Type, (long)hull.Min, (long)hull.Max, saturating) },
                LogSoftmax s => s with { Kernel = LogSoftmaxKernel.Build(s.Count, input.Type, (long)hull.Min, (long)hull.Max, saturating) },
                _ => throw new InvalidOperationException(),
            };
            _typed[node.Output] = Emit(node, typed, input, new Typing(output, typed.Range([input]).Elements));
        }
        catch (ArgumentException e)
        {
            throw NotPossible(node, input, output, e);
        }
    }

    private FixedPointType FunctionOutput(Node node, RealRange range, PrecisionSpec spec)
    {
        if (spec is PrecisionSpec.Pinned pinned)
            return pinned.Type;
        if (spec is PrecisionSpec.Exact)
            throw new ModelException(Descriptors.InvalidPrecision, $"layer {node.Name}: {node.Operation.Kind} has no exact result; give ResultPrecision a type or auto");
        if (Calibrated(node.Output) is RealRange seen)
            range = range.Intersect(seen.Widened());
        int width = (spec as PrecisionSpec.Auto)?.Width ?? AutoType.DefaultWidth;
        return AutoType.For(range, width, finest: 2 * width);
    }

    private RealRange? Calibrated(Value value) => _calibration is null ? null : _calibration[value];

    private Operation TypeConstants(Node node, Value input, LayerPrecision precision)
    {
        Operation operation = node.Operation.Reduced([input]);
        ImmutableArray<Constant>.Builder typed = ImmutableArray.CreateBuilder<Constant>();
        int productFraction = input.Type.Fraction;
        foreach ((ConstantRole role, Constant constant) in operation.Constants)
        {
            Constant c = role switch
            {
                ConstantRole.Weight when operation is Dense { IntegerWeights: true } => AutoType.OnGrid(constant, 0),
                // Scales of a quantized model keep float's 24 bits.
                ConstantRole.Weight when _quantized && precision.Weight is PrecisionSpec.Auto { Width: null } => AutoType.Weights(constant, 25),
                ConstantRole.Weight => TypeConstant(node, "weights", constant, precision.Weight, width => AutoType.Weights(constant, width)),
                // Nor are a quantized model's addends rounded.
                ConstantRole.Bias when _quantized && precision.Bias is PrecisionSpec.Auto { Width: null } =>
                    AutoType.OnGrid(constant, Math.Max(productFraction, AutoType.Weights(constant, 25).Fraction)),
                // Finer digits of a bias than the products have would widen the sum and change little.
                ConstantRole.Bias => TypeConstant(node, "bias", constant, precision.Bias, _ => AutoType.OnGrid(constant, productFraction)),
                ConstantRole.Bound => AutoType.OnGrid(constant, input.Type.Fraction),
                _ => throw new InvalidOperationException($"unknown role {role}"),
            };
            productFraction += role == ConstantRole.Weight ? c.Fraction : 0;
            typed.Add(c);
        }
        return operation.WithConstants(typed.ToImmutable());
    }

    private Constant TypeConstant(Node node, string what, Constant constant, PrecisionSpec spec, Func<int, Constant> automatic)
    {
        if (spec is not PrecisionSpec.Pinned pinned)
            return automatic((spec as PrecisionSpec.Auto)?.Width ?? AutoType.DefaultWidth);
        (Constant typed, int overflows) = constant.Quantize(pinned.Type);
        if (overflows > 0)
        {
            _diagnostics.Add(
                Descriptors.WeightOverflow,
                $"layer {node.Name}: {overflows} of {constant.Values.Length} {what} do not fit {pinned.Type} ({Number(pinned.Type.MinValue)} to {Number(pinned.Type.MaxValue)}); they reach from {Number(constant.Values.Min())} to {Number(constant.Values.Max())}");
        }
        return typed;
    }

    private Dense WithAccumulator(Node node, Dense exact, Value input, FixedPointType pinned)
    {
        FixedPointType needed = exact.AccumulatorType(input);
        bool holds = pinned.Fraction >= needed.Fraction && pinned.Integer >= needed.Integer + (pinned.Signed && !needed.Signed ? 1 : 0) && (pinned.Signed || !needed.Signed);
        if (!holds)
        {
            Interval sum = exact.Range([input]).Hull;
            ReportOverflow(node, "accumulator", sum, exact.SumFraction(input.Type), pinned);
        }
        return exact with { Accumulator = pinned };
    }

    private void ReportOverflow(Node node, string what, Interval hull, int fraction, FixedPointType type)
    {
        FixedPoint.Convert(hull.Min, fraction, type, out bool below);
        FixedPoint.Convert(hull.Max, fraction, type, out bool above);
        if ((!below && !above) || type.Overflow is not (Overflow.Wrap or Overflow.WrapSm))
            return;
        int needed = ExactRange.TypeFor(hull, fraction).Integer;
        if (type.Signed && hull.Min >= 0)
            needed++;
        _diagnostics.Add(
            Descriptors.PossibleOverflow,
            $"layer {node.Name}: the {what} can reach {Number(Math.ScaleB((double)hull.Min, -fraction))} to {Number(Math.ScaleB((double)hull.Max, -fraction))}, which overflows the pinned type {type}; "
            + $"{needed} integer bits hold every value{(type.Signed || hull.Min >= 0 ? "" : " of a signed type")}");
    }

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
