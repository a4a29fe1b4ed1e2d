using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// Pixels that come in other numbers than they go: an array to whose end they are added, and from whose beginning they
/// are taken. Neither number is more than a few, so the places are few, too.
/// </summary>
/// <param name="Element">The type of their elements.</param>
/// <param name="Channels">Elements of a pixel.</param>
/// <param name="Added">Pixels that are added at a time, at most.</param>
/// <param name="Taken">Pixels that are taken at a time.</param>
internal sealed record PixelPacker(string Element, int Channels, int Added, int Taken)
{
    /// <summary>Declares it, empty.</summary>
    public void Declare(CppWriter w, Dialect dialect)
    {
        w.Line($"{Element} held[{(Taken - 1 + Added) * Channels}]; // pixels that wait for others")
            .Pragmas(dialect.Partition("held"));
        w.Line("int count = 0;");
    }

    /// <summary>The place of an element behind the last pixel.</summary>
    public string Behind(string element) => $"held[count * {Channels} + {element}]";

    /// <summary>Writes the first pixels as an item to stream y.</summary>
    public void Write(CppWriter w, Dialect dialect, string pack)
    {
        w.Line($"{pack} y_item;").Pragmas(dialect.Aggregate("y_item"));
        using (w.Loop(null, "i", Taken * Channels, dialect.Unroll()))
            w.Line("y_item.data[i] = held[i];");
        if (Added > 1)
        {
            using (w.Loop(null, "i", (Added - 1) * Channels, dialect.Unroll()))
                w.Line($"held[i] = held[i + {Taken * Channels}];");
        }
        w.Line($"count -= {Taken};").Line(dialect.Write("y", "y_item"));
    }
}
