using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;

namespace Hls4Net.Verification;

/// <summary>
/// Holds the accuracy that a project stated against what was found; hardware is judged by
/// <see cref="Reports.HardwareBudgets"/>.
/// </summary>
internal static class Budgets
{
    /// <summary>
    /// Accuracy that was measured: a broken budget is an error, but for the noise that automatic types leave, which is
    /// a warning.
    /// </summary>
    public static void CheckAccuracy(ModelOptions options, VerificationResult result, TypedModel model,
        DiagnosticBag diagnostics)
    {
        string vectors = Vectors(result);
        if (options.MaxAbsError is double limit && !(result.MaxAbsError <= limit))
            diagnostics.Add(Descriptors.AccuracyBudget,
                $"the largest error over {vectors} is {Number(result.MaxAbsError)}, MaxAbsError is {Number(limit)}; "
                + $"widen the types of {Worst(model, result)}");
        if (options.MinAgreement is double least && result.Agreement * 100 < least)
            diagnostics.Add(Descriptors.AccuracyBudget,
                $"{Decided(result)} in {Number(result.Agreement!.Value * 100)} % of {vectors}, MinAgreement is "
                + $"{Number(least)} %; widen the types of {Worst(model, result)}");
        CheckNoise(options, result, model, diagnostics);
        for (int i = 0; i < result.Layers.Length; i++)
        {
            if (result.Layers[i].Overflows > 0)
                diagnostics.Add(Descriptors.ObservedOverflow,
                    $"layer {model.Layers[i].Name}: {result.Layers[i].Overflows} values overflowed in {result.Samples} "
                    + $"vectors (result {model.Layers[i].Output.Type}); give it more integer bits");
        }
        if (result.InputOverflows > 0 && !result.RandomVectors)
            diagnostics.Add(Descriptors.ObservedOverflow,
                $"{result.InputOverflows} input values of {result.Samples} vectors lie beyond their type "
                + $"({string.Join(", ", model.Network.Inputs.Select(i => $"{i.Name}: {i.Type}"))})");
    }

    private static void CheckNoise(ModelOptions options, VerificationResult result, TypedModel model,
        DiagnosticBag diagnostics)
    {
        if (result.Worst is not OutputResult worst)
            return;
        string kept =
            $"output '{worst.Name}' has a signal-to-noise ratio of {Decibels(worst.Snr)} over {Vectors(result)}";
        if (options.MinSnr is double least && worst.Snr < least)
            diagnostics.Add(Descriptors.AccuracyBudget,
                $"{kept}, MinSnr is {Number(least)} dB; "
                + $"{NoiseAdvice.Text(options, result, model, worst.Signal / Math.Pow(10, least / 10))}");
        else if (!worst.Holds)
            diagnostics.Add(Descriptors.NoiseBudget,
                $"{kept}, {(options.AutoError is null ? "its budget" : "AutoError")} is {Decibels(worst.Budget)} "
                + $"(largest error {Number(worst.MaxAbsError)}); "
                + $"{NoiseAdvice.Text(options, result, model, worst.Allowed)}");
    }

    private static string Decided(VerificationResult result) => result.Threshold switch
    {
        null => "the largest output is the expected one",
        double threshold => $"the output is on the expected side of {Number(threshold)}",
    };

    private static string Vectors(VerificationResult result) =>
        $"{result.Samples} {(result.RandomVectors ? "random " : "")}vectors";

    private static string Worst(TypedModel model, VerificationResult result)
    {
        int worst = Enumerable.Range(0, model.Layers.Length).DefaultIfEmpty(-1)
            .MaxBy(i => i < 0 ? 0 : result.Layers[i].MaxAbsError ?? 0);
        return worst < 0 ? "its inputs"
            : $"its inputs or of {model.Layers[worst].Name}, whose error is the largest "
                + $"({Number(result.Layers[worst].MaxAbsError ?? 0)})";
    }

    internal static string Decibels(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:F1} dB");

    private static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
