using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using Hls4Net.Text;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// The firmware of many networks in one library. g++ spends most of its time on the headers, so each network's sources
/// are included as they are in a namespace of their own, and a small bridge instead of the complete one is made for
/// each.
/// </summary>
internal sealed partial class FirmwareBatch : IDisposable
{
    private readonly Gpp _gpp;
    private readonly nint _library;

    private FirmwareBatch(Gpp gpp, nint library)
    {
        _gpp = gpp;
        _library = library;
    }

    public delegate int Trace(long[] inputs, long[] outputs, long[] layers, long samples);

    public delegate int Predict(long[] inputs, long[] outputs, long samples);

    public delegate int Quantize(double[] inputs, long[] mantissas, long samples);

    /// <summary>Compiles all; fails the test on any warning.</summary>
    public static FirmwareBatch Compile(IReadOnlyList<CompiledModel> models, params string[] options) =>
        Compile(models, text => text, options);

    /// <summary>Compiles all after their top functions' text was changed.</summary>
    public static FirmwareBatch Compile(IReadOnlyList<CompiledModel> models, Func<string, string> change,
        params string[] options)
    {
        Gpp gpp = Gpp.Require();
        Write(gpp, models, change);
        // Where loops fill an array from a stream, g++ 12 at -O2 does not always see that they fill all of it.
        string path = gpp.Compile(
            "libbatch.so", [.. options, "-Wno-maybe-uninitialized", "-fPIC", "-shared", "-fvisibility=hidden",
                "-Wno-unknown-pragmas", "-Wno-unused-label", "-DHLS4NET_CSIM", "-DHLS4NET_CHECK", "batch.cpp"]);
        return new FirmwareBatch(gpp, NativeLibrary.Load(path));
    }

    /// <summary>
    /// Checks all with a clang front end, which finds fault with nothing; skips the test where there is none.
    /// </summary>
    public static void CheckWithClang(IReadOnlyList<CompiledModel> models, params string[] options)
    {
        using Gpp gpp = Gpp.Require();
        Write(gpp, models, text => text);
        gpp.CheckWithClang([.. options, "batch.cpp"]);
    }

    /// <summary>
    /// Checks all with a clang front end against other headers of the HLS types than ours: what the tools' compilers
    /// see, without a simulation.
    /// </summary>
    public static void CheckWithClang(IReadOnlyList<CompiledModel> models, IEnumerable<GeneratedFile> headers,
        params string[] options)
    {
        using Gpp gpp = Gpp.Require();
        StringBuilder source = new("#include <hls_stream.h>\n#include <hls4net.h>\n");
        for (int i = 0; i < models.Count; i++)
            AddFirmware(gpp, source, models[i], i, text => text, "");
        gpp.Write("batch.cpp", source.ToString());
        foreach (GeneratedFile header in headers)
            gpp.Write($"include/{header.Path}", header.Text);
        gpp.CheckWithClang([.. options, "-Wno-unused-function", "-Wno-unused-const-variable", "batch.cpp"]);
    }

    /// <summary>
    /// Compiles all as a program of its own, for what a library in this process cannot have, such as sanitizers; runs
    /// the samples through it, and fails the test where an output differs or the program ends with a complaint.
    /// </summary>
    public static void Execute(IReadOnlyList<Expectation> networks, params string[] options) =>
        Execute(networks, [], options);

    /// <summary>The same with other headers of the HLS types than ours.</summary>
    public static void Execute(IReadOnlyList<Expectation> networks, IEnumerable<GeneratedFile> headers,
        params string[] options)
    {
        using Gpp gpp = Gpp.Require();
        foreach (GeneratedFile header in headers)
            gpp.Write($"include/{header.Path}", header.Text);
        Write(gpp, [.. networks.Select(n => n.Model)], text => text);
        StringBuilder main = new("#include \"batch.cpp\"\n#include <stdio.h>\nint main() {\n    int failures = 0;\n");
        for (int i = 0; i < networks.Count; i++)
        {
            (CompiledModel model, long[] inputs, long[] outputs, long[] layers) = networks[i];
            int samples = inputs.Length / model.Model.Network.Inputs.Sum(v => v.Shape.Size);
            main.AppendLine(CultureInfo.InvariantCulture,
                $"    {{ static const int64_t in[] = {{ {Numbers(inputs)} }}, expected[] = {{ {Numbers(outputs)} }}, "
                + $"traced[] = {{ {Numbers(layers)} }};")
                .AppendLine(CultureInfo.InvariantCulture,
                    $"    static int64_t out[{outputs.Length}], layers[{layers.Length}];")
                .AppendLine(CultureInfo.InvariantCulture,
                    $"    if (predict_{i}(in, out, {samples})) {{ failures++; fprintf(stderr, \"network {i}: %s\\n\", "
                    + $"error()); }}")
                .AppendLine(CultureInfo.InvariantCulture,
                    $"    for (int k = 0; k < {outputs.Length}; k++) if (out[k] != expected[k]) {{ failures++; "
                    + $"fprintf(stderr, \"network {i}: number %d is %lld, %lld expected\\n\", k, (long long)out[k], "
                    + $"(long long)expected[k]); }}")
                .AppendLine(CultureInfo.InvariantCulture,
                    $"    if (trace_{i}(in, out, layers, {samples})) {{ failures++; fprintf(stderr, \"trace of network "
                    + $"{i}: %s\\n\", error()); }}")
                .AppendLine(CultureInfo.InvariantCulture,
                    $"    for (int k = 0; k < {layers.Length}; k++) if (layers[k] != traced[k]) {{ failures++; "
                    + $"fprintf(stderr, \"network {i}: layer number %d is %lld, %lld expected\\n\", k, (long "
                    + $"long)layers[k], (long long)traced[k]); }} }}");
        }
        gpp.Write("main.cpp", main.Append("    return failures > 0;\n}\n").ToString());
        gpp.Compile("batch", [.. options, "-Wno-maybe-uninitialized", "-Wno-unknown-pragmas", "-Wno-unused-label",
            "-DHLS4NET_CSIM", "main.cpp"]);
        gpp.Execute("batch");

        static string Numbers(long[] numbers) => string.Join(", ",
            numbers.Select(n => n == long.MinValue ? "INT64_MIN" : n.ToString(CultureInfo.InvariantCulture) + "LL"));
    }

    public Trace TraceOf(int network) => Export<Trace>($"trace_{network}");

    public Predict PredictOf(int network) => Export<Predict>($"predict_{network}");

    public Quantize QuantizeOf(int network) => Export<Quantize>($"quantize_{network}");

    public string Error() => Marshal.PtrToStringUTF8(Export<ErrorText>("error")())!;

    public void Dispose()
    {
        NativeLibrary.Free(_library);
        _gpp.Dispose();
    }

    private delegate nint ErrorText();

    private const string Prelude = """
        #include <hls4net.h>
        #include <csim_bridge.h>
        #undef HLS4NET_BRIDGE_CALL
        #undef HLS4NET_BRIDGE_WEIGHTS
        #define HLS4NET_BRIDGE_CALL(IDENTITY, CALL, INPUTS, OUTPUTS, LAYERS)                                          \
            typedef hls4net::detail::bridge<INPUTS, OUTPUTS, LAYERS> batch_bridge;                                    \
            int batch_trace(const int64_t* in, int64_t* out, int64_t* layers, int64_t n) {                            \
                return hls4net::detail::guarded([&] { batch_bridge::trace(CALL, in, out, layers, n); });              \
            }                                                                                                         \
            int batch_predict(const int64_t* in, int64_t* out, int64_t n) {                                           \
                return hls4net::detail::guarded([&] { batch_bridge::predict(CALL, in, out, n); });                    \
            }                                                                                                         \
            int batch_quantize(const double* in, int64_t* mantissas, int64_t n) {                                     \
                return hls4net::detail::guarded([&] { batch_bridge::quantize(in, mantissas, n); });                   \
            }
        #define HLS4NET_BRIDGE_WEIGHTS(IDENTITY, TOP, INPUTS, OUTPUTS, LAYERS, WEIGHTS, BUILT_IN)                     \
            HLS4NET_WITH_WEIGHTS(TOP, WEIGHTS, BUILT_IN)                                                              \
            HLS4NET_BRIDGE_CALL(IDENTITY, hls4net_with_built_in(), INPUTS, OUTPUTS, LAYERS)
        HLS4NET_EXPORT const char* error() { return hls4net::detail::last_failure().text; }

        """;

    private static void Write(Gpp gpp, IReadOnlyList<CompiledModel> models, Func<string, string> change)
    {
        StringBuilder source = new(Prelude);
        for (int i = 0; i < models.Count; i++)
            Add(gpp, source, models[i], i, change);
        gpp.Write("batch.cpp", source.ToString());
    }

    private static void Add(Gpp gpp, StringBuilder source, CompiledModel model, int index, Func<string, string> change)
    {
        foreach (GeneratedFile file in model.EmitCSim()
            .Where(f => !f.Path.StartsWith("include/", StringComparison.Ordinal)))
            gpp.Write($"{index}/csim/{file.Path}", file.Text);
        AddFirmware(gpp, source, model, index, change, $"#include \"{index}/csim/bridge.cpp\"\n");
        source.AppendLine(
            $"HLS4NET_EXPORT int trace_{index}(const int64_t* i, int64_t* o, int64_t* l, int64_t n) {{ return "
            + $"network_{index}::batch_trace(i, o, l, n); }}");
        source.AppendLine(
            $"HLS4NET_EXPORT int predict_{index}(const int64_t* i, int64_t* o, int64_t n) {{ return "
            + $"network_{index}::batch_predict(i, o, n); }}");
        source.AppendLine(
            $"HLS4NET_EXPORT int quantize_{index}(const double* i, int64_t* m, int64_t n) {{ return "
            + $"network_{index}::batch_quantize(i, m, n); }}");
    }

    private static void AddFirmware(Gpp gpp, StringBuilder source, CompiledModel model, int index,
        Func<string, string> change, string bridge)
    {
        string name = model.Options.ModelName;
        foreach (GeneratedFile file in model.EmitFirmware())
            gpp.Write($"{index}/firmware/{file.Path}", file.Path == $"{name}.cpp" ? change(file.Text) : file.Text);
        source.AppendLine($"namespace network_{index} {{").AppendLine($"#include \"{index}/firmware/{name}.cpp\"")
            .Append(bridge).AppendLine("}");
        // Include guards are unique within a model only; but the header that firmware brings along is the runtime's,
        // which all share.
        foreach (Match guard in model.EmitFirmware().Where(f => f.Path != "hls4net.h")
            .SelectMany(f => Guard().Matches(f.Text)))
            source.AppendLine($"#undef {guard.Groups[1].Value}");
    }

    private T Export<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(_library, name));

    [GeneratedRegex(@"^#define (\w+_H_)$", RegexOptions.Multiline)]
    private static partial Regex Guard();
}
