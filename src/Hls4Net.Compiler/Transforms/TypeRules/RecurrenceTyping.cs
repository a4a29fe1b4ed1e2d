using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>
/// Types of a region with carried values. Each state has one type for all steps, before and behind each: its range is
/// proved from what it begins with and by how much it can grow, and its resolution is the result's. What is computed
/// within a step is a little finer, so that a step rounds once.
/// </summary>
internal static class RecurrenceTyping
{
    // The bit that a step computes with beyond those that its states keep, as far as tables have it.
    private const int GuardBits = 1, FinestTable = 20;

    public static Value Typed(TypingContext context, Node node, Recurrence recurrence, ImmutableArray<Value> inputs,
        LayerDesign precision)
    {
        ImmutableArray<FixedPointType> states = States(context, node, recurrence, inputs, precision);
        Value[] operands = [.. inputs];
        Constant?[] initial = new Constant?[recurrence.States];
        for (int k = 0; k < initial.Length; k++)
        {
            initial[k] = recurrence.Initial[k]?.Quantize(states[k]).Typed;
            if (recurrence.OperandOf(k) is int operand && operands[operand].Type != states[k])
                operands[operand] = context.Quantized(node with { Name = $"{node.Name}_initial{k}" },
                    operands[operand], states[k], pinnedByUser: false);
        }
        Recurrence typed = recurrence with
        {
            Cell = Named(node, () => Cell(context, node, recurrence, operands, states, precision)),
            Initial = [.. initial],
        };
        return context.Emit(node, typed, [.. operands], Typing.Exact(typed.Range([.. operands])));
    }

    private static ImmutableArray<FixedPointType> States(TypingContext context, Node node, Recurrence recurrence,
        ImmutableArray<Value> inputs, LayerDesign precision)
    {
        double[] bounds = [.. Enumerable.Range(0, recurrence.States).Select(k => recurrence.Growth[k]
            + (recurrence.Initial[k] is Constant first ? first.Values.Max(Math.Abs)
                : Magnitude(inputs[recurrence.OperandOf(k)!.Value])))];
        // Of the last row alone the vectors do not tell how large those before it are.
        FixedPointType shown = context.ResultType(node, new RealRange(-bounds[0], bounds[0]), precision.Result,
            seenIsAll: !recurrence.LastOnly);
        // Only a pinned type may be too small. The ends are not reached: functions come as near as they like.
        if (Math.ScaleB(bounds[0], shown.Fraction) is double end and < 1L << 52)
            context.ReportOverflow(node, "result", new Interval(1 - (long)Math.Ceiling(end),
                (long)Math.Ceiling(end) - 1), shown.Fraction, shown);
        return [shown, .. bounds.Skip(1).Select(b => AutoType.WithFraction(new RealRange(-b, b), shown.Fraction) with
        {
            Rounding = shown.Rounding,
        })];

        static double Magnitude(Value value) =>
            Math.Max(Math.Abs((double)value.Typing!.Hull.Min), Math.Abs((double)value.Typing.Hull.Max))
                * value.Type.Ulp;
    }

    // Settings are the layer's alone: what goes wrong within a step is told of it.
    private static Network Named(Node node, Func<Network> make)
    {
        try
        {
            return make();
        }
        catch (ModelException e)
        {
            throw new ModelException(e.Descriptor, $"layer {node.Name}, in a step of it: {e.Message}", e.File);
        }
    }

    private static Network Cell(TypingContext context, Node node, Recurrence recurrence, Value[] operands,
        ImmutableArray<FixedPointType> states, LayerDesign precision)
    {
        Network cell = recurrence.Cell;
        int finest = Math.Min(states[0].Fraction + GuardBits, Math.Max(states[0].Fraction, FinestTable));
        DesignPoint point = new(byEffect: true, [], cell.Nodes.Select(n => KeyValuePair.Create(n.Name, precision with
        {
            Result = new PrecisionSpec.Auto(null),
            Fraction = finest,
        })));
        TypingContext inside = new(cell, point, null, context.Diagnostics) { Region = node.Name };
        Dictionary<Value, Value> typed = [];
        for (int k = 0; k < states.Length; k++)
        {
            Value state = cell.Inputs[k];
            typed[state] = new Value(state.Name, state.Shape, Typing.Full(states[k], state.Shape.Size));
        }
        for (int k = 0; k < recurrence.Rows.Length; k++)
        {
            Value row = recurrence.Rows[k];
            typed[row] = LayerPart.Item(operands[recurrence.OperandOfSequence(k)], [.. row.Shape.Dimensions]);
        }
        // Steps on the way, whose width nobody asked for: tables take the digits that they can tell apart.
        foreach (Node part in cell.Nodes)
            typed[part.Output] = AssignTypes.TypeNode(inside, part with { IsInner = true },
                [.. part.Inputs.Select(i => typed[i])], point.For(part));
        Dictionary<Value, Node> makers = cell.Nodes.ToDictionary(n => n.Output);
        ImmutableArray<NetworkOutput> outputs = [.. cell.Outputs.Select((o, k) => o with
        {
            Value = typed[o.Value].Type == states[k] ? typed[o.Value]
                : inside.Quantized(makers[o.Value] with { Name = $"{makers[o.Value].Name}_state{k}" }, typed[o.Value],
                    states[k], pinnedByUser: false),
        })];
        return new Network([.. cell.Inputs.Select(i => typed[i])], outputs, inside.Nodes);
    }
}
