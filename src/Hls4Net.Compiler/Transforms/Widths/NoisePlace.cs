using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Simulation;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Transforms.Widths;

/// <summary>A place where auto rounds: an input, a result, or the weights of a product.</summary>
/// <param name="Name">The input's or the node's name.</param>
/// <param name="Value">The real value that is rounded; null for weights.</param>
/// <param name="Node">The product whose weights are rounded; null for values.</param>
/// <param name="Bits">What it has by default: fraction bits of a value, the width of weights.</param>
/// <param name="Cost">Hardware that a bit more costs here, in bits of products and registers.</param>
/// <param name="Most">The bits that can be given at most.</param>
/// <param name="OwnError">The mean square of its own error at worst, in units in the last place.</param>
internal sealed record NoisePlace(string Name, Value? Value, Node? Node, int Bits, double Cost, int Most,
    double OwnError)
{
    /// <summary>True for an input, whose name may be a node's too.</summary>
    public bool IsInput { get; private init; }

    // Bits below the default that are tried to be saved, and above it that are given.
    private const int Narrower = 12, WidestWeights = 32, WidestFunction = 22;

    // The error of a rounding, and of a function's table, whose ends a unit less than 1 may stand for: 1, and as much
    // for the rest.
    private const double OfRounding = 1.0 / 12, OfTable = 2;

    // What a bit more of a function's argument or result adds to its table, in bits of products.
    private const int TableBits = 64;

    /// <summary>The places of a network that has been typed by default.</summary>
    public static ImmutableArray<NoisePlace> All(Network network, ModelOptions options, TypedNetwork typed)
    {
        LayerSettingsResolver settings = new(options);
        Dictionary<Value, Node> makers = typed.Network.Nodes.ToDictionary(n => n.Output);
        ILookup<Value, Node> readers = network.Nodes
            .SelectMany(n => n.Inputs.Distinct().Select(i => (Value: i, Node: n))).ToLookup(r => r.Value, r => r.Node);
        ImmutableArray<NoisePlace>.Builder places = ImmutableArray.CreateBuilder<NoisePlace>();
        foreach (Value input in network.Inputs)
        {
            if (IsOpen(settings.ForInput(input).Result) && input.Typing is null
                && readers[input].All(n => n.Operation is not (Align or Forest { Features: [_, ..] })))
                places.Add(OfValue(input.Name, input, typed.Values[input].Type,
                    AutoType.WidestChosen) with
                { IsInput = true });
        }
        foreach (Node node in network.Nodes)
        {
            LayerDesign precision = typed.Point.For(node);
            Value result = typed.Values[node.Output];
            if (IsOpen(precision.Result) && makers.TryGetValue(result, out Node? maker)
                && IsRounded(node, maker.Operation))
                places.Add(OfValue(node.Name, node.Output, result.Type, Widest(maker.Operation), maker.Operation));
            if (IsOpen(precision.Weight) && node.Operation is not Literal
                && node.Operation.Matrix is not { IntegerWeights: true }
                && node.Operation.Constants.Any(c => c.Role == ConstantRole.Weight))
                places.Add(new NoisePlace(node.Name, null, node, AutoType.DefaultWidth,
                    Products(node.Operation, node.Output.Shape.Size), WidestWeights, 0));
        }
        return places.ToImmutable();

        NoisePlace OfValue(string name, Value value, FixedPointType type, int widest, Operation? maker = null) => new(
            name, value, null, type.Fraction,
            value.Shape.Size + readers[value].Sum(n => (double)HardwareOf(n))
                + (maker is ElementwiseFunction ? value.Shape.Size * TableBits : 0),
            type.Fraction + Math.Max(0, widest - type.Width),
            maker is ElementwiseFunction or Softmax or LogSoftmax or Recurrence ? OfTable : OfRounding);
    }

    /// <summary>Multiplications of an operation with so many results; other operations count a result as one.</summary>
    public static long Products(Operation operation, int results) =>
        operation.Matrix is Dense matrix ? (long)matrix.Columns * results
        : operation is MatrixProduct ? results * 16L
        : operation is Recurrence recurrence ? recurrence.Multiplications
        : results;

    /// <summary>The place's noise at its default resolution, or at the first coarser one that causes any.</summary>
    /// <remarks>
    /// Where the default resolution causes none, values lie on a coarser grid: the place then starts there. Where none
    /// does, no sample reads the place, which says nothing of others: its noise is none at all.
    /// </remarks>
    /// <param name="probe">The network on samples.</param>
    /// <param name="budget">What noise is measured in.</param>
    /// <param name="mayNarrow">False where values keep their default resolution at least.</param>
    public PlaceNoise Measured(NoiseProbe probe, OutputNoise budget, bool mayNarrow)
    {
        double effect = Effect(probe, budget, Bits);
        int bits = Bits;
        for (int saved = 2; effect == 0 && saved <= Narrower
            && (Value is null ? Bits - saved >= 2 : mayNarrow); saved += 2)
        {
            bits = Bits - saved;
            effect = Effect(probe, budget, bits);
        }
        bits = effect > 0 ? bits : Bits;
        int least = effect > 0 && (mayNarrow || Value is null) ? bits - Narrower : bits;
        return new PlaceNoise(this, Math.Min(Most, Math.Max(least, LeastBits(budget))), bits, effect);
    }

    /// <summary>
    /// The noise that a resolution of the place causes, as a share of the budget; of several outputs the largest.
    /// </summary>
    public double Effect(NoiseProbe probe, OutputNoise budget, int bits)
    {
        Dictionary<Value, double> steps = [];
        Dictionary<Node, Operation> operations = [];
        if (Value is not null)
            steps[Value] = Math.ScaleB(1, -bits);
        if (Node is not null)
            operations[Node] = Narrowed(Node.Operation, Math.Max(2, bits));
        return budget.Ratio(probe.NoisePower(steps, operations));
    }

    // An output's own error keeps the budget wherever its values lie: that those seen are on a coarse grid, ones and
    // zeros of a sigmoid, says little of others.
    private int LeastBits(OutputNoise budget) =>
        Value is not null && budget.Of(Value) is double power and > 0
            ? (int)Math.Ceiling(Math.Log2(OwnError / power) / 2) : int.MinValue;

    private static int Widest(Operation maker) => maker switch
    {
        Quantize or Align => AutoType.WidestChosen,
        Softmax => SoftmaxKernel.MaxFraction,
        _ => WidestFunction,
    };

    private static long HardwareOf(Node reader) => reader.Operation is ElementwiseFunction
        ? reader.Output.Shape.Size * TableBits
        : Products(reader.Operation, reader.Output.Shape.Size);

    private static bool IsOpen(PrecisionSpec spec) => spec is PrecisionSpec.Auto { Width: null };

    private static bool IsRounded(Node node, Operation maker) => !node.Operation.KeepsType
        && maker is Quantize or Align or ElementwiseFunction or Softmax or LogSoftmax or Recurrence
            or Divide { Truncates: false };

    private static Operation Narrowed(Operation operation, int width) => operation.WithConstants(
    [
        .. operation.Constants.Select(c =>
        {
            if (c.Role != ConstantRole.Weight)
                return c.Constant;
            Constant typed = AutoType.Weights(c.Constant, width);
            return Constant.OfMantissas(typed.Shape, typed.Type!.Value, typed.Mantissas);
        }),
    ]);
}
