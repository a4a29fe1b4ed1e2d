using System.Runtime.InteropServices;
using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Simulation;
using Hls4Net.Tests.Forests;

namespace Hls4Net.Benchmarks;

/// <summary>A thousand random trees of depth 6 on 16 features of 16 bits: to C++, through g++, simulated.</summary>
internal static unsafe class ForestRows
{
    private const int Trees = 1000, Depth = 6, Features = 16, Samples = 20_000;

    public static Row[] Measure(string rusage, string folder, int runs)
    {
        string what = $"{Trees:N0} trees of depth {Depth}",
            path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "forest")).FullName, "model.onnx");
        File.WriteAllBytes(path, LargeForestModel.Of(Trees, 1, Depth, Features).ToByteArray());
        double[] generation = [.. Enumerable.Range(0, runs).Select(_ => Cpu.Seconds(() =>
            GC.KeepAlive(Network.Emit(Compile(path)).ToArray())))];
        Row made = new($"ONNX to C++ and C#, {what}", "CPU s", "", [], generation, "< 5");
        Network network = Network.OfModel(Path.GetDirectoryName(path)!, Compile(path));
        ProcessCost[] costs = [.. Enumerable.Range(0, runs).Select(_ => network.Build(rusage))];
        var raw = (delegate* unmanaged<long*, long*, long,
            int>)NativeLibrary.GetExport(NativeLibrary.Load(network.Library), "hls4net_predict_raw");
        Random random = new(1);
        long[] inputs = [.. Enumerable.Range(0, Samples * Features).Select(_ => random.NextInt64(-32768, 32768))],
            outputs = new long[Samples];
        ManagedSimulator managed = new(network.Model.Model.Network);
        double[] rates = new double[runs], managedRates = new double[runs];
        // Run -1 warms up.
        for (int run = -1; run < runs; run++)
        {
            fixed (long* i = inputs, o = outputs)
            {
                long* x = i, y = o;
                rates[Math.Max(0, run)] = Samples / Cpu.Seconds(() =>
                {
                    if (raw(x, y, Samples) != 0)
                        throw new InvalidOperationException("the firmware failed");
                });
            }
            managedRates[Math.Max(0, run)] = Samples / 20 / Cpu.Seconds(() =>
            {
                for (int i = 0; i < Samples / 20; i++)
                {
                    managed.RunRaw(inputs.AsSpan(i * Features, Features));
                    if (managed[network.Model.Model.Network.Outputs[0].Value][0] != outputs[i])
                        throw new InvalidOperationException($"sample {i} differs");
                }
            });
        }
        return
        [
            made,
            new Row($"g++, {what}", "CPU s", "", [], [.. costs.Select(c => c.Seconds)], "< 10"),
            new Row($"g++ peak memory, {what}", "MB", "", [], [.. costs.Select(c => c.PeakMegabytes)]),
            new Row($"C simulation of mantissas, {what}", "samples/s", "", [], rates, "> 1,000,000"),
            new Row($"managed simulator, {what}", "samples/s", "", [], managedRates),
        ];
    }

    private static CompiledModel Compile(string path) => Network.Compile(path, null, null,
        configure: options => options with
        {
            Layers = [new LayerOverride("x", LayerSettings.Unset with
            {
                Precision = PrecisionSpec.TryParse("fixed(16,16)", out _),
            })],
        });
}
