using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Transforms;

namespace Hls4Net.Verification;

/// <summary>Holds the accuracy that a project stated against what was found; hardware is judged by <see cref="Reports.HardwareBudgets"/>.</summary>
internal static class Budgets
{
    /// <summary>Accuracy that was measured: a broken budget is an error.</summary>
    public static void CheckAccuracy(ModelOptions options, VerificationResult result, TypedModel model, DiagnosticBag diagnostics)
    {
        if (options.MaxAbsError is double limit && result.MaxAbsError > limit)
            diagnostics.Add(Descriptors.AccuracyBudget, $"the largest error over {result.Samples} vectors is {Number(result.MaxAbsError)}, MaxAbsError is {Number(limit)}; widen the types of {Worst(model, result)}");
        if (options.MinAgreement is double least && result.ArgmaxAgreement * 100 < least)
            diagnostics.Add(Descriptors.AccuracyBudget, $"the largest output is the expected one in {Number(result.ArgmaxAgreement!.Value * 100)} % of {result.Samples} vectors, MinAgreement is {Number(least)} %; widen the types of {Worst(model, result)}");
        for (int i = 0; i < result.Layers.Length; i++)
        {
            if (result.Layers[i].Overflows > 0)
                diagnostics.Add(Descriptors.ObservedOverflow, $"layer {model.Layers[i].Name}: {result.Layers[i].Overflows} values overflowed in {result.Samples} vectors (result {model.Layers[i].Output.Type}); give it more integer bits");
        }
        if (result.InputOverflows > 0 && !result.RandomVectors)
            diagnostics.Add(Descriptors.ObservedOverflow, $"{result.InputOverflows} input values of {result.Samples} vectors lie beyond their type ({string.Join(", ", model.Network.Inputs.Select(i => $"{i.Name}: {i.Type}"))})");
    }

    private static string Worst(TypedModel model, VerificationResult result)
    {
        int worst = Enumerable.Range(0, model.Layers.Length).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? 0 : result.Layers[i].MaxAbsError);
        return worst < 0 ? "its inputs" : $"its inputs or of {model.Layers[worst].Name}, whose error is the largest ({Number(result.Layers[worst].MaxAbsError)})";
    }

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
