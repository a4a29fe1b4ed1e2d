using Hls4Net.Diagnostics;
using Hls4Net.Graph;

namespace Hls4Net.Pipeline;

/// <summary>A step of the pipeline.</summary>
/// <param name="Name">The name of the type that does the work: dumps and faults say it.</param>
/// <param name="Stage">The stage that it works in.</param>
/// <param name="Reason">Why it is there, and why there.</param>
/// <param name="Work">What it makes of a model.</param>
internal sealed record Pass(string Name, Stage Stage, string Reason, Func<Draft, Draft> Work)
{
    /// <summary>A transform of the network on real numbers, which needs nothing else of the model.</summary>
    /// <param name="transform">The transform; its type names the pass.</param>
    /// <param name="reason">Why it is there, and why there.</param>
    public static Pass OnNumbers(Func<Network, Network> transform, string reason) =>
        new(transform.Method.DeclaringType!.Name, Stage.Real, reason, d => d with { Network = transform(d.Network) })
        {
            Transform = transform,
        };

    /// <summary>The transform of a pass that needs the network alone; null for any other.</summary>
    public Func<Network, Network>? Transform { get; private init; }

    /// <summary>Runs the pass; a fault in it says its name.</summary>
    /// <exception cref="ModelException">The model or an option of it has to be mended.</exception>
    public Draft Apply(Draft draft)
    {
        try
        {
            return Work(draft);
        }
        catch (Exception e) when (Fault.PassesStep(e, Name))
        {
            throw;
        }
    }
}
