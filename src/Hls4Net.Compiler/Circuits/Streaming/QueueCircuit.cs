namespace Hls4Net.Circuits.Streaming;

/// <summary>
/// A queue. A place is taken before the item for it comes (take, only where there is room) and filled when it does
/// (push), so that a pipeline in front never has to stand still; an item can be read in the cycle after it was pushed.
/// </summary>
internal static class QueueCircuit
{
    /// <summary>A queue as a module.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="width">Bits of an item.</param>
    /// <param name="depth">Its places.</param>
    public static Circuit Of(string name, int width, int depth)
    {
        CircuitBuilder c = new(name,
            $"a queue of {depth} item{(depth == 1 ? "" : "s")}: take a place, push the item for it later");
        Net room = c.Output("room", 1), take = c.Input("take", 1), push = c.Input("push", 1), d = c.Input("d", width),
            valid = c.Output("valid", 1), pop = c.Input("pop", 1), q = c.Output("q", width);
        c.Assign(room, ~Number(c, "taken", depth, take, pop).Is(depth));
        c.Assign(valid, ~Number(c, "filled", depth, push, pop).Is(0));
        if (depth == 1)
            c.Assign(q, c.Register("item", d, push));
        else
            Places(c, depth, push, d, pop, q);
        return c.Build();
    }

    // A number up to the depth, which goes up and down.
    private static Net Number(CircuitBuilder c, string name, int depth, Expression up, Expression down)
    {
        Net number = new(name, Expression.BitsOf(depth));
        Expression one = number.Width == 1 ? Expression.True
            : Expression.Side(Expression.True, new Expression.Repeat(~up, number.Width - 1));
        return c.Register(number, new Expression.Add(number, one), ~new Expression.Equal(up, down), Circuit.Reset);
    }

    private static void Places(CircuitBuilder c, int depth, Net push, Net d, Net pop, Net q)
    {
        MemoryNet items = new("items", d.Width, depth);
        Net free = c.Counter("free", depth, push).Net!;
        c.Memory(items, push, free, d);
        if (depth <= Devices.Memories.LutDepth)
        {
            c.Assign(q, new Expression.Word(items, c.Counter("first", depth, pop).Net!));
            return;
        }
        // Block memory gives what it is asked for in the cycle after; what is being written passes by.
        Net first = new("first", free.Width);
        Net head = c.Wire("head", first.Width, pop.Then(
            first.Is(depth - 1).Then(Expression.Zeros(first.Width), first.Plus(1)), first));
        c.Register(first, head, clear: Circuit.Reset);
        Net read = c.Register("read", new Expression.Word(items, head)), passed = c.Register("passed", d),
            passes = c.Register("passes", push & new Expression.Equal(free, head));
        c.Assign(q, passes.Then(passed, read));
    }
}
