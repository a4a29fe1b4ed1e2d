using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// What stands for an excluded element: a number so far below the others that nothing is left of its exponential.
/// </summary>
internal static class MaskTyping
{
    // Exponentials this many bits below the last one of a probability do not add up to it.
    private const int GuardBits = 8;

    public static Value Typed(TypingContext context, Node node, Exclude exclude, ImmutableArray<Value> inputs)
    {
        Value x = inputs[^1];
        Constant low = Lowest(context, node, x);
        Value floor = Number(context, node, "lowest", low);
        Value condition = exclude.Excluded is null ? inputs[0]
            : Number(context, node, "mask", AutoType.OnGrid(exclude.Excluded.Map(v => v != 0 ? 1 : 0), 0));
        bool whenTrue = exclude.Excluded is not null || exclude.WhenTrue;
        ImmutableArray<Value> operands = whenTrue ? [condition, floor, x] : [condition, x, floor];
        Select choice = new();
        // By a name of its own: what stands for the model's number is not that number.
        return context.Emit(node with { Name = $"{node.Name}_masked" }, choice, operands,
            Typing.Exact(choice.Range(operands)));
    }

    /// <summary>A number that is low enough beside a typed value's.</summary>
    public static Constant Lowest(TypingContext context, Node node, Value x)
    {
        double least = (double)x.Typing!.Hull.Min * x.Type.Ulp;
        switch (Needs(context, node.Output))
        {
            case Margin.None:
                return AutoType.OnGrid(Constant.Scalar(least), x.Type.Fraction);
            case Margin.Unit:
                return AutoType.OnGrid(Constant.Scalar(least - x.Type.Ulp), x.Type.Fraction);
            case int bits:
                if (context.Calibrated(node.Inputs[^1]) is RealRange seen)
                    least = Math.Max(least, seen.Widened().Min);
                return AutoType.OnGrid(Constant.Scalar(Math.Floor(least - ((bits + GuardBits) * Math.Log(2)))),
                    Math.Min(x.Type.Fraction, 0));
        }
    }

    // How far below the others: not at all for a maximum, a unit for a place, else digits of exponentials.
    private static class Margin
    {
        public const int None = 0, Unit = 1;
    }

    private static int Needs(TypingContext context, Value value) => context.Consumers(value)
        .Select(n => n.Operation switch
    {
        Softmax => context.Settings.For(n).Result switch
        {
            PrecisionSpec.Pinned pinned => Math.Max(pinned.Type.Fraction, 2),
            PrecisionSpec.Auto { Width: int width } => width,
            _ => context.DefaultWidth,
        },
        ElementwiseFunction or LogSoftmax => 32,
        Pool or Reduce => Margin.None,
        ArgExtreme or TopK or Hardmax => Margin.Unit,
        _ => Needs(context, n.Output),
    }).DefaultIfEmpty(Margin.None).Max();

    private static Value Number(TypingContext context, Node node, string part, Constant constant)
    {
        Literal literal = new(constant);
        Value output = new($"{node.Output.Name}_{part}", constant.Shape);
        return context.Emit(node with { Name = $"{node.Name}_{part}", Output = output, Inputs = [] }, literal, [],
            Typing.Exact(literal.Range([])));
    }
}
