using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Hls4Net.Tasks;

/// <summary>
/// One call of a synthesis tool. Being a ToolTask it streams the output and kills the whole process tree on cancellation or when time is up;
/// <see cref="RunSynthesis"/> runs several side by side.
/// </summary>
internal sealed class SynthesisToolRun : ToolTask, IDisposable
{
    // Tools repeat some warnings thousands of times.
    private const int MaxOfOneKind = 10;

    private readonly string _source;
    private readonly string _model;
    private readonly ToolCommand _command;
    private readonly string _folder;
    private readonly Func<string, ToolLine> _understand;
    private readonly FunctionNames _functions;
    private readonly TimeSpan? _patience;
    private readonly Dictionary<string, int> _kinds = [];
    private readonly List<string> _lastLines = [];
    private readonly List<KeptWarning> _warnings = [];
    private readonly StreamWriter _log;
    private bool _reported;
    private volatile bool _cancelled;

    /// <param name="engine">Where to log.</param>
    /// <param name="source">The model's file, as the project names it.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="command">What to run.</param>
    /// <param name="folder">Where to run it.</param>
    /// <param name="understand">What a line of its output reports.</param>
    /// <param name="functions">The firmware's functions, which messages name.</param>
    /// <param name="patience">After how long it is stopped.</param>
    public SynthesisToolRun(IBuildEngine engine, string source, string model, ToolCommand command, string folder, Func<string, ToolLine> understand, FunctionNames functions, TimeSpan? patience)
    {
        BuildEngine = engine;
        (_source, _model, _command, _folder, _understand, _functions, _patience) = (source, model, command, folder, understand, functions, patience);
        _log = new StreamWriter(Path.Combine(folder, SynthesisRun.LogFile), append: true) { AutoFlush = true };
        // Figures with a decimal point and messages in English: they are read by machine.
        EnvironmentVariables = ["LC_ALL=C"];
        Timeout = patience is TimeSpan t && t.TotalMilliseconds < int.MaxValue ? (int)t.TotalMilliseconds : System.Threading.Timeout.Infinite;
    }

    /// <summary>What the test bench printed last: test vectors, and how many gave other results than expected.</summary>
    public (int Samples, int Mismatches)? Simulated { get; private set; }

    /// <summary>What it warned of.</summary>
    public IReadOnlyList<KeptWarning> Warnings => _warnings;

    protected override string ToolName => Path.GetFileName(_command.Executable);

    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Normal;

    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.Normal;

    public override bool Execute()
    {
        Stopwatch watch = Stopwatch.StartNew();
        bool done = base.Execute();
        foreach ((string kind, int count) in _kinds.Where(k => k.Value > MaxOfOneKind))
            Log.Say($"{_model}: {count - MaxOfOneKind} more messages of kind {kind} are in {Path.Combine(_folder, SynthesisRun.LogFile)}");
        // The base class stops the tool and says so without an error.
        if (!done && !_cancelled && _patience is TimeSpan patience && watch.Elapsed >= patience)
            Log.LogDiagnostic(Descriptors.SynthesisTimeout, $"{_model}: {_command.Step} was stopped after {patience.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes (HlsSynthesisTimeout); see {Path.Combine(_folder, SynthesisRun.LogFile)}", _source);
        return done;
    }

    public override void Cancel()
    {
        _cancelled = true;
        base.Cancel();
    }

    public void Dispose() => _log.Dispose();

    protected override string GenerateFullPathToTool() => _command.Executable;

    protected override string GetWorkingDirectory() => _folder;

    protected override string GenerateCommandLineCommands()
    {
        CommandLineBuilder b = new();
        foreach (string argument in _command.Arguments)
            b.AppendSwitchIfNotNull("", argument);
        return b.ToString();
    }

    protected override void LogToolCommand(string message) => Log.LogMessage(MessageImportance.Normal, "{0}", $"{_model}: {_command.Step}: {message}");

    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        _log.WriteLine(singleLine);
        ToolLine line = _understand(singleLine);
        if (line.Descriptor is not DiagnosticDescriptor descriptor)
        {
            if (RunSynthesis.TestBenchResult().Match(singleLine) is { Success: true } m)
                Simulated = (Number(m.Groups["samples"]), Number(m.Groups["mismatches"]));
            else if (!string.IsNullOrWhiteSpace(singleLine))
                Remember(singleLine.Trim());
            if (line.IsProgress)
                Log.Say($"{_model}: {singleLine}");
            else
                Log.LogMessage(messageImportance, "{0}", $"{_model}: {singleLine}");
            return;
        }
        string kind = line.Id.Length > 0 ? line.Id : descriptor.Code;
        int count = _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        _reported |= descriptor.Severity == Severity.Error;
        if (count > MaxOfOneKind && descriptor.Severity != Severity.Error)
            return;
        string layer = _functions.In(line.Text) is LayerFunction f ? $"layer {f.Layer}{(f.Node.Length == 0 || f.Node == f.Layer ? "" : $" (node '{f.Node}')")}: " : "";
        string licence = descriptor == Descriptors.SynthesisLicence ? ". Set XILINXD_LICENSE_FILE to the licence server (port@host) or file, or take a Part that the free edition has" : "";
        string text = $"{_model}: {layer}{(line.Id.Length > 0 ? $"[{line.Id}] " : "")}{line.Text}{licence}";
        if (descriptor.Severity == Severity.Warning)
            _warnings.Add(new KeptWarning(descriptor.Code, _source, 0, 0, text));
        Log.LogDiagnostic(descriptor, text, _source);
    }

    protected override bool HandleTaskExecutionErrors()
    {
        if (!_reported)
            Log.LogDiagnostic(Descriptors.SynthesisFailed, $"{_model}: {_command.Executable} ended with exit code {ExitCode}{(_lastLines.Count == 0 ? "" : $": {string.Join(' ', _lastLines)}")}; see {Path.Combine(_folder, SynthesisRun.LogFile)}", _source);
        return false;
    }

    private static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    private void Remember(string line)
    {
        _lastLines.Add(line);
        if (_lastLines.Count > 5)
            _lastLines.RemoveAt(0);
    }
}
