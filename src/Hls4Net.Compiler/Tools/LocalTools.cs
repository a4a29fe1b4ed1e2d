using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;

namespace Hls4Net.Tools;

/// <summary>Programs as processes of this machine.</summary>
internal sealed class LocalTools : IToolRunner
{
    // For what a process that was stopped has written yet, where one that it has started lives on and keeps the pipe.
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(5);

    private LocalTools()
    {
    }

    /// <summary>The one there is.</summary>
    public static LocalTools Instance { get; } = new();

    /// <inheritdoc/>
    public ToolRun? Run(ToolCall call, CancellationToken cancellation = default)
    {
        try
        {
            return Execute(call, cancellation);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Runs a program to its end.</summary>
    /// <exception cref="Win32Exception">It cannot be started.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled, and has ended.</exception>
    /// <exception cref="TimeoutException">Its time was over, and it has ended.</exception>
    public static ToolRun Execute(ToolCall call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using CancellationTokenSource patience = call.Patience is TimeSpan time ? new(time) : new();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation,
            patience.Token);
        using Process process = Process.Start(Start(call))!;
        using CancellationTokenRegistration stop = either.Token.Register(() => process.Kill(entireProcessTree: true));
        process.StandardInput.Close();
        Lock gate = new();
        StringBuilder output = new(), errors = new();
        Task streams = Task.WhenAll(Read(process.StandardOutput, output), Read(process.StandardError, errors));
        try
        {
            streams.Wait(either.Token);
        }
        catch (OperationCanceledException)
        {
            Task.WaitAny([streams], s_rest);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Capture(e.InnerException!).Throw();
        }
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (patience.IsCancellationRequested)
            throw new TimeoutException($"{call.Program} was stopped after {call.Patience}");
        return new ToolRun(process.ExitCode, $"{output}{errors}");

        // In threads of their own: callers that run side by side may hold all of the pool's.
        Task Read(StreamReader reader, StringBuilder text) => Task.Factory.StartNew(
            () =>
            {
                if (call.Line is not Action<string> take)
                {
                    text.Append(reader.ReadToEnd());
                    return;
                }
                try
                {
                    while (reader.ReadLine() is string line)
                    {
                        lock (gate)
                            take(line);
                    }
                }
                catch
                {
                    // Nobody would read what it writes.
                    process.Kill(entireProcessTree: true);
                    throw;
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private static ProcessStartInfo Start(ToolCall call)
    {
        string path = Path.IsPathFullyQualified(call.Program) ? call.Program
            : ProgramPath.Find(call.Program, Environment.GetEnvironmentVariable)
            ?? throw new Win32Exception($"there is no {call.Program} on the PATH");
        ProcessStartInfo start = new(path, call.Arguments)
        {
            WorkingDirectory = call.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Messages are read, and a locale would translate them.
        start.Environment["LC_ALL"] = "C";
        return start;
    }
}
