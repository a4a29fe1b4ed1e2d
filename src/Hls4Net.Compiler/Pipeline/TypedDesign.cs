using Hls4Net.Diagnostics;
using Hls4Net.Layers;

namespace Hls4Net.Pipeline;

/// <summary>A model on mantissas: plans are made of it, as many as one wants, and no type is chosen again.</summary>
internal sealed class TypedDesign(Draft draft)
{
    /// <summary>
    /// Its layers with the strategies, reuse factors, pixels and memories of a point; what that leaves open is decided.
    /// </summary>
    /// <param name="point">A point with the types of this design.</param>
    /// <param name="diagnostics">Takes what is found.</param>
    /// <exception cref="ArgumentException">The point has other types.</exception>
    /// <exception cref="ModelException">A decision does not do for its layer.</exception>
    public Compilation Planned(DesignPoint point, DiagnosticBag diagnostics)
    {
        DesignPoint own = draft.Point!;
        bool same = point.ByEffect == own.ByEffect
            && own.Inputs.All(i => Types(point.Inputs.GetValueOrDefault(i.Key)) == Types(i.Value))
            && own.Layers.All(l => Types(point.Find(l.Key)) == Types(l.Value));
        if (!same)
            throw new ArgumentException("the point has types of its own: its network has to be typed anew",
                nameof(point));
        Draft again = draft with { Diagnostics = diagnostics, Point = point };
        return Compilation.Of(Passes.Run(again, Passes.All.Where(p => p.Stage == Stage.Planned)));
    }

    // A layer that a point does not have is open.
    private static LayerDesign Types(LayerDesign? design)
    {
        LayerDesign all = design ?? LayerDesign.Open;
        return new LayerDesign(all.Weight, all.Bias, all.Result, all.Accumulator, default,
            null)
        { Fraction = all.Fraction };
    }
}
