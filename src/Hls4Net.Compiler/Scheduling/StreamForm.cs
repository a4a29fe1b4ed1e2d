using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>How a layer works on streams.</summary>
public abstract record StreamForm
{
    private StreamForm()
    {
    }

    /// <summary>What is computed at a step: the layer on an item or a window, or all of it.</summary>
    public Layer OfStep(Layer layer) => this switch
    {
        EachItem { Layer: Layer item } => item,
        Lines { Buffer: LineBuffer buffer } => buffer.Layer,
        Scheduled { Schedule: ItemSchedule schedule } => schedule.Layer,
        _ => layer,
    };

    /// <summary>
    /// An item of every operand in, an item of the result out; <paramref name="Layer"/> is the operation on one item.
    /// </summary>
    public sealed record EachItem(Layer Layer) : StreamForm;

    /// <summary>A window moves over the pixels of an image.</summary>
    public sealed record Lines(LineBuffer Buffer) : StreamForm;

    /// <summary>A row of the result for every so many items, which are added up, or compared, as they come.</summary>
    public sealed record Accumulate(int Items) : StreamForm;

    /// <summary>Items are joined along axes as they come.</summary>
    public sealed record Reduced(ItemReduction Reduction) : StreamForm;

    /// <summary>
    /// Every item of the result is made of items of the operands that come in the same order, at other times.
    /// </summary>
    public sealed record Scheduled(ItemSchedule Schedule) : StreamForm;

    /// <summary>All operands are read into arrays, then the result is computed, then written.</summary>
    public sealed record Whole : StreamForm;

    /// <summary>
    /// A transposition between channels-first outside and channels-last inside: the port carries pixels, and only the
    /// order in which the host sends or gets them changes.
    /// </summary>
    public sealed record AtPort : StreamForm;
}
