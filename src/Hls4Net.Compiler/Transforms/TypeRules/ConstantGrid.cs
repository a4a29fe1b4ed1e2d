using System.Numerics;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// How fine a constant is that is added to data, compared with them or put beside them: as fine as the model has it
/// where the result holds that within its width, else so fine that the constant's error is small against the rounding
/// of the result.
/// </summary>
internal static class ConstantGrid
{
    // A result that is rounded anyway: the constant may move it by 1/16 of its unit.
    private const int GuardBits = 3;

    // No sum that keeps a constant exactly is wider.
    private const int MostExactWidth = 48;

    // A value that lies between two points of the data's grid stays between them with one digit more, and off the
    // middle with two.
    private const int DecidingBits = 2;

    /// <summary>The constant in a type of its own.</summary>
    /// <param name="context">The network's typing.</param>
    /// <param name="node">The node that reads the constant.</param>
    /// <param name="constant">Its real values.</param>
    /// <param name="data">Fraction bits of what it meets: the data, or their products with the weights.</param>
    /// <param name="draft">The range of the node's result with all such constants on the data's grid.</param>
    /// <param name="result">The setting of the result's type.</param>
    public static Constant Typed(TypingContext context, Node node, Constant constant, int data, Lazy<RealRange> draft,
        PrecisionSpec result)
    {
        int exact = ExactFraction(constant);
        if (exact <= data)
            return AutoType.OnGrid(constant, data);
        int held = HeldFraction(context, node, draft, result);
        // What is known to be enough by its effect on the outputs is enough for what makes it.
        int own = result is PrecisionSpec.Auto { Width: null }
            && context.Plan?.Fraction(node) is int planned ? planned : held;
        if (exact <= Math.Max(held, data)
            || (KeepsAll(context, node, result) && IntegerBits(draft.Value) + exact
                <= (context.HasFixedTypes ? TypingContext.ExactWidth : MostExactWidth)))
            return AutoType.OnGrid(constant, exact);
        int fraction = own >= data ? own : Math.Max(data, own + GuardBits);
        if (context.IsQuantized)
            fraction = Math.Max(fraction, AutoType.Weights(constant, 25).Fraction);
        // What is added on the way to a result, the epsilon of a normalization, may be far below a unit of the sum.
        if (node.IsInner)
            fraction = Math.Max(fraction, AutoType.Weights(constant, 12).Fraction);
        fraction = Math.Min(fraction, exact);
        if (fraction < exact && Decisions.ReadOnlyBy(context, node.Output, all: false))
        {
            fraction = Math.Max(fraction, Math.Max(data, 0) + DecidingBits);
            return AutoType.OnGrid(constant.Map(v => ToOdd(v, fraction)), fraction);
        }
        return AutoType.OnGrid(constant, fraction);
    }

    /// <summary>
    /// Fraction bits that hold every value of a constant exactly; a large number where there are too many to tell.
    /// </summary>
    public static int ExactFraction(Constant constant) =>
        constant.Values.Max(v => v == 0 ? -FixedPointType.MaxPoint : FractionOf(v));

    // Digits that a result of the width of the settings has.
    private static int HeldFraction(TypingContext context, Node node, Lazy<RealRange> draft, PrecisionSpec result)
    {
        if (result is PrecisionSpec.Pinned pinned)
            return pinned.Type.Fraction;
        RealRange range = context.Calibrated(node.Output) is RealRange seen ? seen.Widened() : draft.Value;
        int width = (result as PrecisionSpec.Auto)?.Width ?? context.DefaultWidth;
        return range is { Min: 0, Max: 0 } ? width
            : AutoType.For(range, width, finest: FixedPointType.MaxPoint).Fraction;
    }

    // In a quantized model nothing is lost on the way to a quantizer, nor where no loss is wanted, or another number is
    // compared with.
    private static bool KeepsAll(TypingContext context, Node node, PrecisionSpec result) =>
        result is PrecisionSpec.Exact || (context.IsQuantized && result is PrecisionSpec.Auto)
        || Decisions.ReadOnlyBy(context, node.Output, all: true, compared: true);

    private static int IntegerBits(RealRange range) =>
        AutoType.For(range, MostExactWidth, finest: FixedPointType.MaxPoint).Integer;

    private static int FractionOf(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = Math.Max((int)((bits >> 52) & 0x7ff), 1);
        long mantissa = (bits & ((1L << 52) - 1)) | (double.IsSubnormal(value) ? 0 : 1L << 52);
        return 1075 - exponent - BitOperations.TrailingZeroCount(mantissa);
    }

    // What is no multiple of the unit becomes an odd one: every comparison with a coarser number goes as that of the
    // value itself.
    private static double ToOdd(double value, int fraction)
    {
        double scaled = Math.ScaleB(value, fraction), below = Math.Floor(scaled);
        return below == scaled || double.IsOddInteger(below) ? Math.ScaleB(below, -fraction)
            : Math.ScaleB(below + 1, -fraction);
    }
}

/// <summary>Operations that only ask on which side of a number their operand lies.</summary>
internal static class Decisions
{
    /// <summary>
    /// True if a value is read by decisions, through nothing but moves: by nothing else, or among others.
    /// </summary>
    /// <param name="context">The network's typing.</param>
    /// <param name="value">A value on real numbers.</param>
    /// <param name="all">True if nothing else may read it.</param>
    /// <param name="compared">True for comparisons with other values alone, and not with zero or the integers.</param>
    public static bool ReadOnlyBy(TypingContext context, Value value, bool all, bool compared = false)
    {
        IReadOnlyList<Node> readers = context.Consumers(value);
        if (readers.Count == 0 || (all && readers.Count != context.Readers(value)))
            return false;
        return all ? readers.All(Decides) : readers.Any(Decides);

        bool Decides(Node reader) => IsDecision(reader.Operation)
            || (Moves(reader.Operation) && ReadOnlyBy(context, reader.Output, all, compared));

        bool IsDecision(Operation operation) =>
            operation is Elementwise { IsTruth: true }
                || (!compared && operation is ExactFunction { Function: not ExactFunctionKind.Abs });
    }

    private static bool Moves(Operation operation) => operation is Reshape or Transpose or Rearrange { Fill: null };
}
