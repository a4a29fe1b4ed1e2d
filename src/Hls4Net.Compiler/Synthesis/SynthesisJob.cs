using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Pipeline;
using Hls4Net.Rtl;
using Hls4Net.Text;
using Hls4Net.Tools;

namespace Hls4Net.Synthesis;

/// <summary>A model to be synthesized: where, by which settings, and what of it is asked for.</summary>
public sealed class SynthesisJob
{
    private readonly Func<string> _source;
    private readonly Func<int, ImmutableArray<GeneratedFile>> _testData;
    private readonly Func<RtlDesign> _verilog;

    /// <param name="compilation">The model.</param>
    /// <param name="functions">The layers' functions in its firmware.</param>
    /// <param name="source">Gives the text of the firmware's C++ file.</param>
    /// <param name="testData">Gives test vectors for the test bench, of so many at most.</param>
    /// <param name="verilog">Gives the network as Verilog.</param>
    internal SynthesisJob(
        Compilation compilation, ImmutableArray<LayerFunction> functions, Func<string> source,
            Func<int, ImmutableArray<GeneratedFile>> testData,
        Func<RtlDesign> verilog)
    {
        (Compilation, Functions, _source, _testData, _verilog) = (compilation, functions, source, testData, verilog);
    }

    /// <summary>The model's options.</summary>
    public ModelOptions Model => Compilation.Options;

    /// <summary>The project's settings.</summary>
    public required SynthesisOptions Options { get; init; }

    /// <summary>Full path of the folder to work in, which is beside <c>firmware/</c>, and empty.</summary>
    public required string Folder { get; init; }

    /// <summary>Full path of the folder that figures of parts are kept in from run to run, by content.</summary>
    public required string Kept { get; init; }

    /// <summary>Takes what is said.</summary>
    public required ISynthesisLog Log { get; init; }

    /// <summary>Ends it, with its tools.</summary>
    public required CancellationToken Cancellation { get; init; }

    internal Compilation Compilation { get; }

    /// <summary>The layers' functions in the firmware.</summary>
    internal ImmutableArray<LayerFunction> Functions { get; }

    /// <summary>The text of the firmware's C++ file.</summary>
    internal string Source => _source();

    /// <summary>The network as Verilog.</summary>
    internal RtlDesign Verilog => _verilog();

    /// <summary>What runs its tools.</summary>
    internal IToolRunner Tools { get; init; } = LocalTools.Instance;

    /// <summary>Test vectors for the test bench, of so many at most.</summary>
    internal ImmutableArray<GeneratedFile> TestData(int count) => _testData(count);
}
