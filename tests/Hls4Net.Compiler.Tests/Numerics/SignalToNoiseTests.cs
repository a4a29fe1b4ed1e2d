using Hls4Net.Numerics;

namespace Hls4Net.Tests.Numerics;

public sealed class SignalToNoiseTests
{
    [Fact]
    public void The_signal_is_what_elements_do_about_their_own_means_and_every_difference_is_noise()
    {
        SignalToNoise output = new(2);
        // Deviations of ±2 and ±4 about 1001 and −4: powers 4 and 16. An offset of 0.1 everywhere: power 0.01.
        output.Add([1003, 0], [1003.1, 0.1]);
        output.Add([999, -8], [999.1, -7.9]);
        Assert.Equal(10, output.Signal, 9);
        Assert.Equal(0.01, output.Noise, 9);
        Assert.Equal(30, output.Decibels, 6);
        Assert.Equal((-8, 1003), (output.Least, output.Largest));
        Assert.Equal(0.1, output.LargestError, 9);
    }

    [Fact]
    public void The_signal_of_constant_samples_is_what_elements_differ_by_and_else_the_value()
    {
        SignalToNoise sample = new(2), constant = new(2);
        sample.Add([9, 11], [9, 11.5]);
        Assert.Equal((1, 0.125), (sample.Signal, sample.Noise));
        for (int i = 0; i < 3; i++)
            constant.Add([0.1, 0.1], [0.1, 0.1]);
        Assert.Equal(0.01, constant.Signal, 12);
        Assert.Equal(double.PositiveInfinity, constant.Decibels);
    }

    [Fact]
    public void What_is_not_finite_in_the_reference_says_nothing()
    {
        SignalToNoise output = new(2);
        output.Add([1, double.PositiveInfinity], [1, 7]);
        output.Add([-1, 3], [-1.5, 3]);
        output.Add([1, double.NaN], [1, 7]);
        output.Add([-1, 5], [-1, 5]);
        Assert.Equal((1.0, 0.25 / 6), (output.Signal, output.Noise));
    }

    [Fact]
    public void By_default_an_output_may_have_the_noise_of_64_roundings_to_16_bits()
    {
        // Within ±3.1 a quarter of reserve fits into ±4: 13 fraction bits. Without a sign 14.
        Assert.Equal(16 * Math.Pow(2, -26) / 12, NoiseBudget.Default(-3.1, 2));
        Assert.Equal(16 * Math.Pow(2, -28) / 12, NoiseBudget.Default(0, 3.1));
        Assert.Equal(0, NoiseBudget.Default(0, 0));
        SignalToNoise output = new(1);
        output.Add([1], [1]);
        output.Add([-1], [-1]);
        Assert.Equal(0.001, NoiseBudget.Of(30, output), 12);
        Assert.Equal(NoiseBudget.Default(-1, 1), NoiseBudget.Of(null, output));
    }
}
