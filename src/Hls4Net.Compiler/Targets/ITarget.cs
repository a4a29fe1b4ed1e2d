using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Hls;
using Hls4Net.Synthesis;

namespace Hls4Net.Targets;

/// <summary>
/// What firmware can be written for: a vendor's compiler, or open tools for Verilog. All that is particular to one is
/// in its folder; what is common asks this, and never which target it is.
/// </summary>
internal interface ITarget
{
    /// <summary>Its name in a project, and what the stages before printing have to know.</summary>
    Backend Backend { get; }

    /// <summary>
    /// The spelling of types, streams and pragmas, and the project's files; where the firmware is Verilog, of what
    /// simulates it.
    /// </summary>
    Dialect Dialect { get; }

    /// <summary>True if the test bench has its vectors in the program, false if it reads files.</summary>
    bool VectorsInProgram { get; }

    /// <summary>The name of its tools in HlsSynthesizer.</summary>
    string Synthesizer { get; }

    /// <summary>Finds its tools.</summary>
    /// <param name="options">Where to look.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="projectDirectory">Full path that relative paths start from.</param>
    /// <exception cref="ModelException">There are none (HLS5101), their version does not do (HLS5102), or they have not
    /// a step that is asked for (HLS2009).</exception>
    ISynthesizer FindTools(SynthesisOptions options, Func<string, string?> environment, string projectDirectory);
}
