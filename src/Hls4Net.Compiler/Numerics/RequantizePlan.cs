using System.Collections.Immutable;

namespace Hls4Net.Numerics;

/// <summary>How a requantization is computed.</summary>
public enum RequantizeMethod
{
    /// <summary>
    /// m · Factor + Addend is exact in units of 2^-Shift; it is rounded by a mode of fixed-point conversion.
    /// </summary>
    Rounded,

    /// <summary>
    /// (m · Factor + Addend) &gt;&gt; Shift, with integers for which this was proved to be the step function at every
    /// reachable mantissa.
    /// </summary>
    MultiplyShift,

    /// <summary>
    /// The smallest result and one more (or two, of a bipolar quantizer) for each threshold that is reached.
    /// </summary>
    Thresholds,
}

/// <summary>
/// The integer arithmetic of a requantization, per channel, equal to its <see cref="StepFunction"/> at every mantissa
/// of the reachable interval: by construction (Rounded, Thresholds) or because every level begins where it should
/// (MultiplyShift).
/// </summary>
public sealed record RequantizePlan
{
    public required RequantizeMethod Method { get; init; }

    /// <summary>The channel of each element.</summary>
    public required ImmutableArray<int> Channels { get; init; }

    /// <summary>Factors by channel; empty for thresholds.</summary>
    public required ImmutableArray<long> Factor { get; init; }

    /// <summary>Addends by channel; empty for thresholds.</summary>
    public required ImmutableArray<long> Addend { get; init; }

    /// <summary>
    /// Second addends by channel: of the line for mantissas that do not reach their channel's knee, or, without knees,
    /// of the line on which ties go down and not up, which holds where the other's result is odd. Empty where one line
    /// does for all.
    /// </summary>
    public ImmutableArray<long> LowerAddend { get; init; } = [];

    /// <summary>By channel, for lines by parity: 1 where an odd zero-point makes even levels of odd results.</summary>
    public ImmutableArray<long> Odd { get; init; } = [];

    /// <summary>By channel: m ≥ knee has the upper addend where <see cref="Rising"/>, m ≤ knee elsewhere.</summary>
    public ImmutableArray<long> Knees { get; init; } = [];

    /// <summary>
    /// By channel, what is added after the shift; empty where nothing is, because the addends have room for it.
    /// </summary>
    public ImmutableArray<long> Base { get; init; } = [];

    /// <summary>Binary digits dropped, the same for all channels.</summary>
    public required int Shift { get; init; }

    /// <summary>Smallest result of any channel; results are clamped to it.</summary>
    public required long Min { get; init; }

    /// <summary>Largest result of any channel.</summary>
    public required long Max { get; init; }

    /// <summary>The results that a channel's are clamped to; empty where these are the same for all.</summary>
    public ImmutableArray<long> Lowest { get; init; } = [];

    /// <summary>See <see cref="Lowest"/>.</summary>
    public ImmutableArray<long> Highest { get; init; } = [];

    /// <summary>The mode of <see cref="RequantizeMethod.Rounded"/>.</summary>
    public Rounding Rounding { get; init; }

    /// <summary>What is taken off after rounding.</summary>
    public long ZeroPoint { get; init; }

    /// <summary>
    /// Thresholds by channel, as many for each: m ≥ t counts where <see cref="Rising"/>, m ≤ t elsewhere.
    /// </summary>
    public ImmutableArray<long> Thresholds { get; init; } = [];

    /// <summary>By channel: true if larger mantissas give larger results.</summary>
    public ImmutableArray<bool> Rising { get; init; } = [];

    /// <summary>What each threshold adds.</summary>
    public long Step { get; init; } = 1;

    /// <summary>Number of channels.</summary>
    public int ChannelCount => Math.Max(Factor.Length, Rising.Length);

    /// <summary>Thresholds of a channel.</summary>
    public int ThresholdCount => Thresholds.IsEmpty ? 0 : Thresholds.Length / Rising.Length;

    /// <summary>Multiplications for a sample: elements whose factor is not a power of two.</summary>
    public long Multiplications => Factor.IsEmpty ? 0
        : Channels.Count(c => Factor[c] != 0 && !long.IsPow2(Math.Abs(Factor[c])));

    /// <summary>The result for element <paramref name="element"/>.</summary>
    public long Evaluate(int element, long mantissa)
    {
        int c = Channels[element];
        switch (Method)
        {
            case RequantizeMethod.Rounded:
                Int128 exact = ((Int128)mantissa * Factor[c]) + Addend[c];
                return Held(c, FixedPoint.Round(exact, Shift, Rounding, 64) - ZeroPoint);
            case RequantizeMethod.MultiplyShift:
                bool upper = LowerAddend.IsEmpty
                    || (Knees.IsEmpty ? Even(c, OnLine(c, mantissa, Addend[c])) : Reached(c, mantissa, Knees[c]));
                return OnLine(c, mantissa, upper ? Addend[c] : LowerAddend[c]);
            case RequantizeMethod.Thresholds:
                long result = Min;
                for (int k = 0; k < ThresholdCount; k++)
                    result += Reached(c, mantissa, Thresholds[(c * ThresholdCount) + k]) ? Step : 0;
                return result;
            default:
                throw new InvalidOperationException();
        }
    }

    private long OnLine(int channel, long mantissa, long addend) =>
        Held(channel, ((((Int128)mantissa * Factor[channel]) + addend) >> Shift) + (Base.IsEmpty ? 0 : Base[channel]));

    private bool Even(int channel, long result) => ((result ^ Odd[channel]) & 1) == 0;

    private long Held(int channel, Int128 result) =>
        (long)Int128.Clamp(result, Lowest.IsEmpty ? Min : Lowest[channel], Highest.IsEmpty ? Max : Highest[channel]);

    private bool Reached(int channel, long mantissa, long threshold) => Rising[channel] ? mantissa >= threshold
        : mantissa <= threshold;
}
