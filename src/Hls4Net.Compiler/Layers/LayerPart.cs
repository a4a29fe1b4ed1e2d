using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Layers;

/// <summary>
/// A layer that does to a part of the operands what a layer does to all of them, with the same conversion of the
/// result.
/// </summary>
internal static class LayerPart
{
    /// <summary>The layer on one item; null where items are not made alike, each of its own operands' items.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="count">Items of every operand and of the result.</param>
    /// <param name="pixels">Pixels of an item.</param>
    public static Layer? OfItem(Layer layer, int count, int pixels = 1)
    {
        Items items = new([.. layer.Inputs.Select(i => i.Shape)], layer.Output.Shape, count, pixels);
        if (items.Operands.Any(o => o.Size % count != 0) || items.Result.Size % count != 0
            || layer.Operation.OnItem(items) is not Operation operation
            || items.Result.Size / count % pixels != 0)
            return null;
        int[] axes = operation is Convolution ? [1, pixels] : [pixels];
        ImmutableArray<Value> operands =
            [.. layer.Inputs.Select((value, i) => Item(value, [.. axes, items.Channels(i)]))];
        return Of(layer, operation, operands, Item(layer.Output, [.. axes, items.Result.Size / count / pixels]));
    }

    /// <summary>
    /// The smallest part of a layer that is computed alike wherever it stands: an element, an item of the last axis, or
    /// the whole; and how many there are.
    /// </summary>
    public static (Layer Part, int Count) Smallest(Layer layer)
    {
        Shape output = layer.Output.Shape;
        if (output.Size == 0 || layer.Inputs.IsEmpty)
            return (layer, 1);
        if (layer.Operation is { IsElementwise: true, Constants.IsEmpty: true } && layer.Inputs.Length > 1)
            return (Of(layer, layer.Operation, [.. layer.Inputs.Select(v => Item(v, [1]))], Item(layer.Output, [1])),
                output.Size);
        int last = output.Rank == 0 ? 1 : output[output.Rank - 1];
        foreach (int pack in (int[])[1, last])
        {
            if (OfItem(layer, output.Size / pack) is Layer part)
                return (part, output.Size / pack);
        }
        return (layer, 1);
    }

    /// <summary>An operation on a part of a layer's operands, with the layer's conversion.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="operation">The operation on the part.</param>
    /// <param name="inputs">The part of each operand.</param>
    /// <param name="output">The part of the result, converted.</param>
    /// <param name="repeats">Into how many equal runs the part's elements fall that are elements of the layer's
    /// alike.</param>
    public static Layer Of(Layer layer, Operation operation, ImmutableArray<Value> inputs, Value output,
        int repeats = 1)
    {
        Node main = layer.Main with { Operation = operation, Inputs = inputs, Output = output };
        if (layer.Rounding is not Node rounding)
            return layer with { Main = main };
        Typing exact = layer.Main.Output.Typing!;
        Intervals range = Intervals.Repeat(exact.HullsOf(output.Shape.Size / repeats), output.Shape.Size);
        Value result = new(layer.Main.Output.Name, output.Shape, exact with { Range = range });
        return layer with
        {
            Main = main with { Output = result },
            Rounding = rounding with { Inputs = [result], Output = output }
        };
    }

    /// <summary>One item's elements, each with the range that holds it in every item.</summary>
    public static Value Item(Value value, int[] shape)
    {
        int elements = shape.Aggregate(1, (a, b) => a * b);
        return new(value.Name, new Shape(shape),
            new Typing(value.Type, [.. value.Typing!.HullsOf(elements)], value.Typing!.StepsOf(elements)));
    }
}
