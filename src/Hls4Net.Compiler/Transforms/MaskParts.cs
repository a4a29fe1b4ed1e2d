using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms;

/// <summary>
/// What an additive mask is made of: conditions under which elements are excluded, constant or computed, and what is
/// added to the others. Values are made of it only when they are asked for.
/// </summary>
/// <param name="Conditions">Each excludes elements for itself.</param>
/// <param name="Addend">What is added to elements that are left; null for nothing.</param>
internal sealed record MaskParts(ImmutableArray<MaskParts.Condition> Conditions, Func<Rewriter, Value>? Addend)
{
    /// <summary>Numbers from here down are masks, or 16-bit floats' lowest.</summary>
    public const double Low = -9.9e3;

    // Beside a mask an element is left as it is, or nearly.
    private const double Ordinary = -1e3;

    /// <summary>A condition on elements.</summary>
    /// <param name="Shape">Its shape, which broadcasts to the mask's.</param>
    /// <param name="Known">The low numbers of the elements that it excludes, zero for the others; null for a computed
    /// one.</param>
    /// <param name="Computed">Makes the value that decides.</param>
    /// <param name="WhenTrue">True if the value excludes where it is not zero.</param>
    /// <param name="Lowest">The low number of a computed one.</param>
    internal sealed record Condition(Shape Shape, Constant? Known, Func<Rewriter, Value>? Computed, bool WhenTrue,
        double Lowest);

    /// <summary>True for constants that mask some elements and leave others.</summary>
    public static bool IsMask(Constant constant) => constant.Values.Any(v => v <= Low)
        && constant.Values.Any(v => v >= Ordinary);

    /// <summary>The parts of a value that is nothing but a mask; null for any other.</summary>
    /// <param name="maker">What makes a value.</param>
    /// <param name="value">The value.</param>
    public static MaskParts? Of(Func<Value, Node?> maker, Value value) => Of(maker, value, 1, 0);

    /// <summary>The condition and what is left of a constant.</summary>
    public static MaskParts Of(Constant constant, Node like)
    {
        Constant left = constant.Map(v => v <= Low ? 0 : v);
        return new(
            [new(constant.Shape, constant.Map(v => v <= Low ? v : 0), null, true, 0)],
            left.Values.All(v => v == 0) ? null : r =>
                r.Add(like with { Name = $"{like.Name}_addend" }, new Literal(left), []));
    }

    private static MaskParts? Of(Func<Value, Node?> maker, Value value, double scale, double shift)
    {
        Node? node = maker(value);
        bool plain = scale == 1 && shift == 0;
        switch (node?.Operation)
        {
            case Literal { Tensor: Constant tensor } when plain && IsMask(tensor):
                return Of(tensor, node);
            case Affine { Scale: null, Shift: Constant added } when plain && IsMask(added)
                && Of(maker, node.Inputs[0], 1, 0) is MaskParts inner:
                return Joined(Of(added, node), inner, node);
            case Affine { Scale: null or { Values.Length: 1 }, Shift: null or { Values.Length: 1 } } affine
                when node.Inputs[0].Shape == value.Shape:
                return Of(maker, node.Inputs[0], scale * (affine.Scale?.Values[0] ?? 1),
                    shift + (scale * (affine.Shift?.Values[0] ?? 0)));
            case Elementwise { Function: ElementwiseKind.Add or ElementwiseKind.Min } sum when plain
                && node.Inputs.Length == 2
                && Of(maker, node.Inputs[0], 1, 0) is MaskParts a && Of(maker, node.Inputs[1], 1, 0) is MaskParts b
                    && (sum.Function == ElementwiseKind.Add || (a.Addend is null && b.Addend is null)):
                return Joined(a, b, node);
            case Select when plain:
                return OfChoice(maker, node);
            case Reshape or Transpose or Rearrange { Fill: null }
                when Of(maker, node.Inputs[0], scale, shift) is MaskParts before:
                return before.Moved(node);
            default:
                return OfTruth(maker, value, scale, shift);
        }
    }

    private static MaskParts? OfChoice(Func<Value, Node?> maker, Node node)
    {
        bool first = IsLow(maker, node.Inputs[1]), second = IsLow(maker, node.Inputs[2]);
        if (first == second || maker(node.Inputs[first ? 2 : 1])?.Operation is not Literal { Tensor: Constant other }
            || !other.Values.Any(v => v >= Ordinary))
            return null;
        MaskParts chosen = new([Choosing(maker, node.Inputs[0], first, LowestOf(maker, node.Inputs[first ? 1 : 2]))],
            null);
        return other.Values.All(v => v == 0) ? chosen : Joined(Of(other, node), chosen, node);
    }

    /// <summary>The condition of a choice between a low number and others.</summary>
    public static Condition Choosing(Func<Value, Node?> maker, Value decides, bool whenTrue, double low) =>
        maker(decides)?.Operation is Literal { Tensor: Constant known }
            ? new(decides.Shape, known.Map(v => v != 0 == whenTrue ? low : 0), null, true, 0)
            : new(decides.Shape, null, _ => decides, whenTrue, low);

    /// <summary>The lowest number of a constant.</summary>
    public static double LowestOf(Func<Value, Node?> maker, Value value) =>
        ((Literal)maker(value)!.Operation).Tensor.Values.Min();

    // A number of which one of 0 and 1 is masked and the other is not; numbers that are no truth values stand for one.
    private static MaskParts? OfTruth(Func<Value, Node?> maker, Value value, double scale, double shift)
    {
        double whenFalse = shift, whenTrue = scale + shift;
        if (!(whenTrue <= Low && whenFalse >= Ordinary) && !(whenFalse <= Low && whenTrue >= Ordinary))
            return null;
        double left = Math.Max(whenTrue, whenFalse);
        Node like = maker(value) ?? new Node($"{value.Name}_mask", new NodeSource("", "Mask"), new Reshape(value.Shape),
            [value], value);
        return new(
            [new(value.Shape, null, r => IsTruth(maker, value) ? value : Compared(r, like, value), whenTrue <= Low,
                Math.Min(whenTrue, whenFalse))],
            left == 0 ? null : r => r.Add(like with { Name = $"{like.Name}_addend" },
                new Literal(Constant.Scalar(left)), []));

        static Value Compared(Rewriter rewriter, Node like, Value value)
        {
            Value half = rewriter.Add(like with { Name = $"{like.Name}_half" }, new Literal(Constant.Scalar(0.5)), []);
            return rewriter.Add(like with { Name = $"{like.Name}_truth" }, new Elementwise(ElementwiseKind.Greater),
                value, half);
        }
    }

    private static MaskParts Joined(MaskParts a, MaskParts b, Node like) => new(
        [.. a.Conditions, .. b.Conditions],
        a.Addend is null ? b.Addend : b.Addend is null ? a.Addend
            : r => r.Add(like with { Name = $"{like.Name}_addends" }, new Elementwise(ElementwiseKind.Add), a.Addend(r),
                b.Addend(r)));

    // What is moved as a whole: conditions that are repeated along an axis stay where they are.
    private MaskParts? Moved(Node move) =>
        Addend is not null || Conditions.Any(c => c.Shape != move.Inputs[0].Shape) ? null
        : new([.. Conditions.Select(c => c with
        {
            Shape = move.Output.Shape,
            Known = c.Known is null ? null : Moved(move, c.Known),
            Computed = c.Computed is null ? null : r =>
                r.Add(move with { Name = $"{move.Name}_mask" }, move.Operation, c.Computed(r)),
        })], null);

    private static Constant Moved(Node move, Constant constant)
    {
        double[] moved = new double[move.Output.Shape.Size];
        move.Operation.Evaluate([constant.Shape], [[.. constant.Values]], moved);
        return new Constant(move.Output.Shape, [.. moved]);
    }

    private static bool IsTruth(Func<Value, Node?> maker, Value value) => maker(value) switch
    {
        null => value.Typing is { Type: { Width: 1, Signed: false, Fraction: 0 } },
        {
            Operation: Elementwise { IsTruth: true }
            or ExactFunction { Function: ExactFunctionKind.Not or ExactFunctionKind.IsNonzero }
        } => true,
        { Operation: Reshape or Transpose or Rearrange { Fill: null } } node => IsTruth(maker, node.Inputs[0]),
        _ => false,
    };

    /// <summary>True for a constant of nothing but masks.</summary>
    public static bool IsLow(Func<Value, Node?> maker, Value value) =>
        maker(value)?.Operation is Literal { Tensor: Constant tensor } && tensor.Values.All(v => v <= Low);
}
