using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;

namespace Hls4Net.Transforms;

/// <summary>A network with types.</summary>
/// <param name="Network">The network on mantissas.</param>
/// <param name="Precisions">The settings of each node of the real network, by name.</param>
/// <param name="Values">The typed value of each value of the real network.</param>
/// <param name="Findings">What was reported while it was typed.</param>
internal sealed record TypedNetwork(
    Network Network, IReadOnlyDictionary<string, LayerPrecision> Precisions, IReadOnlyDictionary<Value, Value> Values, DiagnosticBag Findings);
