using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Transforms.TypeRules;

namespace Hls4Net.Transforms;

/// <summary>
/// Takes off a product's sums what none of its readers can tell apart, where all of them are requantizations: low bits
/// below every threshold, low bits that are always zero, and, before a multiplication, what lies beyond the first and
/// the last threshold. A requantization is given by its thresholds, so it is planned anew for what is left, and its
/// results stay the same at every reachable sum.
/// </summary>
internal static class DropUnseenBits
{
    // Listing the thresholds of wider quantizers takes more time than the bits are worth.
    private const long MostThresholds = 1L << 16;

    public static Network Apply(Network network, DesignPoint point)
    {
        Dictionary<Value, List<Node>> readers = [];
        foreach (Node node in network.Nodes)
        {
            foreach (Value input in node.Inputs)
                (readers.TryGetValue(input, out List<Node>? list) ? list : readers[input] = []).Add(node);
        }
        HashSet<Value> outputs = [.. network.Outputs.Select(o => o.Value)];
        Dictionary<Node, Node> planned = [];
        ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>();
        foreach (Node node in network.Nodes)
        {
            nodes.Add(planned.GetValueOrDefault(node, node));
            if (IsProduct(node) && !outputs.Contains(node.Output) && point.Find(node.Name)?.Result is PrecisionSpec.Auto
                && readers.TryGetValue(node.Output, out List<Node>? all) && all.All(r => r.Operation is Requantize))
                Cut(node, all, nodes, planned);
        }
        return network with { Nodes = nodes.ToImmutable() };
    }

    private static bool IsProduct(Node node) => node.Operation.Constants.Any(c => c.Role == ConstantRole.Weight);

    private static void Cut(Node node, List<Node> readers, ImmutableArray<Node>.Builder nodes,
        Dictionary<Node, Node> planned)
    {
        if (TypeSeen(node.Output, readers) is not FixedPointType seen)
            return;
        Quantize cut = new(seen, Unseen: true);
        Value rest = new(node.Output.Name, node.Output.Shape, new Typing(seen, cut.Range([node.Output]).Elements));
        List<(Node Old, Node New)> again = [];
        foreach (Node reader in readers)
        {
            if (RequantizeTyping.Planned((Requantize)reader.Operation, rest) is not Requantize requantize)
                return;
            // The results are the same, so what reads them stays as it is.
            again.Add((reader, reader with { Operation = requantize, Inputs = [rest] }));
        }
        foreach ((Node old, Node anew) in again)
            planned[old] = anew;
        nodes.Add(node with { Operation = cut, Inputs = [node.Output], Output = rest });
    }

    // The type of what the readers tell apart; null where that is everything.
    private static FixedPointType? TypeSeen(Value sum, List<Node> readers)
    {
        Typing typing = sum.Typing!;
        int zeros = typing.Range.Select((r, e) => TrailingZeros(r.Min | typing.Steps[e])).Min(), unseen = 62;
        bool parts = false;
        // The sums between which readers tell sums apart. What lies beyond is held to an end that its channel can
        // reach.
        Int128 low = Int128.MaxValue, high = Int128.MinValue;
        foreach (Node reader in readers)
        {
            (List<StepFunction> functions, List<Interval> intervals,
                _) = RequantizeTyping.Channels((Requantize)reader.Operation, sum);
            if (functions.Sum(f => f.Last - f.First) > MostThresholds)
                return null;
            for (int c = 0; c < functions.Count; c++)
            {
                StepLevels levels = StepLevels.Of(functions[c], intervals[c])!;
                (low, high) = (Int128.Min(low, intervals[c].Max), Int128.Max(high, intervals[c].Min));
                foreach (long threshold in levels.Thresholds.Span)
                {
                    // The first sum above the threshold, and for sums with zeros at the end the first of these.
                    Int128 from = levels.Rising ? threshold : (Int128)threshold + 1;
                    from = (from + (((Int128)1 << zeros) - 1)) >> zeros << zeros;
                    unseen = Math.Min(unseen, TrailingZeros(from));
                    (low, high, parts) = (Int128.Min(low, from - 1), Int128.Max(high, from), true);
                }
                // The smallest sum is cut to one that may not be reachable: it must not pass a threshold that no
                // reachable sum meets.
                long least = (long)intervals[c].Min;
                while (unseen > zeros && functions[c].Level(least >> unseen << unseen) != functions[c].Level(least))
                    unseen--;
            }
        }
        if (!parts)
            return null;
        int fraction = typing.Type.Fraction - unseen;
        Interval hull = new(typing.Hull.Min >> unseen, typing.Hull.Max >> unseen);
        Interval window = new(Int128.Max(hull.Min, low >> unseen), Int128.Min(hull.Max, high >> unseen));
        FixedPointType exact = ExactRange.TypeFor(hull, fraction), held = ExactRange.TypeFor(window, fraction);
        if (readers.All(r => SavesMore((Requantize)r.Operation, exact.Width, held.Width)))
            return held with { Overflow = Overflow.Sat };
        return unseen > 0 ? exact : null;
    }

    // A narrower factor of a multiplication against the comparison that makes it so: about a quarter of a LUT for a
    // product's bit, one for a bit compared.
    private static bool SavesMore(Requantize requantize, int exact, int held)
    {
        if (requantize.Plan is not { Method: RequantizeMethod.MultiplyShift, Multiplications: > 0 } plan)
            return false;
        int factor = IntegerWidth.Covering(plan.Factor.Min(), plan.Factor.Max()).Width;
        return (exact - held) * (factor + 4) > 4 * held;
    }

    private static int TrailingZeros(Int128 value) => value == 0 ? 62
        : Math.Min(62, (int)Int128.TrailingZeroCount(value));
}
