using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Targets.Bambu;
using Hls4Net.Targets.Open;
using Hls4Net.Targets.Vitis;

namespace Hls4Net.Targets;

/// <summary>The targets that there are: the one place that lists them.</summary>
public static class KnownTargets
{
    /// <summary>All of them, in the order in which messages name them.</summary>
    internal static ImmutableArray<ITarget> All { get; } = [new VitisTarget(), new BambuTarget(), new OpenTarget()];

    /// <summary>The names that Backend may have in a project.</summary>
    public static BackendNames Backends { get; } = new([.. All.Select(t => t.Backend)],
        ["VivadoHls", "OneApi", "Catapult"]);

    /// <summary>The names that HlsSynthesizer may have in a project.</summary>
    public static ImmutableArray<string> Synthesizers { get; } = [.. All.Select(t => t.Synthesizer)];

    /// <summary>The backend of a name, as projects spell it; null where there is none.</summary>
    public static Backend? BackendOf(string name) =>
        All.Select(t => t.Backend).FirstOrDefault(b => b.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The target of a backend.</summary>
    internal static ITarget Of(Backend backend) => All.First(t => t.Backend == backend);

    /// <summary>Finds the tools that a project asks for.</summary>
    /// <param name="options">Which they are, and where to look.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="projectDirectory">Full path that relative paths start from.</param>
    /// <param name="allVerilog">True if all firmware that they shall synthesize is Verilog, which needs no vendor's
    /// compiler.</param>
    /// <exception cref="ModelException">There are none (HLS5101), their version does not do (HLS5102), or they have not
    /// a step that is asked for (HLS2009).</exception>
    public static ISynthesizer FindTools(SynthesisOptions options, Func<string, string?> environment,
        string projectDirectory, bool allVerilog)
    {
        if (options.Synthesizer is string named)
            return All.First(t => t.Synthesizer == named).FindTools(options, environment, projectDirectory);
        // A vendor's tool that is there, or that the project speaks of, goes first.
        bool vendor = options.NamesVitis || VitisToolFinder.IsFound(options, environment, projectDirectory)
            || !OpenToolFinder.IsFound(environment, projectDirectory);
        if (allVerilog || !vendor)
            return OpenToolFinder.Find(options, environment, projectDirectory);
        string orElse = options.NamesVitis ? "" : $". {OpenToolFinder.NotFound(environment, projectDirectory)}";
        return new VitisSynthesizer(VitisToolFinder.Find(options, environment, projectDirectory, orElse));
    }
}
