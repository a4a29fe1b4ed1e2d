using Hls4Net.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// Step functions of every kind and the mantissas that they are asked about, the same for the same seed.
/// </summary>
internal sealed class RandomStepFunction
{
    private readonly Random _random;

    public RandomStepFunction(int seed)
    {
        _random = new Random(seed);
        int bits = _random.Next(1, 17);
        bool bipolar = Chance(0.1);
        QuantRounding rounding = Chance(0.3) ? QuantRounding.HalfEven
            : Enum.GetValues<QuantRounding>()[_random.Next(7)];
        (long min, long max) = Chance(0.5) ? (0, (1L << bits) - 1) : (-(1L << (bits - 1)), (1L << (bits - 1)) - 1);
        int channels = Chance(0.5) ? 1 : _random.Next(2, 5);
        long zeroPoint = ZeroPoint(bits);
        for (int c = 0; c < channels; c++)
        {
            int reach = Chance(0.7) ? _random.Next(1, 13) : _random.Next(13, 31);
            Interval interval = Interval(reach);
            // Slopes for which the interval covers a part of the levels, all of them, or many times as many.
            double slope = Math.Pow(2, bits - reach + (_random.NextDouble() * 8) - 5) * Number();
            Rational scale = Scale(Math.Pow(2, _random.Next(-12, 4)));
            Rational a = Chance(0.05) ? 0L : Chance(0.3)
                ? (Rational)Math.ScaleB(Math.Sign(slope), Math.ILogB(slope)) * scale : (Rational)(float)slope * scale;
            Rational offset = Chance(0.3) ? 0L : Chance(0.3) ? new Rational(_random.Next(-20, 21), 2)
                : (Rational)(float)(Number() * Math.Pow(2, bits) / 2);
            StepFunction f = new(a, offset * scale, null, null, scale, Chance(0.8) ? zeroPoint : ZeroPoint(bits), min,
                max, rounding, bipolar);
            if (Chance(0.3))
                f = f.Held(Chance(0.7) ? Level(bits) * scale : null, Chance(0.5) ? Level(bits) * scale : null);
            Functions.Add(f);
            Intervals.Add(interval);
        }
    }

    public List<StepFunction> Functions { get; } = [];

    public List<Interval> Intervals { get; } = [];

    private Interval Interval(int bits)
    {
        long length = _random.NextInt64(1L << bits),
            from = Chance(0.5) ? -length / 2 : Chance(0.5) ? 0 : _random.NextInt64(-length - 10, 10);
        return new Interval(from, from + length);
    }

    private Rational Level(int bits) => Chance(0.5) ? _random.Next(-4, 5)
        : (Rational)(float)(Number() * Math.Pow(2, bits) / 2);

    private long ZeroPoint(int bits) => Chance(0.7) ? 0 : _random.NextInt64(-(1L << (bits - 1)), 1L << bits);

    private Rational Scale(double about) => Chance(0.5) ? about
        : (Rational)(float)(about * (0.5 + _random.NextDouble()));

    private double Number() => ((_random.NextDouble() * 2) - 1) is double n && n == 0 ? 1 : n;

    private bool Chance(double probability) => _random.NextDouble() < probability;
}
