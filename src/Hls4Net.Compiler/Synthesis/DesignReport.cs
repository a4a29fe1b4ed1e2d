using System.Collections.Immutable;

namespace Hls4Net.Synthesis;

/// <summary>How far towards hardware the figures of a report were taken.</summary>
public enum SynthesisStage
{
    /// <summary>High-level synthesis: the tool's own estimates.</summary>
    HighLevel,

    /// <summary>Simulation of the generated RTL with the test bench.</summary>
    Cosimulation,

    /// <summary>Logic synthesis of the RTL.</summary>
    Logic,

    /// <summary>Placed and routed.</summary>
    Implementation,
}

/// <summary>
/// Clock cycles in the best, the average and the worst case; null where the tool does not know ("undef", "?").
/// </summary>
public sealed record Cycles(long? Best, long? Average, long? Worst)
{
    /// <summary>Nothing known.</summary>
    public static Cycles Unknown { get; } = new(null, null, null);

    /// <summary>The one figure of a tool that tells no cases apart: it holds for the worst.</summary>
    public static Cycles Of(long? cycles) => new(null, null, cycles);

    /// <summary>These figures where known, else those of another report.</summary>
    public Cycles Or(Cycles other) => this == Unknown ? other : this;
}

/// <summary>Clock periods in nanoseconds.</summary>
/// <param name="TargetNs">What was asked for.</param>
/// <param name="EstimatedNs">What the design reaches: estimated by high-level synthesis, from the worst path's slack
/// after that.</param>
/// <param name="UncertaintyNs">What high-level synthesis leaves for the steps after it.</param>
public sealed record ClockFigures(double? TargetNs, double? EstimatedNs, double? UncertaintyNs)
{
    /// <summary>Nothing known.</summary>
    public static ClockFigures Unknown { get; } = new(null, null, null);

    /// <summary>The highest frequency in MHz.</summary>
    public double? FmaxMhz => EstimatedNs is > 0 ? 1000 / EstimatedNs : null;

    /// <summary>Each figure where known, else that of another report.</summary>
    public ClockFigures Or(ClockFigures other) =>
        new(TargetNs ?? other.TargetNs, EstimatedNs ?? other.EstimatedNs, UncertaintyNs ?? other.UncertaintyNs);
}

/// <summary>Amounts of a device's resources; null where a report does not say.</summary>
/// <param name="Lut">Look-up tables; Intel's ALUTs.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit; AMD's tiles of 36 Kbit count twice.</param>
/// <param name="Uram">UltraRAMs.</param>
/// <param name="M20k">Intel's memory blocks.</param>
/// <param name="Mlab">Intel's memory logic array blocks.</param>
/// <param name="Alm">Intel's adaptive logic modules.</param>
/// <param name="Area">Area score of a tool for chips, in its library's unit.</param>
public sealed record ResourceFigures(
    long? Lut = null, long? Ff = null, long? Dsp = null, long? Bram18 = null, long? Uram = null,
    long? M20k = null, long? Mlab = null, long? Alm = null, double? Area = null)
{
    /// <summary>Nothing known.</summary>
    public static ResourceFigures Unknown { get; } = new();

    /// <summary>Each figure where known, else that of another report.</summary>
    public ResourceFigures Or(ResourceFigures other) => new(
        Lut ?? other.Lut, Ff ?? other.Ff, Dsp ?? other.Dsp, Bram18 ?? other.Bram18, Uram ?? other.Uram,
        M20k ?? other.M20k, Mlab ?? other.Mlab, Alm ?? other.Alm, Area ?? other.Area);
}

/// <summary>A module of a design: what a function became.</summary>
/// <param name="Name">The module.</param>
/// <param name="Latency">Clock cycles from its inputs to its outputs.</param>
/// <param name="Interval">Clock cycles from one call to the next.</param>
/// <param name="Used">What one instance takes.</param>
/// <param name="Instance">The instance, where the report lists instances.</param>
/// <param name="Instructions">The compiler's instructions after its last phase, where the report counts them.</param>
public sealed record ModuleFigures(string Name, Cycles Latency, Cycles Interval, ResourceFigures Used,
    string? Instance = null, long? Instructions = null);

/// <summary>What one report file of a tool says of a design. A figure that is not known is null, never 0.</summary>
/// <param name="Stage">How far towards hardware it is.</param>
/// <param name="Tool">The tool that wrote it.</param>
public sealed record DesignReport(SynthesisStage Stage, string Tool)
{
    /// <summary>The tool's version.</summary>
    public string? ToolVersion { get; init; }

    /// <summary>The device.</summary>
    public string? Part { get; init; }

    /// <summary>The top function or module.</summary>
    public string? Top { get; init; }

    public ClockFigures Clock { get; init; } = ClockFigures.Unknown;

    /// <summary>Clock cycles from the first input to the last output.</summary>
    public Cycles Latency { get; init; } = Cycles.Unknown;

    /// <summary>Clock cycles from one sample to the next.</summary>
    public Cycles Interval { get; init; } = Cycles.Unknown;

    /// <summary>What the design takes.</summary>
    public ResourceFigures Used { get; init; } = ResourceFigures.Unknown;

    /// <summary>What the device has.</summary>
    public ResourceFigures Available { get; init; } = ResourceFigures.Unknown;

    /// <summary>The modules below the top, in the report's order.</summary>
    public ImmutableArray<ModuleFigures> Modules { get; init; } = [];

    /// <summary>Whether the co-simulation gave what the C++ does; null where the report has none.</summary>
    public bool? CosimPassed { get; init; }
}
