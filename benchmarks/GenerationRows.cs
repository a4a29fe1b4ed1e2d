namespace Hls4Net.Benchmarks;

/// <summary>
/// ONNX to C++ and C#, for three sizes of network in a warm process, and for the largest and the deepest in processes
/// of their own.
/// </summary>
internal static class GenerationRows
{
    private const int DeepLayers = 200;

    public static IEnumerable<Row> Measure(string rusage, string folder, int runs)
    {
        int[][] networks = [Mlp.JetTagger, [256, 512, 512, 512, 256], [1024, 2048, 2048, 1536, 512]];
        double[] weights = [.. networks.Select(sizes => (double)Mlp.Weights(sizes))];
        double[][] seconds = [.. networks.Select(_ => new double[runs])];
        string[] models = new string[networks.Length];
        for (int size = 0; size < networks.Length; size++)
        {
            models[size] = Path.Combine(folder, $"generation{size}.onnx");
            Mlp.Write(models[size], networks[size]);
        }
        // The first runs are compiled by the quick compiler, and are not counted.
        const int WarmUp = 15;
        for (int run = -WarmUp; run < runs; run++)
        {
            for (int size = 0; size < networks.Length; size++)
            {
                if (run < -1 && size > 0)
                    continue;
                string model = models[size];
                double s = Cpu.Seconds(() => Generate(model, null));
                if (run >= 0)
                    seconds[size][run] = s;
            }
        }
        for (int size = 0; size < networks.Length; size++)
            yield return new Row($"ONNX to C++ and C#, warm, MLP of {weights[size]:N0} weights", "CPU s", "", [],
                seconds[size], size == 0 ? "< 0.1" : size == networks.Length - 1 ? "< 10" : "");
        yield return new Row("growth exponent of the three", "", "", [],
            [Exponent(weights, [.. seconds.Select(s => Spread.Of(s).Median)])], "≤ 1.1");

        string deep = Path.Combine(folder, "deep.onnx");
        Cnn.WriteDeep(deep, DeepLayers, side: 32, channels: 16);
        foreach ((string what, string model,
            string? precision) in new[] { ($"MLP of {weights[^1]:N0} weights", models[^1], null),
                ($"{DeepLayers} convolutions of 32 × 32 pixels, fixed(16,6)", deep, "fixed(16,6)") })
        {
            ProcessCost[] costs = [.. Enumerable.Range(0, runs)
                .Select(_ => Cpu.OfCommand(rusage, folder, Environment.ProcessPath!,
                    ["generate", model, .. precision is null ? Array.Empty<string>() : [precision]]))];
            yield return new Row($"ONNX to C++ and C#, a process for {what}", "CPU s", "", [],
                [.. costs.Select(c => c.Seconds)], "< 10");
            yield return new Row($"peak memory of the same, the model has {new FileInfo(model).Length / 1e6:F0} MB",
                "MB", "", [], [.. costs.Select(c => c.PeakMegabytes)], "< 1,500");
        }
    }

    /// <summary>What is measured.</summary>
    public static void Generate(string model, string? precision) =>
        GC.KeepAlive(Network.Emit(Network.Compile(model, null, precision)).ToArray());

    // The slope of log(seconds) over log(weights), by least squares.
    private static double Exponent(double[] weights, double[] seconds)
    {
        double[] x = [.. weights.Select(w => Math.Log(w))], y = [.. seconds.Select(s => Math.Log(s))];
        (double mx, double my) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
    }
}
