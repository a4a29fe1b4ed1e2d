namespace Hls4Net.Benchmarks;

/// <summary>What the C++ compiler costs for the jet tagger, beside the hand-written kernel of the same network with the same flags.</summary>
internal static class CompilationRows
{
    /// <summary>The flags that a build compiles the C simulation with.</summary>
    public static string[] Flags =>
        ["-std=c++14", "-O3", "-march=native", "-fPIC", "-shared", "-fvisibility=hidden", "-Wno-unknown-pragmas", "-Wno-unused-label", "-DHLS4NET_CSIM"];

    public static IEnumerable<Row> Measure(string rusage, int runs, Network network, string what, bool kernel)
    {
        network.WriteSources(kernel);
        ProcessCost[] ours = new ProcessCost[runs], reference = new ProcessCost[runs];
        for (int run = 0; run < runs; run++)
        {
            ours[run] = Cpu.OfCommand(rusage, network.Folder, "g++", [.. Flags, "-Icsim/include", "-o", "libmlp.so", "firmware/mlp.cpp", "csim/bridge.cpp"]);
            if (kernel)
                reference[run] = Cpu.OfCommand(rusage, network.Folder, "g++", [.. Flags, "-o", "libkernel.so", "mlp_kernel.cpp"]);
        }
        yield return new Row($"g++, {what}", "CPU s", "hand-written kernel", [.. Of(c => c.Seconds)], [.. ours.Select(c => c.Seconds)], "< 2, later < 0.8");
        yield return new Row($"g++ peak memory, {what}", "MB", "hand-written kernel", [.. Of(c => c.PeakMegabytes)], [.. ours.Select(c => c.PeakMegabytes)]);

        IEnumerable<double> Of(Func<ProcessCost, double> figure) => kernel ? reference.Select(figure) : [];
    }
}
