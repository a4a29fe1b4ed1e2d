using System.Runtime.InteropServices;

namespace Hls4Net.Benchmarks;

/// <summary>Quantized networks beside 16-bit ones of the same shape: narrow types must not be slower.</summary>
internal static unsafe class QuantizedRows
{
    private const int Samples = 2000;

    private static readonly (string What, string Model, int[] Sizes, bool Softmax, string Goal)[] s_networks =
    [
        ("6-bit jet tagger", "a12_qonnx_qkeras_jettagging", Mlp.JetTagger, true, ""),
        ("binary 784-64-64-64-10", "a14_qonnx_tfc_1w1a", [784, 64, 64, 64, 10], false, "> 1,000,000"),
    ];

    /// <summary>Rows for the shared models; one that says so where they are missing.</summary>
    /// <param name="rusage">The program that measures processes.</param>
    /// <param name="repository">The project's root, beside which the shared data lie.</param>
    /// <param name="folder">Where to work.</param>
    /// <param name="runs">How often.</param>
    public static IEnumerable<Row> Measure(string rusage, string repository, string folder, int runs)
    {
        string shared = Environment.GetEnvironmentVariable("HLS4NET_SHARED") is { Length: > 0 } given ? given
            : Path.Combine(repository, "..", "shared");
        foreach ((string what, string name, int[] sizes, bool softmax, string goal) in s_networks)
        {
            string model = Path.Combine(shared, "models", name, "model.onnx");
            if (!File.Exists(model))
            {
                yield return new Row($"{what}: not measured, ../shared/models/{name} is missing", "", "", [], []);
                continue;
            }
            Network narrow = Network.OfModel(Path.Combine(folder, name), model),
                wide = Network.Create(Path.Combine(folder, $"{name}_wide"), sizes, precision: null, softmax);
            foreach (Row row in Measure(rusage, runs, what, model, narrow, wide, goal))
                yield return row;
        }
    }

    private static Row[] Measure(string rusage, int runs, string what, string model, Network narrow, Network wide,
        string goal)
    {
        const string Same = "16 bits, same shape";
        double[][] ours = [new double[runs], new double[runs], new double[runs]],
            theirs = [new double[runs], new double[runs], new double[runs]];
        string wideModel = Path.Combine(wide.Folder, "mlp.onnx");
        // Run -1 warms up.
        for (int run = -1; run < runs; run++)
        {
            int at = Math.Max(0, run);
            ours[0][at] = Cpu.Seconds(() => GC.KeepAlive(Network.Emit(Network.Compile(model, null, null)).ToArray()));
            theirs[0][at] = Cpu.Seconds(() =>
                GC.KeepAlive(Network.Emit(Network.Compile(wideModel, null, null)).ToArray()));
            ours[1][at] = narrow.Build(rusage).Seconds;
            theirs[1][at] = wide.Build(rusage).Seconds;
        }
        Simulation fast = new(narrow), reference = new(wide);
        for (int run = -1; run < runs; run++)
        {
            ours[2][Math.Max(0, run)] = fast.Rate();
            theirs[2][Math.Max(0, run)] = reference.Rate();
        }
        return
        [
            new Row($"ONNX to C++ and C#, {what}", "CPU s", Same, theirs[0], ours[0]),
            new Row($"g++, {what}", "CPU s", Same, theirs[1], ours[1], "≤ 1 ×"),
            new Row($"C simulation of mantissas, {what}", "samples/s", Same, theirs[2], ours[2],
                goal.Length > 0 ? goal : "≥ 1 ×"),
        ];
    }

    /// <summary>The compiled firmware on random mantissas.</summary>
    private sealed class Simulation
    {
        private readonly delegate* unmanaged<long*, long*, long, int> _predict;
        private readonly long[] _inputs, _outputs;

        public Simulation(Network network)
        {
            _predict = (delegate* unmanaged<long*, long*, long,
                int>)NativeLibrary.GetExport(NativeLibrary.Load(network.Library), "hls4net_predict_raw");
            Graph.Value input = network.Model.Model.Network.Inputs[0];
            Random random = new(3);
            _inputs = [.. Enumerable.Range(0, Samples * input.Shape.Size)
                .Select(_ => random.NextInt64((long)input.Type.MinMantissa / 8,
                    ((long)input.Type.MaxMantissa / 8) + 1))];
            _outputs = new long[Samples * network.Model.Model.Network.Outputs[0].Value.Shape.Size];
        }

        /// <summary>Samples a CPU second.</summary>
        public double Rate()
        {
            const int Repetitions = 20;
            return (double)Samples * Repetitions / Cpu.Seconds(() =>
            {
                fixed (long* x = _inputs, y = _outputs)
                {
                    for (int i = 0; i < Repetitions; i++)
                    {
                        if (_predict(x, y, Samples) != 0)
                            throw new InvalidOperationException("the firmware failed");
                    }
                }
            });
        }
    }
}
