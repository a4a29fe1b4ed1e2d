using System.Runtime.InteropServices;
using Hls4Net.Simulation;

namespace Hls4Net.Benchmarks;

/// <summary>Samples a second on one thread: the compiled firmware through its C interface, the hand-written kernel, the managed simulator.</summary>
internal static unsafe class SimulationRows
{
    private const int Samples = 20000, Repetitions = 10, ManagedSamples = 2000;

    /// <summary>Needs the libraries that <see cref="CompilationRows"/> made in the network's folder.</summary>
    public static Row[] Measure(int runs, Network network, string what)
    {
        nint library = NativeLibrary.Load(Path.Combine(network.Folder, "libmlp.so")), kernel = NativeLibrary.Load(Path.Combine(network.Folder, "libkernel.so"));
        var raw = (delegate* unmanaged<long*, long*, long, int>)NativeLibrary.GetExport(library, "hls4net_predict_raw");
        var real = (delegate* unmanaged<float*, float*, long, int>)NativeLibrary.GetExport(library, "hls4net_predict_f32");
        var hand = (delegate* unmanaged<short*, short*, long, void>)NativeLibrary.GetExport(kernel, "kernel_predict");

        Graph.Value input = network.Model.Model.Network.Inputs[0], output = network.Model.Model.Network.Outputs[0].Value;
        (int inputs, int outputs) = (input.Shape.Size, output.Shape.Size);
        long[] mantissas = new long[Samples * inputs], results = new long[Samples * outputs];
        short[] shorts = new short[Samples * inputs], handResults = new short[Samples * outputs];
        float[] values = new float[Samples * inputs], realResults = new float[Samples * outputs];
        Random random = new(3);
        for (int i = 0; i < mantissas.Length; i++)
        {
            mantissas[i] = random.NextInt64((long)input.Type.MinMantissa / 8, (long)input.Type.MaxMantissa / 8);
            shorts[i] = (short)mantissas[i];
            values[i] = (float)(mantissas[i] * input.Type.Ulp);
        }
        ManagedSimulator managed = new(network.Model.Model.Network);
        double[] rawRate = new double[runs], realRate = new double[runs], handRate = new double[runs], managedRate = new double[runs];
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
                handRate[at] = Rate(() => hand(si, so, Samples));
                rawRate[at] = Rate(() => Check(raw(mi, mo, Samples)));
                realRate[at] = Rate(() => Check(real(fi, fo, Samples)));
            }
            managedRate[at] = ManagedSamples / Cpu.Seconds(() =>
            {
                for (int i = 0; i < ManagedSamples; i++)
                    managed.RunRaw(mantissas.AsSpan(i * inputs, inputs));
            });
        }
        for (int i = 0; i < results.Length; i++)
        {
            if (results[i] != handResults[i] || realResults[i] != (float)(results[i] * output.Type.Ulp))
                throw new InvalidOperationException($"element {i}: the firmware gives {results[i]} and {realResults[i] / output.Type.Ulp}, the kernel {handResults[i]}");
        }
        return
        [
            new Row($"C simulation of mantissas, {what}", "samples/s", "hand-written kernel", handRate, rawRate, "> 300,000, later ≥ ½ of the kernel"),
            new Row($"C simulation of floats, {what}", "samples/s", "hand-written kernel", handRate, realRate, "> 300,000"),
            new Row($"managed simulator, {what}", "samples/s", "", [], managedRate),
        ];
    }

    private static double Rate(Action run) => (double)Samples * Repetitions / Cpu.Seconds(() =>
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
