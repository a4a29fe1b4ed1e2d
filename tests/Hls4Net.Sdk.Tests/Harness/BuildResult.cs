using Microsoft.Build.Logging.StructuredLogger;
using LoggedTask = Microsoft.Build.Logging.StructuredLogger.Task;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>What a build did, from its binary log.</summary>
internal sealed class BuildResult(int exitCode, string output, string binaryLog)
{
    private static readonly string[] s_tasks = ["GenerateHls", "CompileCSim", "VerifyHls", "RunSynthesis",
        "ReportSynthesis"];

    // Two logs that are read at once, the first of a test run, came out empty.
    private static readonly Lock s_reading = new();

    private readonly Lazy<Build> _log = new(() =>
    {
        lock (s_reading)
            return BinaryLog.ReadBuild(binaryLog);
    });

    public bool Succeeded => exitCode == 0;

    public string Output => output;

    /// <summary>Codes of the errors, each as often as it was reported.</summary>
    public IReadOnlyList<string> Errors => [.. _log.Value.FindChildrenRecursive<Error>().Select(e => e.Code)];

    /// <summary>Codes of the warnings.</summary>
    public IReadOnlyList<string> Warnings => [.. _log.Value.FindChildrenRecursive<Warning>().Select(w => w.Code)];

    /// <summary>Which of the SDK's steps ran, in order.</summary>
    public IReadOnlyList<string> Steps => [.. Tasks().Select(t => t.Name).Where(s_tasks.Contains)];

    /// <summary>The models that a step worked on.</summary>
    public IReadOnlyList<string> Models(string step) =>
        [.. Tasks().Where(t => t.Name == step)
            .SelectMany(t => t.FindChildrenRecursive<Parameter>(p => p.Name == "Models"))
            .SelectMany(p => p.Children.OfType<Item>())
            .Select(i => i.Text)];

    /// <summary>The messages that end so, of whatever importance, in order.</summary>
    public IReadOnlyList<string> Messages(string end) =>
        [.. _log.Value.FindChildrenRecursive<Message>(m => m.Text.EndsWith(end, StringComparison.Ordinal))
            .Select(m => m.Text)];

    /// <summary>True if a task of this name ran.</summary>
    public bool Ran(string task) => Tasks().Any(t => t.Name == task);

    private IReadOnlyList<LoggedTask> Tasks() => _log.Value.FindChildrenRecursive<LoggedTask>();
}
