namespace Hls4Net.Estimation;

/// <summary>What a layer or a design is expected to cost. An estimate, made without any tool.</summary>
/// <param name="LatencyCycles">Clock cycles from the first input to the last output.</param>
/// <param name="Interval">Clock cycles from one sample to the next.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Lut">Look-up tables.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
/// <param name="Uram">UltraRAMs.</param>
public sealed record Cost(int LatencyCycles, int Interval, long Dsp, long Lut, long Ff, long Bram18, long Uram = 0)
{
    /// <summary>The cost of so many side by side.</summary>
    internal Cost Times(int count) =>
        this with
        {
            Dsp = count * Dsp,
            Lut = count * Lut,
            Ff = count * Ff,
            Bram18 = count * Bram18,
            Uram = count * Uram
        };

    /// <summary>The cost with a memory beside it.</summary>
    internal Cost With(Cost memory, long count = 1) =>
        this with
        {
            Lut = Lut + (count * memory.Lut),
            Ff = Ff + (count * memory.Ff),
            Bram18 = Bram18 + (count * memory.Bram18),
            Uram = Uram + (count * memory.Uram)
        };
}
