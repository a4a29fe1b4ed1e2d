using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Scheduling;

/// <summary>The layer that does to one item of a stream what a layer does to all: element-wise operations, and products of rows.</summary>
internal static class ItemLayer
{
    /// <summary>Null where items are not computed alike, each from its own operands' items.</summary>
    public static Layer? Of(Layer layer, ImmutableArray<StreamLayout> inputs)
    {
        if (inputs.IsEmpty || inputs.Any(i => i.Items != inputs[0].Items) || layer.Output.Shape.Size % inputs[0].Items != 0)
            return null;
        int pixels = inputs[0].Pixels;
        if ((Operation(layer, inputs[0]) ?? AlongPack(layer, inputs)) is not Operation operation || layer.Output.Shape.Size / inputs[0].Items % pixels != 0)
            return null;
        // A grouped kernel of one tap is still a convolution, of one row of pixels.
        int[] axes = operation is Convolution ? [1, pixels] : [pixels];
        ImmutableArray<Value> operands = [.. layer.Inputs.Select((value, i) => Item(value, [.. axes, inputs[i].Channels]))];
        Value output = Item(layer.Output, [.. axes, layer.Output.Shape.Size / inputs[0].Items / pixels]);
        return layer with { Main = layer.Main with { Operation = operation, Inputs = operands, Output = output }, Rounding = null };
    }

    private static Operation? Operation(Layer layer, StreamLayout input) => layer.Operation switch
    {
        Affine or Rectifier or Clip when layer.Output.Shape.Size == layer.Input.Shape.Size => WithItemConstants(layer, input.Channels),
        Quantize or ElementwiseFunction or ExactFunction => layer.Operation,
        Align align when input.Channels % align.Exponents.Length == 0 => align,
        Elementwise or Divide or Select when layer.Inputs.All(i => i.Shape.Size == layer.Output.Shape.Size) => layer.Operation,
        Requantize { Plan: RequantizePlan plan } requantize when Repeats([.. plan.Channels], input.Pack) => requantize with { Plan = plan with { Channels = plan.Channels[..input.Pack] } },
        Softmax softmax when input.Channels % (softmax.Count * softmax.Stride) == 0 => softmax,
        Hardmax hardmax when input.Channels % (hardmax.Count * hardmax.Stride) == 0 => hardmax,
        LogSoftmax softmax when input.Channels % (softmax.Count * softmax.Stride) == 0 => softmax,
        Dense dense when input.Channels % dense.Columns == 0 => dense,
        Convolution convolution when convolution.Window.Axes.All(a => a == new WindowAxis(1)) && input.Channels == convolution.Channels =>
            convolution.Groups == 1 ? convolution.Kernel : convolution with { Window = new Window([new WindowAxis(1)]) },
        _ => null,
    };

    // What works along the last axis alone, which an item has as its second.
    private static Operation? AlongPack(Layer layer, ImmutableArray<StreamLayout> inputs)
    {
        int last = layer.Input.Shape.Rank - 1;
        if (last < 0 || layer.Inputs.Zip(inputs).Any(i => StreamLayout.Natural(i.First.Shape) != i.Second.With(1)))
            return null;
        return layer.Operation switch
        {
            Concatenate concatenate when concatenate.Axis == last => new Concatenate(1),
            Reduce reduce when reduce.Axes is [int axis] && axis == last => reduce with { Axes = [1] },
            ArgExtreme extreme when extreme.Axis == last => extreme with { Axis = 1 },
            Rearrange rearrange when rearrange.Axes[..last].Zip(layer.Input.Shape.Dimensions).All(a => a.First.SequenceEqual(Enumerable.Range(0, a.Second))) =>
                rearrange with { Axes = [[.. Enumerable.Range(0, inputs[0].Pixels)], rearrange.Axes[last]] },
            _ => null,
        };
    }

    private static Operation? WithItemConstants(Layer layer, int pack)
    {
        List<Constant> constants = [];
        foreach ((_, Constant constant) in layer.Operation.Constants)
        {
            if (ItemConstant(constant, layer.Output.Shape, pack) is not Constant item)
                return null;
            constants.Add(item);
        }
        return layer.Operation.WithConstants([.. constants]);
    }

    /// <summary>A constant that is broadcast to a tensor, as it is for one item; null where items differ.</summary>
    public static Constant? ItemConstant(Constant constant, Shape tensor, int pack)
    {
        if (constant.Values.Length == 1)
            return constant.Reshape(new Shape());
        int[] indices = constant.Shape.BroadcastIndices(tensor);
        return Repeats([.. indices.Select(i => constant.Mantissas[i])], pack) ? constant.Pick(new Shape(pack), indices.AsSpan(0, pack)) : null;
    }

    private static bool Repeats<T>(T[] elements, int period)
        where T : IEquatable<T> => elements.AsSpan(period).SequenceEqual(elements.AsSpan(0, elements.Length - period));

    /// <summary>One item's elements, each with the range that holds it in every item.</summary>
    public static Value Item(Value value, int[] shape) =>
        new(value.Name, new Shape(shape), new Typing(value.Type, [.. value.Typing!.HullsOf(Elements(shape))], value.Typing!.StepOf(Elements(shape))));

    private static int Elements(int[] shape) => shape.Aggregate(1, (a, b) => a * b);
}
