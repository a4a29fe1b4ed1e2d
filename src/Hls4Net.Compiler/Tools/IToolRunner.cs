namespace Hls4Net.Tools;

/// <summary>An external program that was run to its end.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to both of its streams; empty where lines were taken as they came.</param>
internal sealed record ToolRun(int ExitCode, string Output);

/// <summary>One run of an external program.</summary>
/// <param name="Folder">Full path of the folder that it runs in.</param>
/// <param name="Program">Its full path, or its name on the PATH.</param>
/// <param name="Arguments">Its arguments, each one word.</param>
internal sealed record ToolCall(string Folder, string Program, IEnumerable<string> Arguments)
{
    /// <summary>
    /// Takes each line of both of its streams as it comes, one at a time; null to have all of them at the end.
    /// </summary>
    public Action<string>? Line { get; init; }

    /// <summary>After how long it is stopped; null for never.</summary>
    public TimeSpan? Patience { get; init; }
}

/// <summary>Runs external programs: vendors' and open ones alike, on this machine or another.</summary>
internal interface IToolRunner
{
    /// <summary>Runs a program to its end; null if it cannot be started.</summary>
    /// <param name="call">What to run.</param>
    /// <param name="cancellation">Stops it with all its processes.</param>
    /// <exception cref="OperationCanceledException">It was cancelled, and has ended.</exception>
    /// <exception cref="TimeoutException">Its time was over, and it has ended.</exception>
    ToolRun? Run(ToolCall call, CancellationToken cancellation = default);
}
