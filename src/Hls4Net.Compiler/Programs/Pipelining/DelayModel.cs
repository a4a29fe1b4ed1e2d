using System.Numerics;
using Hls4Net.Devices;

namespace Hls4Net.Programs.Pipelining;

/// <summary>
/// How long a program's operations take on a family, by the device's <see cref="Delays"/>.
/// </summary>
/// <param name="family">The device's family.</param>
internal sealed class DelayModel(Family family)
{
    private readonly double _scale = Delays.Slowness(family);

    /// <summary>What registers take of each clock cycle.</summary>
    public double RegisterOverhead => Delays.Register * _scale;

    /// <summary>True where a choice of four by two bits is a look-up table.</summary>
    public bool HasFourWayTables { get; } = Target.IsAmd(family);

    /// <summary>From the last operand to the result.</summary>
    public double Of(IntegerProgram program, IntegerValue value) => _scale * value.Operation switch
    {
        _ when program.IsWire(value.Operation) => 0,
        IntegerOperation.Sum sum => Delays.Adder + (sum.Terms.Length > 2 ? Delays.ThirdOperand : 0)
            + (Delays.CarryBit * value.Width),
        IntegerOperation.Product product => Delays.Multiplier + (Delays.CarryBit * value.Width),
        IntegerOperation.AtLeast compare when ComparatorShape.Of(program, compare).IsSign => 0,
        IntegerOperation.AtLeast compare when IsPowerOfTwo(program, compare) => Delays.Lut,
        IntegerOperation.AtLeast compare => Delays.Adder + (Delays.CarryBit * program.Values[compare.A].Width / 2),
        IntegerOperation.Select => Delays.Lut,
        IntegerOperation.Table { AddressBits: <= IntegerOperation.Table.LookupBits } table
            when TableShape.Of(table, value.Width).Lookups.IsEmpty => 0,
        // Six address bits are a LUT; two more are another level.
        IntegerOperation.Table table =>
            Delays.Lut * (1 + (Math.Max(0, BitOperations.Log2((uint)table.Entries.Length) - 5) / 2)),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    // A comparison with ±2^k reads a few upper bits.
    private static bool IsPowerOfTwo(IntegerProgram program, IntegerOperation.AtLeast compare) =>
        program.Values[compare.B].Operation is IntegerOperation.Constant { Value: Int128 c }
            && Int128.IsPow2(Int128.Abs(c));
}
