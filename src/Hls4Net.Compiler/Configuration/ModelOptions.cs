using System.Collections.Immutable;

namespace Hls4Net.Configuration;

/// <summary>How values travel between layers.</summary>
public enum IOType
{
    /// <summary>Whole arrays, fully pipelined.</summary>
    IoParallel,

    /// <summary>Streams of items, a layer working on them as they come.</summary>
    IoStream,
}

/// <summary>How a layer's multiplications become hardware.</summary>
public enum Strategy
{
    /// <summary>Unrolled; the tool shares multipliers within the initiation interval.</summary>
    Latency,

    /// <summary>A loop of ReuseFactor steps over a block of multipliers.</summary>
    Resource,

    /// <summary>A network of shifts and additions for the whole matrix, without a multiplier.</summary>
    DistributedArithmetic,
}

/// <summary>Where a layer keeps the weights that it reads a word a step.</summary>
public enum WeightStorage
{
    /// <summary>In logic, or in block RAM where they are many.</summary>
    Auto,

    /// <summary>Constants in look-up tables.</summary>
    Logic,

    /// <summary>Block RAM.</summary>
    Bram,

    /// <summary>UltraRAM.</summary>
    Uram,

    /// <summary>A memory outside, behind a port of the top function.</summary>
    External,
}

/// <summary>
/// Everything of a project that a model's firmware and report depend on. Built from MSBuild metadata by OptionsReader.
/// </summary>
public sealed record ModelOptions
{
    /// <summary>Full path of the model's file: .onnx, .keras, .h5, .hdf5 or .json.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Full path of the weights beside an architecture in a .json file; null for other models.</summary>
    public string? WeightsPath { get; init; }

    /// <summary>Meanings that the project gives operators and layers that are not known here.</summary>
    public ImmutableArray<CustomOperator> CustomOperators { get; init; } = [];

    /// <summary>The model's path as the project names it; shown in diagnostics and reports.</summary>
    public required string Source { get; init; }

    /// <summary>C identifier; names the top function, the library and the output folder.</summary>
    public required string ModelName { get; init; }

    /// <summary>Name of the generated C# class.</summary>
    public required string ClassName { get; init; }

    /// <summary>Namespace of the generated C# class; empty for none.</summary>
    public string Namespace { get; init; } = "";

    public Backend Backend { get; init; } = Backend.Default;

    public IOType IOType { get; init; } = IOType.IoParallel;

    /// <summary>True if inputs with channels are fed channels-last, not as the model has them.</summary>
    public bool TransposeInputs { get; init; }

    /// <summary>
    /// A threshold of the last output, which alone is left: 1 where its only element, or the second of two, is more,
    /// else 0. Null for the outputs as they are.
    /// </summary>
    public double? Threshold { get; init; }

    /// <summary>
    /// Cycles from one sample to the next that reuse factors, and pixels at a time, are chosen for; null where they are
    /// not chosen.
    /// </summary>
    public int? TargetInterval { get; init; }

    /// <summary>Defaults for every layer.</summary>
    public LayerSettings Defaults { get; init; } = LayerSettings.Unset;

    /// <summary>
    /// Overrides in the order of the project; of two that match a layer and set the same thing the more specific wins,
    /// then the later.
    /// </summary>
    public ImmutableArray<LayerOverride> Layers { get; init; } = [];

    /// <summary>
    /// Shapes for inputs with symbolic dimensions: by input name, or one unnamed shape (key "") for the only input.
    /// </summary>
    public ImmutableDictionary<string, ImmutableArray<int>> InputShapes { get; init; } =
        ImmutableDictionary<string, ImmutableArray<int>>.Empty;

    /// <summary>
    /// Test vectors, one file for each input, in the graph's order; or one folder in ONNX's test_data_set layout.
    /// </summary>
    public ImmutableArray<string> TestInputs { get; init; } = [];

    /// <summary>Expected outputs; where empty, the floating-point reference computes them.</summary>
    public ImmutableArray<string> TestOutputs { get; init; } = [];

    /// <summary>Class labels of the test vectors, one file.</summary>
    public string? TestLabels { get; init; }

    /// <summary>Largest tolerated difference from the expected outputs.</summary>
    public double? MaxAbsError { get; init; }

    /// <summary>
    /// Signal-to-noise ratio in dB that automatic types keep at every output, and below which a build warns; null for
    /// the default of <see cref="Numerics.NoiseBudget"/>.
    /// </summary>
    public double? AutoError { get; init; }

    /// <summary>Least tolerated signal-to-noise ratio of an output, in dB; below it the build fails.</summary>
    public double? MinSnr { get; init; }

    /// <summary>Smallest tolerated agreement of argmax with the expected outputs, in percent.</summary>
    public double? MinAgreement { get; init; }

    public HardwareBudget Budget { get; init; } = new();

    /// <summary>True if an estimate that breaks a hardware budget is an error and no warning.</summary>
    public bool BudgetsAreErrors { get; init; }

    /// <summary>
    /// The passes after which the graph is written as text, by name; <see cref="AllPasses"/> for each.
    /// </summary>
    public ImmutableArray<string> DumpAfter { get; init; } = [];

    /// <summary>Stands for every pass in <see cref="DumpAfter"/>.</summary>
    public const string AllPasses = "*";

    /// <summary>FPGA part.</summary>
    public string Part { get; init; } = DefaultPart;

    /// <summary>Clock period in nanoseconds.</summary>
    public double ClockPeriod { get; init; } = 5;

    /// <summary>
    /// Clock uncertainty in the tool's spelling (nanoseconds or percent); null for the tool's default.
    /// </summary>
    public string? ClockUncertainty { get; init; }

    /// <summary>The part assumed where a project names none.</summary>
    public const string DefaultPart = "xcvu13p-flga2577-2-e";
}

/// <summary>Limits on the hardware; null where the user stated none.</summary>
public sealed record HardwareBudget(
    int? MaxLatencyCycles = null, double? MaxLatencyNs = null, int? MaxInterval = null,
    long? MaxLut = null, long? MaxFf = null, long? MaxDsp = null, long? MaxBram = null);

/// <summary>What can be set for a layer; null means not set at this level.</summary>
public sealed record LayerSettings(
    PrecisionSpec? Precision, PrecisionSpec? WeightPrecision, PrecisionSpec? ResultPrecision,
        PrecisionSpec? AccumPrecision,
    Strategy? Strategy, int? ReuseFactor, WeightStorage? WeightStorage = null, int? WeightMemoryThreshold = null)
{
    /// <summary>Nothing set.</summary>
    public static LayerSettings Unset { get; } = new(null, null, null, null, null, null);

    /// <summary>These settings where set, else those of a less specific level.</summary>
    public LayerSettings Over(LayerSettings less) => new(
        Precision ?? less.Precision, WeightPrecision ?? less.WeightPrecision, ResultPrecision ?? less.ResultPrecision,
        AccumPrecision ?? less.AccumPrecision, Strategy ?? less.Strategy, ReuseFactor ?? less.ReuseFactor,
        WeightStorage ?? less.WeightStorage, WeightMemoryThreshold ?? less.WeightMemoryThreshold);
}

/// <summary>Settings for the layers whose name or operator matches a glob (* and ?).</summary>
public sealed record LayerOverride(string Pattern, LayerSettings Settings);
