using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;

namespace Hls4Net.Synthesis;

/// <summary>
/// What a vendor's tool says in one of its runs: kept in a file, and reported line by line, its messages under the
/// names of layers.
/// </summary>
internal sealed partial class ToolOutput : IDisposable
{
    // Tools repeat some warnings thousands of times.
    private const int MaxOfOneKind = 10;

    // What is quoted where nothing says what went wrong.
    private const int MostLastLines = 5;

    private readonly SynthesisJob _job;
    private readonly Func<string, ToolLine> _understand;
    private readonly FunctionNames _functions;
    private readonly Dictionary<string, int> _kinds = [];
    private readonly Queue<string> _last = [];
    private readonly StreamWriter _file;

    /// <param name="job">What it is run for.</param>
    /// <param name="understand">What a line reports.</param>
    /// <param name="functions">The firmware's functions, which messages name.</param>
    public ToolOutput(SynthesisJob job, Func<string, ToolLine> understand, FunctionNames functions)
    {
        (_job, _understand, _functions) = (job, understand, functions);
        _file = new StreamWriter(LogFile, append: true) { AutoFlush = true };
    }

    /// <summary>True if an error was reported.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>
    /// What the test bench printed last: test vectors, and how many gave other results than expected.
    /// </summary>
    public (int Samples, int Mismatches)? Simulated { get; private set; }

    /// <summary>Its last lines, as the end of a sentence.</summary>
    public string LastWords => _last.Count == 0 ? "" : $": {string.Join(' ', _last)}";

    private string Model => _job.Model.ModelName;

    private string LogFile => Path.Combine(_job.Folder, SynthesisRun.LogFile);

    /// <summary>Takes a line.</summary>
    public void Take(string text)
    {
        _file.WriteLine(text);
        ToolLine line = _understand(text);
        if (line.Descriptor is DiagnosticDescriptor descriptor)
        {
            Report(descriptor, line);
            return;
        }
        if (TestBenchResult().Match(text) is { Success: true } m)
            Simulated = (Number(m.Groups["samples"]), Number(m.Groups["mismatches"]));
        else if (!string.IsNullOrWhiteSpace(text))
            Remember(text.Trim());
        if (line.IsProgress)
            _job.Log.Say($"{Model}: {text}");
        else
            _job.Log.Note($"{Model}: {text}");
    }

    /// <summary>Says how many messages were left out.</summary>
    public void Close()
    {
        foreach ((string kind, int count) in _kinds.Where(k => k.Value > MaxOfOneKind))
            _job.Log.Say($"{Model}: {count - MaxOfOneKind} more messages of kind {kind} are in {LogFile}");
    }

    public void Dispose() => _file.Dispose();

    private void Report(DiagnosticDescriptor descriptor, ToolLine line)
    {
        string kind = line.Id.Length > 0 ? line.Id : descriptor.Code;
        int count = _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        HasErrors |= descriptor.Severity == Severity.Error;
        if (count > MaxOfOneKind && descriptor.Severity != Severity.Error)
            return;
        string layer = _functions.In(line.Text) is LayerFunction f
            ? $"layer {f.Layer}{(f.Node.Length == 0 || f.Node == f.Layer ? "" : $" (node '{f.Node}')")}: " : "";
        _job.Log.Report(descriptor,
            $"{Model}: {layer}{(line.Id.Length > 0 ? $"[{line.Id}] " : "")}{line.Text}{line.Advice}");
    }

    private void Remember(string line)
    {
        _last.Enqueue(line);
        if (_last.Count > MostLastLines)
            _last.Dequeue();
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    // What the test bench prints at its end, in each of the simulations.
    [GeneratedRegex(@"\b(?<samples>[0-9]{1,9}) samples, (?<mismatches>[0-9]{1,9}) mismatches\b")]
    private static partial Regex TestBenchResult();
}
