namespace Hls4Net.Numerics;

/// <summary>
/// The signal-to-noise ratio of a tensor over many samples, added up sample by sample. The signal is what the reference's elements do about their own
/// means: a constant that the network adds is no signal. The noise is every difference from the reference, constant ones included.
/// </summary>
/// <param name="size">Elements of the tensor.</param>
public sealed class SignalToNoise(int size)
{
    private readonly double[] _means = new double[size];
    private readonly double[] _deviations = new double[size];
    private readonly double[] _errors = new double[size];
    private readonly double[] _squares = new double[size];
    private readonly int[] _counts = new int[size];

    /// <summary>Samples added.</summary>
    public int Samples { get; private set; }

    /// <summary>The least value of the reference; +∞ without samples.</summary>
    public double Least { get; private set; } = double.PositiveInfinity;

    /// <summary>The largest value of the reference; −∞ without samples.</summary>
    public double Largest { get; private set; } = double.NegativeInfinity;

    /// <summary>The largest absolute difference.</summary>
    public double LargestError { get; private set; }

    /// <summary>
    /// Mean power of an element about its mean over the samples. Where no element varies, one sample among them, the elements' power about their common mean,
    /// and where all are equal, about zero.
    /// </summary>
    public double Signal
    {
        get
        {
            double power = Mean(_deviations);
            // Less than doubles resolve of the elements is no variation.
            if (power > Mean(_squares) * 1e-28)
                return power;
            double mean = Average(i => _means[i]), about = Average(i => (_means[i] - mean) * (_means[i] - mean));
            return about > Mean(_squares) * 1e-28 ? about : Mean(_squares);
        }
    }

    /// <summary>Mean power of an element's error.</summary>
    public double Noise => Mean(_errors);

    /// <summary>The ratio in dB: +∞ without any noise.</summary>
    public double Decibels => Ratio(Signal, Noise);

    /// <summary>Adds a sample; elements whose reference is not finite, as after a division by zero, say nothing.</summary>
    /// <param name="reference">The elements as they should be.</param>
    /// <param name="actual">The elements as they are.</param>
    public void Add(ReadOnlySpan<double> reference, ReadOnlySpan<double> actual)
    {
        Samples++;
        for (int i = 0; i < _means.Length; i++)
        {
            double x = reference[i], error = actual[i] - x;
            if (!double.IsFinite(x) || !double.IsFinite(error))
                continue;
            // Welford's update: means and deviations of large values that hardly vary keep their digits.
            double step = x - _means[i];
            _means[i] += step / ++_counts[i];
            _deviations[i] += step * (x - _means[i]);
            _squares[i] += x * x;
            _errors[i] += error * error;
            Least = Math.Min(Least, x);
            Largest = Math.Max(Largest, x);
            LargestError = Math.Max(LargestError, Math.Abs(error));
        }
    }

    /// <summary>A ratio of powers in dB; +∞ where there is no noise.</summary>
    public static double Ratio(double signal, double noise) =>
        noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);

    private double Mean(double[] sums) => Average(i => sums[i] / _counts[i]);

    private double Average(Func<int, double> element) =>
        Enumerable.Range(0, _counts.Length).Where(i => _counts[i] > 0).Select(element).DefaultIfEmpty(0).Average();
}
