using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// Prints a typed model as an HLS project: types in one header, weights in a file a layer, one function a layer, the
/// top function, a test bench and the vendor's script.
/// </summary>
internal static class FirmwareEmitter
{
    public static ImmutableArray<GeneratedFile> Emit(Firmware firmware)
    {
        ModelOptions options = firmware.Options;
        ImmutableArray<LayerSource> layers = [.. firmware.Layers.Select(l => l.Source)];
        string top = $"{options.ModelName}.cpp", header = $"{options.ModelName}.h",
            testBench = $"{options.ModelName}_test.cpp";
        return
        [
            new GeneratedFile(header, Header(firmware)),
            new GeneratedFile("types.h", Types(firmware)),
            .. layers.Where(HasConstants).Select(l => new GeneratedFile(WeightsFile(l), Weights(l))),
            .. layers.Any(HasConstants) ? [new GeneratedFile(ConstantsFile, Constants(firmware))]
                : ImmutableArray<GeneratedFile>.Empty,
            .. layers.SelectMany(l => l.Memories).SelectMany(Words),
            new GeneratedFile(top, Top(firmware)),
            new GeneratedFile(testBench, TestBenchEmitter.Emit(firmware)),
            CSimEmitter.RuntimeHeader("hls4net.h"),
            .. firmware.Dialect.Project(options, [top], [testBench, TestBenchEmitter.DataFolder]),
        ];
    }

    private const string ConstantsFile = "constants.h";

    /// <summary>Where a layer's constants are, within the firmware.</summary>
    public static string WeightsFile(LayerSource layer) => $"weights/{layer.Name}.h";

    /// <summary>True for a layer that has such a file.</summary>
    public static bool HasConstants(LayerSource layer) => !layer.Constants.IsEmpty;

    /// <summary>The text that a shape and a type are commented with.</summary>
    public static string Describe(Shape shape) =>
        string.Join(" x ", shape.Rank > 1 && shape[0] == 1 ? shape.Dimensions[1..] : shape.Dimensions);

    /// <summary>The text that a layer's function is commented with.</summary>
    public static string Describe(Layer layer)
    {
        string cost = layer.Operation.Matrix is null ? ""
            : string.Create(CultureInfo.InvariantCulture, $", reuse factor {layer.ReuseFactor}");
        return $"{layer.Operation.Kind}: "
            + $"{string.Join(", ", layer.Inputs.Select(i => Describe(i.Shape)))}{(layer.Inputs.IsEmpty ? "" : " -> ")}{Describe(layer.Output.Shape)}{cost}";
    }

    private static string Header(Firmware firmware)
    {
        (ModelOptions options, CppWriter w) = (firmware.Options, new CppWriter());
        w.Line($"// {options.ModelName}: the top function. Generated from "
            + $"{CommentText.Of(Path.GetFileName(options.ModelPath))}; changes here are lost.");
        using (Guard(w, options.ModelName))
        {
            w.Line("#include \"types.h\"").Line();
            foreach (DesignPort port in firmware.Interface.Ports)
            {
                string way = port.Direction == PortDirection.Input ? "in: " : "out:";
                w.Line($"// {way} {port.Identifier} is '{CommentText.Of(port.Name)}', {Describe(port.Shape)}, "
                    + $"{port.Type}{Order(port)}");
            }
            foreach (PrintedLayer printed in firmware.Layers)
            {
                foreach (ExternalMemory memory in printed.Source.Memories)
                    w.Line($"// mem: {memory.Name} are the weights of {CommentText.Of(printed.Layer.Name)}, "
                        + $"{memory.Memory.Words} words of {memory.Memory.Elements}, read one after another; "
                        + $"weights/{memory.Words}.mem has them");
            }
            w.Line($"{firmware.Signature};").Line();
        }
        return w.ToString();
    }

    private static string Order(DesignPort port) =>
        port.Stream is not StreamLayout items ? ""
            : $"; {items}{(port.PlanarChannels is null ? "" : ", channels last")}";

    // What a caller has to round values to, since the firmware takes a slice of each.
    private static IEnumerable<string> ElementTypes(DesignPort input) =>
        input.ElementTypes.Select((type, c) => $"//     element {c} along the last axis: {type}");

    private static string Types(Firmware firmware)
    {
        (ModelOptions options, FirmwareNames names, Dialect dialect, CppWriter w) = (firmware.Options, firmware.Names,
            firmware.Dialect, new CppWriter());
        w.Line($"// {options.ModelName}: the type of every value.");
        using (Guard(w, $"{options.ModelName}_types"))
        {
            w.Lines(dialect.Includes.Concat(firmware.Streams is null ? [] : dialect.StreamIncludes)
                .Select(i => $"#include \"{i}\"")).Line();
            foreach (DesignPort input in firmware.Interface.Inputs)
            {
                w.Line($"typedef {dialect.Fixed(input.Type)} {names.Type(input.Value)}; // input "
                    + $"'{CommentText.Of(input.Name)}', {Describe(input.Shape)}");
                w.Lines(ElementTypes(input));
                Pack(w, firmware, input.Value);
            }
            w.Line();
            foreach (PrintedLayer printed in firmware.Layers)
            {
                foreach ((string name, Numerics.FixedPointType type, string comment) in printed.Source.Types)
                    w.Line($"typedef {dialect.Fixed(type)} {name};{(comment.Length > 0 ? $" // {comment}" : "")}");
                w.Line($"typedef {dialect.Fixed(printed.Layer.Output.Type)} {printed.Source.OutputType}; // "
                    + $"{printed.Layer.Operation.Kind}, {Describe(printed.Layer.Output.Shape)}");
                Pack(w, firmware, printed.Layer.Output);
                w.Line();
            }
        }
        return w.ToString();
    }

    private static void Pack(CppWriter w, Firmware firmware, Value value)
    {
        if (firmware.Streams?.Layout(value) is not StreamLayout layout)
            return;
        Struct(firmware.Names.Pack(value), layout);
        foreach (int pixels in firmware.Streams.Adapted(value))
            Struct(firmware.Names.Pack(value, pixels), layout.With(pixels));

        void Struct(string name, StreamLayout items)
        {
            using (w.Block($"struct {name}", $"}}; // {items}"))
                w.Line($"{firmware.Names.Type(value)} data[{items.Pack}];");
        }
    }

    private static string Weights(LayerSource layer)
    {
        CppWriter w = new();
        string products = layer.Layer.Operation.Matrix is Graph.Operations.Dense dense
            ? string.Create(CultureInfo.InvariantCulture, $": {dense.Multiplications:N0} multiplications") : "";
        w.Line($"// Constants of {layer.Name} ({layer.Layer.Operation.Kind}){products}.");
        using (Guard(w, $"weights_{layer.Name}"))
        {
            w.Line("#include \"../hls4net.h\"").Line("#include \"../types.h\"").Line();
            w.Text(layer.Constants);
        }
        return w.ToString();
    }

    // The words of a memory outside: for what simulates it, and as $readmemh reads them, a word a line, its first
    // element in the lowest bits.
    private static IEnumerable<GeneratedFile> Words(ExternalMemory memory)
    {
        WeightMemory size = memory.Memory;
        CppWriter header = new(), words = new();
        header.Line($"// The words of {memory.Name}, which is outside the firmware: for its simulation.");
        using (Guard(header, $"weights_{memory.Words}"))
        {
            header.Line("#include \"../hls4net.h\"").Line("#include \"../types.h\"").Line();
            header.Lines(LayerSource.WordConstants(memory).TrimEnd('\n').Split('\n')).Line();
        }
        words.Line(
            $"// {memory.Name}: {size.Words} words of {size.WordBits} bits; element k of a word is in the bits from "
            + $"{size.ElementBits} k on.");
        foreach (long[] word in memory.Values.Chunk(size.Elements))
        {
            BigInteger bits = BigInteger.Zero;
            for (int k = word.Length - 1; k >= 0; k--)
                bits = (bits << size.ElementBits) | (word[k] & ((BigInteger.One << size.ElementBits) - 1));
            string digits = bits.ToString("x", CultureInfo.InvariantCulture).TrimStart('0');
            words.Line(digits.PadLeft((int)((size.WordBits + 3) / 4), '0'));
        }
        yield return new GeneratedFile($"weights/{memory.Words}.h", header.ToString());
        yield return new GeneratedFile($"weights/{memory.Words}.mem", words.ToString());
    }

    // Where the C simulation compiles constants on their own, the layers see declarations, which new weights do not
    // change.
    private static string Constants(Firmware firmware)
    {
        CppWriter w = new();
        LayerSource[] layers = [.. firmware.Layers.Select(l => l.Source).Where(HasConstants)];
        w.Line($"// {firmware.Options.ModelName}: the constants of its layers.");
        using (Guard(w, $"{firmware.Options.ModelName}_constants"))
        {
            w.Line("#include \"types.h\"").Line("#include \"hls4net.h\"").Line();
            w.Line("#ifdef HLS4NET_SEPARATE_CONSTANTS");
            foreach (LayerSource layer in layers)
                w.Lines(layer.Arrays.Select(a => $"{a};"));
            w.Line("#else");
            w.Lines(layers.Select(l => $"#include \"{WeightsFile(l)}\""));
            w.Line("#endif").Line();
        }
        return w.ToString();
    }

    private static string Top(Firmware firmware)
    {
        (ModelOptions options, CppWriter w) = (firmware.Options, firmware.Dialect.Writer());
        w.Line($"// {options.ModelName}: one function a layer, then the top function. Generated from "
            + $"{CommentText.Of(Path.GetFileName(options.ModelPath))}; changes here are lost.");
        w.Line($"#include \"{options.ModelName}.h\"");
        w.Line("#include \"hls4net.h\"");
        if (firmware.Layers.Any(l => HasConstants(l.Source)))
            w.Line($"#include \"{ConstantsFile}\"");
        w.Line();
        if (firmware.Streams is null)
            ParallelTop.Print(w, firmware);
        else
            StreamTop.Print(w, firmware);
        return w.ToString();
    }

    private static GuardScope Guard(CppWriter w, string name)
    {
        // No identifier of a model ends in an underscore.
        string macro = $"{name.ToUpperInvariant()}_H_";
        w.Line($"#ifndef {macro}").Line($"#define {macro}").Line();
        return new GuardScope(w);
    }

    private readonly struct GuardScope(CppWriter w) : IDisposable
    {
        public void Dispose() => w.Line("#endif");
    }
}
