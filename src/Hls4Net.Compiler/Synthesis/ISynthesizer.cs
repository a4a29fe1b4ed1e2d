using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;

namespace Hls4Net.Synthesis;

/// <summary>
/// What makes hardware of a network, found on this machine. Whatever it is, it works in a folder of its own and gives a
/// <see cref="SynthesisResult"/>, from which report, budgets and console go on.
/// </summary>
public interface ISynthesizer
{
    /// <summary>What it is called in messages.</summary>
    string Name { get; }

    /// <summary>The program and its version, on which a result depends.</summary>
    string Identity { get; }

    /// <summary>The folder beside <c>firmware/</c> that it runs in.</summary>
    string Folder { get; }

    /// <summary>What is run for a model. The same for the same firmware, options and tool; no path in it is absolute but the tool's.</summary>
    /// <exception cref="ModelException">It cannot be synthesized so.</exception>
    SynthesisRun Plan(ModelOptions model, SynthesisOptions options);
}

/// <summary>A vendor's tool for high-level synthesis: it is told what to do in files, called beside the firmware, and leaves reports.</summary>
public interface IVendorSynthesizer : ISynthesizer
{
    /// <summary>What a line of its output reports.</summary>
    ToolLine Understand(string line);

    /// <summary>Reads what it left in its folder. The functions' names, by which modules are found to be layers, are the firmware's.</summary>
    /// <exception cref="ModelException">A report is missing or cannot be read (HLS5107).</exception>
    SynthesisResult Read(string folder, ModelOptions model, SynthesisOptions options, ImmutableArray<LayerFunction> functions);
}

/// <summary>Finds the synthesizer that a project asks for.</summary>
public static class Synthesizers
{
    /// <param name="options">Which it is, and where to look.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="projectDirectory">Full path that relative paths start from.</param>
    /// <exception cref="ModelException">There is none (HLS5101), its version does not do (HLS5102), or it has not a step that is asked for (HLS2009).</exception>
    public static ISynthesizer Find(SynthesisOptions options, Func<string, string?> environment, string projectDirectory) => options.Synthesizer switch
    {
        Synthesizer.Vitis => new VitisSynthesizer(VitisToolFinder.Find(options, environment, projectDirectory)),
        Synthesizer.Bambu => new BambuSynthesizer(BambuToolFinder.Find(options, environment, projectDirectory)),
        Synthesizer.Open => OpenToolFinder.Find(options, environment, projectDirectory),
        // A vendor's tool that is there, or that the project speaks of, goes first.
        null when options.NamesVitis || VitisToolFinder.IsFound(options, environment, projectDirectory) || !OpenToolFinder.IsFound(environment, projectDirectory) =>
            new VitisSynthesizer(VitisToolFinder.Find(options, environment, projectDirectory, orElse: options.NamesVitis ? "" : $". {OpenToolFinder.NotFound(environment, projectDirectory)}")),
        null => OpenToolFinder.Find(options, environment, projectDirectory),
        _ => throw new ArgumentOutOfRangeException(nameof(options)),
    };

    /// <summary>Whether a model's firmware is written for the tool that shall synthesize it.</summary>
    /// <exception cref="ModelException">It is not (HLS5111).</exception>
    internal static void RequireBackend(ModelOptions model, Backend backend)
    {
        if (model.Backend == Backend.Rtl)
            throw new ModelException(Descriptors.SynthesisBackend, $"{model.ModelName} is written as Verilog (Backend=\"Rtl\"), and HlsSynthesizer is {backend}; set Backend=\"{backend}\" on the model, or take HlsSynthesizer=Open, with HlsModelFilter where other models are synthesized by {backend}");
        if (model.Backend != backend)
            throw new ModelException(Descriptors.SynthesisBackend, $"the firmware of {model.ModelName} is written for {model.Backend}, and HlsSynthesizer is {backend}; set Backend=\"{backend}\" on the model, or HlsSynthesizer={model.Backend}");
    }
}
