using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Estimation;
using Hls4Net.Rtl.Pipelining;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl;

/// <summary>How much of each kind a layer's operations are, in bits that anything reads; what becomes of a bit was fitted (docs/estimates.md).</summary>
/// <param name="Triples">Bits of sums of three terms, from the lowest that is not wired through.</param>
/// <param name="Pairs">Bits of sums of two terms.</param>
/// <param name="Offsets">Bits of sums with a constant, and of negated values.</param>
/// <param name="Selections">Bits selected from two values.</param>
/// <param name="Gates">Bits selected from a value and a constant.</param>
/// <param name="Resets">Those that go into a register, whose reset it is.</param>
/// <param name="Comparisons">Bits compared with one another or with a constant, but a sign.</param>
/// <param name="Tables">LUTs of tables, of which each has an output bit and 64 entries.</param>
/// <param name="Products">Bits of one factor times bits of the other, where that makes no DSP block.</param>
/// <param name="Registers">Bits of registers.</param>
/// <param name="Dsp">DSP blocks.</param>
internal sealed record RtlWork(
    double Triples = 0, double Pairs = 0, double Offsets = 0, double Selections = 0, double Gates = 0, double Resets = 0, double Comparisons = 0, double Tables = 0,
    double Products = 0, double Registers = 0, double Dsp = 0)
{
    // A DSP block multiplies 25 by 18 bits with their signs; Yosys makes narrower products than nine bits of LUTs.
    private const int DspA = 25, DspB = 18, DspMinimumProduct = 9;

    public static RtlWork operator +(RtlWork a, RtlWork b) => new(
        a.Triples + b.Triples, a.Pairs + b.Pairs, a.Offsets + b.Offsets, a.Selections + b.Selections, a.Gates + b.Gates, a.Resets + b.Resets,
        a.Comparisons + b.Comparisons, a.Tables + b.Tables, a.Products + b.Products, a.Registers + b.Registers, a.Dsp + b.Dsp);

    public static RtlWork Of(IntegerProgram program, Schedule schedule)
    {
        LiveBits live = new(program, schedule);
        RtlWork work = new(Registers: live.Registers);
        for (int n = 0; n < program.Values.Length; n++)
        {
            if (live.Of(n) is var bits && bits != 0)
                work += Of(program, program.Values[n], bits, live.OnlyRegistered(n));
        }
        return work;
    }

    private static RtlWork Of(IntegerProgram program, IntegerValue value, UInt128 live, bool registered)
    {
        RtlWork none = new();
        switch (value.Operation)
        {
            case IntegerOperation.Sum sum:
                int[] lows = [.. sum.Terms.OrderBy(t => t.Negative).ThenBy(t => program.Values[t.Value].Zeros + t.Shift).Select(t => program.Values[t.Value].Zeros + t.Shift)];
                bool wired = !sum.Terms.All(t => t.Negative) && lows[0] == lows.Min();
                int start = sum.Terms.Length == 1 ? value.Zeros : wired ? lows[1..].Min() : lows.Min();
                int bits = Math.Max(0, (int)UInt128.Log2(live) + 1 - start);
                bool offset = sum.Terms.Length == 1 || (sum.Terms.Length == 2 && sum.Terms.Any(t => IsConstant(t.Value)));
                return offset ? none with { Offsets = bits } : sum.Terms.Length == 2 ? none with { Pairs = bits } : none with { Triples = bits };
            case IntegerOperation.Select select:
                int width = LiveBits.Count(live);
                return !IsConstant(select.IfSet) && !IsConstant(select.IfClear) ? none with { Selections = width }
                    : registered ? none with { Resets = width } : none with { Gates = width };
            case IntegerOperation.AtLeast { A: int a, B: int b }:
                if (program.Values[b].Operation is not IntegerOperation.Constant { Value: Int128 c })
                    return none with { Comparisons = Math.Max(program.Values[a].Width, program.Values[b].Width) };
                return c == 0 ? none : none with { Comparisons = Math.Max(0, program.Values[a].Width - (int)Int128.TrailingZeroCount(c)) };
            case IntegerOperation.Table table:
                return none with { Tables = LiveBits.Count(live) * Math.Max(1, BitOperations.RoundUpToPowerOf2((uint)table.Entries.Length) / 64.0) };
            case IntegerOperation.Product product:
                int first = Signed(product.A), second = Signed(product.B), wide = Math.Max(first, second), narrow = Math.Min(first, second);
                return wide + narrow < DspMinimumProduct || narrow < 3
                    ? none with { Products = wide * narrow }
                    : none with { Dsp = Blocks(wide, DspA) * Blocks(narrow, DspB) };
            default:
                return none;
        }

        bool IsConstant(int operand) => program.Values[operand].Operation is IntegerOperation.Constant;

        int Signed(int operand) => program.Values[operand].Width + (program.Values[operand].Signed ? 0 : 1);

        static int Blocks(int width, int most) => Math.Max(1, (width - 2) / (most - 1) + ((width - 2) % (most - 1) == 0 && width > 2 ? 0 : 1));
    }
}

/// <summary>What a design is expected to cost: cycles and registers are counted, look-up tables follow from the widths of its operations.</summary>
internal static class RtlCost
{
    /// <summary>The cost of every layer and of the design.</summary>
    public static DesignCost Of(RtlDesign design)
    {
        ImmutableArray<Cost> layers = [.. design.Layers.Select(Of)];
        return new DesignCost(layers, new Cost(
            design.Latency, design.Interval, layers.Sum(c => c.Dsp), layers.Sum(c => c.Lut), layers.Sum(c => c.Ff) + design.RegisterBits + design.Links.Sum(s => s.RegisterBits),
            layers.Sum(c => c.Bram18)));
    }

    // The registers around what computes it are all there; memories of rows are not counted, queues as if they were registers.
    private static Cost Of(RtlLayer layer)
    {
        Datapath datapath = layer.Datapath;
        Cost computes = Of(datapath.Work.Value, layer.Latency);
        return computes with { Interval = datapath.Interval, Ff = computes.Ff + layer.RegisterBits - datapath.RegisterBits };
    }

    /// <summary>
    /// LUTs of a bit of each kind of operation, as benchmarks fitted them (docs/estimates.md); of products one, where the fit had none, since Yosys gives nearly all of them DSP
    /// blocks.
    /// </summary>
    public static ImmutableArray<(string Name, double Lut, Func<RtlWork, double> Of)> Kinds { get; } =
    [
        ("sums of three", 1.01, w => w.Triples), ("sums of two", 0.9, w => w.Pairs), ("sums with a constant", 0, w => w.Offsets), ("selections", 0.51, w => w.Selections),
        ("selections of a constant", 0, w => w.Gates), ("those before registers", 1.1, w => w.Resets), ("comparisons", 0.87, w => w.Comparisons), ("tables", 1.3, w => w.Tables),
        ("products", 1, w => w.Products),
    ];

    /// <summary>What Yosys makes of it.</summary>
    public static Cost Of(RtlWork work, int latency) =>
        new(latency, 1, (long)work.Dsp, (long)Math.Round(Kinds.Sum(k => k.Lut * k.Of(work))), (long)work.Registers, 0);
}
