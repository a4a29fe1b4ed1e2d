namespace Hls4Net.Benchmarks;

/// <summary>ONNX to C++ and C#, in a warm process, for three sizes of network.</summary>
internal static class GenerationRows
{
    public static IEnumerable<Row> Measure(string folder, int runs)
    {
        int[][] networks = [Mlp.JetTagger, [64, 128, 128, 128, 64], [256, 512, 512, 512, 256]];
        double[] weights = [.. networks.Select(sizes => (double)sizes.Zip(sizes.Skip(1), (a, b) => a * b).Sum())];
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
                if (run < -2 && size > 0)
                    continue;
                string model = models[size];
                double s = Cpu.Seconds(() => GC.KeepAlive(Network.Emit(Network.Compile(model, null, null)).ToArray()));
                if (run >= 0)
                    seconds[size][run] = s;
            }
        }
        for (int size = 0; size < networks.Length; size++)
            yield return new Row($"ONNX to C++ and C#, warm, MLP of {weights[size]:N0} weights", "CPU s", "", [], seconds[size], size == 0 ? "< 0.1" : "");
        yield return new Row("growth exponent of the three", "", "", [], [Exponent(weights, [.. seconds.Select(s => Spread.Of(s).Median)])], "≤ 1.1");
    }

    // The slope of log(seconds) over log(weights), by least squares.
    private static double Exponent(double[] weights, double[] seconds)
    {
        double[] x = [.. weights.Select(w => Math.Log(w))], y = [.. seconds.Select(s => Math.Log(s))];
        (double mx, double my) = (x.Average(), y.Average());
        return x.Zip(y, (a, b) => (a - mx) * (b - my)).Sum() / x.Sum(a => (a - mx) * (a - mx));
    }
}
