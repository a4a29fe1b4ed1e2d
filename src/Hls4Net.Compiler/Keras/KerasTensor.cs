using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Keras;

/// <summary>A tensor of the ONNX graph that is being written.</summary>
/// <param name="Name">Its name in the graph.</param>
/// <param name="Shape">Its shape with the sample axis, which is 1.</param>
/// <param name="Constant">Its numbers where they are known; null for what flows.</param>
internal sealed record KerasTensor(string Name, ImmutableArray<int> Shape, Constant? Constant = null)
{
    public int Rank => Shape.Length;

    public int Size => Shape.Aggregate(1, (size, d) => checked(size * d));
}
