using System.Collections.Immutable;

namespace Hls4Net.Synthesis;

/// <summary>A layer's function in the generated C++.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Layer">The layer's name.</param>
/// <param name="Node">The ONNX node's own name.</param>
public sealed record LayerFunction(string Function, string Layer, string Node);

/// <summary>A module that a synthesizer made, and the layer it belongs to.</summary>
/// <param name="Module">The module.</param>
/// <param name="Layer">The layer; null for one that belongs to none.</param>
/// <param name="Latency">Clock cycles from its inputs to its outputs.</param>
/// <param name="Interval">Clock cycles from one call to the next.</param>
/// <param name="Used">What it takes, with what is in it.</param>
public sealed record SynthesizedModule(string Module, string? Layer, Cycles Latency, Cycles Interval,
    ResourceFigures Used);

/// <summary>
/// What a synthesizer made of a model, whichever it was: the common record that the report, the budgets and the console
/// are filled from.
/// </summary>
/// <param name="Tool">The tool.</param>
/// <param name="ToolVersion">Its version.</param>
/// <param name="Part">The device.</param>
/// <param name="Clock">Clock periods; what is reached is of the latest stage that says it.</param>
/// <param name="Latency">Clock cycles from the first input to the last output.</param>
/// <param name="Interval">Clock cycles from one sample to the next.</param>
/// <param name="Used">What the design takes, as the latest stage says.</param>
/// <param name="UsedFrom">That stage.</param>
/// <param name="Available">What the device has.</param>
/// <param name="Modules">The modules.</param>
/// <param name="CosimLatency">The latency that co-simulation measured.</param>
/// <param name="CosimPassed">Whether co-simulation gave what the C++ does; null where none was run.</param>
/// <param name="CosimSamples">How many test vectors were simulated.</param>
/// <param name="CosimMismatches">How many of them gave other results.</param>
/// <param name="Family">The family that the tool made it for, where it knows families rather than devices.</param>
/// <param name="ClockFrom">What the clock is of, where it is not of <paramref name="UsedFrom"/>.</param>
/// <param name="Note">What has to be known to read the figures.</param>
public sealed record SynthesisResult(
    string Tool, string? ToolVersion, string? Part, ClockFigures Clock, Cycles Latency, Cycles Interval,
        ResourceFigures Used, SynthesisStage UsedFrom,
    ResourceFigures Available, ImmutableArray<SynthesizedModule> Modules, Cycles CosimLatency, bool? CosimPassed,
        int? CosimSamples = null, int? CosimMismatches = null,
    string? Family = null, string? ClockFrom = null, string? Note = null)
{
    /// <summary>
    /// Cells that are in no figure, since what they take is not known, module by module; null for none.
    /// </summary>
    public string? Uncounted { get; init; }

    /// <summary>
    /// What the reports of one run say together: later stages know better what is used and which clock is reached.
    /// </summary>
    /// <param name="reports">At least one, the first of them of high-level synthesis.</param>
    /// <param name="functions">The firmware's functions.</param>
    public static SynthesisResult Of(ImmutableArray<DesignReport> reports, ImmutableArray<LayerFunction> functions)
    {
        DesignReport first = reports[0];
        DesignReport? simulated = reports.FirstOrDefault(r => r.Stage == SynthesisStage.Cosimulation
            || r.CosimPassed is not null);
        ImmutableArray<DesignReport> latestFirst = [.. reports.Where(r => r.Stage != SynthesisStage.Cosimulation)
            .OrderByDescending(r => r.Stage)];
        DesignReport used = latestFirst.FirstOrDefault(r => r.Used != ResourceFigures.Unknown) ?? first;
        FunctionNames names = new(functions);
        return new SynthesisResult(
            first.Tool, first.ToolVersion, first.Part, latestFirst.Select(r => r.Clock).Aggregate((a, b) => a.Or(b)),
            first.Latency.Or(simulated?.Latency ?? Cycles.Unknown),
                first.Interval.Or(simulated?.Interval ?? Cycles.Unknown),
            used.Used, used.Stage, used.Available.Or(first.Available),
            [.. first.Modules.Select(m =>
                new SynthesizedModule(m.Name, names.Of(m.Name)?.Layer, m.Latency, m.Interval, m.Used))],
            simulated?.Latency ?? Cycles.Unknown, simulated?.CosimPassed);
    }
}
