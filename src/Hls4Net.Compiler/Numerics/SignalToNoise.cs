namespace Hls4Net.Numerics;

/// <summary>
/// The signal-to-noise ratio of a tensor over many samples, added up sample by sample. The signal is what the
/// reference's elements do about their own means: a constant that the network adds is no signal. The noise is every
/// difference from the reference, constant ones included.
/// </summary>
/// <param name="size">How many means there are: the tensor's elements, or fewer, element i then having mean i modulo
/// that.</param>
public sealed class SignalToNoise(int size)
{
    // Relative to the elements' power: less is what doubles do not resolve, and no variation.
    private const double Resolved = 1e-28;

    private readonly double[] _means = new double[size];
    private readonly long[] _counts = new long[size];
    private double _deviations, _errors, _squares;
    private long _count;

    /// <summary>Samples added.</summary>
    public int Samples { get; private set; }

    /// <summary>The least value of the reference; +∞ without samples.</summary>
    public double Least { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest value of the reference; −∞ without samples.</summary>
    public double Largest { get; private set; } = double.NegativeInfinity;

    /// <summary>The largest absolute difference.</summary>
    public double LargestError { get; private set; }

    /// <summary>
    /// Mean power of an element about its mean over the samples. Where no element varies, one sample among them, the
    /// elements' power about their common mean, and where all are equal, about zero.
    /// </summary>
    public double Signal
    {
        get
        {
            double all = Mean(_squares);
            if (Mean(_deviations) > all * Resolved)
                return Mean(_deviations);
            double mean = Average(i => _means[i]), about = Average(i => (_means[i] - mean) * (_means[i] - mean));
            return about > all * Resolved ? about : all;
        }
    }

    /// <summary>Mean power of an element's error.</summary>
    public double Noise => Mean(_errors);

    /// <summary>The ratio in dB: +∞ without any noise.</summary>
    public double Decibels => Ratio(Signal, Noise);

    /// <summary>
    /// Adds a sample; elements whose reference is not finite, as after a division by zero, say nothing.
    /// </summary>
    /// <param name="reference">The elements as they should be.</param>
    /// <param name="actual">The elements as they are.</param>
    public void Add(ReadOnlySpan<double> reference, ReadOnlySpan<double> actual)
    {
        Samples++;
        for (int i = 0, slot = 0; i < reference.Length; i++, slot = slot + 1 == _means.Length ? 0 : slot + 1)
            Add(slot, reference[i], actual[i]);
    }

    /// <summary>Adds a sample of mantissas.</summary>
    /// <param name="reference">The elements as they should be.</param>
    /// <param name="mantissas">The elements as they are, in units of <paramref name="ulp"/>.</param>
    /// <param name="ulp">The unit.</param>
    public void Add(ReadOnlySpan<double> reference, ReadOnlySpan<long> mantissas, double ulp)
    {
        Samples++;
        for (int i = 0, slot = 0; i < reference.Length; i++, slot = slot + 1 == _means.Length ? 0 : slot + 1)
            Add(slot, reference[i], mantissas[i] * ulp);
    }

    /// <summary>A ratio of powers in dB; +∞ where there is no noise.</summary>
    public static double Ratio(double signal, double noise) =>
        noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);

    private void Add(int slot, double x, double actual)
    {
        double error = actual - x;
        if (!double.IsFinite(x) || !double.IsFinite(error))
            return;
        // Welford's update: means and deviations of large values that hardly vary keep their digits.
        double step = x - _means[slot];
        _means[slot] += step / ++_counts[slot];
        _deviations += step * (x - _means[slot]);
        _squares += x * x;
        _errors += error * error;
        _count++;
        Least = Math.Min(Least, x);
        Largest = Math.Max(Largest, x);
        LargestError = Math.Max(LargestError, Math.Abs(error));
    }

    private double Mean(double sum) => _count == 0 ? 0 : sum / _count;

    private double Average(Func<int, double> element) =>
        Enumerable.Range(0, _counts.Length).Where(i => _counts[i] > 0).Select(element).DefaultIfEmpty(0).Average();
}
