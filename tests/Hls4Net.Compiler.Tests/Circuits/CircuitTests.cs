using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Circuits;
using Hls4Net.Circuits.Mapping;
using Hls4Net.Circuits.Streaming;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Programs.Mapping;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Tests.Rtl;
using Hls4Net.Text;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Circuits;

/// <summary>Modules as data: their text, registers and cost are those of one record.</summary>
public sealed partial class CircuitTests(ITestOutputHelper output)
{
    [Fact]
    public void A_circuit_is_printed_with_declarations_first_and_edges_last() =>
        Assert.Equal("""
            // counts items of 4 bits
            // verilator lint_off UNUSED
            module example (
                input  wire clk,
                input  wire rst,
                input  wire step,
                input  wire [3:0] x, // an item
                output wire [7:0] y
            );
                reg  [1:0] place;
                reg  [7:0] last;
                reg  passes;
                wire ends = (place == 2'd2) & step;
                wire [3:0] chosen = passes ? last[3:0] : (last[7:4] + 4'd1);
                assign y[3:0] = chosen;
                assign y[7:4] = {x[1:0], 2'd0};
                always @(posedge clk) begin
                    if (rst) place <= 2'd0;
                    else if (step) place <= (place == 2'd2) ? 2'd0 : (place + 2'd1);
                    if (step) last <= {x, last[7:4]};
                    if (rst) passes <= 1'd0;
                    else passes <= ends | (passes & ~step);
                end
            endmodule
            // verilator lint_on UNUSED

            """, CircuitPrinter.Print(Example()));

    private static Circuit Example()
    {
        CircuitBuilder c = new("example", "counts items of 4 bits");
        Net step = c.Input("step", 1), x = c.Input("x", 4, "an item"), y = c.Output("y", 8);
        Counter place = c.Counter("place", 3, step);
        Net last = c.Shift("last", x, 2, step), ends = c.Wire("ends", 1, place.IsLast & step),
            passes = new("passes", 1);
        c.Register(passes, ends | (passes & ~step), clear: Circuit.Reset);
        c.Assign(y, c.Wire("chosen", 4, passes.Then(last.Slice(0, 4), last.Slice(4, 4).Plus(1))));
        c.Assign(y, x.Slice(-2, 4), 4);
        return c.Build();
    }

    [Fact]
    public void What_constants_decide_is_no_logic()
    {
        Net a = new("a", 1), wide = new("wide", 4);
        Assert.Same(a, a & Expression.True);
        Assert.Same(a, ~~(a | Expression.False));
        Assert.True((a | Expression.True).IsTrue);
        Assert.True((wide.From(0) & (a & Expression.False)).IsFalse);
        Assert.Same(wide, Expression.False.Then(wide.Plus(1), wide));
        Assert.Same(wide, wide.Slice(0, 4));
        CircuitBuilder c = new("none");
        Assert.Null(c.Counter("count", 1, a).Net);
        Assert.True(c.Delayed(Expression.True, 3, "late").IsTrue);
        Assert.Empty(c.Build().Items);
    }

    // A register that nothing reads, one that is another's copy, and one of a constant cost nothing; a counter does.
    [Fact]
    public void Registers_that_feed_forward_are_shared_and_those_on_a_cycle_stay()
    {
        CircuitBuilder c = new("shared");
        Net x = c.Input("x", 1), y = c.Output("y", 4);
        Net first = c.Register("first", x), copy = c.Register("copy", x);
        c.Register("unread", ~x);
        c.Assign(y, first).Assign(y, copy, 1).Assign(y, c.Register("fixed", Expression.True), 2);
        c.Assign(y, c.Counter("count", 8, x).IsLast, 3);
        Circuit circuit = c.Build();
        Assert.Equal(6, ModuleRegisters.Of(circuit));
        Assert.Equal(new ModuleCost(Lut: 4, Ff: 4), CircuitLogic.CostOf(circuit, Family.UltraScalePlus));
    }

    // What flows back through a module of this one is a cycle, too.
    [Fact]
    public void A_queue_behind_its_own_start_is_costed_as_a_whole()
    {
        CircuitBuilder c = new("ring");
        Net x = c.Input("x", 8), y = c.Output("y", 8), room = c.Wire("room", 1), valid = c.Wire("valid", 1),
            q = c.Wire("q", 8);
        c.Instance(QueueCircuit.Of("ring__queue", 8, 1), "queue",
            [("take", room), ("push", room), ("d", valid.Then(q, x)), ("pop", valid)],
            [("room", room), ("valid", valid), ("q", q)]);
        c.Assign(y, q);
        ModuleCost cost = CircuitLogic.CostOf(c.Build(), Family.UltraScalePlus);
        Assert.Equal(10, cost.Ff);
        Assert.InRange(cost.Lut, 8, 12);
    }

    // A memory of up to 64 words is distributed, a deeper one block RAM, whose output register is its own.
    [Theory]
    [InlineData(64, 0)]
    [InlineData(65, 1)]
    public void Deep_queues_are_block_memory(int depth, int blocks)
    {
        ModuleCost cost = CircuitLogic.CostOf(QueueCircuit.Of("queue", 16, depth), Family.UltraScalePlus);
        Assert.Equal(blocks, cost.Bram18);
        // Two numbers of places, two addresses; what passes by a block memory, and that it does.
        Assert.Equal(blocks == 0 ? 26 : 28 + 16 + 1, cost.Ff);
    }

    /// <summary>Registers are counted from the modules, and are those that the text declares.</summary>
    [Fact]
    public void Register_bits_of_processes_are_those_of_the_text()
    {
        int compared = 0;
        foreach ((_, RtlDesign design) in RtlNetworks.From(715_000, Soak.Count(10, 200), ioType: IOType.IoStream)
            .Concat(RtlNetworks.Wide(716_000, Soak.Count(3, 60))))
        {
            // Registers behind block RAM are declared, and the memory's.
            foreach ((string module, string text, long bits) in design.Layers.Select(l => (l.Module, l.Text,
                l.RegisterBits)).Concat(design.Links.Select(l => (l.Module, l.Text, l.RegisterBits)))
                .Where(m => !Memory().Matches(m.Item2).Any(r => Number(r) >= Memories.LutDepth)))
            {
                Assert.Equal(Register().Matches(text)
                    .Sum(r => r.Groups["high"].Success ? Number(r) + 1 : 1), bits);
                compared++;
            }
        }
        output.WriteLine($"{compared} modules");
        Assert.InRange(compared, 20, int.MaxValue);

        static int Number(Match match) => int.Parse(match.Groups["high"].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>What the record says of registers is what Yosys finds in the text.</summary>
    [SkippableFact]
    public void Registers_of_circuits_are_those_that_Yosys_counts()
    {
        VerilogTools.Require("yosys");
        using TempFolder folder = new();
        Circuit[] circuits = [Example(), .. new[] { 1, 5, 8 }.Select(d => QueueCircuit.Of($"queue{d}", 16, d)),
            .. RtlNetworks.From(717_000, int.MaxValue, Family.UltraScalePlus, IOType.IoStream)
                .SelectMany(n => n.Design.Layers).Where(l => l.RegisterBits is > 20 and < 300 && l.Operations < 60)
                .Take(Soak.Count(3, 40)).Select(l => (Circuit)l.Hardware)];
        foreach (Circuit circuit in circuits)
        {
            string text = ModulePrinter.Print(circuit, new Target(Family.UltraScalePlus, 5));
            SynthesisFigures figures = Yosys.Synthesize(folder.Path,
                [new GeneratedFile($"{circuit.Name}.v", text), .. RtlDesign.PartsOf(text)], circuit.Name,
                Family.UltraScalePlus, dsp: true);
            ModuleCost cost = CircuitLogic.CostOf(circuit, Family.UltraScalePlus);
            output.WriteLine($"{circuit.Name}: {cost} for {figures}");
            // Synthesis finds registers equal by more than their inputs, and Yosys 0.23 copies the read address of some
            // distributed memories.
            Assert.InRange(cost.Ff, figures.Ff - 4, figures.Ff + 2 + (figures.Ff / 20));
        }
    }

    [GeneratedRegex(@"^    reg  (\[(?<high>\d+):0\] )?\w+(?<!_t);", RegexOptions.Multiline)]
    private static partial Regex Register();

    [GeneratedRegex(@"^    reg  .*\[0:(?<high>\d+)\];", RegexOptions.Multiline)]
    private static partial Regex Memory();
}
