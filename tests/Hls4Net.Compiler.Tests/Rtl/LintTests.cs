using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Rtl;
using Hls4Net.Text;
using Hls4Net.Tools;

namespace Hls4Net.Tests.Rtl;

/// <summary>Verilator and Yosys find nothing to warn of in the emitted Verilog.</summary>
public sealed class LintTests
{
    [SkippableFact]
    public void Verilator_and_Yosys_have_nothing_to_warn_of()
    {
        VerilogTools.Require("verilator");
        VerilogTools.Require("yosys");
        RtlDesign[] wide = [.. RtlNetworks.Wide(580_000, 40).Select(n => n.Design)
            .Where((d, i) => i % 5 == 0 || PutsTogether(d))];
        Assert.Contains(wide, PutsTogether);
        Assert.Contains(wide, d => d.Links.Length > 0);
        RtlDesign[] designs =
        [
            .. RtlNetworks.From(600_000, 24).Concat(RtlNetworks.Convolutional(602_000, 8, IOType.IoStream))
                .Select(n => n.Design), .. wide,
            .. CosimulationTests.WithPartialResults().Select(m => RtlNetworks.Build(m, new Target(Family.Generic, 4))),
        ];
        foreach (RtlDesign design in designs)
        {
            using TempFolder folder = new();
            foreach (GeneratedFile file in design.Files)
                File.WriteAllText(Path.Combine(folder.Path, file.Path), file.Text);
            ToolRun run = Tool.Run(folder.Path, "verilator",
                ["--lint-only", "-Wall", "--top-module", design.Name, .. design.Files.Select(f => f.Path)])!;
            Assert.True(run.ExitCode == 0, $"{design.Name}: {run.Output}");
            string script =
                $"{string.Concat(design.Files.Select(f => $"read_verilog {f.Path}; "))}hierarchy -check -top "
                + $"{design.Name}; proc; flatten; opt_clean; check -assert";
            ToolRun check = Tool.Run(folder.Path, "yosys", ["-q", "-p", script])!;
            Assert.True(check.ExitCode == 0 && check.Output.Length == 0, $"{design.Name}: {check.Output}");
        }
    }

    // True where outputs of a step are put together to items.
    private static bool PutsTogether(RtlDesign design) =>
        design.Layers.Any(l => l.Text.Contains("waiting_pixels", StringComparison.Ordinal));
}
