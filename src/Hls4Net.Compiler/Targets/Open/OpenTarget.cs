using Hls4Net.Configuration;
using Hls4Net.Hls;
using Hls4Net.Synthesis;
using Hls4Net.Targets.Vitis;

namespace Hls4Net.Targets.Open;

/// <summary>Verilog of our own, which Verilator or Icarus simulates and Yosys synthesizes.</summary>
internal sealed class OpenTarget : ITarget
{
    public static Backend Name { get; } = new("Rtl")
    {
        IsVerilog = true,
        Storages = [WeightStorage.Auto, WeightStorage.Logic, WeightStorage.Bram],
        StorageAdvice = "whose weights are in logic or block RAM; use bram or logic, or leave it out",
    };

    public Backend Backend => Name;

    // That of the C++ which is the simulation.
    public Dialect Dialect { get; } = new VitisDialect();

    public bool VectorsInProgram => false;

    public string Synthesizer => "Open";

    public ISynthesizer FindTools(SynthesisOptions options, Func<string, string?> environment,
        string projectDirectory) =>
        OpenToolFinder.Find(options, environment, projectDirectory);
}
