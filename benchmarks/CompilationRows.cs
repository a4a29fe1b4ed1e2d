namespace Hls4Net.Benchmarks;

/// <summary>
/// What the C++ compiler costs for a network, beside the hand-written kernel of the same network with the same flags.
/// </summary>
internal static class CompilationRows
{
    public static IEnumerable<Row> Measure(string rusage, int runs, Network network, string what, string goal)
    {
        ProcessCost[] ours = new ProcessCost[runs],
            reference = new ProcessCost[network.KernelLibrary is null ? 0 : runs];
        for (int run = 0; run < runs; run++)
        {
            ours[run] = network.Build(rusage);
            if (reference.Length > 0)
                reference[run] = network.BuildKernel(rusage);
        }
        yield return new Row($"g++, {what}", "CPU s", "hand-written kernel", [.. reference.Select(c => c.Seconds)],
            [.. ours.Select(c => c.Seconds)], goal);
        yield return new Row($"g++ peak memory, {what}", "MB", "hand-written kernel",
            [.. reference.Select(c => c.PeakMegabytes)], [.. ours.Select(c => c.PeakMegabytes)], "< 300");
    }
}
