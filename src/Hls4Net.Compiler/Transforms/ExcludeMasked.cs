using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Transforms;

/// <summary>
/// Recognises masks. A very low number that is added to scores, chosen in their place or put around them says "not this
/// one" where all that follows looks at the largest elements or at their exponentials:
/// <c>Softmax(x + [0, -1e9])</c> → <c>Softmax(Exclude(x))</c>; likewise <c>Where(m, -inf, x)</c>, <c>x + (1 -
/// m)·(-10000)</c> and <c>Pad(x, -3.4e38)</c> before a maximum. What is excluded has no number of its own, so that it
/// widens no type.
/// </summary>
internal static class ExcludeMasked
{
    // No network computes with such a number itself; what is -∞ in the model is the lowest double here.
    private const double OnlyMask = -1e30, Infinite = -1e300;

    public static Network Apply(Network network)
    {
        MaskReaders readers = new(network);
        Network result = RemoveUnused.Apply(Rewriter.Run(network,
            (rewriter, node) => Excluded(rewriter, node, readers) ?? rewriter.Keep(node)));
        foreach (Node node in result.Nodes)
        {
            if (LowestOf(node) is double lowest and <= OnlyMask)
            {
                throw new ModelException(
                    lowest <= Infinite ? Descriptors.NonFiniteWeight : Descriptors.TooWide,
                    $"layer {node.Name} has the constant "
                    + $"{(lowest <= Infinite ? "-∞ (negative infinite)" : TypingContext.Number(lowest))}, which can "
                    + $"only be a mask, but {readers.Unclear(node.Output.Name)} sees more of it "
                    + "than the largest elements or a softmax; mask right before the softmax or the maximum, or export "
                    + "the model with a mask that its numbers reach, -100 for one");
            }
        }
        return result;
    }

    // What a constant goes down to; masks that were recognised have infinite ones.
    private static double? LowestOf(Node node) => node.Operation switch
    {
        Affine { Shift: Constant shift } => shift.Values.Min(),
        Rearrange { Fill: Constant fill } => double.IsFinite(fill.Values[0]) ? fill.Values[0] : null,
        Literal literal => literal.Tensor.Values.DefaultIfEmpty(0).Min(),
        _ => null,
    };

    private static Value? Excluded(Rewriter rewriter, Node node, MaskReaders readers)
    {
        // A bound that no number reaches.
        if (node.Operation is Clip { Lower: Constant lower } clip && lower.Values[0] <= OnlyMask)
            return clip.Upper is null ? node.Inputs[0] : rewriter.Add(node, clip with { Lower = null }, node.Inputs);
        if (node.Operation is not (Affine { Scale: null } or Select or Rearrange { Fill: not null }
            or Elementwise { Function: ElementwiseKind.Add }) || !readers.SeeLargest(node.Output))
            return null;
        switch (node.Operation)
        {
            case Rearrange { Fill: Constant fill } rearrange when fill.Values[0] <= OnlyMask
                || (fill.Values[0] <= MaskParts.Low && readers.IsLowest(node.Output, fill.Values[0])):
                // Beside another that can only be a mask neither is meant to win: two spellings of "not this one".
                return rewriter.Add(node, rearrange with { Fill = Constant.Scalar(double.NegativeInfinity) },
                    node.Inputs);
            case Affine { Shift: Constant shift } when MaskParts.IsMask(shift)
                && MaskParts.Of(rewriter.Maker, node.Inputs[0]) is null:
                return Masked(rewriter, node, node.Inputs[0], MaskParts.Of(shift, node));
            case Elementwise when node.Inputs is [Value a, Value b]:
                MaskParts? first = MaskParts.Of(rewriter.Maker, a), second = MaskParts.Of(rewriter.Maker, b);
                return (first, second) switch
                {
                    (null, MaskParts mask) => Masked(rewriter, node, a, mask),
                    (MaskParts mask, null) => Masked(rewriter, node, b, mask),
                    _ => null,
                };
            case Select
                when MaskParts.IsLow(rewriter.Maker, node.Inputs[1]) != MaskParts.IsLow(rewriter.Maker, node.Inputs[2]):
                bool whenTrue = MaskParts.IsLow(rewriter.Maker, node.Inputs[1]);
                Value condition = node.Inputs[0], x = node.Inputs[whenTrue ? 2 : 1];
                return rewriter.Maker(x)?.Operation is Literal ? null
                    : Masked(rewriter, node, x,
                        new([MaskParts.Choosing(rewriter.Maker, condition, whenTrue,
                            MaskParts.LowestOf(rewriter.Maker, node.Inputs[whenTrue ? 1 : 2]))], null), adds: false);
            default:
                return null;
        }
    }

    private static Value Masked(Rewriter rewriter, Node node, Value x, MaskParts mask, bool adds = true)
    {
        // Only an addition of zeros makes the elements more where a low number's own shape does.
        Shape shape = node.Output.Shape;
        if (mask.Addend is not null)
            x = Sum(rewriter, node, x, mask.Addend(rewriter));
        if (mask.Conditions.Aggregate(x.Shape, (s, c) => Shape.Broadcast(s, c.Shape)!.Value) != shape)
            x = rewriter.Add(node with { Name = $"{node.Name}_expanded" },
                new Affine(null, new Constant(shape, [.. new double[shape.Size]])), x);
        foreach (MaskParts.Condition condition in mask.Conditions)
        {
            x = condition.Known is Constant known
                ? rewriter.Add(node, new Exclude(known, WhenTrue: true, 0, adds), x)
                : rewriter.Add(node, new Exclude(null, condition.WhenTrue, condition.Lowest, adds),
                    condition.Computed!(rewriter), x);
        }
        return x;
    }

    private static Value Sum(Rewriter rewriter, Node node, Value x, Value addend)
    {
        Node shifted = node with { Name = $"{node.Name}_shifted" };
        return rewriter.Maker(addend)?.Operation is Literal { Tensor: Constant constant }
            ? rewriter.Add(shifted, new Affine(null, constant), x)
            : rewriter.Add(shifted, new Elementwise(ElementwiseKind.Add), x, addend);
    }
}

/// <summary>Who reads the values of a network, and whether these see more than the largest elements.</summary>
internal sealed class MaskReaders
{
    // Sums of a few masks, and factors, leave a mask within this of its number.
    private const double Near = 1e3;

    private readonly Dictionary<Value, List<Node>> _readers = [];
    private readonly Dictionary<Value, Node> _makers = [];
    private readonly HashSet<Value> _shown;
    private readonly Dictionary<Value, bool> _largest = [];

    public MaskReaders(Network network)
    {
        _shown = [.. network.Outputs.Select(o => o.Value)];
        foreach (Node node in network.Nodes)
        {
            _makers[node.Output] = node;
            foreach (Value input in node.Inputs)
                (_readers.TryGetValue(input, out List<Node>? list) ? list : _readers[input] = []).Add(node);
        }
    }

    /// <summary>True if no other value that a padding competes with may be as low as what it is padded with.</summary>
    /// <param name="padded">The padded value.</param>
    /// <param name="fill">The number around it.</param>
    public bool IsLowest(Value padded, double fill)
    {
        HashSet<Value> seen = [];
        Stack<Value> open = new(Behind(padded));
        while (open.TryPop(out Value? value))
        {
            if (!seen.Add(value) || !_makers.TryGetValue(value, out Node? maker))
                continue;
            // What is padded with the same number is excluded along with it.
            bool same = maker.Operation is Rearrange { Fill: Constant other } && other.Values[0] == fill
                && SeeLargest(value);
            if (value != padded && !same && LowestOf(maker.Operation) <= fill / Near)
                return false;
            if (!IsBounded(maker.Operation))
                maker.Inputs.ToList().ForEach(open.Push);
        }
        return true;
    }

    // The values in which a padding lies, up to those that see the largest alone.
    private HashSet<Value> Behind(Value padded)
    {
        HashSet<Value> result = [];
        Stack<Value> open = new([padded]);
        while (open.TryPop(out Value? value))
        {
            if (result.Add(value) && _readers.TryGetValue(value, out List<Node>? all))
                all.Where(n => Passes(n, value)).ToList().ForEach(n => open.Push(n.Output));
        }
        return result;
    }

    // How low a constant may make an element of ordinary size.
    private static double LowestOf(Operation operation) => operation switch
    {
        Affine affine => Math.Min(affine.Shift?.Values.Min() ?? 0, -(affine.Scale?.Values.Max(Math.Abs) ?? 0)),
        Rearrange { Fill: Constant fill } => fill.Values[0],
        Clip { Upper: Constant upper } => upper.Values.Min(),
        Literal literal => -literal.Tensor.Values.Select(Math.Abs).DefaultIfEmpty(0).Max(),
        _ => 0,
    };

    // Where masks before no longer show: probabilities, truths, numbers that are not negative, windows
    // that have more than padding.
    private static bool IsBounded(Operation operation) =>
        operation is Softmax or Hardmax or ArgExtreme or Elementwise { IsTruth: true } or ElementwiseFunction
            or Pool { Function: PoolKind.Max } or Rectifier { Slope: null, Kind: "Relu" };

    /// <summary>The reader of a value that sees more, as messages name it.</summary>
    public string Unclear(string name)
    {
        Value? value = _makers.Keys.FirstOrDefault(v => v.Name == name);
        while (value is not null)
        {
            if (_shown.Contains(value) || !_readers.TryGetValue(value, out List<Node>? all))
                return $"the output '{value.Name}'";
            if (all.FirstOrDefault(n => !SeesLargest(n, value)) is not Node reader)
                break;
            if (!Passes(reader, value))
                return $"layer {reader.Name} ({reader.Source.OnnxOperator})";
            value = reader.Output;
        }
        return "what follows";
    }

    /// <summary>True if every reader of a value looks at the largest elements, or their exponentials, alone.</summary>
    public bool SeeLargest(Value value)
    {
        if (!_largest.TryGetValue(value, out bool result))
            _largest[value] = result = !_shown.Contains(value) && _readers.TryGetValue(value, out List<Node>? all)
                && all.All(n => SeesLargest(n, value));
        return result;
    }

    private bool SeesLargest(Node node, Value value) => node.Operation switch
    {
        Softmax or ArgExtreme { Largest: true } or Hardmax or Pool { Function: PoolKind.Max }
            or Reduce { Function: ReduceKind.Max } or TopK { Largest: true } => true,
        // A softmax that is written out: the exponential of the difference from the largest.
        ElementwiseFunction { Function.Kind: Numerics.FunctionKind.Exp } => true,
        _ => Passes(node, value) && SeeLargest(node.Output),
    };

    // What is low stays low, and lower than the others by as much.
    private bool Passes(Node node, Value value) => node.Operation switch
    {
        Reshape or Transpose or Rearrange or Concatenate or LogSoftmax => true,
        Affine affine => affine.Scale is null || affine.Scale.Values.All(s => s >= 1),
        Clip { Lower: null } => true,
        Clip { Lower: Constant lower } => lower.Values[0] <= MaskParts.Low,
        // The other is a mask, or this is one and what it masks has yet to come.
        Elementwise { Function: ElementwiseKind.Add or ElementwiseKind.Min } =>
            node.Inputs.Any(i => MaskParts.Of(_makers.GetValueOrDefault!, i) is not null),
        Elementwise { Function: ElementwiseKind.Sub } => node.Inputs[0] == value && node.Inputs[1] != value,
        Select => node.Inputs[0] != value,
        _ => false,
    };
}
