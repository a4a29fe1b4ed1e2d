using Hls4Net.Configuration;
using Hls4Net.Hls;
using Hls4Net.Synthesis;

namespace Hls4Net.Targets.Bambu;

/// <summary>PandA Bambu.</summary>
internal sealed class BambuTarget : ITarget
{
    /// <summary>Nothing is known of its streams.</summary>
    public static Backend Name { get; } = new("Bambu")
    {
        IOTypes = [IOType.IoParallel],
        Storages = [WeightStorage.Auto],
        StorageAdvice = "whose compiler places memories itself; leave it out",
    };

    public Backend Backend => Name;

    public Dialect Dialect { get; } = new BambuDialect();

    // Where the tool runs the test bench is its own affair.
    public bool VectorsInProgram => true;

    public string Synthesizer => "Bambu";

    public ISynthesizer FindTools(SynthesisOptions options, Func<string, string?> environment,
        string projectDirectory) =>
        new BambuSynthesizer(BambuToolFinder.Find(options, environment, projectDirectory));
}
