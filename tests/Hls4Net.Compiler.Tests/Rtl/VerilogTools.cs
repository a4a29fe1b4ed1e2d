using Hls4Net.Rtl.Tools;
using Hls4Net.Targets.Open;
using Hls4Net.Tools;

namespace Hls4Net.Tests.Rtl;

/// <summary>Yosys, Verilator and Icarus, where they are installed.</summary>
internal static class VerilogTools
{
    /// <summary>Yosys' models of AMD's cells.</summary>
    public static string XilinxCells
    {
        get
        {
            string data = Tool.Run(Path.GetTempPath(), "yosys-config", ["--datdir"])?.Output.Trim()
                ?? "/usr/share/yosys";
            return Path.Combine(data, "xilinx", "cells_sim.v");
        }
    }

    /// <summary>Yosys as WebAssembly; skips the test, saying so, where it is missing.</summary>
    public static YosysTool RequireYoWasp()
    {
        string? package = OpenToolFinder.Package(Environment.GetEnvironmentVariable, AppContext.BaseDirectory);
        Skip.If(package is null, $"{YosysTool.PackageName} not found: ./test.sh installs it where there is npm");
        YosysTool? tool = YosysTool.Of(package, out string says);
        Skip.If(tool is null, $"{package} does not run here: {says}");
        return tool;
    }

    /// <summary>Skips the test, saying so, where a tool is missing.</summary>
    public static void Require(string tool) =>
        Skip.If(Tool.Run(Path.GetTempPath(), tool, [tool == "verilator" ? "--version" : "-V"]) is null,
            $"{tool} not found: ./test.sh installs it");
}
