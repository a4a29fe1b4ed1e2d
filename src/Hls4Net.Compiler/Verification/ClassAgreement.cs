namespace Hls4Net.Verification;

/// <summary>How an output of one element is a decision.</summary>
internal enum Decision
{
    /// <summary>There are several elements: the largest one's place.</summary>
    Argmax,

    /// <summary>A probability, all expected values lying within [0, 1]: above one half.</summary>
    AboveHalf,

    /// <summary>Any other single number: above zero.</summary>
    AboveZero,
}

/// <summary>
/// Counts how often the first output decides as the expected one does, and as the labels do. Which threshold a single
/// element has shows only in the end, so that both are counted.
/// </summary>
internal sealed class ClassAgreement
{
    private static readonly double[] s_thresholds = [0.5, 0];

    // By threshold; of several elements the first counts.
    private readonly int[] _agreeing = new int[2], _firmware = new int[2], _expected = new int[2];
    private bool _single, _probability = true;
    private int _samples;

    private int Chosen => _single && !_probability ? 1 : 0;

    public Decision Decision => !_single ? Decision.Argmax : _probability ? Decision.AboveHalf : Decision.AboveZero;

    /// <summary>Share of the samples that are decided alike.</summary>
    public double Agreement => (double)_agreeing[Chosen] / _samples;

    /// <summary>Share of the samples that the firmware puts in their labelled class.</summary>
    public double Accuracy => (double)_firmware[Chosen] / _samples;

    /// <summary>Share of the samples that the expected outputs put in their labelled class.</summary>
    public double ExpectedAccuracy => (double)_expected[Chosen] / _samples;

    public void Add(ReadOnlySpan<double> expected, ReadOnlySpan<long> mantissas, double ulp, int? label)
    {
        _samples++;
        _single = expected.Length == 1;
        if (_single)
        {
            _probability &= expected[0] is >= 0 and <= 1;
            for (int t = 0; t < s_thresholds.Length; t++)
                Count(t, mantissas[0] * ulp > s_thresholds[t] ? 1 : 0, expected[0] > s_thresholds[t] ? 1 : 0, label);
            return;
        }
        int best = 0, bestExpected = 0;
        for (int i = 0; i < mantissas.Length; i++)
        {
            best = mantissas[i] > mantissas[best] ? i : best;
            bestExpected = expected[i] > expected[bestExpected] ? i : bestExpected;
        }
        Count(0, best, bestExpected, label);
    }

    private void Count(int threshold, int decided, int expected, int? label)
    {
        _agreeing[threshold] += decided == expected ? 1 : 0;
        _firmware[threshold] += decided == label ? 1 : 0;
        _expected[threshold] += expected == label ? 1 : 0;
    }
}
