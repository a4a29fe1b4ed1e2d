using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Transforms;

/// <summary>
/// Gives every value a fixed-point type and the range it provably keeps, every constant its mantissas, and puts a
/// <see cref="Quantize"/> wherever precision changes. Pinned types are taken as they are; automatic ones follow from
/// the ranges, and from calibration where there is data. The rules of single operations are under TypeRules.
/// </summary>
internal static class AssignTypes
{
    /// <summary>The network with the types of a design.</summary>
    /// <param name="network">The network on real numbers.</param>
    /// <param name="point">The design; what it leaves open follows from ranges.</param>
    /// <param name="calibration">The ranges that test vectors show; null without any.</param>
    /// <param name="diagnostics">Takes what is found.</param>
    public static TypedNetwork Apply(
        Network network,
        DesignPoint point,
        IReadOnlyDictionary<Value, RealRange>? calibration,
        DiagnosticBag diagnostics)
    {
        TypingContext context = new(network, point, calibration, diagnostics);
        Dictionary<Value, Value> typed = [];
        foreach (Value input in network.Inputs)
            typed[input] = InputTyping.Typed(context, input);
        foreach (Node node in network.Nodes)
            typed[node.Output] = TypeNode(context, node, [.. node.Inputs.Select(i => typed[i])], point.For(node));
        Network result = new(
            [.. network.Inputs.Select(i => typed[i])],
                [.. network.Outputs.Select(o => o with { Value = typed[o.Value] })], context.Nodes);
        return new TypedNetwork(result, point, typed, diagnostics);
    }

    /// <summary>A node's typed result.</summary>
    public static Value TypeNode(TypingContext context, Node node, ImmutableArray<Value> inputs, LayerDesign precision)
    {
        try
        {
            return node.Operation switch
            {
                Divide => DivideTyping.Typed(context, node, inputs, precision),
                ElementwiseFunction function => FunctionTyping.Typed(context, node, function, inputs[0], precision),
                Softmax or LogSoftmax => SoftmaxTyping.Typed(context, node, inputs[0], precision),
                Align align => AlignTyping.Typed(context, node, align, inputs[0]),
                QuantizedFunction function => QuantizedFunctionTyping.Typed(context, node, function, inputs[0]),
                Forest forest => ForestTyping.Typed(context, node, forest, inputs[0], precision),
                Exclude exclude => MaskTyping.Typed(context, node, exclude, inputs),
                ToInteger cast => CastTyping.Typed(context, node, cast, inputs),
                FixedQuantize quantize => FixedQuantizeTyping.Typed(context, node, quantize, inputs[0]),
                FixedTable table => FixedTableTyping.Typed(context, node, table, inputs[0]),
                Recurrence recurrence => RecurrenceTyping.Typed(context, node, recurrence, inputs, precision),
                Requantize requantize => RequantizeTyping.Typed(context, node, requantize, inputs[0]),
                _ => ExactTyping.Typed(context, node, inputs, precision),
            };
        }
        catch (Exception e) when (e is TooWideException or OverflowException)
        {
            string width = e is TooWideException tooWide ? $"{tooWide.Width}" : "more than 127";
            string types = string.Join(", ", inputs.Select(i => i.Type));
            throw new ModelException(
                Descriptors.TooWide,
                $"layer {node.Name}: its exact result needs {width} bits, {FixedPointType.MaxWidth} are supported; "
                + $"choose narrower types for its input ({types}) or its weights, or pin AccumPrecision");
        }
        catch (Exception e) when (Fault.PassesStep(e, nameof(AssignTypes)) || Fault.PassesNode(e, node.Name))
        {
            throw;
        }
    }
}
