using System.Collections;
using Microsoft.Build.Framework;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>A build engine for tasks run in process: keeps what they log.</summary>
internal sealed class RecordingEngine : IBuildEngine
{
    private readonly Lock _gate = new();

    public List<BuildErrorEventArgs> Errors { get; } = [];

    public List<BuildWarningEventArgs> Warnings { get; } = [];

    public List<string> Messages { get; } = [];

    public bool ContinueOnError => false;

    public int LineNumberOfTaskNode => 0;

    public int ColumnNumberOfTaskNode => 0;

    public string ProjectFileOfTaskNode => "";

    public bool BuildProjectFile(string projectFileName, string[] targetNames, IDictionary globalProperties,
        IDictionary targetOutputs) =>
        throw new NotSupportedException();

    public void LogErrorEvent(BuildErrorEventArgs e) => Add(Errors, e);

    public void LogWarningEvent(BuildWarningEventArgs e) => Add(Warnings, e);

    public void LogMessageEvent(BuildMessageEventArgs e) => Add(Messages, e.Message ?? "");

    public void LogCustomEvent(CustomBuildEventArgs e)
    {
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_gate)
            list.Add(item);
    }
}
