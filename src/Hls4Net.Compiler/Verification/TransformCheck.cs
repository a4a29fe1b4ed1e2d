using System.Globalization;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Simulation;

namespace Hls4Net.Verification;

/// <summary>
/// Compares the transformed real network with the imported one, sample by sample. They may differ by what doubles
/// round; at a discontinuity, such as a quantizer's tie, that is a whole step. Which of both a difference is the
/// imported network says itself, run again with every value moved by its rounding.
/// </summary>
internal sealed class TransformCheck(ImportedReference imported, Network transformed, DiagnosticBag diagnostics)
{
    // Of the output's largest value: a thousand times what sums of doubles differ by.
    private const double Tolerance = 1e-9;

    // How often a differing sample is run with other roundings, and how far beyond the largest effect of these a
    // difference is no rounding.
    private const int Draws = 8;
    private const double Beyond = 4;

    private bool _found;

    /// <summary>
    /// Compares the outputs of the sample that both have last run; reports the first difference that is no rounding.
    /// </summary>
    /// <returns>False if the imported network has to be run again, because it was run with other roundings.</returns>
    public bool Compare(int sample, ReadOnlySpan<double> input, ReferenceSimulator reference)
    {
        if (_found)
            return true;
        List<(int Output, int Element, double Expected, double Actual)> different = [];
        for (int k = 0; k < transformed.Outputs.Length; k++)
        {
            if (Difference(imported.Output(k), reference[transformed.Outputs[k].Value]) is int element)
                different.Add((k, element, imported.Output(k)[element],
                    reference[transformed.Outputs[k].Value][element]));
        }
        if (different.Count == 0)
            return true;
        double[][] exact = [.. transformed.Outputs.Select((_, k) => imported.Output(k).ToArray())];
        double[] moved = new double[exact.Length];
        Random random = new(sample);
        for (int draw = 0; draw < Draws; draw++)
        {
            imported.RunRounded(input, random);
            for (int k = 0; k < exact.Length; k++)
            {
                for (int i = 0; i < exact[k].Length; i++)
                    moved[k] = Math.Max(moved[k], Math.Abs(imported.Output(k)[i] - exact[k][i]) is double far
                        && double.IsFinite(far) ? far : 0);
            }
        }
        foreach ((int output, int element, double expected, double actual) in different)
        {
            if (Math.Abs(actual - expected) <= Beyond * moved[output])
                continue;
            _found = true;
            diagnostics.Add(
                Descriptors.TransformsDiffer,
                string.Create(CultureInfo.InvariantCulture,
                    $"output '{transformed.Outputs[output].Name}', sample {sample}, element {element}: the optimized "
                    + $"network gives {actual:G9}, the model as it was read {expected:G9}. This is a defect of "
                    + $"Hls4Net; please report it with the model"));
            break;
        }
        return false;
    }

    // The element that differs most, if that is more than doubles round.
    private static int? Difference(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        double largest = 0, most = 0;
        int? element = null;
        for (int i = 0; i < expected.Length; i++)
        {
            // Where the model has no result, after a division by zero, any is right.
            if (!double.IsFinite(expected[i]))
                continue;
            largest = Math.Max(largest, Math.Abs(expected[i]));
            double difference = Math.Abs(actual[i] - expected[i]);
            if (difference > most || !double.IsFinite(difference))
                (most, element) = (double.IsFinite(difference) ? difference : double.MaxValue, i);
        }
        return most > Tolerance * largest ? element : null;
    }
}
