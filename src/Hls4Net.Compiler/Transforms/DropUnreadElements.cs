using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms;

/// <summary>
/// What pruning leaves behind costs nothing: units that nothing reads lose their weights, and elements that are the same for every input go into
/// the bias of the product that reads them. The network's outputs keep every bit.
/// </summary>
internal static class DropUnreadElements
{
    public static Network Apply(Network network)
    {
        Dictionary<Value, bool[]> read = network.Inputs.Concat(network.Nodes.Select(n => n.Output)).ToDictionary(v => v, v => new bool[v.Shape.Size]);
        foreach (NetworkOutput output in network.Outputs)
            Array.Fill(read[output.Value], true);
        Node[] nodes = [.. network.Nodes];
        // Backwards, so that what a unit without readers alone has read is not read either.
        for (int i = nodes.Length - 1; i >= 0; i--)
        {
            if (nodes[i].Operation is Dense { Accumulator: null } dense && !dense.IsBinary(nodes[i].Inputs[0]))
                nodes[i] = nodes[i] with { Operation = WithoutConstants(WithoutUnread(dense, read[nodes[i].Output]), nodes[i].Inputs[0].Typing!) };
            Mark(nodes[i], read);
        }
        return network with { Nodes = [.. nodes] };
    }

    private static void Mark(Node node, Dictionary<Value, bool[]> read)
    {
        bool[] output = read[node.Output];
        bool elementwise = node.Operation is Requantize or Quantize or Reshape or Rectifier or Clip or ElementwiseFunction or Affine
            && node.Inputs is [Value only] && only.Shape.Size == node.Output.Shape.Size;
        foreach (Value input in node.Inputs)
        {
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

    private static Dense WithoutUnread(Dense dense, bool[] read)
    {
        bool[] units = new bool[dense.Units];
        for (int i = 0; i < read.Length; i++)
            units[i % dense.Units] |= read[i];
        if (units.All(u => u))
            return dense;
        return dense with
        {
            Weights = With(dense.Weights, [.. dense.Weights.Mantissas.Select((w, i) => units[i % dense.Units] ? w : 0)]),
            Bias = dense.Bias is null ? null : With(dense.Bias, [.. dense.Bias.Mantissas.Select((b, j) => units[j] ? b : 0)]),
        };
    }

    private static Dense WithoutConstants(Dense dense, Typing x)
    {
        long?[] constants = new long?[dense.Columns];
        for (int i = 0; i < dense.Columns; i++)
        {
            Interval first = x.Range[i];
            bool same = first.Min == first.Max;
            for (int at = i; same && at < x.Range.Length; at += dense.Columns)
                same = x.Range[at] == first;
            bool weighs = same && dense.Weights.Mantissas.AsSpan().Slice(i * dense.Units, dense.Units).ContainsAnyExcept(0L);
            constants[i] = weighs ? (long)first.Min : null;
        }
        if (constants.All(c => c is null))
            return dense;
        int fraction = dense.SumFraction(x.Type), shift = fraction - x.Type.Fraction - dense.Weights.Fraction;
        Int128[] bias = new Int128[dense.Units];
        for (int j = 0; j < bias.Length; j++)
        {
            bias[j] = dense.Bias is null ? 0 : (Int128)dense.Bias.Mantissas[j] << (fraction - dense.Bias.Fraction);
            for (int i = 0; i < constants.Length; i++)
                bias[j] += (Int128)(constants[i] ?? 0) * dense.Weights.Mantissas[(i * dense.Units) + j] << shift;
        }
        Constant weights = With(dense.Weights, [.. dense.Weights.Mantissas.Select((w, i) => constants[i / dense.Units] is null ? w : 0)]);
        if (bias.All(b => b == 0) && dense.Bias is null)
            return dense with { Weights = weights };
        Interval hull = new(bias.Min(), bias.Max());
        // The sums hold their biases, so these have no more bits than the sums.
        return dense with { Weights = weights, Bias = Constant.OfMantissas(new Shape(dense.Units), ExactRange.TypeFor(hull, fraction), [.. bias.Select(b => (long)b)]) };
    }

    private static Constant With(Constant constant, ImmutableArray<long> mantissas) => Constant.OfMantissas(constant.Shape, constant.Type!.Value, mantissas);
}
