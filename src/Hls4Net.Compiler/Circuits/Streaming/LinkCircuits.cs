using Hls4Net.Scheduling;

namespace Hls4Net.Circuits.Streaming;

/// <summary>Circuits between layers on streams.</summary>
internal static class LinkCircuits
{
    /// <summary>Copies every item to each reader's queue.</summary>
    public static Circuit Split(string module, string title, int width, IReadOnlyList<int> depths)
    {
        CircuitBuilder c = new(module, title);
        StreamNets x = StreamNets.Input(c, "x", width);
        StreamNets[] y = [.. depths.Select((_, i) => StreamNets.Output(c, $"y{i}", width))];
        Net[] rooms = [.. depths.Select((_, i) => c.Wire($"room{i}", 1))];
        c.Assign(x.Ready, Expression.All(rooms));
        Net copy = c.Wire("copy", 1, x.Moves);
        for (int i = 0; i < depths.Count; i++)
            ProcessCircuit.Queue(c, module, $"queue{i}", depths[i], rooms[i], copy, copy, x.Item, y[i]);
        return c.Build();
    }

    /// <summary>
    /// A width converter: joins items to longer ones, or parts them, for a reader that takes another number of pixels
    /// at a time.
    /// </summary>
    /// <param name="module">The module's name.</param>
    /// <param name="title">The comment above it.</param>
    /// <param name="width">Bits of an item that is read.</param>
    /// <param name="from">What is read.</param>
    /// <param name="to">What the reader takes.</param>
    /// <param name="depth">Places of the reader's queue.</param>
    public static Circuit Adapter(string module, string title, int width, StreamLayout from, StreamLayout to, int depth)
    {
        CircuitBuilder c = new(module, title);
        int pixel = width / from.Pixels;
        PixelPacker packer = PixelPacker.Of(pixel, from.Pixels, to.Pixels);
        StreamNets x = StreamNets.Input(c, "x", width), y = StreamNets.Output(c, "y", to.Pixels * pixel);
        Net room = c.Wire("room", 1), start = c.Wire("start", 1), count = packer.Counter("count");
        bool parts = from.Pixels > to.Pixels;
        Expression full = packer.Count(c, count, start, parts
            ? packer.Lacks(count).Then(packer.Amount(packer.Added), packer.Amount(0)) : packer.Amount(packer.Added));
        Expression push = start, added = x.Item;
        if (parts)
        {
            Net reads = c.Wire("reads", 1, packer.Lacks(count));
            c.Assign(x.Ready, room & reads).Assign(start, room & (x.Valid | ~reads));
            added = new Expression.Repeat(reads, width) & x.Item;
        }
        else
        {
            c.Assign(x.Ready, room | ~full).Assign(start, x.Moves);
            push = c.Wire("push", 1, start & full);
        }
        Expression items = packer.Units(c, count, start, added, full);
        ProcessCircuit.Queue(c, module, "queue", depth, room, push, push, items, y);
        return c.Build();
    }
}
