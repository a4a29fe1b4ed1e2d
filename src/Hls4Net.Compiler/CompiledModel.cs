using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;

namespace Hls4Net;

/// <summary>A generated text file; the path is relative to the folder it belongs in, with forward slashes; lines end in \n.</summary>
public sealed record GeneratedFile(string Path, string Text);

/// <summary>A typed network, ready to be printed, simulated and reported.</summary>
public sealed class CompiledModel
{
    internal CompiledModel(ModelOptions options) => Options = options;

    /// <summary>The options it was compiled with.</summary>
    public ModelOptions Options { get; }

    /// <summary>The HLS C++ project: what goes into <c>firmware/</c>.</summary>
    public ImmutableArray<GeneratedFile> EmitFirmware() => throw new NotSupportedException();

    /// <summary>What goes into <c>csim/</c> to compile the C simulation: <c>bridge.cpp</c> and the runtime headers under <c>include/</c>.</summary>
    public ImmutableArray<GeneratedFile> EmitCSim() => throw new NotSupportedException();

    /// <summary>The typed C# class.</summary>
    public string EmitClass() => throw new NotSupportedException();

    /// <summary>
    /// Runs the test vectors through the compiled firmware (the managed simulator alone where <paramref name="library"/> is null),
    /// compares, checks the budgets and returns the texts of <c>report.json</c> and <c>report.html</c>.
    /// </summary>
    public VerificationOutcome Verify(string? library, DiagnosticBag diagnostics) => throw new NotSupportedException();
}

/// <summary>What verifying a model gives.</summary>
/// <param name="ReportJson">The text of report.json.</param>
/// <param name="ReportHtml">The text of report.html.</param>
/// <param name="Summary">One line for people: latency, interval, resources, vectors, largest error, overflows.</param>
public sealed record VerificationOutcome(string ReportJson, string ReportHtml, string Summary);
