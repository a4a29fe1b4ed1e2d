using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Forests;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Transforms.TypeRules;
using Hls4Net.Vectors;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// Features that trees alone read get the coarsest grid, each its own, on which every vector takes the branches that it
/// takes on real numbers: between thresholds nothing is told apart, and beyond the last ones numbers are held there.
/// </summary>
/// <remarks>
/// <code>
/// x [pt, eta] → Forest ⇒ x → Forest of pt in ufixed&lt;7,6&gt;, eta in fixed&lt;5,2&gt;
/// </code>
/// </remarks>
internal static class FeatureGrids
{
    // A step finer than the vectors need: others lie nearer to a threshold.
    private const int GuardBits = 1;

    // Bits of the port that holds every feature's type.
    private const int MostPortBits = 48;

    public static Network Apply(Network network, ModelOptions options, TestVectors? vectors)
    {
        if (vectors is null)
            return network;
        LayerSettingsResolver settings = new(options);
        Dictionary<Node, Node> typed = [];
        int start = 0;
        foreach (Value input in network.Inputs)
        {
            Node[] readers = [.. network.Nodes.Where(n => n.Inputs.Contains(input))];
            if (readers.Length > 0 && readers.All(n => n.Operation is Forest) && input.Typing is null
                && settings.ForInput(input).Result is PrecisionSpec.Auto { Width: null }
                && network.Outputs.All(o => o.Value != input)
                && Types([.. readers.Select(n => (Forest)n.Operation)], input, vectors, start) is { } types)
            {
                foreach (Node reader in readers)
                    typed[reader] = reader with { Operation = (Forest)reader.Operation with { Features = types } };
            }
            start += input.Shape.Size;
        }
        return typed.Count == 0 ? network
            : network with { Nodes = [.. network.Nodes.Select(n => typed.GetValueOrDefault(n, n))] };
    }

    private static ImmutableArray<FixedPointType>? Types(Forest[] forests, Value input, TestVectors vectors, int start)
    {
        int columns = forests[0].Columns;
        ILookup<int, Split> splits = forests.SelectMany(f => f.Trees).SelectMany(t => t.Branches).Select(b => b.Split)
            .Distinct().ToLookup(s => s.Feature);
        bool mayNarrow = vectors.Count >= WidthSearch.EnoughToNarrow;
        FixedPointType?[] types = new FixedPointType?[columns];
        for (int c = 0; c < columns; c++)
        {
            if (!splits.Contains(c))
                continue;
            HashSet<double> seen = [];
            for (int sample = 0; sample < vectors.Count; sample++)
            {
                ReadOnlySpan<double> x = vectors.Input(sample).Slice(start, input.Shape.Size);
                for (int i = c; i < x.Length; i += columns)
                    seen.Add(x[i]);
            }
            types[c] = new FeatureSplits([.. splits[c]]).Coarsest([.. seen.Order()], mayNarrow);
        }
        // What no branch asks for is as wide as the narrowest of the others.
        if (types.All(t => t is null))
            return null;
        FixedPointType least = types.OfType<FixedPointType>().MinBy(t => t.Width);
        ImmutableArray<FixedPointType> all = [.. types.Select(t => t ?? least)];
        // One port has elements of one sign.
        if (all.Any(t => t.Signed))
            all = [.. all.Select(Signed)];
        return all.Max(t => t.Integer) + all.Max(t => t.Fraction) <= MostPortBits ? all : null;
    }

    private static FixedPointType Signed(FixedPointType type) => type.Signed ? type
        : type with { Signed = true, Width = type.Width + 1, Integer = type.Integer + 1 };

    // The questions about a feature, those with a threshold in the order in which numbers that grow answer no.
    private sealed class FeatureSplits
    {
        private readonly Split[] _ordered, _sets;
        private readonly RealRange _range;

        public FeatureSplits(Split[] splits)
        {
            _ordered = [.. splits.Where(s => s.Kind != SplitKind.OneOf && double.IsFinite(s.Values[0]))
                .OrderBy(s => s.Values[0]).ThenBy(s => s.Kind == SplitKind.AtMost)];
            _sets = [.. splits.Where(s => s.Kind == SplitKind.OneOf)];
            double[] all = [.. _ordered.Concat(_sets).SelectMany(s => s.Values), 0];
            _range = new RealRange(all.Min(), all.Max());
        }

        /// <summary>The type of the fewest digits on which all numbers are answered as they are.</summary>
        public FixedPointType Coarsest(double[] numbers, bool mayNarrow)
        {
            FixedPointType usual = AutoType.For(_range, AutoType.DefaultWidth, finest: 64);
            int least = mayNarrow ? usual.Fraction - AutoType.DefaultWidth + 2 : usual.Fraction;
            for (int fraction = least; ; fraction++)
            {
                // A number may be rounded to the right side on a grid and to the wrong one on a finer grid.
                FixedPointType type = Of(mayNarrow ? fraction + GuardBits : fraction);
                if (type.Width >= AutoType.WidestChosen
                    || (Answers(numbers, type) && (!mayNarrow || Answers(numbers, Of(fraction)))))
                    return type;
            }
        }

        // With a unit beyond the outermost thresholds, where what is held is told from these.
        private FixedPointType Of(int fraction)
        {
            double unit = Math.ScaleB(1, -fraction);
            return AutoType.WithFraction(new RealRange(_range.Min < 0 ? _range.Min - (2 * unit) : 0,
                _range.Max + (2 * unit)), fraction);
        }

        private bool Answers(double[] numbers, FixedPointType type)
        {
            GridSplit[] ordered = [.. _ordered.Select(s => s.On(type.Fraction))],
                sets = [.. _sets.Select(s => s.On(type.Fraction))];
            foreach (double x in numbers)
            {
                long k = (long)FixedPoint.Convert(x, type, out _);
                if (Below(_ordered, s => !s.Holds(x)) != Below(ordered, s => !s.Holds(k)))
                    return false;
                for (int i = 0; i < sets.Length; i++)
                {
                    if (_sets[i].Holds(x) != sets[i].Holds(k))
                        return false;
                }
            }
            return true;
        }

        // How many of the first questions are answered no.
        private static int Below<T>(T[] ordered, Func<T, bool> isNo)
        {
            (int low, int high) = (0, ordered.Length);
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = isNo(ordered[middle]) ? (middle + 1, high) : (low, middle);
            }
            return low;
        }
    }
}
