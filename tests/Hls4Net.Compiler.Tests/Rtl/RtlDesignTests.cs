using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Reports;
using Hls4Net.Rtl;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Text;
using Hls4Net.Verification;

namespace Hls4Net.Tests.Rtl;

/// <summary>What goes into the Verilog of a network, and what is refused.</summary>
public sealed class RtlDesignTests
{
    [Fact]
    public void Paths_fit_into_the_clock_period_and_a_slower_clock_never_takes_more_cycles()
    {
        int compared = 0;
        foreach ((RandomNetwork network, RtlDesign slow) in RtlNetworks.From(700_000, 20, Family.UltraScalePlus,
            IOType.IoParallel, unrolled: true))
        {
            foreach (double period in new[] { 6.0, 12 })
            {
                RtlDesign design = RtlDesign.Build(slow.Name, network.Model!.Model, network.Model.Interface,
                    new Target(Family.UltraScalePlus, period));
                Assert.All(design.Layers, l => Assert.True(l.Datapath.LongestPathNs <= period + 1e-9,
                    $"{l.Module}: {l.Datapath.LongestPathNs} ns of {period}\n{network}"));
            }
            RtlDesign relaxed = RtlDesign.Build(slow.Name, network.Model!.Model, network.Model.Interface,
                new Target(Family.UltraScalePlus, 1000));
            // Where in a cycle a layer starts is known to a quarter, so that each that takes time takes one.
            Assert.InRange(relaxed.Latency, 0, 1 + (relaxed.Layers.Length / 4));
            Assert.True(relaxed.Latency <= slow.Latency);
            compared += slow.Latency > 2 ? 1 : 0;
        }
        Assert.True(compared > 4);
    }

    [Fact]
    public void Register_bits_are_those_of_the_text()
    {
        foreach (RtlLayer layer in RtlNetworks.From(710_000, 20, ioType: IOType.IoParallel, unrolled: true)
            .SelectMany(n => n.Design.Layers))
        {
            // A register is declared as: reg [7:0] v12_1; the outputs of tables, which are no registers, end in _t.
            long bits = layer.Text.Split('\n').Select(l => l.Trim())
                .Where(l => l.StartsWith("reg ", StringComparison.Ordinal)
                    && !l.EndsWith("_t;", StringComparison.Ordinal))
                .Sum(l =>
                    long.Parse(l[(l.IndexOf('[', StringComparison.Ordinal) + 1)..l.IndexOf(':',
                        StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture) + 1);
            Assert.Equal(layer.RegisterBits, bits);
        }
    }

    [Fact]
    public void Equal_networks_give_equal_bytes()
    {
        foreach ((RandomNetwork network, RtlDesign design) in RtlNetworks.From(720_000, 8))
        {
            RtlDesign again = RtlNetworks.Build(RandomNetwork.Make(network.Seed).Model!, design.Target);
            Assert.Equal(design.Files, again.Files);
        }
    }

    [Fact]
    public void A_model_is_written_for_its_part_and_clock()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(RtlNetworks.Mlp(folder,
            1) with
        { ModelName = "table", Part = "xc7k325t-ffg900-2", ClockPeriod = 4 });
        ImmutableArray<GeneratedFile> files = model.EmitVerilog();
        Assert.Equal(["table_net_fc1.v", "table_net_relu.v", "table_net_fc2.v", "hls4net_ternary_add.v", "table_net.v",
            "constraints.xdc", "vivado.tcl"], files.Select(f => f.Path));
        Assert.Contains("module table_net (", files.Single(f => f.Path == "table_net.v").Text,
            StringComparison.Ordinal);
        Assert.Equal("create_clock -period 4 -name clk [get_ports clk]\n",
            files.Single(f => f.Path == "constraints.xdc").Text);
        Assert.Contains("-part xc7k325t-ffg900-2", files.Single(f => f.Path == "vivado.tcl").Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_build_of_Verilog_reports_its_own_cycles_and_registers_and_executes_its_programs()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(RtlNetworks.Mlp(folder, 1) with { Backend = Backend.Rtl }),
            other = ModelHarness.Compile(RtlNetworks.Mlp(folder, 2));
        DiagnosticBag diagnostics = new("net.onnx");
        Report report = model.Verify(null, diagnostics).Report;
        Assert.False(diagnostics.HasErrors);
        RtlDesign design = model.Verilog;
        Assert.Equal(("Rtl", design.Latency, 1),
            (report.Backend, report.Estimate.LatencyCycles, report.Estimate.Interval));
        Assert.Equal(design.Layers.Select(l => l.Latency), report.Layers.Select(l => l.Estimate.LatencyCycles!.Value));
        // The programs of other weights are found out.
        Verifier.Run(model.Compilation, null, other.Verilog, diagnostics);
        Diagnostic found = Assert.Single(diagnostics.Items, d => d.Descriptor == Descriptors.ExecutionsDiffer);
        Assert.Matches(
            @"layer fc2: sample \d+, element \d+: the program that Verilog is printed from gives mantissa -?\d+, the managed simulator",
            found.Text);
    }

    [Fact]
    public void A_stream_that_holds_large_tensors_is_refused()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 2, 64, 64)
            .Node("Transpose", ["x"], "y", ("perm", new long[] { 0, 1, 3, 2 })).Output("y").Save(folder);
        ModelException refused = Assert.Throws<ModelException>(() =>
            ModelHarness.Compile(options with { IOType = IOType.IoStream }).EmitVerilog());
        Assert.Equal(Descriptors.NotLowered, refused.Descriptor);
        Assert.Contains("reads all items before it writes one", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_multiplications_of_several_pixels_than_fit_are_refused()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 64, 8, 8)
            .Weights("k", [64, 64, 3, 3], [.. Enumerable.Range(0, 64 * 64 * 9).Select(i => (i % 7) + 1)])
            .Node("Conv", ["x", "k"], "y", ("pads", new long[] { 1, 1, 1, 1 })).Output("y").Save(folder);
        ModelException refused = Assert.Throws<ModelException>(() =>
            ModelHarness.Compile(options with { IOType = IOType.IoStream, TargetInterval = 60 }).EmitVerilog());
        Assert.Equal(Descriptors.NotLowered, refused.Descriptor);
        Assert.Contains("unrolled it has 73728 multiplications for 2 pixels at a time; up to 65536", refused.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("xcvu13p-flga2577-2-e", Family.UltraScalePlus)]
    [InlineData("xcu55c-fsvh2892-2L-e", Family.UltraScalePlus)]
    [InlineData("xczu9eg-ffvb1156-2-e", Family.UltraScalePlus)]
    [InlineData("xcvc1902-vsva2197-2MP-e-S", Family.UltraScalePlus)]
    [InlineData("xcvn3716-vsvb2197-2MHP-i-S", Family.UltraScalePlus)]
    [InlineData("xcku5p-ffvb676-2-e", Family.UltraScalePlus)]
    [InlineData("xcku115-flvb2104-2-e", Family.UltraScale)]
    [InlineData("xcvu190-flga2577-2-e", Family.UltraScale)]
    [InlineData("xc7vx690tffg1927-2", Family.Series7)]
    [InlineData("LFE5U-45F-6BG381C", Family.Ecp5)]
    [InlineData("iCE40UP5K-SG48", Family.Ice40)]
    [InlineData("GW1NR-LV9QN88PC6-I5", Family.Gowin)]
    [InlineData("asic", Family.Asic)]
    [InlineData("10AX115N2F45E1SG", Family.Generic)]
    public void Parts_have_families(string part, Family family) => Assert.Equal(family, Target.FamilyOf(part));
}
