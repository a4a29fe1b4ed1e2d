using System.Runtime.InteropServices;

namespace Hls4Net.Tests.Runtime;

/// <summary>The C interface of a simulation library, called as the generated classes call it.</summary>
public sealed class BridgeTests
{
    private delegate int PredictF32(float[] input, float[] output, long n);

    private delegate int PredictF64(double[] input, double[] output, long n);

    private delegate int PredictRaw(long[] input, long[] output, long n);

    private delegate int TraceRaw(long[] input, long[] output, long[] layers, long n);

    private delegate int GetInt();

    private delegate long GetLong();

    private delegate nint GetText();

    // y = W x + sum(c), z = the first two of y through a stream.
    private const string Header = """
        #include <ap_fixed.h>
        #include <hls4net.h>
        #include <hls_stream.h>

        typedef ap_fixed<16, 6, AP_RND, AP_SAT> input_t;
        typedef ap_ufixed<4, 4> condition_t;
        typedef ap_fixed<24, 12> accumulator_t;
        typedef ap_fixed<12, 8, AP_RND_CONV, AP_SAT> result_t;
        struct pack_t {
            result_t data[2];
        };

        void example(input_t x[3], condition_t c[2][2], result_t y[3], hls::stream<pack_t>& z);
        """;

    private const string Firmware = """
        #include "example.h"

        static const ap_fixed<6, 2> w[3][3] = {{1, 0.5, -0.25}, {0, 1.5, -2}, {0.0625, 1, 1}};

        static void dense(const input_t x[3], const condition_t c[2][2], accumulator_t acc[3]) {
            for (int j = 0; j < 3; j++) {
                acc[j] = 0;
                for (int i = 0; i < 2; i++)
                    for (int k = 0; k < 2; k++)
                        hls4net::accumulate(acc[j], c[i][k]);
            }
            for (int i = 0; i < 3; i++)
                for (int j = 0; j < 3; j++)
                    acc[j] += w[j][i] * x[i];
        }

        void example(input_t x[3], condition_t c[2][2], result_t y[3], hls::stream<pack_t>& z) {
            accumulator_t acc[3];
            dense(x, c, acc);
            HLS4NET_TRACE(0, acc);
            for (int j = 0; j < 3; j++)
                y[j] = acc[j];
            HLS4NET_TRACE(1, y, 3);
            pack_t p = {{y[0], y[1]}};
            z.write(p);
            HLS4NET_TRACE(2, z);
        }
        """;

    private const string Bridge = """
        #include "example.h"
        #include "csim_bridge.h"

        typedef hls4net::ports<input_t[3], condition_t[2][2]> inputs;
        typedef hls4net::ports<result_t[3], hls4net::stream_of<pack_t, 1>> outputs;
        typedef hls4net::trace_sizes<3, 3, 2> layers;
        HLS4NET_BRIDGE("example 1f3a", example, inputs, outputs, layers)
        """;

    [SkippableFact]
    public void Every_entry_point_computes_the_model()
    {
        using Gpp gpp = Gpp.Require();
        using Library library = Build(gpp, Firmware, Bridge, "-DHLS4NET_CSIM");
        Assert.Equal(1, library.Get<GetInt>("hls4net_abi")());
        Assert.Equal("example 1f3a", library.Text("hls4net_model"));
        Assert.Equal(7, library.Get<GetLong>("hls4net_input_size")());
        Assert.Equal(5, library.Get<GetLong>("hls4net_output_size")());
        Assert.Equal(8, library.Get<GetLong>("hls4net_trace_size")());

        // Inputs are rounded to 1/1024 and saturated to 31.999…, sums to 1/16.
        double[] input = [1, 2, -4, 1, 2, 3, 4, 0.0004, -0.03125, 1000, 0, 0, 0, 0];
        double[] expected = [13, 21, 8.0625, 13, 21, -8, -64.0625, 31.9375, -8, -64.0625];
        double[] output = new double[10];
        Assert.Equal(0, library.Get<PredictF64>("hls4net_predict_f64")(input, output, 2));
        Assert.Equal(expected, output);

        float[] single = new float[10];
        Assert.Equal(0, library.Get<PredictF32>("hls4net_predict_f32")([.. input.Select(x => (float)x)], single, 2));
        Assert.Equal(expected, single.Select(x => (double)x));

        long[] raw = [1024, 2048, -4096, 1, 2, 3, 4, 0, -32, 32767, 0, 0, 0, 0];
        long[] rawExpected = [.. expected.Select(x => (long)(x * 16))];
        long[] rawOutput = new long[10];
        Assert.Equal(0, library.Get<PredictRaw>("hls4net_predict_raw")(raw, rawOutput, 2));
        Assert.Equal(rawExpected, rawOutput);

        long[] layers = new long[16];
        Array.Clear(rawOutput);
        Assert.Equal(0, library.Get<TraceRaw>("hls4net_trace_raw")(raw, rawOutput, layers, 2));
        Assert.Equal(rawExpected, rawOutput);
        Assert.Equal([13 * 4096, 21 * 4096, 33024, 208, 336, 129, 208, 336], layers[..8]);
        Assert.Equal(rawExpected[5..8], layers[11..14]);
    }

    // An unrolled loop's layers are more than g++ nests templates.
    [SkippableFact]
    public void Thousands_of_layers_have_their_places()
    {
        const int Layers = 2500;
        using Gpp gpp = Gpp.Require();
        int[] sizes = [.. Enumerable.Range(0, Layers).Select(i => 1 + (i * 7 % 5))];
        gpp.Write("layers.cpp", $$"""
            #include <ap_fixed.h>
            #include <hls4net.h>
            #include <hls_stream.h>
            #include "csim_bridge.h"
            #include <stdio.h>
            int main() {
                typedef hls4net::detail::trace_layout<{{string.Join(", ", sizes)}}> layout;
                static int64_t* starts[layout::count + 1];
                static int64_t first[layout::size];
                layout::place(starts, first);
                printf("%d %lld", layout::count, (long long)layout::size);
                for (int i = 0; i <= layout::count; i++)
                    printf(" %lld", (long long)(starts[i] - first));
                return 0;
            }
            """);
        gpp.Compile("layers", "-DHLS4NET_CSIM", "layers.cpp");
        int[] starts = new int[Layers + 1];
        for (int i = 0; i < Layers; i++)
            starts[i + 1] = starts[i] + sizes[i];
        Assert.Equal([Layers, starts[^1], .. starts], gpp.Execute("layers").Split(' ').Select(int.Parse));
    }

    [SkippableFact]
    public void Many_threads_get_the_results_of_one()
    {
        const int Samples = 20_000, Threads = 8;
        using Gpp gpp = Gpp.Require();
        using Library library = Build(gpp, Firmware, Bridge, "-DHLS4NET_CSIM");
        PredictRaw predict = library.Get<PredictRaw>("hls4net_predict_raw");
        TraceRaw trace = library.Get<TraceRaw>("hls4net_trace_raw");
        Random random = new(1);
        long[] input = [.. Enumerable.Range(0, Samples * 7).Select(_ => random.NextInt64(-(1 << 15), 1 << 15))];
        long[] expected = new long[Samples * 5];
        long[] expectedLayers = new long[Samples * 8];
        Assert.Equal(0, trace(input, expected, expectedLayers, Samples));

        long[][] outputs = [.. Enumerable.Range(0, Threads).Select(_ => new long[Samples * 5])];
        long[][] layers = [.. Enumerable.Range(0, Threads).Select(_ => new long[Samples * 8])];
        // Half of the threads trace while the others don't: the trace belongs to its thread.
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            if (t % 2 == 0)
                predict(input, outputs[t], Samples);
            else
                trace(input, outputs[t], layers[t], Samples);
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        for (int t = 0; t < Threads; t++)
        {
            Assert.Equal(expected, outputs[t]);
            if (t % 2 == 1)
                Assert.Equal(expectedLayers, layers[t]);
        }
    }

    [SkippableFact]
    public void A_failure_is_reported_and_the_library_stays_usable()
    {
        using Gpp gpp = Gpp.Require();
        string broken = Firmware.Replace("    z.write(p);", "    if (x[0] != 5)\n        z.write(p);",
            StringComparison.Ordinal);
        using Library library = Build(gpp, broken, Bridge);
        PredictF64 predict = library.Get<PredictF64>("hls4net_predict_f64");
        double[] output = new double[5];
        Assert.Equal(1, predict([5, 0, 0, 0, 0, 0, 0], output, 1));
        Assert.Equal("read from an empty stream 'of the top function'", library.Text("hls4net_error"));
        Assert.Equal(0, predict([4, 0, 0, 0, 0, 0, 0], output, 1));
        Assert.Equal(4, output[0]);

        // Without HLS4NET_CSIM the firmware records nothing, which must not pass for a trace of zeros.
        Assert.Equal(1, library.Get<TraceRaw>("hls4net_trace_raw")(new long[7], new long[5], new long[8], 1));
        Assert.Contains("HLS4NET_CSIM", library.Text("hls4net_error"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_broken_accumulator_proof_fails_where_it_is_checked()
    {
        using Gpp gpp = Gpp.Require();
        string narrow = Header.Replace("ap_fixed<24, 12> accumulator_t", "ap_fixed<18, 6> accumulator_t",
            StringComparison.Ordinal);
        using Library library = Build(gpp, Firmware, Bridge, "-DHLS4NET_CHECK", header: narrow);
        PredictF64 predict = library.Get<PredictF64>("hls4net_predict_f64");
        double[] output = new double[5];
        Assert.Equal(0, predict([0, 0, 0, 7, 7, 7, 7], output, 1));
        Assert.Equal(1, predict([0, 0, 0, 15, 15, 15, 15], output, 1));
        Assert.StartsWith("hls4net::accumulate", library.Text("hls4net_error"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_library_exports_the_interface_only_and_can_be_unloaded()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads /proc");
        using Gpp gpp = Gpp.Require();
        string path;
        using (Library library = Build(gpp, Firmware, Bridge, "-DHLS4NET_CSIM"))
        {
            path = library.Path;
            Assert.Equal(0, library.Get<TraceRaw>("hls4net_trace_raw")(new long[7], new long[5], new long[8], 1));
            Assert.Contains(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
        }
        Assert.DoesNotContain(path, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);

        IEnumerable<string> ours = gpp.Tool("nm", "-D", "--defined-only", path)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ')[^1])
            .Where(name => name.Contains("hls", StringComparison.Ordinal)
                || name.Contains("example", StringComparison.Ordinal));
        Assert.Equal(12, ours.Count());
        Assert.All(ours, name => Assert.StartsWith("hls4net_", name, StringComparison.Ordinal));
    }

    private static Library Build(Gpp gpp, string firmware, string bridge, string define = "-DNONE",
        string header = Header)
    {
        gpp.Write("example.h", header);
        gpp.Write("example.cpp", firmware);
        gpp.Write("bridge.cpp", bridge);
        return new(gpp.Compile("libexample.so", define, "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "example.cpp",
            "bridge.cpp"));
    }

    private sealed class Library(string path) : IDisposable
    {
        private readonly nint _handle = NativeLibrary.Load(path);

        public string Path => path;

        public T Get<T>(string name) where T : Delegate =>
            Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(_handle, name));

        public string Text(string name) => Marshal.PtrToStringUTF8(Get<GetText>(name)())!;

        public void Dispose() => NativeLibrary.Free(_handle);
    }
}
