using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Benchmarks;

/// <summary>
/// A network compiled to firmware in a folder of its own, and the hand-written kernel's header for the same network.
/// </summary>
internal sealed class Network
{
    private readonly string? _kernel;

    private Network(string folder, CompiledModel model, string? kernel)
    {
        (Folder, Model, _kernel) = (folder, model, kernel);
        foreach (GeneratedFile file in Emit(Model))
            Write(file.Path, file.Text);
        if (kernel is null)
            return;
        Write("network.h", KernelHeader());
        foreach (string source in new[] { "layers.h", kernel })
            File.Copy(Path.Combine(AppContext.BaseDirectory, "kernels", source), Path.Combine(Folder, source),
                overwrite: true);
    }

    public string Folder { get; }

    public CompiledModel Model { get; }

    /// <summary>The compiled firmware, once <see cref="Build"/> has run.</summary>
    public string Library => Path.Combine(Folder, "libfirmware.so");

    /// <summary>The compiled kernel, once <see cref="BuildKernel"/> has run; null where there is none.</summary>
    public string? KernelLibrary => _kernel is null ? null : Path.Combine(Folder, "libkernel.so");

    /// <summary>
    /// Makes a network of dense layers and compiles it; every type is <paramref name="precision"/>, or chosen by the
    /// compiler where that is null.
    /// </summary>
    public static Network Create(string folder, int[] sizes, string? precision, bool softmax = false)
    {
        Directory.CreateDirectory(folder);
        string model = Path.Combine(folder, "mlp.onnx");
        Mlp.Write(model, sizes, softmax);
        return new Network(folder, Compile(model, Calibration(folder, sizes[0]), precision),
            softmax ? null : "mlp_kernel.cpp");
    }

    /// <summary>Makes the network for street view house numbers.</summary>
    public static Network CreateSvhn(string folder, string precision, IOType ioType)
    {
        Directory.CreateDirectory(folder);
        string model = Path.Combine(folder, "svhn.onnx");
        Cnn.WriteSvhn(model);
        return new Network(folder, Compile(model, null, precision, ioType), "svhn_kernel.cpp");
    }

    /// <summary>Compiles a model that there is.</summary>
    public static Network OfModel(string folder, string model)
    {
        Directory.CreateDirectory(folder);
        return new Network(folder, Compile(model, null, null), null);
    }

    /// <summary>A compiled model's firmware, in a folder that there is.</summary>
    public static Network OfModel(string folder, CompiledModel model) => new(folder, model, null);

    /// <summary>ONNX to typed network.</summary>
    public static CompiledModel Compile(string model, string? calibration, string? precision,
        IOType ioType = IOType.IoParallel, Func<ModelOptions, ModelOptions>? configure = null)
    {
        DiagnosticBag diagnostics = new(Path.GetFileName(model));
        ModelOptions options = new()
        {
            ModelPath = model,
            Source = Path.GetFileName(model),
            ModelName = "net",
            ClassName = "Net",
            TestInputs = calibration is null ? [] : [calibration],
            Defaults = precision is null ? LayerSettings.Unset
                : LayerSettings.Unset with { Precision = PrecisionSpec.TryParse(precision, out _) },
            IOType = ioType,
        };
        return ModelCompiler.Compile(configure is null ? options : configure(options), diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Items));
    }

    /// <summary>Compiles the firmware as a build does: each source on its own, then the library.</summary>
    /// <param name="rusage">The program that measures processes.</param>
    public ProcessCost Build(string rusage)
    {
        string[] sources = ["firmware/net.cpp", "csim/bridge.cpp", "csim/constants.cpp"],
            objects = [.. sources.Select((_, i) => $"{i}.o")];
        ProcessCost[] costs =
        [
            .. sources.Zip(objects, (source, to) =>
                Cpu.OfCommand(rusage, Folder, "g++", [.. s_flags, "-Icsim/include", "-c", "-o", to, source])),
            Cpu.OfCommand(rusage, Folder, "g++", [.. s_flags, "-shared", "-o", Path.GetFileName(Library), .. objects]),
        ];
        return new ProcessCost(costs.Sum(c => c.Seconds), costs.Max(c => c.PeakMegabytes));
    }

    /// <summary>Compiles the kernel with the same flags.</summary>
    public ProcessCost BuildKernel(string rusage) =>
        Cpu.OfCommand(rusage, Folder, "g++", [.. s_flags, "-shared", "-o", "libkernel.so", _kernel!]);

    // Those of a build.
    private static readonly string[] s_flags =
    [
        "-std=c++14", "-O3", "--param=max-completely-peel-times=8", "-march=native", "-fPIC", "-fvisibility=hidden",
        "-Wno-unknown-pragmas", "-Wno-unused-label", "-DHLS4NET_CSIM", "-DHLS4NET_SEPARATE_CONSTANTS",
    ];

    /// <summary>Every generated file, as the build writes them.</summary>
    public static IEnumerable<GeneratedFile> Emit(CompiledModel model) =>
    [
        .. model.EmitFirmware().Select(f => f with { Path = $"firmware/{f.Path}" }),
        .. model.EmitCSim().Select(f => f with { Path = $"csim/{f.Path}" }),
        new GeneratedFile("net.g.cs", model.EmitClass()),
    ];

    private void Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    // Samples as standardized features are.
    private static string Calibration(string folder, int columns) => Samples(folder, 1000, columns);

    /// <summary>Writes samples from a normal distribution, seeded; the file.</summary>
    /// <param name="folder">Where x.npy is written.</param>
    /// <param name="rows">How many.</param>
    /// <param name="shape">Of each.</param>
    public static string Samples(string folder, int rows, params int[] shape)
    {
        Random random = new(2);
        string header =
            $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {string.Join(", ", shape)}), }}".PadRight(117)
                + "\n";
        using BinaryWriter writer = new(File.Create(Path.Combine(folder, "x.npy")));
        writer.Write([0x93, .. "NUMPY"u8, 1, 0]);
        writer.Write((ushort)header.Length);
        writer.Write(header.ToCharArray());
        for (int i = 0; i < rows * shape.Aggregate(1, (a, b) => a * b); i++)
            writer.Write(
                (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(
                    2 * Math.PI * random.NextDouble())));
        return Path.Combine(folder, "x.npy");
    }

    // Pairs of a product and its rectifier become one struct each.
    private string KernelHeader()
    {
        List<string> lines = ["#include <stdint.h>"];
        Layer[] layers = [.. Model.Model.Layers];
        int number = 0;
        for (int i = 0; i < layers.Length; i++)
        {
            if (layers[i].Operation.Matrix is not Dense dense)
                continue;
            Layer? rectifier = i + 1 < layers.Length
                && layers[i + 1].Operation is Rectifier { Slope: null } ? layers[i + 1] : null;
            FixedPointType output = (rectifier ?? layers[i]).Output.Type;
            FixedPointType converted = ((Quantize)(layers[i].Rounding ?? rectifier?.Rounding
                ?? throw new InvalidOperationException("the kernel converts once a layer")).Operation).To;
            lines.AddRange(Struct(++number, dense, layers[i], output, converted, rectifier is not null));
        }
        return string.Join('\n', lines) + "\n";
    }

    private static IEnumerable<string> Struct(int number, Dense dense, Layer layer, FixedPointType output,
        FixedPointType converted, bool rectifies)
    {
        FixedPointType sum = layer.AccumulatorType!.Value;
        yield return $"struct layer{number} {{";
        yield return $"    typedef {Native(layer.Input.Type)} input;";
        yield return $"    typedef {Native(output)} output;";
        yield return $"    typedef {Native(sum)} sum;";
        yield return $"    static constexpr int inputs = {dense.Columns}, outputs = {dense.Units};";
        yield return $"    static constexpr int bias_shift = "
            + $"{dense.SumFraction(layer.Input.Type) - dense.Bias!.Fraction}, shift = "
            + $"{dense.SumFraction(layer.Input.Type) - converted.Fraction};";
        yield return $"    static constexpr bool rounds = {Bool(converted.Rounding == Rounding.Rnd)}, saturates = "
            + $"{Bool(converted.Overflow == Overflow.Sat)}, rectifies = {Bool(rectifies)};";
        yield return $"    static constexpr int64_t lowest = {converted.MinMantissa}, highest = "
            + $"{converted.MaxMantissa};";
        yield return $"    typedef {Native(dense.Weights.Type!.Value)} row[outputs];";
        yield return $"    static const row* weights() {{ static const row w[inputs] = {{{Rows(dense)}}}; return w; }}";
        yield return $"    static const {Native(dense.Bias.Type!.Value)}* bias() {{ static const "
            + $"{Native(dense.Bias.Type!.Value)} b[outputs] = {{{string.Join(", ", dense.Bias.Mantissas)}}}; return "
            + $"b; }}";
        yield return "};";
    }

    private static string Rows(Dense dense) =>
        string.Join(",\n", dense.Weights.Mantissas.Chunk(dense.Units).Select(row => $"{{{string.Join(", ", row)}}}"));

    private static string Bool(bool value) => value ? "true" : "false";

    private static string Native(FixedPointType type)
    {
        int bits = type.Width <= 8 ? 8 : type.Width <= 16 ? 16 : type.Width <= 32 ? 32 : 64;
        return string.Create(CultureInfo.InvariantCulture, $"{(type.Signed ? "" : "u")}int{bits}_t");
    }
}
