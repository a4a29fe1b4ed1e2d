using System.Globalization;
using Hls4Net.Text;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// What Vivado needs besides: the clock, and a script that makes a project and places and routes it out of context.
/// </summary>
internal static class VivadoEmitter
{
    public static GeneratedFile Constraints(double clockPeriodNs) =>
        new("constraints.xdc", string.Create(CultureInfo.InvariantCulture,
            $"create_clock -period {clockPeriodNs:0.###} -name clk [get_ports clk]\n"));

    public static GeneratedFile Script(string top, string part, IEnumerable<string> sources) => new("vivado.tcl", $"""
        # vivado -mode batch -source vivado.tcl: synthesizes, places and routes the network out of context, and reports.
        create_project -in_memory -part {part}
        read_verilog [list {string.Join(' ', sources)}]
        read_xdc constraints.xdc
        synth_design -top {top} -part {part} -mode out_of_context -flatten_hierarchy rebuilt
        opt_design
        place_design
        phys_opt_design
        route_design
        report_utilization -hierarchical -file utilization.rpt
        report_timing_summary -file timing.rpt

        """);
}
