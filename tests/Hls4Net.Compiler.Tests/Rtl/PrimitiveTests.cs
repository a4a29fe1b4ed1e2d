using Hls4Net.Devices;
using Hls4Net.Rtl;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Rtl;

/// <summary>Verilog of AMD's primitives, with Yosys' models of them, gives the simulator's bits.</summary>
public sealed class PrimitiveTests
{
    [SkippableFact]
    public void Adders_of_primitives_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        (RandomNetwork Network, RtlDesign Design)[] networks =
            [.. RtlNetworks.From(610_000, int.MaxValue, Family.UltraScalePlus).Where(NetlistSimulation.Small).Take(5)];
        NetlistSimulation.Check(networks, null, "-DHLS4NET_XILINX", VerilogTools.XilinxCells);
    }

    [SkippableFact]
    public void Tables_of_primitives_give_the_simulators_bits()
    {
        VerilogTools.Require("iverilog");
        VerilogTools.Require("yosys");
        (RandomNetwork Network, RtlDesign Design)[] networks =
            [.. RtlNetworks.From(640_000, int.MaxValue, Family.UltraScalePlus).Where(HasTables).Take(4)];
        NetlistSimulation.Check(networks, null, "-DHLS4NET_XILINX", VerilogTools.XilinxCells);
    }

    // Thousands of primitives take Icarus a minute to compile.
    private static bool HasTables((RandomNetwork Network, RtlDesign Design) n) =>
        n.Design.Layers.Sum(l => l.Operations) < 400
        && n.Design.Layers.Any(l => l.Text.Contains("hls4net_table", StringComparison.Ordinal));
}
