using System.Collections.Immutable;

namespace Hls4Net.Keras.Layers;

/// <summary>Einstein sums: letters of axes, of which an ellipsis stands for several.</summary>
internal static class Equations
{
    /// <summary>The node of an equation of one or two tensors.</summary>
    public static KerasTensor Emit(LayerCall call, string equation, string? part, ImmutableArray<KerasTensor> tensors)
    {
        string plain = Expanded(call, equation, [.. tensors.Select(t => t.Rank)]);
        string[] sides = plain.Split("->"), terms = sides[0].Split(',');
        Dictionary<char, int> sizes = [];
        foreach ((string term, KerasTensor tensor) in terms.Zip(tensors))
        {
            foreach ((char letter, int size) in term.Zip(tensor.Shape))
            {
                if (!sizes.TryAdd(letter, size) && sizes[letter] != size)
                    throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                        $"has sizes {sizes[letter]} and {size} for the axis {letter} in '{equation}'");
            }
        }
        ImmutableArray<int> shape = [.. sides[1].Select(c => sizes.TryGetValue(c, out int size) ? size
            : throw call.Fail(Diagnostics.Descriptors.InvalidShape, $"has an axis {c} of no tensor in '{equation}'"))];
        return call.Emit("Einsum", part, shape, tensors.AsSpan(), ("equation", plain));
    }

    /// <summary>The equation with letters in the place of an ellipsis.</summary>
    public static string Expanded(LayerCall call, string equation, ImmutableArray<int> ranks)
    {
        string text = equation.Replace(" ", "", StringComparison.Ordinal);
        string[] sides = text.Split("->"), terms = sides[0].Split(',');
        if (sides.Length != 2 || terms.Length != ranks.Length)
            throw call.Unsupported($"has the equation '{equation}' for {ranks.Length} tensors");
        string free = string.Concat("ZYXWVUTS".Where(c => !text.Contains(c, StringComparison.Ordinal)));
        string ellipsis = "";
        for (int i = 0; i < terms.Length; i++)
        {
            int hidden = ranks[i] - terms[i].Replace("...", "", StringComparison.Ordinal).Length;
            bool has = terms[i].Contains("...", StringComparison.Ordinal);
            if (hidden < 0 || hidden > free.Length || (hidden > 0 && !has))
                throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                    $"has the term '{terms[i]}' for a tensor of {ranks[i]} axes");
            if (!has)
                continue;
            ellipsis = free[..hidden];
            terms[i] = terms[i].Replace("...", ellipsis, StringComparison.Ordinal);
        }
        return $"{string.Join(',', terms)}->{sides[1].Replace("...", ellipsis, StringComparison.Ordinal)}";
    }
}
