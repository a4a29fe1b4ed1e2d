using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>
/// Sums, or extremes, along axes of items: an accumulator for each item of the result that is being made. An item is
/// read at every step; at the last one along the reduced axes an item is written.
/// </summary>
/// <param name="Axes">The axes of the items, outermost first: their sizes, and whether they are reduced.</param>
/// <param name="Elements">True if the elements of an item are reduced too.</param>
/// <param name="Output">The result's items.</param>
public sealed record ItemReduction(ImmutableArray<JoinedAxis> Axes, bool Elements, StreamLayout Output)
{
    /// <summary>Steps for a sample.</summary>
    public int Steps => Count(Axes);

    /// <summary>Items along all of some axes.</summary>
    public static int Count(IEnumerable<JoinedAxis> axes) =>
        axes.Aggregate(1, (count, axis) => count * axis.Size);

    /// <summary>
    /// The axes that accumulators are kept along: those that stay, inside the outermost that is reduced.
    /// </summary>
    public IEnumerable<int> Kept => Enumerable.Range(0, Axes.Length).Where(axis => IsPlace(Axes, axis));

    /// <summary>
    /// True for an axis along which items have results of their own that wait for one another: one inside the outermost
    /// along which they are joined.
    /// </summary>
    internal static bool IsPlace(ImmutableArray<JoinedAxis> axes, int axis) => !axes[axis].Reduced
        && axes.Take(axis).Any(a => a.Reduced);

    /// <summary>Items of accumulators.</summary>
    public int Accumulators => Kept.Aggregate(1, (count, axis) => count * Axes[axis].Size);

    /// <summary>Whether a step writes.</summary>
    public bool Writes(int step)
    {
        for (int axis = Axes.Length - 1; axis >= 0; step /= Axes[axis--].Size)
        {
            if (Axes[axis].Reduced && step % Axes[axis].Size != Axes[axis].Size - 1)
                return false;
        }
        return true;
    }

    /// <summary>Null for any other layer.</summary>
    public static ItemReduction? Of(Layer layer, StreamLayout input)
    {
        Shape x = layer.Input.Shape;
        if (layer.Operation is not Reduce reduce || x.Size == 0 || input != StreamLayout.Natural(x))
            return null;
        List<JoinedAxis> axes = [];
        for (int axis = 0; axis < x.Rank - 1; axis++)
        {
            bool reduced = reduce.Axes.Contains(axis);
            if (x[axis] == 1)
                continue;
            // Neighbours with the same fate are one axis.
            if (axes.Count > 0 && axes[^1].Reduced == reduced)
                axes[^1] = new JoinedAxis(axes[^1].Size * x[axis], reduced);
            else
                axes.Add(new JoinedAxis(x[axis], reduced));
        }
        return axes.Any(a => a.Reduced) ? new ItemReduction([.. axes], reduce.Axes.Contains(x.Rank - 1),
            StreamLayout.Natural(layer.Output.Shape)) : null;
    }
}
