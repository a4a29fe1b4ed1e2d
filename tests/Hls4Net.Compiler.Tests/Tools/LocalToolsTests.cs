using System.Diagnostics;
using Hls4Net.Tools;

namespace Hls4Net.Tests.Tools;

/// <summary>External programs: started, watched, cancelled and timed out.</summary>
public sealed class LocalToolsTests : IDisposable
{
    // Writes the numbers of two processes that live on until they are killed.
    private const string Hang = "echo $$ > pids; sleep 300 & echo $! >> pids; echo started; wait";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Both_streams_are_given_at_the_end_or_line_by_line()
    {
        const string Script = "echo one; echo two >&2; printf three; exit 4";
        ToolRun run = LocalTools.Instance.Run(Shell(Script))!;
        Assert.Equal((4, "one\nthreetwo\n"), (run.ExitCode, run.Output));

        List<string> lines = [];
        ToolRun watched = LocalTools.Instance.Run(Shell(Script) with { Line = lines.Add })!;
        Assert.Equal((4, ""), (watched.ExitCode, watched.Output));
        Assert.Equal(["one", "three", "two"], lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_runs_in_its_folder_in_English_and_with_its_arguments_as_they_are()
    {
        ToolRun run = LocalTools.Instance.Run(new ToolCall(_folder.Path, "sh",
            ["-c", "pwd; echo $LC_ALL; echo \"$1\"", "sh", "two words; $HOME \"x\""]))!;
        Assert.Equal($"{_folder.Path}\nC\ntwo words; $HOME \"x\"\n", run.Output);
    }

    [Fact]
    public void A_program_that_is_not_there_gives_nothing() =>
        Assert.Null(LocalTools.Instance.Run(new ToolCall(_folder.Path, "no-program-has-this-name", [])));

    [Fact]
    public void A_run_whose_time_is_over_has_ended_with_all_its_processes()
    {
        Assert.Throws<TimeoutException>(() =>
            LocalTools.Instance.Run(Shell(Hang) with { Patience = TimeSpan.FromSeconds(1) }));
        AssertGone();
    }

    [Fact]
    public void A_cancelled_run_has_ended_with_all_its_processes()
    {
        using CancellationTokenSource cancel = new();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            LocalTools.Instance.Run(Shell(Hang) with { Line = _ => cancel.Cancel(), Patience = s_patience },
                cancel.Token));
        AssertGone();
        Assert.ThrowsAny<OperationCanceledException>(() => LocalTools.Instance.Run(Shell("touch never"), cancel.Token));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "never")));
    }

    [Fact]
    public void What_goes_wrong_with_a_line_ends_the_run()
    {
        Assert.Throws<IOException>(() =>
            LocalTools.Instance.Run(
                Shell(Hang) with { Line = _ => throw new IOException("the disk is full"), Patience = s_patience }));
        AssertGone();
    }

    private ToolCall Shell(string script) => new(_folder.Path, "sh", ["-c", script]);

    private void AssertGone()
    {
        int[] pids = [.. File.ReadAllLines(Path.Combine(_folder.Path, "pids")).Select(int.Parse)];
        Assert.Equal(2, pids.Length);
        Stopwatch watch = Stopwatch.StartNew();
        while (!pids.All(IsGone))
        {
            Assert.True(watch.Elapsed < s_patience, "a process lives on");
            Thread.Sleep(20);
        }
    }

    // A killed process whose parent has not asked for it yet is a zombie.
    private static bool IsGone(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }
}
