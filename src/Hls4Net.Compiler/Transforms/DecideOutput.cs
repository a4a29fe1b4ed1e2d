using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Text;

namespace Hls4Net.Transforms;

/// <summary>
/// The last output becomes one bit, and the only output: is its element, of two the second, more than a threshold?
/// </summary>
internal static class DecideOutput
{
    /// <exception cref="ModelException">The last output has more than two elements.</exception>
    public static Network Apply(Network network, double threshold)
    {
        NetworkOutput output = network.Outputs[^1];
        Value score = output.Value;
        if (score.Shape.Size is not (1 or 2))
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"Threshold compares one number, or the second of two; the output '{output.Name}' has the shape "
                + $"[{string.Join(", ", score.PortShape)}]");
        string name = Identifiers.Of(output.Name);
        List<Node> nodes = [.. network.Nodes];
        if (score.Shape.Size == 2)
            score = Add("second", new Rearrange("Gather", [.. score.Shape.Dimensions
                .Select(d => ImmutableArray.Create(d - 1))]), score);
        Value bound = Add("threshold", new Literal(Constant.Scalar(threshold)));
        Value decision = Add("decision", new Elementwise(ElementwiseKind.Greater), score, bound);
        return network with
        {
            Outputs = [new NetworkOutput(output.Name, decision)],
            Nodes = [.. nodes],
        };

        Value Add(string part, Operation operation, params ImmutableArray<Value> inputs)
        {
            string own = $"{name}_{part}";
            Value value = new(own, operation.OutputShape([.. inputs.Select(i => i.Shape)]));
            nodes.Add(new Node(own, new NodeSource(own, "Threshold"), operation, inputs, value));
            return value;
        }
    }
}
