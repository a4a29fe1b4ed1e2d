using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;
using static Hls4Net.Tests.Rtl.NetlistSimulation;

namespace Hls4Net.Tests.Rtl;

/// <summary>Netlists that Yosys makes of the emitted Verilog give the simulator's bits.</summary>
public sealed class NetlistTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Netlists_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        Netlists(null, VerilogTools.XilinxCells, OfEachForm());
    }

    [SkippableFact]
    public void Netlists_of_Yosys_as_WebAssembly_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        YosysTool yosys = VerilogTools.RequireYoWasp();
        Netlists(yosys, Path.Combine(yosys.Package!, "gen", "share", "xilinx", "cells_sim.v"), [OfEachForm()[^1]]);
    }

    private static (RandomNetwork Network, RtlDesign Design)[] OfEachForm() =>
        [
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoParallel, unrolled: true)
                .Where(n => Small(n) && !HasBlockRam(n.Design)).Take(1),
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoParallel, unrolled: true)
                .Where(n => Small(n) && n.Design.Layers.Any(l => l.Operations > 30
                    && l.Text.Contains("hls4net_lut_pair", StringComparison.Ordinal)) && !HasBlockRam(n.Design))
                    .Take(1),
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoParallel)
                .Where(n => Small(n) && !HasBlockRam(n.Design) && n.Design.Interval > 1 && Narrow(n)).Take(1),
            .. RtlNetworks.From(620_000, int.MaxValue, Family.UltraScalePlus, IOType.IoStream)
                .Where(n => Small(n) && !HasBlockRam(n.Design) && n.Design.Layers.Length > 1 && Narrow(n)).Take(1),
            .. RtlNetworks.Wide(620_000, int.MaxValue).Where(n => n.Design.Target.Fabric.AdderOperands == 3 && Small(n)
                && !HasBlockRam(n.Design) && n.Design.Links.Length > 0 && Narrow(n)).Take(1),
        ];

    private void Netlists(YosysTool? yosys, string cells, (RandomNetwork Network, RtlDesign Design)[] networks)
    {
        Dictionary<string, string> netlists = [];
        using TempFolder folder = new();
        foreach ((_, RtlDesign design) in networks)
        {
            (string Module, string Text, long RegisterBits)[] modules =
                [.. design.Layers.Select(l => (l.Module, l.Text, l.RegisterBits)),
                    .. design.Links.Select(l => (l.Module, l.Text, l.RegisterBits))];
            foreach ((string module, string text, long registers) in modules)
            {
                SynthesisFigures figures = Yosys.Synthesize(folder.Path,
                    [new($"{module}.v", text), .. RtlDesign.PartsOf(text)], module, design.Target.Family, dsp: false,
                    netlist: $"{module}.netlist.v", tool: yosys);
                Assert.Null(figures.Uncounted);
                output.WriteLine($"{module}: {figures}, {registers} register bits");
                netlists[$"{module}.v"] = File.ReadAllText(Path.Combine(folder.Path, $"{module}.netlist.v"));
            }
        }
        Check(networks, netlists, cells);
    }
}
