using Hls4Net.Rtl.Pipelining;

namespace Hls4Net.Rtl;

/// <summary>
/// Which bits of each value anything reads, and until which cycle: what is left of a module after synthesis has dropped what nobody sees, and has made one
/// of equal registers. Shifts and parts of a value are wires, so that what reads them reads the value.
/// </summary>
internal sealed class LiveBits
{
    private readonly IntegerProgram _program;
    private readonly Schedule _schedule;
    private readonly Dictionary<int, UInt128>[] _read;

    public LiveBits(IntegerProgram program, Schedule schedule)
    {
        (_program, _schedule) = (program, schedule);
        _read = [.. program.Values.Select(_ => new Dictionary<int, UInt128>())];
        foreach (int o in program.Outputs)
            Read(o, schedule.Latency, All(program.Values[o].Width));
        for (int n = program.Values.Length - 1; n >= 0; n--)
            ReadOperands(n);
    }

    /// <summary>The bits of a value that are read, constant zeros left out.</summary>
    public UInt128 Of(int value) => _read[value].Values.Aggregate(UInt128.Zero, (a, b) => a | b) & ~All(_program.Values[value].Zeros);

    /// <summary>True if a value is read in later cycles than its own alone.</summary>
    public bool OnlyRegistered(int value) => !_read[value].ContainsKey(_schedule[value]);

    /// <summary>Bits of all registers.</summary>
    public long Registers
    {
        get
        {
            long bits = 0;
            for (int n = 0; n < _read.Length; n++)
            {
                if (_schedule.IsConstant(n))
                    continue;
                // From the last cycle that reads it back to its own: what is read in a cycle is in a register since the one after its own.
                UInt128 constant = All(_program.Values[n].Zeros), live = 0;
                int[] cycles = [.. _read[n].Keys.Where(c => c > _schedule[n]).OrderDescending(), _schedule[n]];
                for (int i = 0; i < cycles.Length - 1; i++)
                {
                    live |= _read[n][cycles[i]];
                    bits += Count(live & ~constant) * (long)(cycles[i] - cycles[i + 1]);
                }
            }
            return bits;
        }
    }

    /// <summary>How many bits are ones.</summary>
    public static int Count(UInt128 bits) => (int)UInt128.PopCount(bits);

    private static UInt128 All(int width) => width >= 128 ? UInt128.MaxValue : (UInt128.One << width) - 1;

    private void Read(int value, int cycle, UInt128 bits)
    {
        bits &= All(_program.Values[value].Width);
        // A wire: its bits are those of its source, its sign the source's.
        if (Wire(value) is (int source, int shift))
        {
            int width = _program.Values[source].Width;
            UInt128 moved = shift >= 0 ? bits << shift : bits >> -shift;
            Read(source, cycle, moved > All(width) ? (moved & All(width)) | (UInt128.One << (width - 1)) : moved);
            return;
        }
        _read[value][cycle] = _read[value].GetValueOrDefault(cycle) | bits;
    }

    // Of which value it is the bits, from which position on.
    private (int Source, int Shift)? Wire(int value) => _program.Values[value].Operation switch
    {
        IntegerOperation.ShiftRight shift => (shift.A, shift.Bits),
        IntegerOperation.LowBits low => (low.A, 0),
        IntegerOperation.Sum { Terms: [{ Negative: false } term] } => (term.Value, -term.Shift),
        _ => null,
    };

    private void ReadOperands(int n)
    {
        UInt128 live = Of(n);
        if (Wire(n) is not null || live == 0)
            return;
        int top = (int)UInt128.Log2(live), cycle = _schedule[n];
        switch (_program.Values[n].Operation)
        {
            case IntegerOperation.Sum sum:
                // Carries come from below.
                foreach (SumTerm t in sum.Terms)
                    Read(t.Value, cycle, t.Shift >= 0 ? All(top + 1) >> t.Shift : All(top + 1) << -t.Shift);
                break;
            case IntegerOperation.Select select:
                Read(select.Condition, cycle, 1);
                Read(select.IfSet, cycle, live);
                Read(select.IfClear, cycle, live);
                break;
            case IntegerOperation.AtLeast compare:
                int below = _program.Values[compare.B].Operation is IntegerOperation.Constant c ? c.Value == 0 ? _program.Values[compare.A].Width - 1 : (int)Int128.TrailingZeroCount(c.Value) : 0;
                Read(compare.A, cycle, ~All(Math.Min(below, _program.Values[compare.A].Width - 1)));
                Read(compare.B, cycle, UInt128.MaxValue);
                break;
            case IntegerOperation operation:
                foreach (int o in operation.Operands)
                    Read(o, cycle, UInt128.MaxValue);
                break;
        }
    }
}
