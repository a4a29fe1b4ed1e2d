using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Scheduling;

/// <summary>
/// A layer each of whose result's items is made of one item of each operand, or of one of them, that need not come at
/// the same time: upsampling, crops, padding, joined images, channels spread over pixels, broadcast operands. Its steps
/// are a grid, axis by axis; items wait in a memory only as long as there is a use for them.
/// </summary>
/// <param name="Layer">The operation on one item of each operand; where items are only moved, the layer as it
/// is.</param>
/// <param name="Axes">The axes of the grid, outermost first.</param>
/// <param name="Operands">What becomes of each operand.</param>
/// <param name="Output">The result's items.</param>
/// <param name="Outside">The mantissa of the elements that no operand's are moved to.</param>
public sealed record ItemSchedule(Layer Layer, ImmutableArray<ItemAxis> Axes,
    ImmutableArray<ItemSchedule.Operand> Operands, StreamLayout Output, long Outside = 0)
{
    /// <summary>An operand.</summary>
    /// <param name="Items">What its stream carries.</param>
    /// <param name="Elements">For every element of a result's item the operand's element that is moved there, from the
    /// part used on, or -1; empty where items are computed with.</param>
    /// <param name="Memory">The outermost axis along which items are kept; the number of axes where none are.</param>
    /// <param name="Slots">How many are kept along that axis.</param>
    /// <param name="Kept">Items kept at a time.</param>
    public sealed record Operand(StreamLayout Items, ImmutableArray<int> Elements, int Memory, int Slots, int Kept);

    /// <summary>True if items are only moved.</summary>
    public bool Moves => Operands.Any(o => o.Elements.Length > 0);

    /// <summary>
    /// The operands of whose items a step may, or may not, make the result, where that has to be told.
    /// </summary>
    internal int[] Chosen => [.. Enumerable.Range(0, Operands.Length).Where(k =>
        (k == 0 || k < Operands.Length - 1) && Axes.Any(a => a.Has(k).Contains(false)))];

    /// <summary>Steps for a sample.</summary>
    public int Steps => Axes.Aggregate(1, (steps, axis) => steps * axis.Steps);

    /// <summary>Whether a step reads an operand.</summary>
    public bool Reads(int step, int operand) => All(step, (axis, at) => axis.Operands[operand].Read[at] >= 0);

    /// <summary>Whether a step writes.</summary>
    public bool Writes(int step) => All(step, (axis, at) => axis.Writes[at]);

    /// <summary>Null where items of the result are made in another way, or there are none.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="inputs">What its operands' streams carry.</param>
    /// <param name="pack">The elements of an item that the result's reader would have.</param>
    public static ItemSchedule? Of(Layer layer, ImmutableArray<StreamLayout> inputs, int pack)
    {
        if (inputs.IsEmpty || inputs.Any(i => i.Pixels > 1) || layer.Output.Shape.Size == 0
            || layer.Input.Shape.Rank == 0)
            return null;
        if (layer.Operation is Transpose transpose)
            return Spread(layer, transpose, inputs[0], pack);
        if (layer.Inputs.Zip(inputs).Any(i => StreamLayout.Natural(i.First.Shape) != i.Second))
            return null;
        return layer.Operation switch
        {
            Rearrange rearrange => Rearranged(layer, rearrange, inputs[0]),
            Concatenate concatenate when concatenate.Axis < layer.Input.Shape.Rank - 1 =>
                Joined(layer, concatenate, inputs),
            { IsElementwise: true, Constants.IsEmpty: true } when layer.Inputs.Length > 1 => Broadcast(layer, inputs),
            _ => null,
        };
    }

    private static ItemSchedule Rearranged(Layer layer, Rearrange rearrange, StreamLayout input)
    {
        Shape x = layer.Input.Shape;
        IEnumerable<ItemAxis> axes = Enumerable.Range(0, x.Rank - 1)
            .SelectMany(axis => ItemAxis.Split(Name(axis, x.Rank), x[axis], rearrange.Axes[axis]));
        long outside = (long)FixedPoint.Convert(rearrange.AlignedFill(layer.Input.Type),
            rearrange.ResultFraction(layer.Input.Type), layer.Output.Type, out _);
        return Make(layer, axes, [input], [rearrange.Axes[^1]], StreamLayout.Natural(layer.Output.Shape), outside);
    }

    private static ItemSchedule Joined(Layer layer, Concatenate concatenate, ImmutableArray<StreamLayout> inputs)
    {
        Shape y = layer.Output.Shape;
        ImmutableArray<int> sizes = [.. layer.Inputs.Select(i => i.Shape[concatenate.Axis])];
        IEnumerable<ItemAxis> axes = Enumerable.Range(0, y.Rank - 1).Select(axis => ItemAxis.Of(
            Name(axis, y.Rank),
                [.. sizes.Select((size, k) => axis == concatenate.Axis ? Among(sizes, k)
                    : new ItemAxis.Origin(y[axis], Count(y[axis])))]));
        return Make(layer, axes, inputs, [.. inputs.Select(_ => Count(y[y.Rank - 1]))], StreamLayout.Natural(y));

        static ItemAxis.Origin Among(ImmutableArray<int> sizes, int operand) =>
            new(sizes[operand],
                [.. sizes.SelectMany((size, k) => Enumerable.Range(0, size).Select(i => k == operand ? i : -1))]);
    }

    private static ItemSchedule? Broadcast(Layer layer, ImmutableArray<StreamLayout> inputs)
    {
        Shape y = layer.Output.Shape;
        int Dimension(Value operand, int axis) => axis < y.Rank - operand.Shape.Rank ? 1
            : operand.Shape[axis - y.Rank + operand.Shape.Rank];
        List<ImmutableArray<ItemAxis.Origin>> axes = [];
        for (int axis = 0; axis < y.Rank - 1; axis++)
        {
            bool[] repeated = [.. layer.Inputs.Select(i => Dimension(i, axis) == 1)];
            // Axes along which the same operands are repeated are one.
            int size = axes.Count > 0 && axes[^1].Select((o, k) => o.Items == 1 == repeated[k]).All(same => same)
                ? axes[^1][0].From.Length * y[axis] : 0;
            if (y[axis] == 1)
                continue;
            if (size > 0)
                axes.RemoveAt(axes.Count - 1);
            else
                size = y[axis];
            axes.Add([.. repeated.Select(once => once ? new ItemAxis.Origin(1, [.. new int[size]])
                : new ItemAxis.Origin(size, Count(size)))]);
        }
        if (axes.Count == 0)
            return null;
        ImmutableArray<Value> operands =
            [.. layer.Inputs.Select((value, k) => LayerPart.Item(value, [1, inputs[k].Pack]))];
        Layer item = LayerPart.Of(layer, layer.Operation, operands, LayerPart.Item(layer.Output, [1, y[y.Rank - 1]]));
        return Make(item, axes.Select((a, i) => ItemAxis.Of(axes.Count == 1 ? "item" : Name(i, axes.Count + 1), a)),
            inputs, [], StreamLayout.Natural(y));
    }

    // Of a transposed tensor whose items keep their order, so that only elements of an item become items.
    private static ItemSchedule? Spread(Layer layer, Transpose transpose, StreamLayout input, int pack)
    {
        Shape x = layer.Input.Shape, y = layer.Output.Shape;
        int[] strides = x.Strides();
        int items = ItemAxes(x, input.Pack), written = ItemAxes(y, pack);
        if (items < 0 || written < 0)
            return null;
        int[] order = [.. transpose.Permutation[..written].Where(axis => axis < items && x[axis] > 1)];
        if (!order.SequenceEqual(order.Order()) || transpose.Permutation[written..]
            .Any(axis => axis < items && x[axis] > 1))
            return null;
        // A part's axis has the name of the items' before it.
        string Named(int axis) => transpose.Permutation[..(axis + 1)]
            .Count(a => a < items && x[a] > 1) is int place and > 0 ? Name(place - 1, order.Length + 1) : "item";
        IEnumerable<ItemAxis> axes = Enumerable.Range(0, written).Where(axis => y[axis] > 1).Select(axis => ItemAxis.Of(
            Named(axis),
            transpose.Permutation[axis] < items ? new ItemAxis.Origin(y[axis], Count(y[axis]))
                : new ItemAxis.Origin(1, [.. new int[y[axis]]], strides[transpose.Permutation[axis]])));
        int[] elements = [0];
        foreach (int axis in transpose.Permutation[written..])
            elements = [.. elements.SelectMany(e => Enumerable.Range(0, x[axis]).Select(i => e + (i * strides[axis])))];
        return Make(layer, axes, [input], [[.. elements]], new StreamLayout(y.Size / pack, pack));
    }

    /// <summary>How many of the leading axes number the items of a pack; -1 where a pack ends within an axis.</summary>
    public static int ItemAxes(Shape shape, int pack)
    {
        int axis = shape.Rank;
        for (int size = 1; size < pack && axis > 0;)
            size *= shape[--axis];
        return shape.Product(axis, shape.Rank) == pack ? axis : -1;
    }

    private static ItemSchedule Make(
        Layer layer, IEnumerable<ItemAxis> made, ImmutableArray<StreamLayout> inputs,
            ImmutableArray<ImmutableArray<int>> elements, StreamLayout output, long outside = 0)
    {
        ImmutableArray<ItemAxis> axes = Distinct([.. made.Where(a => a.Steps > 1 || !a.Writes[0])]);
        return new ItemSchedule(layer, axes,
            [.. inputs.Select((layout, k) => Kept(layout, k, elements.IsEmpty ? [] : elements[k]))], output, outside);

        Operand Kept(StreamLayout layout, int k, ImmutableArray<int> moved)
        {
            int first = 0;
            while (first < axes.Length && axes[first].Operands[k].IsCurrent)
                first++;
            if (first == axes.Length)
                return new Operand(layout, moved, first, 0, 0);
            int items = axes[first].Operands[k].Items, slots = axes[first].Operands[k].Kept;
            // Places in a ring are the last bits of a number.
            if (slots > 1)
                slots = (int)Math.Min(items, System.Numerics.BitOperations.RoundUpToPowerOf2((uint)slots));
            return new Operand(layout, moved, first, slots,
                axes.Skip(first + 1).Aggregate(slots, (kept, axis) => kept * axis.Operands[k].Items));
        }
    }

    // Names of axes that were one.
    private static ImmutableArray<ItemAxis> Distinct(ImmutableArray<ItemAxis> axes) =>
        [.. axes.Select((axis, i) => axes.Take(i).Count(a => a.Name == axis.Name) is int before and > 0
            ? axis with { Name = $"{axis.Name}_{before + 1}" } : axis)];

    private bool All(int step, Func<ItemAxis, int, bool> holds)
    {
        for (int axis = Axes.Length - 1; axis >= 0; step /= Axes[axis--].Steps)
        {
            if (!holds(Axes[axis], step % Axes[axis].Steps))
                return false;
        }
        return true;
    }

    private static ImmutableArray<int> Count(int count) => [.. Enumerable.Range(0, count)];

    // Of a tensor's axes but the last, which items hold.
    private static string Name(int axis, int rank) => (rank - axis) switch
    {
        2 => "column",
        3 => "row",
        4 when rank > 4 => "plane",
        _ => $"axis{axis}",
    };
}
