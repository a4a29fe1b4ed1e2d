using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;

namespace Hls4Net.Transforms;

/// <summary>A network with types.</summary>
/// <param name="Network">The network on mantissas.</param>
/// <param name="Point">The design that says its types.</param>
/// <param name="Values">The typed value of each value of the real network.</param>
/// <param name="Findings">What was reported while it was typed.</param>
internal sealed record TypedNetwork(
    Network Network, DesignPoint Point, IReadOnlyDictionary<Value, Value> Values, DiagnosticBag Findings);
