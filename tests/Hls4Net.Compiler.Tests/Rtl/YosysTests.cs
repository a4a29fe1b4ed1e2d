using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Text;
using Hls4Net.Tools;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Rtl;

/// <summary>Yosys of two ages: the program that is installed, and npm's WebAssembly.</summary>
public sealed class YosysTests(ITestOutputHelper output)
{
    private static readonly Family[] s_families = [Family.Series7, Family.UltraScale, Family.UltraScalePlus,
        Family.Ecp5, Family.Ice40, Family.Gowin];

    // One of everything that cells differ for: a product, sums, memories of many and few words, wide selections,
    // registers with resets and enables.
    private const string Everything = """
        module everything(
            input clk, input rst, input en, input [8:0] at, input [7:0] b, input [7:0] c, input [31:0] wide,
            output reg [15:0] p, output reg [8:0] s, output reg one, output reg [7:0] read, output [7:0] few, output reg [7:0] constant,
            output reg [2:0] n, output reg fell, output reg [1:0] set);
            always @(posedge clk) begin
                p <= b * c;
                s <= {1'b0, b} + {1'b0, c};
                one <= wide[at[4:0]];
                if (rst) set <= 2'b01; else if (en) set <= b[1:0];
            end
            always @(posedge clk or posedge rst) if (rst) n <= 0; else if (en) n <= c[2:0];
            always @(negedge clk) fell <= b[0];
            reg [7:0] many [0:511];
            always @(posedge clk) begin
                if (en) many[{b[0], c}] <= b;
                read <= many[at];
            end
            reg [7:0] some [0:31];
            assign few = some[at[4:0]];
            always @(posedge clk) if (en) some[c[4:0]] <= b;
            always @(posedge clk) case (at[3:0])
                0: constant <= 17; 1: constant <= 200; 2: constant <= 3; 3: constant <= 90; 4: constant <= 41; 5: constant <= 77;
                default: constant <= at[7:0];
            endcase
        endmodule
        """;

    [SkippableFact]
    public void No_cell_of_any_family_is_left_out_by_the_program()
    {
        VerilogTools.Require("yosys");
        Count(null, s_families);
    }

    [SkippableFact]
    public void No_cell_of_any_family_is_left_out_by_WebAssembly() =>
        Count(VerilogTools.RequireYoWasp(), Family.UltraScalePlus, Family.Ecp5, Family.Ice40, Family.Gowin);

    private void Count(YosysTool? tool, params Family[] families)
    {
        foreach (Family family in families)
        {
            foreach (bool dsp in tool is null ? new[] { false, true } : [true])
            {
                using TempFolder folder = new();
                NetlistCells cells = Yosys.Netlist(folder.Path, [new GeneratedFile("everything.v", Everything)],
                    "everything", family, dsp, tool: tool);
                SynthesisFigures figures = Yosys.Figures(cells, family, null);
                output.WriteLine(
                    $"{family} {figures}: {string.Join(", ", cells.Cells.Select(c => $"{c.Value} {c.Key}"))}");
                Assert.Null(figures.Uncounted);
                Assert.InRange(figures.Lut, 40, 900);
                Assert.InRange(figures.Ff, 15, 400);
                Assert.InRange(figures.Bram18, 1, 2);
                if (family != Family.Gowin)
                    Assert.Equal(dsp ? 1 : 0, figures.Dsp);
            }
        }
    }

    [SkippableFact]
    public void Two_ages_of_Yosys_agree_on_a_layer()
    {
        VerilogTools.Require("yosys");
        YosysTool wasm = VerilogTools.RequireYoWasp();
        Assert.EndsWith(" (YoWASP)", wasm.Version, StringComparison.Ordinal);
        YosysTool program = YosysTool.OnPath()!;
        Assert.NotEqual(program.Identity, wasm.Identity);
        (_, RtlDesign design) = RtlNetworks.From(640_000, int.MaxValue, Family.UltraScalePlus)
            .First(n => n.Design.Layers.Any(l => l.Multiplies) && n.Design.Layers.Sum(l => l.Operations) < 300);
        using TempFolder folder = new();
        ImmutableArray<LayerFigures> one = new LayerSynthesis(folder.Path, yosys: program).Run(design),
            other = new LayerSynthesis(folder.Path, yosys: wasm).Run(design);
        foreach ((LayerFigures a, LayerFigures b) in one.Zip(other))
        {
            output.WriteLine($"{a.Module}: {a.Figures}; {b.Figures}");
            // The second is no answer that was kept from the first.
            Assert.False(b.Kept);
            Assert.Equal((null, null), (a.Figures.Uncounted, b.Figures.Uncounted));
            Assert.Equal((a.Figures.Dsp, a.Figures.Bram18), (b.Figures.Dsp, b.Figures.Bram18));
            Assert.InRange(b.Figures.Ff, 0.9 * a.Figures.Ff, 1.1 * a.Figures.Ff);
            Assert.InRange(b.Figures.Lut, (0.8 * a.Figures.Lut) - 5, (1.25 * a.Figures.Lut) + 5);
        }
        Assert.All(new LayerSynthesis(folder.Path, yosys: wasm).Run(design), l => Assert.True(l.Kept));
    }

    [SkippableFact]
    public void WebAssembly_that_fails_or_is_cancelled_says_so_as_the_program_does()
    {
        YosysTool wasm = VerilogTools.RequireYoWasp();
        using TempFolder folder = new();
        ToolException e = Assert.Throws<ToolException>(() => Yosys.Netlist(folder.Path,
            [new GeneratedFile("m.v", "module m(input")], "m", Family.UltraScalePlus, false, tool: wasm));
        Assert.Contains("yosys ended with 1 on m: ", e.Message, StringComparison.Ordinal);
        Assert.Contains("syntax error", e.Message, StringComparison.Ordinal);
        using CancellationTokenSource stop = new(TimeSpan.FromSeconds(0.5));
        GeneratedFile large = new("m.v",
            "module m(input clk, input [511:0] a, b, output reg [1023:0] y); always @(posedge clk) y <= a * b; "
            + "endmodule");
        Assert.Throws<OperationCanceledException>(() => Yosys.Netlist(folder.Path, [large], "m", Family.UltraScalePlus,
            false, tool: wasm, cancellation: stop.Token));
        // A folder that is no package, or an empty one.
        Assert.Null(YosysTool.Of(folder.Path, out string says));
        Assert.Contains(YosysTool.PackageName, says, StringComparison.Ordinal);
    }

    // Pages for the module and the script, and for what runs the WebAssembly, and none for the figures.
    [SkippableTheory]
    [InlineData(false, 8, "yosys left no figures of m that can be read, as where the disk with")]
    [InlineData(true, 12, "ENOSPC")]
    public void A_full_disk_is_said(bool wasm, int kilobytes, string text)
    {
        YosysTool? tool = wasm ? VerilogTools.RequireYoWasp() : null;
        if (!wasm)
            VerilogTools.Require("yosys");
        using TempFolder folder = new();
        string full = Directory.CreateDirectory(Path.Combine(folder.Path, "full")).FullName;
        Skip.If(Tool.Run(folder.Path, "mount", ["-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs",
            full]) is not { ExitCode: 0 }, "a small file system cannot be mounted here");
        try
        {
            GeneratedFile module = new("m.v",
                "module m(input clk, input [3:0] a, output reg [3:0] y); always @(posedge clk) y <= a + 1; endmodule");
            Assert.Contains(text,
                Assert.Throws<ToolException>(() => Yosys.Netlist(full, [module], "m", Family.UltraScalePlus, false,
                    tool: tool)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Tool.Run(folder.Path, "umount", [full]);
        }
    }

    [Theory]
    [InlineData("LUT6", 1, 0, 0, 0)]
    [InlineData("LUT6_2", 1, 0, 0, 0)]
    [InlineData("MUXF7", 0, 0, 0, 0)]
    [InlineData("RAM64X1S", 1, 0, 0, 0)]
    [InlineData("RAM64X1D", 2, 0, 0, 0)]
    [InlineData("RAM128X1D", 4, 0, 0, 0)]
    [InlineData("RAM256X1S", 4, 0, 0, 0)]
    [InlineData("RAM512X1S", 8, 0, 0, 0)]
    [InlineData("RAM32X16DR8", 8, 0, 0, 0)]
    [InlineData("RAM64X8SW", 8, 0, 0, 0)]
    [InlineData("FDCE", 0, 1, 0, 0)]
    [InlineData("DSP48E2", 0, 0, 1, 0)]
    [InlineData("RAMB36E2", 0, 0, 0, 2)]
    [InlineData("CCU2C", 2, 0, 0, 0)]
    [InlineData("TRELLIS_DPR16X4", 6, 0, 0, 0)]
    [InlineData("PFUMX", 0, 0, 0, 0)]
    [InlineData("SB_DFFESR", 0, 1, 0, 0)]
    [InlineData("SB_RAM40_4KNRNW", 0, 0, 0, 1)]
    [InlineData("SB_CARRY", 0, 0, 0, 0)]
    [InlineData("RAM16SDP4", 4, 0, 0, 0)]
    [InlineData("SDPX9B", 0, 0, 0, 1)]
    [InlineData("MUX2_LUT5", 0, 0, 0, 0)]
    public void Cells_take_what_the_makers_say(string cell, int lut, int ff, int dsp, int bram)
    {
        SynthesisFigures f = DeviceCells.Of(cell)!;
        Assert.Equal((lut, ff, dsp, bram), (f.Lut, f.Ff, f.Dsp, f.Bram18));
    }

    [Fact]
    public void Cells_that_are_not_known_are_named()
    {
        SynthesisFigures figures = Yosys.Figures(new NetlistCells(
            new() { ["LUT4"] = 7, ["NEWCELL"] = 3, ["$scopeinfo"] = 9 }, 0), Family.UltraScalePlus, null);
        Assert.Equal(7, figures.Lut);
        Assert.Equal("NEWCELL 3", string.Join(' ', figures.Uncounted!.Select(c => $"{c.Key} {c.Value}")));
        SynthesisFigures sum = figures + Yosys.Figures(new NetlistCells(new() { ["NEWCELL"] = 2, ["$_DLATCH_P_"] = 1 },
            0), Family.UltraScalePlus, null) + new SynthesisFigures(1, 0, 0, 0, 0);
        Assert.Equal(("$_DLATCH_P_ 1 NEWCELL 5", 8),
            (string.Join(' ', sum.Uncounted!.Select(c => $"{c.Key} {c.Value}")), sum.Lut));
        // What a library has no cell for stays a gate of Yosys'.
        using TempFolder folder = new();
        string path = Path.Combine(folder.Path, "process.lib");
        File.WriteAllText(path, LibertyTests.Library);
        SynthesisFigures asic = Yosys.Figures(new NetlistCells(new() { ["NAND2"] = 4, ["$_DLATCH_P_"] = 2 }, 0),
            Family.Asic, CellLibrary.Of(path));
        Assert.Equal((4, 4.0, "$_DLATCH_P_"), (asic.Cells, asic.Area, Assert.Single(asic.Uncounted!).Key));
    }

    [Theory]
    [InlineData("""{ "modules": { "\\m": { "num_cells_by_type": { "LUT2": 8, "\\odd": 1 } } } }""")]
    [InlineData(
        """{ "modules": { "m": { "num_cells_by_type": { "LUT2": { "count": 8, "area": 3.5 }, "odd": { "count": "1" } } } } }""")]
    public void Statistics_are_read_as_versions_write_them(string json) =>
        Assert.Equal(new Dictionary<string, long> { ["LUT2"] = 8, ["odd"] = 1 }, Yosys.Cells(json, "m"));

    [Theory]
    [InlineData("")]
    [InlineData("""{ "modules": { "\\m": { "num_cells_by_type": { "LUT2": 8""")]
    [InlineData("""{ "modules": { "\\other": { } } }""")]
    [InlineData("""{ "modules": { "\\m": { "num_cells": 0 } } }""")]
    [InlineData("""{ "modules": { "\\m": { "num_cells_by_type": { "LUT2": "many" } } } }""")]
    public void Statistics_that_are_not_whole_are_refused(string json) =>
        Assert.Throws<FormatException>(() => Yosys.Cells(json, "m"));
}
