using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// One step of a recurrent layer in one direction, made of ordinary operations: from a row of the input product and the
/// states before the step to those behind it. Rows are [samples, gates · units], states [samples, units].
/// </summary>
/// <param name="node">The node.</param>
/// <param name="weights">Its weights for the direction.</param>
/// <param name="activations">The functions of its gates.</param>
/// <param name="clip">What the arguments of the gates' functions are held within; null for nothing.</param>
internal abstract class RecurrentCell(ImportNode node, RecurrentWeights weights,
    ImmutableArray<RecurrentActivation> activations, double? clip)
{
    protected ImportNode Node { get; } = node;

    protected RecurrentWeights Weights { get; } = weights;

    protected ImmutableArray<RecurrentActivation> Activations { get; } = activations;

    /// <summary>Units of a state.</summary>
    protected int Units => Weights.Units;

    /// <summary>What is added to the product with the input.</summary>
    public abstract Constant? InputBias { get; }

    /// <summary>
    /// The magnitude that each state has behind as many steps at most, given what it begins with; null where nothing is
    /// known.
    /// </summary>
    public abstract ImmutableArray<double?> StateBounds(ImmutableArray<double?> initial, int steps);

    /// <summary>The states behind a step.</summary>
    /// <param name="x">The step's row of the input product.</param>
    /// <param name="states">The states before it: h, and c of an LSTM.</param>
    /// <param name="bounds">The magnitudes of the states behind it; null where nothing is known.</param>
    /// <param name="part">What the step's operations are named after.</param>
    public abstract ImmutableArray<Operand> Step(Operand x, ImmutableArray<Operand> states,
        ImmutableArray<double?> bounds, string part);

    /// <summary>A row's elements of some gates.</summary>
    protected Operand Gates(Operand row, int first, int count, string part)
    {
        ImmutableArray<int>[] lists = MovementImporter.All(row.Shape);
        lists[^1] = [.. Enumerable.Range(first * Units, count * Units)];
        return MovementImporter.Moved(Node, "Slice", row, lists, part: part);
    }

    /// <summary>A gate's function, of its argument held within the clip.</summary>
    protected Operand Activated(int activation, Operand x, string part) =>
        Activations[activation].Emit(Node, clip is not double bound ? x
            : Node.Emit(new Clip(Constant.Scalar(-bound), Constant.Scalar(bound)), x, $"{part}_clip"), part);

    /// <summary>A product with some columns of the recurrent matrix.</summary>
    protected Operand Recurrent(Operand h, int first, int count, Constant? bias, string part) =>
        RecurrentWeights.Product(Node, h, Weights.Recurrent(Node, first, count), bias, part);

    protected Operand Sum(Operand a, Operand b, string part, double? bound = null)
    {
        if (a.Constant is not null && b.Constant is null)
            (a, b) = (b, a);
        return b.Constant is not Constant c || a.Constant is not null
            ? Node.Emit(new Elementwise(ElementwiseKind.Add, bound), [a, b], part)
            : c.Values.All(v => v == 0) ? a : Node.Emit(new Affine(null, c), a, part);
    }

    protected Operand Difference(Operand a, Operand b, string part) =>
        a.Constant is Constant minuend && b.Constant is null
            ? Node.Emit(new Affine(Constant.Scalar(-1), minuend), b, part)
            : b.Constant is Constant c && a.Constant is null
                ? Sum(a, new Operand("", c.Map(v => -v)), part)
                : Node.Emit(new Elementwise(ElementwiseKind.Sub), [a, b], part);

    protected Operand Product(Operand a, Operand b, string part)
    {
        if (a.Constant is not null && b.Constant is null)
            (a, b) = (b, a);
        return b.Constant is not Constant c || a.Constant is not null
            ? Node.Emit(new Elementwise(ElementwiseKind.Mul), [a, b], part)
            : c.Values.All(v => v == 0) ? b : Node.Emit(new Affine(c, null), a, part);
    }
}

/// <summary>h = f(x·W + h·R).</summary>
internal sealed class RnnCell(ImportNode node, RecurrentWeights weights,
    ImmutableArray<RecurrentActivation> activations, double? clip)
    : RecurrentCell(node, weights, activations, clip)
{
    public override Constant? InputBias => Weights.Bias(0, 1, recurrent: true);

    public override ImmutableArray<double?> StateBounds(ImmutableArray<double?> initial, int steps) =>
        [Activations[0].Bound];

    public override ImmutableArray<Operand> Step(Operand x, ImmutableArray<Operand> states,
        ImmutableArray<double?> bounds, string part) =>
        [Activated(0, Sum(x, Recurrent(states[0], 0, 1, null, $"{part}_product"), $"{part}_sum"), part)];
}

/// <summary>
/// Gates z, r, h: the new state is between the old one and a candidate, in which the gate r weakens what is remembered.
/// </summary>
/// <param name="node">The node.</param>
/// <param name="weights">Its weights for the direction.</param>
/// <param name="activations">The functions of its gates.</param>
/// <param name="clip">What the arguments of the gates' functions are held within; null for nothing.</param>
/// <param name="resetsProduct">True where r weakens the product with the state, false where the state itself.</param>
internal sealed class GruCell(ImportNode node, RecurrentWeights weights,
    ImmutableArray<RecurrentActivation> activations, double? clip, bool resetsProduct)
    : RecurrentCell(node, weights, activations, clip)
{
    public override Constant? InputBias => resetsProduct
        ? Joined(Weights.Bias(0, 2, recurrent: true), Weights.Bias(2, 1, recurrent: false))
        : Weights.Bias(0, 3, recurrent: true);

    // Between the old state and the candidate as long as the gate is between 0 and 1.
    public override ImmutableArray<double?> StateBounds(ImmutableArray<double?> initial, int steps) =>
        [Activations[0].Name is "sigmoid" or "hardsigmoid" && initial[0] is double h
            && Activations[1].Bound is double candidate ? Math.Max(h, candidate) : null];

    public override ImmutableArray<Operand> Step(Operand x, ImmutableArray<Operand> states,
        ImmutableArray<double?> bounds, string part)
    {
        Operand h = states[0], all = Recurrent(h, 0, resetsProduct ? 3 : 2, resetsProduct
            ? Joined(null, Weights.RecurrentBias(2)) : null, $"{part}_product");
        Operand gates = Activated(0, Sum(Gates(x, 0, 2, $"{part}_x"), Gates(all, 0, 2, $"{part}_h"), $"{part}_sum"),
            $"{part}_gates");
        Operand z = Gates(gates, 0, 1, $"{part}_z"), r = Gates(gates, 1, 1, $"{part}_r"),
            own = Gates(x, 2, 1, $"{part}_own");
        Operand kept = resetsProduct ? Product(r, Gates(all, 2, 1, $"{part}_kept"), $"{part}_reset")
            : Recurrent(Product(r, h, $"{part}_reset"), 2, 1, null, $"{part}_kept");
        Operand candidate = Activated(1, Sum(own, kept, $"{part}_argument"), $"{part}_candidate");
        // (1 - z) · candidate + z · h with one product.
        return [Sum(candidate, Product(z, Difference(h, candidate, $"{part}_change"), $"{part}_blend"), part,
            bounds[0])];
    }

    // A bias of the first two gates beside one of the third; null where there is none.
    private Constant? Joined(Constant? first, Constant? last)
    {
        return first is null && last is null ? null : new Constant(new Shape(3 * Units),
            [.. first?.Values ?? Zeros(2), .. last?.Values ?? Zeros(1)]);

        ImmutableArray<double> Zeros(int gates) => [.. new double[gates * Units]];
    }
}

/// <summary>Gates i, o, f, c: of the cell's state f is kept and i of a candidate added; o of it is shown.</summary>
/// <param name="node">The node.</param>
/// <param name="weights">Its weights for the direction.</param>
/// <param name="activations">The functions of its gates.</param>
/// <param name="clip">What the arguments of the gates' functions are held within; null for nothing.</param>
/// <param name="peepholes">What the cell's state adds to the arguments of i, o and f, [3 · units]; null for
/// nothing.</param>
/// <param name="couples">True where f = 1 - i.</param>
internal sealed class LstmCell(ImportNode node, RecurrentWeights weights,
    ImmutableArray<RecurrentActivation> activations, double? clip, Constant? peepholes, bool couples)
    : RecurrentCell(node, weights, activations, clip)
{
    public override Constant? InputBias => Weights.Bias(0, 4, recurrent: true);

    // What is kept grows by no more than a candidate a step.
    public override ImmutableArray<double?> StateBounds(ImmutableArray<double?> initial, int steps)
    {
        bool gates = Activations[0].Name is "sigmoid" or "hardsigmoid";
        double? c = gates && initial[1] is double first && Activations[1].Bound is double candidate
            ? couples ? Math.Max(first, candidate) : first + (steps * candidate) : null;
        return [gates ? Activations[2].Bound : null, c];
    }

    public override ImmutableArray<Operand> Step(Operand x, ImmutableArray<Operand> states,
        ImmutableArray<double?> bounds, string part)
    {
        Operand before = states[1], i, f;
        Operand sum = Sum(x, Recurrent(states[0], 0, 4, null, $"{part}_product"), $"{part}_sum");
        Operand? o = null;
        if (peepholes is null)
        {
            Operand gates = Activated(0, Gates(sum, 0, 3, $"{part}_arguments"), $"{part}_gates");
            (i, o, f) = (Gates(gates, 0, 1, $"{part}_i"), Gates(gates, 1, 1, $"{part}_o"),
                Gates(gates, 2, 1, $"{part}_f"));
        }
        else
        {
            i = Peeping(0, before, "i");
            f = Peeping(2, before, "f");
        }
        if (couples)
            f = Difference(Ones(i.Shape), i, $"{part}_kept");
        Operand candidate = Activated(1, Gates(sum, 3, 1, $"{part}_argument"), $"{part}_candidate");
        Operand c = Sum(Product(f, before, $"{part}_memory"), Product(i, candidate, $"{part}_news"), $"{part}_cell",
            bounds[1]);
        o ??= Peeping(1, c, "o");
        return [Product(o, Activations[2].Emit(Node, c, $"{part}_shown"), part), c];

        Operand Peeping(int gate, Operand cell, string name) => Activated(0, Sum(
            Gates(sum, gate, 1, $"{part}_{name}_argument"),
            Product(cell, new Operand("", peepholes!.Pick(new Shape(Units),
                [.. Enumerable.Range(gate * Units, Units)])), $"{part}_{name}_peephole"),
            $"{part}_{name}_sum"), $"{part}_{name}");
    }

    private static Operand Ones(Shape shape) => new("", new Constant(shape, [.. Enumerable.Repeat(1.0, shape.Size)]));
}
