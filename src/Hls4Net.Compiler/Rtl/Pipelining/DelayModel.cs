using System.Numerics;

namespace Hls4Net.Rtl.Pipelining;

/// <summary>
/// How long operations take, routing included: an estimate for deciding where registers go, not a timing analysis. Adders follow the figures that
/// jet taggers reach on UltraScale+ (one adder between registers at 580 to 600 MHz, two at 350 to 400 MHz); docs/open-flow.md has the sources.
/// </summary>
/// <param name="family">The device's family.</param>
internal sealed class DelayModel(Family family)
{
    private const double AdderNs = 0.85, ThirdOperandNs = 0.25, CarryNsPerBit = 0.015, LutNs = 0.4, MultiplierNs = 2.4;

    // Clock to output of a register, setup of the next.
    private const double RegisterNs = 0.5;

    private readonly double _scale = Slowness(family);

    /// <summary>How many times as long logic takes as on UltraScale+.</summary>
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

    /// <summary>What registers take of each clock cycle.</summary>
    public double RegisterOverhead => RegisterNs * _scale;

    /// <summary>From the last operand to the result.</summary>
    public double Of(IntegerProgram program, IntegerValue value) => _scale * value.Operation switch
    {
        IntegerOperation.Input or IntegerOperation.Constant or IntegerOperation.ShiftRight or IntegerOperation.LowBits => 0,
        IntegerOperation.Sum sum when sum.Concatenated(program) is not null => 0,
        IntegerOperation.Sum sum => AdderNs + (sum.Terms.Length > 2 ? ThirdOperandNs : 0) + (CarryNsPerBit * value.Width),
        IntegerOperation.Product product => MultiplierNs + (CarryNsPerBit * value.Width),
        IntegerOperation.AtLeast compare when ComparatorShape.Of(program, compare).IsSign => 0,
        IntegerOperation.AtLeast compare when IsPowerOfTwo(program, compare) => LutNs,
        IntegerOperation.AtLeast compare => AdderNs + (CarryNsPerBit * program.Values[compare.A].Width / 2),
        IntegerOperation.Select => LutNs,
        IntegerOperation.Table { AddressBits: <= IntegerOperation.Table.LookupBits } table when TableShape.Of(table, value.Width).Lookups.IsEmpty => 0,
        // Six address bits are a LUT; two more are another level.
        IntegerOperation.Table table => LutNs * (1 + (Math.Max(0, BitOperations.Log2((uint)table.Entries.Length) - 5) / 2)),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    // A comparison with ±2^k reads a few upper bits.
    private static bool IsPowerOfTwo(IntegerProgram program, IntegerOperation.AtLeast compare) =>
        program.Values[compare.B].Operation is IntegerOperation.Constant { Value: Int128 c } && Int128.IsPow2(Int128.Abs(c));
}
