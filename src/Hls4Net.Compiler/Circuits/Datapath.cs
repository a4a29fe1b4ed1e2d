using System.Collections.Immutable;
using Hls4Net.Circuits.Sequential;
using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Programs.Pipelining;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits;

/// <summary>
/// A module that computes a layer, or what it does to one item: a pipeline that takes new inputs every cycle, with
/// ports x and y; or one that shares multipliers, which has to be told when to start and says when it is done.
/// </summary>
/// <param name="Module">The module.</param>
/// <param name="Output">The port of its results.</param>
/// <param name="Latency">Cycles from its inputs, the last item's where it adds up several, to its outputs.</param>
/// <param name="Interval">Cycles from a start to the next.</param>
/// <param name="IsSequential">True where it has to be started.</param>
/// <param name="Phase">How far into their cycle its outputs come; see <see cref="Schedule"/>.</param>
/// <param name="LongestPathNs">The longest path between registers, an estimate.</param>
/// <param name="Programs">What it computes.</param>
internal sealed record Datapath(Module Module, Port Output, int Latency, int Interval, bool IsSequential, int Phase,
    double LongestPathNs, ImmutableArray<IntegerProgram> Programs)
{
    // More operands than this of one step side by side fill the largest devices.
    private const int MaxTerms = 1 << 16;

    /// <summary>Lowers and schedules a layer.</summary>
    /// <param name="module">The module's name.</param>
    /// <param name="title">What it computes, for the comment above it.</param>
    /// <param name="layer">The layer, or what it does to one item.</param>
    /// <param name="target">The device and clock.</param>
    /// <param name="phase">How far into their cycle its inputs come.</param>
    /// <param name="inputs">Its ports.</param>
    /// <param name="output">The port of its results.</param>
    /// <param name="items">The axes of the items that are joined to a result, and the elements of one; null where the
    /// whole input is there at once.</param>
    /// <exception cref="Diagnostics.ModelException">The layer cannot be lowered.</exception>
    public static Datapath Of(string module, string title, Layer layer, Target target, int phase, Port[] inputs,
        Port output, (ImmutableArray<JoinedAxis> Axes, Typing Item)? items = null)
    {
        if (layer is { Operation: Recurrence recurrence, ReuseFactor: > 1 })
            return VerilogLimits.Of(layer,
                () => RecurrenceCircuit.Of(module, title, recurrence, target, inputs, output));
        DelayModel delays = new(target.Family);
        if (items is null && layer.ReuseFactor == 1)
        {
            return Of(module, title, VerilogLimits.Of(layer, () => ProgramChoice.Of(layer, target, phase)), target,
                phase, inputs, output);
        }
        ImmutableArray<JoinedAxis> axes = items?.Axes ?? [];
        long terms = layer.Operation.Matrix is Dense matrix
            ? matrix.Columns * (long)output.Elements / ItemReduction.Count(axes) / layer.ReuseFactor : output.Elements;
        if (terms > MaxTerms)
            throw VerilogLimits.Refused(layer,
                $"a step has {terms} multiplications side by side; up to {MaxTerms} are supported");
        return VerilogLimits.Of(layer, () =>
        {
            LayerLowering.CheckWidths(layer);
            SequentialProgram program = SequentialProgram.Of(layer, axes, items?.Item ?? layer.Input.Typing!,
                target.Fabric);
            return SequentialCircuit.Of(module, title, program, target, delays, inputs[0], output);
        });
    }

    /// <summary>A program as a pipeline.</summary>
    public static Datapath Of(string module, string title, IntegerProgram program, Target target, int phase,
        Port[] inputs, Port output)
    {
        Schedule schedule = new(program, new DelayModel(target.Family), target.ClockPeriodNs, phase);
        return new Datapath(new ProgramModule(module, [title], program, schedule, [.. inputs], output), output,
            schedule.Latency, 1, IsSequential: false, schedule.Phase, schedule.LongestPathNs, [program]);
    }
}
