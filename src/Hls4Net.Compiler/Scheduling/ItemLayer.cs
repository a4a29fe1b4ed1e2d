using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Transforms;

namespace Hls4Net.Scheduling;

/// <summary>The layer that does to one item of a stream what a layer does to all: element-wise operations, and products of rows.</summary>
internal static class ItemLayer
{
    /// <summary>Null where items are not computed alike, each from its own operands' items.</summary>
    public static Layer? Of(Layer layer, ImmutableArray<StreamLayout> inputs)
    {
        if (inputs.IsEmpty || inputs.Any(i => i.Items != inputs[0].Items) || layer.Output.Shape.Size % inputs[0].Items != 0)
            return null;
        if (Operation(layer, inputs[0]) is not Operation operation)
            return null;
        ImmutableArray<Value> operands = [.. layer.Inputs.Select((value, i) => Item(value, inputs[i].Pack))];
        Value output = Item(layer.Output, layer.Output.Shape.Size / inputs[0].Items);
        return layer with { Main = layer.Main with { Operation = operation, Inputs = operands, Output = output }, Rounding = null };
    }

    private static Operation? Operation(Layer layer, StreamLayout input) => layer.Operation switch
    {
        Affine or Rectifier or Clip when layer.Output.Shape.Size == layer.Input.Shape.Size => WithItemConstants(layer, input.Pack),
        Quantize or ElementwiseFunction => layer.Operation,
        Requantize { Plan: RequantizePlan plan } requantize when Repeats([.. plan.Channels], input.Pack) => requantize with { Plan = plan with { Channels = plan.Channels[..input.Pack] } },
        Softmax softmax when input.Pack % (softmax.Count * softmax.Stride) == 0 => softmax,
        LogSoftmax softmax when input.Pack % (softmax.Count * softmax.Stride) == 0 => softmax,
        Dense dense when input.Pack % dense.Columns == 0 => dense,
        _ => null,
    };

    private static Operation? WithItemConstants(Layer layer, int pack)
    {
        List<Constant> constants = [];
        foreach ((_, Constant constant) in layer.Operation.Constants)
        {
            int[] indices = constant.Shape.BroadcastIndices(layer.Output.Shape);
            long[] mantissas = [.. indices.Select(i => constant.Mantissas[i])];
            if (!Repeats(mantissas, pack))
                return null;
            constants.Add(constant.Values.Length == 1 ? constant.Reshape(new Shape()) : constant.Pick(new Shape(pack), indices.AsSpan(0, pack)));
        }
        return layer.Operation.WithConstants([.. constants]);
    }

    private static bool Repeats<T>(T[] elements, int period)
        where T : IEquatable<T> => elements.AsSpan(period).SequenceEqual(elements.AsSpan(0, elements.Length - period));

    // One item's elements, each with the range that holds it in every item.
    private static Value Item(Value value, int pack)
    {
        Typing typing = value.Typing!;
        Interval[] ranges = typing.Range[..pack].ToArray();
        for (int i = pack; i < typing.Range.Length; i++)
            ranges[i % pack] = Interval.Hull(ranges[i % pack], typing.Range[i]);
        return new Value(value.Name, new Shape(1, pack), typing with { Range = ImmutableArray.Create(ranges) });
    }
}
