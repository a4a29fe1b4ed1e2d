using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Functions of quantized numbers as tables, one for each element that needs its own.</summary>
internal static class Tables
{
    // More entries of an element are no table in logic.
    private const int MostBits = 14;

    /// <summary>A tensor behind a quantizer and a function of its numbers.</summary>
    /// <param name="call">The layer.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="input">The quantizer of its elements.</param>
    /// <param name="function">The function of an element and its number.</param>
    /// <param name="part">The step's name; null for the layer's own.</param>
    public static KerasTensor Emit(LayerCall call, KerasTensor x, HgqQuantizer input,
        Func<int, double, double> function, string? part)
    {
        if (input.Scaler != 1 || input.Factor != 1 || input.Offset != 0)
            throw call.Unsupported("has a table behind a quantizer with a scaler, which is not read");
        string step = part is null ? "" : $"{part}_";
        KerasTensor quantized = input.OnData(call, x, $"{step}iq");
        Shape shape = new([.. x.Shape]);
        (int Keep, int Integer, int Fraction)[] bits = input.BitsFor(call, shape);
        int widest = bits.Max(b => b.Keep + b.Integer + b.Fraction);
        if (widest > MostBits)
            throw call.Unsupported($"has a table of {widest} bits; {MostBits} are read");
        Dictionary<Entries, int> known = [];
        double[] which = new double[shape.Size];
        for (int e = 0; e < which.Length; e++)
        {
            Entries entries = new([.. Numbers(bits[e]).Select(v => function(e, v))]);
            if (!known.TryGetValue(entries, out int at))
                known[entries] = at = known.Count;
            which[e] = at;
        }
        int row = 1 << widest;
        double[] all = new double[known.Count * row];
        foreach ((Entries entries, int at) in known)
        {
            for (int i = 0; i < row; i++)
                all[(at * row) + i] = entries.Values[Math.Min(i, entries.Values.Length - 1)];
        }
        return call.Internal("Table", part, x.Shape,
            [
                quantized, Bits("keep", b => b.Keep), Bits("integer", b => b.Integer),
                Bits("fraction", b => b.Fraction),
                call.Constant($"{step}entries", new Constant(new Shape(known.Count, row), [.. all])),
                call.Constant($"{step}which", known.Count == 1 ? Constant.Scalar(0) : new Constant(shape, [.. which])),
            ]);

        KerasTensor Bits(string name, Func<(int Keep, int Integer, int Fraction), int> of) =>
            call.Constant($"{step}{name}", bits.Select(of).Distinct().Count() == 1 ? Constant.Scalar(of(bits[0]))
                : new Constant(shape, [.. bits.Select(b => (double)of(b))]));
    }

    private static IEnumerable<double> Numbers((int Keep, int Integer, int Fraction) bits)
    {
        int width = bits.Keep + bits.Integer + bits.Fraction;
        long first = bits.Keep == 0 ? 0 : -(1L << (bits.Integer + bits.Fraction));
        for (long i = 0; i < 1L << width; i++)
            yield return width <= 0 ? 0 : Math.ScaleB(first + i, -bits.Fraction);
    }

    /// <summary>A table that equals another with the same entries.</summary>
    private readonly record struct Entries(double[] Values)
    {
        public bool Equals(Entries other) => Values.AsSpan().SequenceEqual(other.Values);

        public override int GetHashCode()
        {
            HashCode hash = default;
            foreach (double value in Values)
                hash.Add(value);
            return hash.ToHashCode();
        }
    }
}
