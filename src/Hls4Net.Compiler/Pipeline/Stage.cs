namespace Hls4Net.Pipeline;

/// <summary>How far a model has come on its way to firmware; each pass works in one of the stages.</summary>
internal enum Stage
{
    /// <summary>The network of the model file: operators are operations, constants are folded.</summary>
    Imported,

    /// <summary>The network on real numbers, simplified: it computes the same.</summary>
    Real,

    /// <summary>The network on mantissas: every value has a type and a range, every constant its mantissas.</summary>
    Typed,

    /// <summary>Layers, and how each becomes hardware: multipliers, pixels at a time, memories.</summary>
    Planned,
}
