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
internal sealed record NoisePlace(string Name, Value? Value, Node? Node, int Bits, double Cost, int Most)
{
    /// <summary>True for an input, whose name may be a node's too.</summary>
    public bool IsInput { get; private init; }

    // Bits below the default that are tried to be saved, and above it that are given.
    private const int Narrower = 12, WidestWeights = 32, WidestFunction = 18;

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
            if (IsOpen(settings.ForInput(input).Result) && input.Typing is null && readers[input].All(n => n.Operation is not Align))
                places.Add(OfValue(input.Name, input, typed.Values[input].Type, AutoType.WidestChosen) with { IsInput = true });
        }
        foreach (Node node in network.Nodes)
        {
            LayerDesign precision = typed.Point.For(node);
            Value result = typed.Values[node.Output];
            if (IsOpen(precision.Result) && makers.TryGetValue(result, out Node? maker) && IsRounded(node, maker.Operation))
                places.Add(OfValue(node.Name, node.Output, result.Type, Widest(maker.Operation), maker.Operation));
            if (IsOpen(precision.Weight) && node.Operation is not Literal && node.Operation.Matrix is not { IntegerWeights: true }
                && node.Operation.Constants.Any(c => c.Role == ConstantRole.Weight))
                places.Add(new NoisePlace(node.Name, null, node, AutoType.DefaultWidth, Products(node.Operation, node.Output.Shape.Size), WidestWeights));
        }
        return places.ToImmutable();

        NoisePlace OfValue(string name, Value value, FixedPointType type, int widest, Operation? maker = null) => new(
            name, value, null, type.Fraction,
            value.Shape.Size + readers[value].Sum(n => (double)HardwareOf(n)) + (maker is ElementwiseFunction ? value.Shape.Size * TableBits : 0),
            type.Fraction + Math.Max(0, widest - type.Width));
    }

    /// <summary>Multiplications of an operation with so many results; other operations count a result as one.</summary>
    public static long Products(Operation operation, int results) =>
        operation.Matrix is Dense matrix ? (long)matrix.Columns * results
        : operation is MatrixProduct ? results * 16L
        : results;

    /// <summary>
    /// The noise that the place's resolution causes, as a share of the budget; of several outputs the largest. Where it
    /// causes none, values lie on a coarser grid: the place at the first coarser resolution that does. Where none does, no
    /// sample reads the place, which says nothing of others.
    /// </summary>
    public (NoisePlace Place, double Effect) Measured(NoiseProbe probe, OutputNoise budget)
    {
        NoisePlace place = this;
        double effect = place.Effect(probe, budget);
        for (int saved = 2; effect == 0 && saved <= Narrower && (Value is not null || Bits - saved >= 2); saved += 2)
        {
            place = this with { Bits = Bits - saved };
            effect = place.Effect(probe, budget);
        }
        return effect > 0 ? (place, effect) : (this, 0);
    }

    private double Effect(NoiseProbe probe, OutputNoise budget)
    {
        Dictionary<Value, double> steps = [];
        Dictionary<Node, Operation> operations = [];
        if (Value is not null)
            steps[Value] = Math.ScaleB(1, -Bits);
        if (Node is not null)
            operations[Node] = Narrowed(Node.Operation, Bits);
        return budget.Ratio(probe.NoisePower(steps, operations));
    }

    /// <summary>The cheapest resolutions whose noise adds up to a share of the budget.</summary>
    /// <param name="places">The places.</param>
    /// <param name="effects">The noise of each at its default resolution, in budgets.</param>
    /// <param name="share">The share of the budget that all may take.</param>
    /// <param name="mayNarrow">False to keep at least the default resolutions.</param>
    public static WidthPlan Plan(ImmutableArray<NoisePlace> places, double[] effects, double share, bool mayNarrow)
    {
        int[] more = [.. places.Select((p, i) => effects[i] > 0 && (mayNarrow || p.Value is null) ? -Narrower : 0)];
        double Noise(int i) => effects[i] * Math.Pow(4, -more[i]);
        double total = Enumerable.Range(0, more.Length).Sum(Noise);
        // A bit goes where it takes the most noise for its cost, but not where all noise left is none to speak of.
        double little = share / (8 * more.Length);
        while (total > share)
        {
            int best = -1;
            double gain = 0;
            for (int i = 0; i < more.Length; i++)
            {
                if (places[i].Bits + more[i] < places[i].Most && Noise(i) > little && Noise(i) / places[i].Cost > gain)
                    (best, gain) = (i, Noise(i) / places[i].Cost);
            }
            if (best < 0)
                break;
            total -= Noise(best) * 0.75;
            more[best]++;
        }
        var chosen = places.Select((p, i) => (Place: p, Bits: p.Bits + more[i]));
        return new WidthPlan(
            chosen.Where(c => c.Place.IsInput).ToImmutableDictionary(c => c.Place.Name, c => c.Bits),
            chosen.Where(c => c.Place.Value is not null && !c.Place.IsInput).ToImmutableDictionary(c => c.Place.Name, c => c.Bits),
            chosen.Where(c => c.Place.Node is not null).ToImmutableDictionary(c => c.Place.Name, c => Math.Max(2, c.Bits)));
    }

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
        && maker is Quantize or Align or ElementwiseFunction or Softmax or LogSoftmax or Divide { Truncates: false };

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
