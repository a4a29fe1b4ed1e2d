using System.Collections.Immutable;
using Hls4Net.Targets;

namespace Hls4Net.Reports;

// The records mirror report.json: a property's name in camel case is its key, and the order of the properties is the
// order of the keys. Scripts of users read that file, so keys are added at the end of a record, with a default, and
// never renamed.

/// <summary>All that is known of a compiled model. A figure that is not known is null, never 0.</summary>
/// <param name="Schema">Version of the contract: <see cref="CurrentSchema"/>.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Source">The .onnx file as the project names it.</param>
/// <param name="SourceSha256">Digest of that file, in hexadecimal.</param>
/// <param name="Backend">Which tool the firmware is written for.</param>
/// <param name="IoType">How values travel between layers: io_parallel or io_stream.</param>
/// <param name="Part">The FPGA.</param>
/// <param name="ClockPeriodNs">Clock period in nanoseconds.</param>
/// <param name="Inputs">The model's inputs, in its order.</param>
/// <param name="Outputs">The model's outputs, in its order.</param>
/// <param name="Layers">The layers in the order of execution.</param>
/// <param name="Verification">What running the test vectors gave.</param>
/// <param name="Estimate">The whole design's cost as estimated at build time.</param>
/// <param name="Synthesis">What a synthesis tool reports; null until there was a synthesis.</param>
/// <param name="Notes">Sentences about the whole design.</param>
/// <param name="Available">What the part has; null for one that is not known.</param>
/// <param name="Budgets">Every budget that the project states, and how it stands; null for none.</param>
/// <param name="Warnings">What the build warned of; null for nothing.</param>
public sealed record Report(
    int Schema,
    string Model,
    string Source,
    string SourceSha256,
    string Backend,
    string IoType,
    string Part,
    double ClockPeriodNs,
    ImmutableArray<ReportPort> Inputs,
    ImmutableArray<ReportPort> Outputs,
    ImmutableArray<ReportLayer> Layers,
    ReportVerification Verification,
    ReportEstimate Estimate,
    ReportSynthesis? Synthesis,
    ImmutableArray<string>? Notes = null,
    ReportResources? Available = null,
    ImmutableArray<ReportBudget>? Budgets = null,
    ImmutableArray<ReportWarning>? Warnings = null)
{
    /// <summary>The version of the contract that this code writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>What the estimate is called beside a synthesis: one of Verilog is not of the HLS C++.</summary>
    internal string EstimateLabel => Synthesis?.Family is null
        || KnownTargets.BackendOf(Backend) is { IsVerilog: true } ? "estimate" : "estimate, HLS C++";
}

/// <summary>A budget that the project states.</summary>
/// <param name="Option">The option's name.</param>
/// <param name="Limit">What it allows, in the option's unit.</param>
/// <param name="Figure">What was found; null where that is not known.</param>
/// <param name="Origin">Where the figure is from: "estimate", "synthesis" or "vectors".</param>
/// <param name="State">"met", "broken" or "unknown".</param>
public sealed record ReportBudget(string Option, double Limit, double? Figure, string Origin, string State);

/// <summary>A warning of the build.</summary>
/// <param name="Code">Its code, as docs/diagnostics.md explains it.</param>
/// <param name="Text">What it says.</param>
public sealed record ReportWarning(string Code, string Text);

/// <summary>An input or output of the model.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Shape">Its dimensions, without the batch.</param>
/// <param name="Type">The fixed-point type that holds its elements.</param>
/// <param name="Overflows">How many elements of the test vectors lie beyond an input's type; null for an
/// output.</param>
/// <param name="MaxAbsError">Largest difference from the model over the test vectors; of an input from the
/// vectors.</param>
/// <param name="Range">The values over the test vectors, an input's in its type; null for an output.</param>
/// <param name="SnrDb">Signal-to-noise ratio in dB; infinite where nothing differs.</param>
/// <param name="SnrBudgetDb">The ratio that an output is to have; null for an input.</param>
/// <param name="NoiseShare">Share of the noise of the output that is furthest beyond its budget which rounding this
/// input causes; null where all are within.</param>
/// <param name="ElementTypes">The types of the elements along the last axis, where each has one of its own; else
/// null.</param>
/// <param name="Labels">What the numbers 0, 1 and so on of an output stand for; null for numbers that are
/// meant.</param>
public sealed record ReportPort(
    string Name,
    ImmutableArray<int> Shape,
    string Type,
    long? Overflows = null,
    double? MaxAbsError = null,
    ReportRange? Range = null,
    double? SnrDb = null,
    double? SnrBudgetDb = null,
    double? NoiseShare = null,
    ImmutableArray<string>? ElementTypes = null,
    ImmutableArray<string>? Labels = null);

/// <summary>A layer of the firmware.</summary>
/// <param name="Name">The ONNX node's name.</param>
/// <param name="Op">The operation.</param>
/// <param name="OutputShape">Dimensions of the result.</param>
/// <param name="ResultType">Type of the result's elements.</param>
/// <param name="AccumType">Type of the accumulators; null for a layer without.</param>
/// <param name="WeightType">Type of the weights; null for a layer without.</param>
/// <param name="Weights">Number of weights.</param>
/// <param name="ZeroWeights">How many of them are zero in their fixed-point type.</param>
/// <param name="Multiplications">Multiplications for one sample that the hardware has to do.</param>
/// <param name="Estimate">The layer's cost as estimated at build time.</param>
/// <param name="Overflows">How many values the test vectors made overflow in this layer's types.</param>
/// <param name="MaxAbsError">Largest difference from the floating-point reference over the test vectors.</param>
/// <param name="Range">The values of the result over the test vectors before they are converted to its type, so that
/// what overflows shows.</param>
/// <param name="Settings">How the layer was told to become hardware.</param>
/// <param name="Notes">Sentences about this layer.</param>
/// <param name="SnrDb">Signal-to-noise ratio of the result in dB, of all that is lost up to it; infinite where nothing
/// differs, null where the model has no such value.</param>
/// <param name="NoiseShare">Share of the noise of the output that is furthest beyond its budget which this layer's own
/// roundings cause; null where all outputs are within.</param>
public sealed record ReportLayer(
    string Name,
    string Op,
    ImmutableArray<int> OutputShape,
    string ResultType,
    string? AccumType,
    string? WeightType,
    long? Weights,
    long? ZeroWeights,
    long? Multiplications,
    ReportCost Estimate,
    long? Overflows,
    double? MaxAbsError,
    ReportRange? Range = null,
    ReportSettings? Settings = null,
    ImmutableArray<string>? Notes = null,
    double? SnrDb = null,
    double? NoiseShare = null);

/// <summary>What a layer costs.</summary>
/// <param name="LatencyCycles">Clock cycles from the first input to the last output.</param>
/// <param name="Interval">Clock cycles from one sample to the next.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Lut">Look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
/// <param name="Uram">UltraRAMs.</param>
public sealed record ReportCost(int? LatencyCycles, int? Interval, long? Dsp, long? Lut, long? Ff, long? Bram18,
    long? Uram = null);

/// <summary>Smallest and largest value.</summary>
public sealed record ReportRange(double Min, double Max);

/// <summary>How a layer was told to become hardware.</summary>
/// <param name="Strategy">Latency, Resource or DistributedArithmetic.</param>
/// <param name="ReuseFactor">How many multiplications of a sample share one multiplier.</param>
/// <param name="WeightStorage">Where the weights are that are read a word a step; null where all are needed at once, or
/// synthesis of the Verilog chooses.</param>
public sealed record ReportSettings(string Strategy, int ReuseFactor, string? WeightStorage = null);

/// <summary>
/// What running the test vectors gave. Errors are differences of the firmware's outputs from the expected ones.
/// </summary>
/// <param name="Samples">Number of test vectors.</param>
/// <param name="Simulator">What ran the firmware: "native" (the compiled C++) or "managed".</param>
/// <param name="MaxAbsError">Largest absolute error of any output.</param>
/// <param name="MeanAbsError">Mean absolute error of all outputs.</param>
/// <param name="ArgmaxAgreement">Share of the samples, 0 to 1, whose largest output is the expected one; null for a
/// single output.</param>
/// <param name="Overflows">How many values overflowed, in all layers.</param>
/// <param name="ManagedMatchesNative">True if both simulators gave the same bits for every output; null where only one
/// ran.</param>
/// <param name="Vectors">Where the test vectors come from: "files" or "random".</param>
/// <param name="Reference">Where the expected outputs come from: "files" or "floating point".</param>
/// <param name="LabelAccuracy">Share of the samples, 0 to 1, that the firmware puts in their labelled class.</param>
/// <param name="ReferenceLabelAccuracy">The same of the expected outputs.</param>
/// <param name="Agreement">Share of the samples, 0 to 1, for which the first output decides as expected: by its largest
/// element, a single one by a threshold.</param>
/// <param name="AgreementThreshold">That threshold: one half where all expected values lie within [0, 1], else zero;
/// null for several elements.</param>
/// <param name="SnrDb">Signal-to-noise ratio in dB of the output that is furthest beyond its budget, or closest to it;
/// infinite where nothing differs.</param>
/// <param name="SnrBudgetDb">The ratio that this output is to have.</param>
public sealed record ReportVerification(
    int Samples,
    string Simulator,
    double? MaxAbsError,
    double? MeanAbsError,
    double? ArgmaxAgreement,
    long? Overflows,
    bool? ManagedMatchesNative,
    string? Vectors = null,
    string? Reference = null,
    double? LabelAccuracy = null,
    double? ReferenceLabelAccuracy = null,
    double? Agreement = null,
    double? AgreementThreshold = null,
    double? SnrDb = null,
    double? SnrBudgetDb = null)
{
    /// <summary>True where an output has more noise than its budget leaves it.</summary>
    internal bool IsNoisy => SnrDb < SnrBudgetDb;
}

/// <summary>
/// The whole design's cost as estimated at build time; the figures are those of <see cref="ReportCost"/>.
/// </summary>
/// <param name="LatencyCycles">Clock cycles from the first input to the last output.</param>
/// <param name="Interval">Clock cycles from one sample to the next.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Lut">Look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
/// <param name="FmaxMhz">Highest clock frequency in MHz.</param>
/// <param name="Uram">UltraRAMs.</param>
public sealed record ReportEstimate(int? LatencyCycles, int? Interval, long? Dsp, long? Lut, long? Ff, long? Bram18,
    double? FmaxMhz, long? Uram = null);

/// <summary>The whole design as a synthesis tool reports it.</summary>
/// <param name="Tool">The tool.</param>
/// <param name="ToolVersion">Its version.</param>
/// <param name="LatencyCycles">Clock cycles from the first input to the last output.</param>
/// <param name="Interval">Clock cycles from one sample to the next.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Lut">Look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
/// <param name="FmaxMhz">Highest clock frequency in MHz.</param>
/// <param name="CosimSamples">Test vectors run through the synthesized design.</param>
/// <param name="CosimMismatches">How many of them gave other bits than the simulators.</param>
/// <param name="Uram">UltraRAMs.</param>
/// <param name="ResourcesFrom">Which step the resources and the frequency are of: "high-level synthesis", "logic
/// synthesis" or "implementation".</param>
/// <param name="LatencyBestCycles">The latency in the best case; <paramref name="LatencyCycles"/> is the worst.</param>
/// <param name="LatencyAverageCycles">The latency on average.</param>
/// <param name="IntervalBest">The interval in the best case; <paramref name="Interval"/> is the worst.</param>
/// <param name="ClockTargetNs">The clock period that was asked for, in nanoseconds.</param>
/// <param name="ClockEstimatedNs">The clock period that is reached.</param>
/// <param name="ClockUncertaintyNs">What high-level synthesis left of it for the later steps.</param>
/// <param name="Cosim">Whether the synthesized design gave what the C++ does: "pass" or "fail".</param>
/// <param name="CosimLatencyCycles">The largest latency that the co-simulation measured.</param>
/// <param name="Available">What the FPGA has.</param>
/// <param name="Modules">The modules that the tool made.</param>
/// <param name="Family">The family that it is for, where the tool knows families rather than devices.</param>
/// <param name="ClockFrom">What the clock and the frequency are of, where they are not of
/// <paramref name="ResourcesFrom"/>.</param>
/// <param name="Note">What has to be known to read the figures.</param>
public sealed record ReportSynthesis(
    string Tool,
    string? ToolVersion,
    long? LatencyCycles,
    long? Interval,
    long? Dsp,
    long? Lut,
    long? Ff,
    long? Bram18,
    double? FmaxMhz,
    int? CosimSamples,
    int? CosimMismatches,
    long? Uram = null,
    string? ResourcesFrom = null,
    long? LatencyBestCycles = null,
    long? LatencyAverageCycles = null,
    long? IntervalBest = null,
    double? ClockTargetNs = null,
    double? ClockEstimatedNs = null,
    double? ClockUncertaintyNs = null,
    string? Cosim = null,
    long? CosimLatencyCycles = null,
    ReportResources? Available = null,
    ImmutableArray<ReportModule>? Modules = null,
    string? Family = null,
    string? ClockFrom = null,
    string? Note = null);

/// <summary>Amounts of an FPGA's resources.</summary>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Lut">Look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
/// <param name="Uram">UltraRAMs.</param>
public sealed record ReportResources(long? Dsp, long? Lut, long? Ff, long? Bram18, long? Uram);

/// <summary>A module of the synthesized design, with what is in it.</summary>
/// <param name="Name">The tool's name of it.</param>
/// <param name="Layer">The layer it belongs to; null for one that belongs to none.</param>
/// <param name="LatencyCycles">Its latency in clock cycles.</param>
/// <param name="Interval">Clock cycles from one call to the next.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Lut">Look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
public sealed record ReportModule(string Name, string? Layer, long? LatencyCycles, long? Interval, long? Dsp, long? Lut,
    long? Ff, long? Bram18);
