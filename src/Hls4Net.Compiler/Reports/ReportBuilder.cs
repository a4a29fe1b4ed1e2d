using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Scheduling;
using Hls4Net.Verification;

namespace Hls4Net.Reports;

/// <summary>Gathers what the stages found out into a report.</summary>
internal static class ReportBuilder
{
    public static Report Build(ModelOptions options, string sha256, TypedModel model, StreamDesign? streams,
        DesignCost cost, VerificationResult result)
    {
        ImmutableArray<Cost> costs = cost.Layers;
        Cost total = cost.Total;
        return new Report(
            Report.CurrentSchema, options.ModelName, options.Source, sha256, options.Backend.Name,
                streams is null ? "io_parallel" : "io_stream", options.Part, options.ClockPeriod,
            [.. model.Network.Inputs.Select((input, i) => Input(input, result.Inputs[i], result))],
            [.. model.Network.Outputs.Select((o, i) =>
                new ReportPort(o.Name, o.Value.PortShape, o.Value.Type.ToString(),
                    MaxAbsError: result.Outputs[i].MaxAbsError, SnrDb: result.Outputs[i].Snr,
                    SnrBudgetDb: result.Outputs[i].Budget, Labels: o.Labels.IsEmpty ? null : o.Labels))],
            [.. model.Layers.Select((layer, i) => Layer(model, Known(layer, options.Backend), streams, costs[i],
                result.Layers[i]) with { NoiseShare = Share(result, layer.Name) })],
            new ReportVerification(
                result.Samples, result.ManagedMatchesNative is null ? "managed" : "native", result.MaxAbsError,
                    result.MeanAbsError, result.ArgmaxAgreement,
                result.Overflows, result.ManagedMatchesNative, result.RandomVectors ? "random" : "files",
                    result.ExpectedFromFiles ? "files" : "floating point",
                result.LabelAccuracy, result.ReferenceLabelAccuracy, result.Agreement, result.Threshold,
                    result.Worst?.Snr, result.Worst?.Budget),
            // The tools' frequency is not estimated: the latency is counted for the clock that was asked for.
            new ReportEstimate(total.LatencyCycles, total.Interval, total.Dsp, total.Lut, total.Ff, total.Bram18, null,
                total.Uram),
            Synthesis: null, streams is null ? null
                : [$"FIFOs hold {streams.FifoBits} bits; their depths come from a simulation of the schedule: with one "
                    + "place less, one of them slows or stops the design"],
            PartCapacities.Of(options.Part) is PartCapacity part
                ? new ReportResources(part.Dsp, part.Lut, part.Ff, part.Bram18, part.Uram) : null);
    }

    private static ImmutableArray<string>? ElementTypes(Value input) =>
        input.Typing!.Elements is { IsEmpty: false } types ? [.. types.Select(t => t.ToString())] : null;

    // Synthesis chooses memories of Verilog that nothing is asked of.
    private static Layer Known(Layer layer, Backend backend) => backend.IsVerilog
        && layer.Memory is { Asked: null } ? layer with { Memory = null } : layer;

    private static ReportPort Input(Value input, LayerResult values, VerificationResult result) => new(
        input.Name, input.PortShape, input.Type.ToString(), values.Overflows, values.MaxAbsError,
            new ReportRange(values.Seen.Min, values.Seen.Max), values.Snr,
        NoiseShare: Share(result, input.Name), ElementTypes: ElementTypes(input));

    private static double? Share(VerificationResult result, string name) =>
        result.Sources.IsEmpty ? null : result.Sources.FirstOrDefault(s => s.Name == name)?.Share ?? 0;

    private static ReportLayer Layer(TypedModel model, Layer layer, StreamDesign? streams, Cost cost,
        LayerResult result)
    {
        Constant? weights = layer.Operation.Constants.Where(c => c.Role == ConstantRole.Weight).Select(c => c.Constant)
            .FirstOrDefault();
        return new ReportLayer(
            layer.Name, layer.Operation.Kind, layer.Output.PortShape, layer.Output.Type.ToString(),
                layer.AccumulatorType?.ToString(), weights?.Type.ToString(),
            weights?.Values.Length, weights?.Mantissas.Count(w => w == 0), layer.Operation.Multiplications,
            new ReportCost(cost.LatencyCycles, cost.Interval, cost.Dsp, cost.Lut, cost.Ff, cost.Bram18, cost.Uram),
            result.Overflows, result.MaxAbsError, new ReportRange(result.Seen.Min, result.Seen.Max),
            new ReportSettings(layer.Strategy.ToString(), layer.ReuseFactor, layer.Memory is WeightMemory memory
                ? WeightMemories.Spelling(memory.Storage) : null), Notes(model, layer, streams), result.Snr);
    }

    private static ImmutableArray<string>? Notes(TypedModel model, Layer layer, StreamDesign? streams)
    {
        ImmutableArray<string> notes = [.. OfOperation(model, layer),
            .. streams is null ? [] : OfStream(layer, streams)];
        return notes.IsEmpty ? null : notes;
    }

    private static IEnumerable<string> OfStream(Layer layer, StreamDesign streams)
    {
        yield return streams.Plan.Form(layer) switch
        {
            StreamForm.AtPort => "the port carries pixels channels-last; nothing is moved",
            StreamForm.EachItem => $"works on {streams.Plan.Layout(layer.Output)} as they come",
            StreamForm.Accumulate { Items: int terms } => $"adds up {terms} items as they come",
            StreamForm.Lines { Buffer: LineBuffer buffer } =>
                $"line buffer: {buffer.Pixels} pixels and {buffer.OutputRows * buffer.OutputColumns} outputs in "
                + $"{buffer.Steps} steps",
            StreamForm.Reduced { Reduction: ItemReduction reduction } =>
                $"joins items as they come, {reduction.Accumulators} of the result at a time",
            StreamForm.Scheduled { Schedule: ItemSchedule schedule } =>
                $"{schedule.Steps} steps, each reads and writes an item at most; {schedule.Operands.Sum(o => o.Kept)} "
                + "are kept",
            _ => "reads all items before it computes",
        };
        if (layer.Parallelism > 1)
            yield return $"{layer.Parallelism} pixels at a time";
        foreach ((StreamFifo fifo, int depth) in streams.Schedule.Depths.Where(f => f.Key.Value == layer.Output))
            yield return $"FIFO{(fifo.Reader is int reader ? $" of reader {reader}" : "")}{(fifo.Pixels is int pixels ? $", {pixels} pixels an item" : "")}: {depth} {(depth == 1 ? "item" : "items")} of {streams.Width(fifo)} bits";
    }

    private static IEnumerable<string> OfOperation(TypedModel model, Layer layer)
    {
        if (layer.Memory is WeightMemory { Storage: not WeightStorage.Logic } memory)
            yield return $"weights {(memory.Storage == WeightStorage.External ? "outside, behind a port" : memory.Storage == WeightStorage.Bram ? "in block RAM" : "in UltraRAM")}: {memory.Words} words of {memory.WordBits} bits";
        if (layer.Main.ChannelExponents is { IsEmpty: false } exponents)
            yield return $"channels are 2^{exponents.Min()} to 2^{exponents.Max()} times the model's, so that a bit of "
                + "each matters as much; what reads them takes the powers back";
        if (!layer.Inputs.IsEmpty && layer.Operation.IsBinary(layer.Input))
            yield return "products of -1 and +1: XNOR of signs and a population count";
        if (layer.Operation is Requantize { Plan: RequantizePlan plan })
            yield return Exactness.Lost(model, layer) is string lost
                ? $"{Describe(plan)}; what it is given is not exactly the model's: {lost}" : Describe(plan);
        if (layer.Operation is ElementwiseFunction { Table: { MaxErrorUlp: 0, Output.Fraction: 0 } table })
            yield return $"a table of the quantizer's results for {table.Max - table.Min + 1} values of the function, "
                + "each in double precision";
        if (layer.Rounding?.Operation is Quantize { Unseen: true, To: FixedPointType seen })
            yield return Describe(layer.Main.Output.Type, seen);
    }

    // What the readers of a result do not tell apart.
    private static string Describe(FixedPointType whole, FixedPointType seen)
    {
        int low = whole.Fraction - seen.Fraction;
        string cut =
            $"{whole.Width - seen.Width} of {whole.Width} bits of the sums make no difference to what reads them";
        return (low, seen.Overflow) switch
        {
            ( > 0, Overflow.Sat) => $"{cut}: {low} low ones are cut off, and high ones saturated",
            ( > 0, _) => $"{cut}: the low ones are cut off",
            _ => $"{cut}: the high ones are saturated",
        };
    }

    private static string Describe(RequantizePlan plan)
    {
        string channels = plan.ChannelCount == 1 ? "one channel" : $"{plan.ChannelCount} channels";
        return plan.Method switch
        {
            RequantizeMethod.Rounded =>
                $"requantized by rounding ({plan.Rounding.Spelling()}) {plan.Shift} bits away, exact by construction; "
                + $"{channels}",
            RequantizeMethod.MultiplyShift =>
                $"requantized by a factor of {IntegerWidth.Covering(plan.Factor.Min(), plan.Factor.Max()).Width} bits "
                + $"and a shift by {plan.Shift}, proved equal to the model's quantizer at every reachable value; "
                + $"{channels}",
            RequantizeMethod.Thresholds =>
                $"requantized by {plan.ThresholdCount} thresholds, exact by construction; {channels}",
            _ => throw new InvalidOperationException(),
        };
    }
}
