using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;

namespace Hls4Net.Pipeline;

/// <summary>
/// A model on real numbers, imported, simplified and calibrated: designs are made of it, as many as one wants, and the
/// ONNX file is not read again.
/// </summary>
internal sealed class RealModel
{
    private readonly Draft _draft;

    private RealModel(Draft draft) => _draft = draft;

    /// <summary>Reads a model.</summary>
    /// <param name="options">What the project says of it.</param>
    /// <param name="diagnostics">Takes what is found.</param>
    /// <exception cref="ModelException">The model or an option has to be mended.</exception>
    /// <exception cref="CompilationFailedException">An error was reported.</exception>
    public static RealModel Read(ModelOptions options, DiagnosticBag diagnostics) =>
        new(Passes.Run(new Draft(options, diagnostics), Passes.All.Where(p => p.Stage <= Stage.Real)));

    /// <summary>The model that a design was made of.</summary>
    public static RealModel Of(Compilation design) =>
        new(Steps.Calibrate(new Draft(design.Options, new DiagnosticBag(design.Options.Source))
        {
            Sha256 = design.Sha256,
            Imported = design.Imported,
            Network = design.Network,
            Vectors = design.Given,
        }));

    /// <summary>The design as the project asks for it: what it pins, and all else open.</summary>
    public DesignPoint Asked => new LayerSettingsResolver(_draft.Options).Asked(_draft.Network);

    /// <summary>
    /// The network with the types, the strategies and the hardware of a design; what that leaves open is decided.
    /// </summary>
    /// <param name="point">The design. Its types are taken as they are: none is searched for by its effect.</param>
    /// <param name="diagnostics">Takes what is found.</param>
    /// <exception cref="ModelException">A type or a strategy does not do for its layer.</exception>
    /// <exception cref="CompilationFailedException">An error was reported.</exception>
    public TypedDesign Typed(DesignPoint point, DiagnosticBag diagnostics) => new(Passes.Run(
        _draft with { Diagnostics = diagnostics, Point = point }, Passes.All.Where(p => p.Stage == Stage.Typed)));

    /// <summary>A whole design: <see cref="Typed"/>, then planned.</summary>
    /// <inheritdoc cref="Typed"/>
    public Compilation Design(DesignPoint point, DiagnosticBag diagnostics) =>
        Typed(point, diagnostics).Planned(point, diagnostics);
}
