using Hls4Net.Configuration;
using Hls4Net.Hls;
using Hls4Net.Synthesis;

namespace Hls4Net.Targets.Vitis;

/// <summary>AMD Vitis HLS, and Vivado HLS before it.</summary>
internal sealed class VitisTarget : ITarget
{
    public Backend Backend => Backend.Default;

    public Dialect Dialect { get; } = new VitisDialect();

    public bool VectorsInProgram => false;

    public string Synthesizer => "Vitis";

    public ISynthesizer FindTools(SynthesisOptions options, Func<string, string?> environment,
        string projectDirectory) =>
        new VitisSynthesizer(VitisToolFinder.Find(options, environment, projectDirectory));
}
