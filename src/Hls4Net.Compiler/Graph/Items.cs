using System.Collections.Immutable;

namespace Hls4Net.Graph;

/// <summary>
/// Tensors in runs of equal length, their items: each operand and the result have as many, in row-major order. An image
/// [1, height, width, channels] is a pixel an item, or a few of a row.
/// </summary>
/// <param name="Operands">The operands' shapes; at least one.</param>
/// <param name="Result">The result's shape.</param>
/// <param name="Count">Items of each tensor.</param>
/// <param name="Pixels">Pixels of an item.</param>
public sealed record Items(ImmutableArray<Shape> Operands, Shape Result, int Count, int Pixels = 1)
{
    /// <summary>Elements of an operand's item.</summary>
    public int Pack(int operand = 0) => Operands[operand].Size / Count;

    /// <summary>Elements of a pixel of an operand.</summary>
    public int Channels(int operand = 0) => Pack(operand) / Pixels;

    /// <summary>
    /// True if every operand has as many elements as the result, so that each element meets one of each operand.
    /// </summary>
    public bool AreAlike => Operands.All(o => o.Size == Result.Size);

    /// <summary>
    /// The first operand's last axis where a pixel of every operand is its whole last axis; null elsewhere.
    /// </summary>
    public int? LastAxis
    {
        get
        {
            for (int i = 0; i < Operands.Length; i++)
            {
                if (Operands[i].Rank == 0 || Math.Max(1, Operands[i].Dimensions[^1]) != Channels(i))
                    return null;
            }
            return Operands[0].Rank - 1;
        }
    }

    /// <summary>An operation with the constants that each pixel meets; null where pixels meet different ones.</summary>
    public Operation? WithConstantsOfPixel(Operation operation)
    {
        List<Constant> constants = [];
        foreach ((_, Constant constant) in operation.Constants)
        {
            if (OfPixel(constant, Result, Channels()) is not Constant pixel)
                return null;
            constants.Add(pixel);
        }
        return operation.WithConstants([.. constants]);
    }

    /// <summary>
    /// A typed constant that is broadcast to a tensor, as each run of so many elements meets it; null where runs meet
    /// different ones.
    /// </summary>
    public static Constant? OfPixel(Constant constant, Shape tensor, int channels)
    {
        if (constant.Values.Length == 1)
            return constant.Reshape(new Shape());
        int[] indices = constant.Shape.BroadcastIndices(tensor);
        return Repeats([.. indices.Select(i => constant.Mantissas[i])], channels)
            ? constant.Pick(new Shape(channels), indices.AsSpan(0, channels)) : null;
    }

    /// <summary>True if a list is its first <paramref name="period"/> elements over and over.</summary>
    public static bool Repeats<T>(ReadOnlySpan<T> elements, int period)
        where T : IEquatable<T> => elements[period..].SequenceEqual(elements[..^period]);
}
