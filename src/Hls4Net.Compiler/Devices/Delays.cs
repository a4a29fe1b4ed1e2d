namespace Hls4Net.Devices;

/// <summary>
/// How long logic takes on UltraScale+ (-2), routing included: estimates for deciding where registers go, no timing
/// analysis. Adders follow the figures that jet taggers reach (one adder between registers at 580 to 600 MHz, two at
/// 350 to 400 MHz); docs/open-flow.md has the sources.
/// </summary>
internal static class Delays
{
    /// <summary>An adder of two operands in Verilog, in nanoseconds.</summary>
    public const double Adder = 0.85;

    /// <summary>A third operand of an adder.</summary>
    public const double ThirdOperand = 0.25;

    /// <summary>A bit of a carry chain.</summary>
    public const double CarryBit = 0.015;

    /// <summary>A look-up table.</summary>
    public const double Lut = 0.4;

    /// <summary>A product in a DSP block.</summary>
    public const double Multiplier = 2.4;

    /// <summary>Clock to output of a register, and setup of the next.</summary>
    public const double Register = 0.5;

    /// <summary>
    /// A level of adders as high-level synthesis counts it, of up to 16 bits: by reports of Vitis HLS
    /// (docs/estimates.md).
    /// </summary>
    public const double SynthesizedAdder = 0.9;

    /// <summary>Each further bit of such an adder.</summary>
    public const double SynthesizedAdderBit = 0.02;

    /// <summary>How many times as long logic takes in a family as on UltraScale+.</summary>
    public static double Slowness(Family family) => family switch
    {
        Family.UltraScalePlus => 1,
        Family.UltraScale => 1.3,
        Family.Series7 => 1.7,
        Family.Asic or Family.Generic => 2,
        Family.Ecp5 => 2.2,
        Family.Gowin => 2.6,
        Family.Ice40 => 4,
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };
}
