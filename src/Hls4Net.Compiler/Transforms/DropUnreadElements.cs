using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms;

/// <summary>
/// What pruning leaves behind costs nothing: units that nothing reads lose their weights, and elements that are the
/// same for every input go into the bias of the product that reads them. The network's outputs keep every bit.
/// </summary>
internal static class DropUnreadElements
{
    public static Network Apply(Network network)
    {
        Dictionary<Value, bool[]> read = OfOutputs(network);
        Node[] nodes = [.. network.Nodes];
        // Backwards, so that what a unit without readers alone has read is not read either.
        for (int i = nodes.Length - 1; i >= 0; i--)
        {
            if (nodes[i].Operation is Dense { Accumulator: null } dense && !dense.IsBinary(nodes[i].Inputs[0]))
                nodes[i] = nodes[
                    i] with
                { Operation = Trimmed(dense, nodes[i].Inputs[0], nodes[i].Output, read[nodes[i].Output]) };
            Mark(nodes[i], read);
        }
        return network with { Nodes = [.. nodes] };
    }

    /// <summary>For each value which of its elements an output depends on.</summary>
    public static IReadOnlyDictionary<Value, bool[]> Read(Network network)
    {
        Dictionary<Value, bool[]> read = OfOutputs(network);
        foreach (Node node in network.Nodes.Reverse())
            Mark(node, read);
        return read;
    }

    private static Dictionary<Value, bool[]> OfOutputs(Network network)
    {
        Dictionary<Value, bool[]> read = network.Inputs.Concat(network.Nodes.Select(n => n.Output))
            .ToDictionary(v => v, v => new bool[v.Shape.Size]);
        foreach (NetworkOutput output in network.Outputs)
            Array.Fill(read[output.Value], true);
        return read;
    }

    private static void Mark(Node node, Dictionary<Value, bool[]> read)
    {
        bool[] output = read[node.Output];
        foreach (Value input in node.Inputs)
        {
            bool elementwise = node.Operation is Reshape or { IsElementwise: true }
                && input.Shape.Size == node.Output.Shape.Size;
            bool[] elements = read[input];
            for (int i = 0; i < elements.Length; i++)
            {
                elements[i] |= node.Operation switch
                {
                    Dense dense => Reads(dense, i, output),
                    _ when elementwise => output[i],
                    _ => true,
                };
            }
        }
    }

    private static bool Reads(Dense dense, int element, bool[] output)
    {
        (int row, int column) = Math.DivRem(element, dense.Columns);
        for (int j = 0; j < dense.Units; j++)
        {
            if (output[(row * dense.Units) + j] && dense.Weights.Mantissas[(column * dense.Units) + j] != 0)
                return true;
        }
        return false;
    }

    // Columns of units that are not read become zero, rows of inputs that never change too; what these give goes into
    // the bias.
    private static Dense Trimmed(Dense dense, Value input, Value output, bool[] read)
    {
        bool[] units = Units(dense, output.Typing!.Range, read);
        long?[] constants = Constants(dense, input.Typing!.Range);
        if (units.All(u => u) && constants.All(c => c is null))
            return dense;
        int fraction = dense.SumFraction(input.Type), shift = fraction - input.Type.Fraction - dense.Weights.Fraction;
        Int128[] bias = new Int128[dense.Units];
        Steps steps = output.Typing.StepsOf(dense.Units);
        for (int j = 0; j < bias.Length; j++)
        {
            // What nobody reads stays within the range that it has, and on its grid.
            if (!units[j])
            {
                Interval held = Common(output.Typing.Range, j, dense.Units)!.Value;
                bias[j] = held.Min + ((Held(0, held) - held.Min) / Math.Max(steps[j], 1) * Math.Max(steps[j], 1));
                continue;
            }
            bias[j] = dense.Bias is null ? 0 : (Int128)dense.Bias.Mantissas[j] << (fraction - dense.Bias.Fraction);
            for (int i = 0; i < constants.Length; i++)
                bias[j] += (Int128)(constants[i] ?? 0) * dense.Weights.Mantissas[(i * dense.Units) + j] << shift;
        }
        Dense trimmed = dense with
        {
            Weights = Constant.OfMantissas(
                dense.Weights.Shape, dense.Weights.Type!.Value,
                    [.. dense.Weights.Mantissas.Select((w, i) => units[i % dense.Units]
                        && constants[i / dense.Units] is null ? w : 0)]),
        };
        if (dense.Bias is null && bias.All(b => b == 0))
            return trimmed;
        // The sums hold their biases, so these have no more bits than the sums.
        FixedPointType type = ExactRange.TypeFor(new Interval(bias.Min(), bias.Max()), fraction);
        return trimmed with
        {
            Bias = Constant.OfMantissas(new Shape(dense.Units), type,
            [.. bias.Select(b => (long)b)])
        };
    }

    // Which units keep their sums: those that are read, and those for which no number is in the ranges of all rows.
    private static bool[] Units(Dense dense, Intervals range, bool[] read)
    {
        bool[] units = new bool[dense.Units];
        for (int i = 0; i < read.Length; i++)
            units[i % dense.Units] |= read[i];
        return [.. units.Select((u, j) => u || Common(range, j, dense.Units) is null)];
    }

    // For each input of a row the number that it always is in every row; null for the others and where no weight reads
    // it.
    private static long?[] Constants(Dense dense, Intervals range)
    {
        long?[] constants = new long?[dense.Columns];
        for (int i = 0; i < constants.Length; i++)
        {
            if (Common(range, i, dense.Columns) is Interval only && only.Min == only.Max
                && AllEqual(range, i, dense.Columns)
                && dense.Weights.Mantissas.AsSpan().Slice(i * dense.Units, dense.Units).ContainsAnyExcept(0L))
                constants[i] = (long)only.Min;
        }
        return constants;
    }

    private static bool AllEqual(Intervals range, int first, int step)
    {
        for (int i = first; i < range.Length; i += step)
        {
            if (range[i] != range[first])
                return false;
        }
        return true;
    }

    // The numbers in all intervals of a column; null where there are none.
    private static Interval? Common(Intervals range, int first, int step)
    {
        Interval common = range[first];
        for (int i = first; i < range.Length; i += step)
            common = new(Int128.Max(common.Min, range[i].Min), Int128.Min(common.Max, range[i].Max));
        return common.Min <= common.Max ? common : null;
    }

    private static Int128 Held(Int128 value, Interval range) => Int128.Clamp(value, range.Min, range.Max);
}
