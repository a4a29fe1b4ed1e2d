using System.Runtime.InteropServices;
using Hls4Net.Simulation;

namespace Hls4Net.Benchmarks;

/// <summary>
/// Samples a second on one thread: the compiled firmware through its C interface, the hand-written kernel, the managed
/// simulator.
/// </summary>
internal static unsafe class SimulationRows
{
    private const int Repetitions = 10;

    /// <summary>Needs the libraries that <see cref="CompilationRows"/> made in the network's folder.</summary>
    /// <param name="runs">How often.</param>
    /// <param name="network">The network.</param>
    /// <param name="what">Its name.</param>
    /// <param name="samples">Samples a call; the managed simulator takes a tenth of them.</param>
    /// <param name="goal">The goal of the compiled firmware.</param>
    public static Row[] Measure(int runs, Network network, string what, int samples, string goal)
    {
        nint library = NativeLibrary.Load(network.Library), kernel = NativeLibrary.Load(network.KernelLibrary!);
        var raw = (delegate* unmanaged<long*, long*, long, int>)NativeLibrary.GetExport(library, "hls4net_predict_raw");
        var real = (delegate* unmanaged<float*, float*, long, int>)NativeLibrary.GetExport(library,
            "hls4net_predict_f32");
        var hand = (delegate* unmanaged<short*, short*, long, void>)NativeLibrary.GetExport(kernel, "kernel_predict");

        Graph.Value input = network.Model.Model.Network.Inputs[0],
            output = network.Model.Model.Network.Outputs[0].Value;
        (int inputs, int outputs) = (input.Shape.Size, output.Shape.Size);
        long[] mantissas = new long[samples * inputs], results = new long[samples * outputs];
        short[] shorts = new short[samples * inputs], handResults = new short[samples * outputs];
        float[] values = new float[samples * inputs], realResults = new float[samples * outputs];
        Random random = new(3);
        for (int i = 0; i < mantissas.Length; i++)
        {
            mantissas[i] = random.NextInt64((long)input.Type.MinMantissa / 8, (long)input.Type.MaxMantissa / 8);
            shorts[i] = (short)mantissas[i];
            values[i] = (float)(mantissas[i] * input.Type.Ulp);
        }
        ManagedSimulator managed = new(network.Model.Model.Network);
        double[] rawRate = new double[runs], realRate = new double[runs], handRate = new double[runs],
            managedRate = new double[runs];
        // Run -1 warms up.
        for (int run = -1; run < runs; run++)
        {
            int at = Math.Max(0, run);
            fixed (long* m = mantissas, r = results)
            fixed (short* s = shorts, h = handResults)
            fixed (float* f = values, o = realResults)
            {
                long* mi = m, mo = r;
                short* si = s, so = h;
                float* fi = f, fo = o;
                handRate[at] = Rate(samples, () => hand(si, so, samples));
                rawRate[at] = Rate(samples, () => Check(raw(mi, mo, samples)));
                realRate[at] = Rate(samples, () => Check(real(fi, fo, samples)));
            }
            managedRate[at] = samples / 10 / Cpu.Seconds(() =>
            {
                for (int i = 0; i < samples / 10; i++)
                    managed.RunRaw(mantissas.AsSpan(i * inputs, inputs));
            });
        }
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] != handResults[i] || realResults[i] != (float)(results[i] * output.Type.Ulp))
                throw new InvalidOperationException(
                    $"element {i}: the firmware gives {results[i]} and {realResults[i] / output.Type.Ulp}, the kernel "
                    + $"{handResults[i]}");
        }
        return
        [
            new Row($"C simulation of mantissas, {what}", "samples/s", "hand-written kernel", handRate, rawRate, goal),
            new Row($"C simulation of floats, {what}", "samples/s", "hand-written kernel", handRate, realRate),
            new Row($"managed simulator, {what}", "samples/s", "", [], managedRate),
        ];
    }

    /// <summary>
    /// Samples a second by the clock on all cores beside those on one; each thread has samples of its own.
    /// </summary>
    public static Row Threads(int runs, Network network, string what, int samples)
    {
        var raw = (delegate* unmanaged<long*, long*, long,
            int>)NativeLibrary.GetExport(NativeLibrary.Load(network.Library), "hls4net_predict_raw");
        int cores = Environment.ProcessorCount, inputs = network.Model.Model.Network.Inputs[0].Shape.Size,
            outputs = network.Model.Model.Network.Outputs[0].Value.Shape.Size;
        double[] one = new double[runs], all = new double[runs];
        for (int run = -1; run < runs; run++)
            (one[Math.Max(0, run)], all[Math.Max(0, run)]) = (Clock(1), Clock(cores));
        return new Row($"C simulation on {cores} threads, {what}", "samples/s", "one thread", one, all, $"≈ {cores} ×");

        double Clock(int threads)
        {
            long[][] mantissas = [.. Enumerable.Range(0, threads).Select(_ => new long[samples / 10 * inputs])],
                results = [.. mantissas.Select(_ => new long[samples / 10 * outputs])];
            Thread[] running = [.. Enumerable.Range(0, threads).Select(t => new Thread(() =>
            {
                fixed (long* m = mantissas[t], r = results[t])
                {
                    for (int i = 0; i < 10; i++)
                        Check(raw(m, r, samples / 10));
                }
            }))];
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            Array.ForEach(running, t => t.Start());
            Array.ForEach(running, t => t.Join());
            return samples / 10 * 10 * threads / System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static double Rate(int samples, Action run) => (double)samples * Repetitions / Cpu.Seconds(() =>
    {
        for (int i = 0; i < Repetitions; i++)
            run();
    });

    private static void Check(int status)
    {
        if (status != 0)
            throw new InvalidOperationException("the firmware failed");
    }
}
