using System.Diagnostics;
using System.Globalization;

namespace Hls4Net.Benchmarks;

/// <summary>What running something cost.</summary>
/// <param name="Seconds">CPU time, user and system.</param>
/// <param name="PeakMegabytes">Peak memory of its largest process.</param>
internal sealed record ProcessCost(double Seconds, double PeakMegabytes);

/// <summary>CPU time, which other work on the machine disturbs less than the clock's.</summary>
internal static class Cpu
{
    /// <summary>CPU seconds that this process spends in <paramref name="work"/>.</summary>
    public static double Seconds(Action work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        work();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    /// <summary>
    /// Runs a command through kernels/rusage.c, which must have been compiled to <paramref name="rusage"/>.
    /// </summary>
    public static ProcessCost OfCommand(string rusage, string folder, string program,
        params IEnumerable<string> arguments)
    {
        string result = Path.Combine(folder, "rusage.txt");
        Run(folder, rusage, [result, program, .. arguments]);
        string[] parts = File.ReadAllText(result).Split(' ');
        return new ProcessCost(double.Parse(parts[0], CultureInfo.InvariantCulture),
            double.Parse(parts[1], CultureInfo.InvariantCulture) / 1024);
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static void Run(string folder, string program, params IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program,
            arguments)
        { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {output}");
    }
}
