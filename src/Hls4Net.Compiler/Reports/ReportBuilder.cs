using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Transforms;
using Hls4Net.Verification;

namespace Hls4Net.Reports;

/// <summary>Gathers what the stages found out into a report.</summary>
internal static class ReportBuilder
{
    public static Report Build(ModelOptions options, string sha256, TypedModel model, VerificationResult result)
    {
        ImmutableArray<Cost> costs = [.. model.Layers.Select(l => Estimator.For(l, options.ClockPeriod))];
        Cost total = Estimator.Total(costs);
        return new Report(
            Report.CurrentSchema, options.ModelName, options.Source, sha256, options.Backend.ToString(), "io_parallel", options.Part, options.ClockPeriod,
            [.. model.Network.Inputs.Select(i => new ReportPort(i.Name, PortShape(i), i.Type.ToString()))],
            [.. model.Network.Outputs.Select(o => new ReportPort(o.Name, PortShape(o.Value), o.Value.Type.ToString()))],
            [.. model.Layers.Select((layer, i) => Layer(layer, costs[i], result.Layers[i]))],
            new ReportVerification(
                result.Samples, result.ManagedMatchesNative is null ? "managed" : "native", result.MaxAbsError, result.MeanAbsError, result.ArgmaxAgreement,
                result.Overflows, result.ManagedMatchesNative, result.RandomVectors ? "random" : "files", result.ExpectedFromFiles ? "files" : "floating point",
                result.LabelAccuracy, result.ReferenceLabelAccuracy),
            // The tools' frequency is not estimated: the latency is counted for the clock that was asked for.
            new ReportEstimate(total.LatencyCycles, total.Interval, total.Dsp, total.Lut, total.Ff, total.Bram18, null),
            Synthesis: null);
    }

    /// <summary>A port's shape without the sample axis.</summary>
    public static ImmutableArray<int> PortShape(Value value) =>
        value.Shape.Rank > 1 && value.Shape[0] == 1 ? value.Shape.Dimensions[1..] : value.Shape.Dimensions;

    private static ReportLayer Layer(Layer layer, Cost cost, LayerResult result)
    {
        Constant? weights = layer.Operation.Constants.Where(c => c.Role == ConstantRole.Weight).Select(c => c.Constant).FirstOrDefault();
        return new ReportLayer(
            layer.Name, layer.Operation.Kind, PortShape(layer.Output), layer.Output.Type.ToString(), layer.AccumulatorType?.ToString(), weights?.Type.ToString(),
            weights?.Values.Length, weights?.Mantissas.Count(w => w == 0), layer.Operation.Multiplications,
            new ReportCost(cost.LatencyCycles, cost.Interval, cost.Dsp, cost.Lut, cost.Ff, cost.Bram18),
            result.Overflows, result.MaxAbsError, new ReportRange(result.Seen.Min, result.Seen.Max),
            new ReportSettings(layer.Strategy.ToString(), layer.ReuseFactor), Notes(layer));
    }

    private static readonly ImmutableArray<string> s_xnor = ["products of -1 and +1: XNOR of signs and a population count"];

    private static ImmutableArray<string>? Notes(Layer layer) => layer.Operation switch
    {
        Dense dense when dense.IsBinary(layer.Input) => s_xnor,
        Convolution convolution when convolution.IsBinary(layer.Input) => s_xnor,
        Requantize { Plan: RequantizePlan plan } => [Describe(plan)],
        _ => null,
    };

    private static string Describe(RequantizePlan plan)
    {
        string channels = plan.ChannelCount == 1 ? "one channel" : $"{plan.ChannelCount} channels";
        return plan.Method switch
        {
            RequantizeMethod.Rounded => $"requantized by rounding ({plan.Rounding.Spelling()}) {plan.Shift} bits away, exact by construction; {channels}",
            RequantizeMethod.MultiplyShift => $"requantized by a factor of {IntegerWidth.Covering(plan.Factor.Min(), plan.Factor.Max()).Width} bits and a shift by {plan.Shift}, proved equal to the model's quantizer at every reachable value; {channels}",
            RequantizeMethod.Thresholds => $"requantized by {plan.ThresholdCount} thresholds, exact by construction; {channels}",
            _ => throw new InvalidOperationException(),
        };
    }
}
