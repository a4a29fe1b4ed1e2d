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

    /// <summary>The project's settings as they are for this tool.</summary>
    SynthesisOptions Settings(SynthesisOptions options);

    /// <summary>
    /// What else than the firmware, the options and the tool a model's result depends on, as texts: the same for the
    /// same model, without a path of this machine. Empty where that is all.
    /// </summary>
    /// <exception cref="ModelException">It cannot be synthesized so.</exception>
    IEnumerable<string> DependsOn(ModelOptions model, SynthesisOptions options);

    /// <summary>Synthesizes a model; null where it failed and has reported why.</summary>
    /// <exception cref="ModelException">It failed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and its tools have ended.</exception>
    SynthesisResult? Run(SynthesisJob job);
}

/// <summary>Takes what a synthesis says while it goes on.</summary>
public interface ISynthesisLog
{
    /// <summary>A line for people: how far it is.</summary>
    void Say(string line);

    /// <summary>A line for those who look closer.</summary>
    void Note(string line);

    /// <summary>An error or a warning of a tool, as it comes.</summary>
    void Report(DiagnosticDescriptor descriptor, string text);
}
