using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Keras;

/// <summary>A tensor of a file with the last part of its name; in newer files that is its number.</summary>
internal sealed record Weight(string Name, Constant Tensor);

/// <summary>
/// The weights of an object of a network, a layer or a quantizer: its own variables in the order of the file, and those
/// of its parts by their names.
/// </summary>
internal sealed class WeightGroup
{
    public static WeightGroup Empty { get; } = new();

    /// <summary>Its own variables.</summary>
    public List<Weight> Own { get; } = [];

    /// <summary>Its parts, in the order of the file.</summary>
    public List<(string Name, WeightGroup Group)> Parts { get; } = [];

    /// <summary>A part; null where there is none.</summary>
    public WeightGroup? Part(string name)
    {
        foreach ((string other, WeightGroup group) in Parts)
        {
            if (other == name)
                return group;
        }
        return null;
    }

    /// <summary>A part, which is added where it is missing.</summary>
    public WeightGroup Make(string name)
    {
        if (Part(name) is WeightGroup known)
            return known;
        WeightGroup made = new();
        Parts.Add((name, made));
        return made;
    }

    /// <summary>A variable by name, or by its place where the file numbers them; null where it is missing.</summary>
    public Constant? Find(string name, int place)
    {
        foreach (Weight weight in Own)
        {
            if (weight.Name == name)
                return weight.Tensor;
        }
        return IsNumbered && place >= 0 && place < Own.Count ? Own[place].Tensor : null;
    }

    /// <summary>True where variables have numbers instead of names.</summary>
    public bool IsNumbered => Own.All(w => w.Name.Length > 0 && w.Name.All(char.IsAsciiDigit));

    /// <summary>Own variables that are no scalars: those of an HGQ layer without its counters.</summary>
    public ImmutableArray<Constant> Tensors => [.. Own.Select(w => w.Tensor).Where(t => t.Shape.Rank > 0)];
}
