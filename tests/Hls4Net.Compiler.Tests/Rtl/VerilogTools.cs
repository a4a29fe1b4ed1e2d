using Hls4Net.Rtl.Tools;

namespace Hls4Net.Tests.Rtl;

/// <summary>Yosys, Verilator and Icarus, where they are installed.</summary>
internal static class VerilogTools
{
    /// <summary>Skips the test, saying so, where a tool is missing.</summary>
    public static void Require(string tool) =>
        Skip.If(Tool.Run(Path.GetTempPath(), tool, tool == "iverilog" ? "-V" : "--version") is null, $"{tool} not found: ./test.sh installs it");
}
