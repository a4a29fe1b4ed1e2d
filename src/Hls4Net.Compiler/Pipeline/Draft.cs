using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Scheduling;
using Hls4Net.Transforms;
using Hls4Net.Vectors;

namespace Hls4Net.Pipeline;

/// <summary>A model on its way through the pipeline: passes read what earlier ones made, and add theirs.</summary>
/// <param name="Options">The options that it is compiled with.</param>
/// <param name="Diagnostics">Takes what the user must mend.</param>
internal sealed record Draft(ModelOptions Options, DiagnosticBag Diagnostics)
{
    private static readonly Network s_none = new([], [], []);

    /// <summary>The digest of the model file, in lower case.</summary>
    public string Sha256 { get; init; } = "";

    /// <summary>The network as it was imported, its inputs as the model has them.</summary>
    public Network Imported { get; init; } = s_none;

    /// <summary>The network on real numbers as the passes so far have made it.</summary>
    public Network Network { get; init; } = s_none;

    /// <summary>The project's test vectors, fed as the firmware is; null where it names none.</summary>
    public TestVectors? Vectors { get; init; }

    /// <summary>The range that each value of <see cref="Network"/> has on the test vectors; null without any.</summary>
    public IReadOnlyDictionary<Value, RealRange>? Calibration { get; init; }

    /// <summary>
    /// What the project says of layers; null where it is not asked: a design that was entered by its point.
    /// </summary>
    public LayerSettingsResolver? Settings { get; init; }

    /// <summary>What is decided so far; null before the project's settings are read.</summary>
    public DesignPoint? Point { get; init; }

    /// <summary>The network on mantissas; null before it is typed.</summary>
    public TypedNetwork? Typed { get; init; }

    /// <summary>The layers; null before they are grouped.</summary>
    public TypedModel? Model { get; init; }

    /// <summary>What the streams of <see cref="Model"/> carry; null in io_parallel.</summary>
    public StreamPlan? Streams { get; init; }
}
