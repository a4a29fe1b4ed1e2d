namespace Hls4Net.Programs.Mapping;

/// <summary>What a module takes.</summary>
/// <param name="Lut">LUTs.</param>
/// <param name="Ff">Flip-flops.</param>
/// <param name="Dsp">DSP blocks.</param>
/// <param name="Bram18">Block RAMs of 18 Kbit.</param>
internal readonly record struct ModuleCost(long Lut = 0, long Ff = 0, long Dsp = 0, long Bram18 = 0)
{
    public static ModuleCost operator +(ModuleCost a, ModuleCost b) =>
        new(a.Lut + b.Lut, a.Ff + b.Ff, a.Dsp + b.Dsp, a.Bram18 + b.Bram18);
}
