namespace Hls4Net.Devices;

/// <summary>The multipliers of a device's DSP blocks.</summary>
internal static class Multipliers
{
    /// <summary>True where a family has none: products are logic.</summary>
    public static bool AreLogic(Family family) => family is Family.Asic or Family.Generic or Family.Gowin;

    /// <summary>
    /// Bits of the wider and of the narrower factor, in two's complement, that a block takes: DSP48E2 (UG579), DSP48E1
    /// (UG479), ECP5's MULT18X18D, iCE40's SB_MAC16.
    /// </summary>
    public static (int Wide, int Narrow) Block(Family family) => family switch
    {
        Family.Series7 => (25, 18),
        Family.Ecp5 => (18, 18),
        Family.Ice40 => (16, 16),
        _ => (27, 18),
    };

    /// <summary>Blocks for a product of so many bits, side by side.</summary>
    public static long Blocks(int wide, int narrow, Family family)
    {
        (int most, int mostOther) = Block(family);
        return (long)((wide + most - 1) / most) * ((narrow + mostOther - 1) / mostOther);
    }
}
