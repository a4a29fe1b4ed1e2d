using System.Collections.Immutable;
using System.Reflection;
using Hls4Net.Configuration;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// What the C simulation needs beside the firmware: the C interface and the headers that stand for the vendor's.
/// </summary>
internal static class CSimEmitter
{
    private const string ResourcePrefix = "Hls4Net.Runtime/";

    public static ImmutableArray<GeneratedFile> Emit(Firmware firmware, string identity) =>
    [
        new GeneratedFile("bridge.cpp", Bridge(firmware)),
        new GeneratedFile("identity.h",
            $"// What library this is: a digest of the firmware.\nHLS4NET_CONSTANT const char hls4net_identity[] = "
            + $"\"{identity}\";\n"),
        new GeneratedFile("constants.cpp", Constants(firmware)),
        .. RuntimeHeaders(),
    ];

    /// <summary>The headers, under include/.</summary>
    public static IEnumerable<GeneratedFile> RuntimeHeaders()
    {
        Assembly assembly = typeof(CSimEmitter).Assembly;
        foreach (string name in assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
            yield return new GeneratedFile($"include/{name[ResourcePrefix.Length..].Replace('\\', '/')}",
                reader.ReadToEnd());
        }
    }

    /// <summary>A header that the firmware itself includes, with the vendor's headers as well as with ours.</summary>
    public static GeneratedFile RuntimeHeader(string name)
    {
        using StreamReader reader = new(typeof(CSimEmitter).Assembly.GetManifestResourceStream(ResourcePrefix + name)!);
        return new GeneratedFile(name, reader.ReadToEnd());
    }

    private static string Constants(Firmware firmware)
    {
        CppWriter w = new();
        w.Line($"// The constants of {firmware.Options.ModelName}, compiled apart from the layers: with new weights "
            + "nothing else is compiled anew.");
        w.Line("#include \"../firmware/types.h\"").Line("#include \"hls4net.h\"");
        w.Lines(firmware.Layers.Select(l => l.Source).Where(FirmwareEmitter.HasConstants)
            .Select(l => $"#include \"../firmware/{FirmwareEmitter.WeightsFile(l)}\""));
        return w.Line("#include \"identity.h\"").ToString();
    }

    private static string Bridge(Firmware firmware)
    {
        (ModelOptions options, TypedModel model) = (firmware.Options, firmware.Model);
        CppWriter w = new();
        w.Line($"// The C interface of {options.ModelName}'s simulation library.");
        w.Line($"#include \"../firmware/{options.ModelName}.h\"");
        w.Line("#include \"csim_bridge.h\"");
        w.Lines(firmware.Memories.Select(m => $"#include \"../firmware/weights/{m.Words}.h\"")).Line();
        DesignInterface design = firmware.Interface;
        w.Lines(design.Inputs.Where(p => !p.ElementTypes.IsEmpty).SelectMany(p => ElementTypes(firmware, p)));
        w.Line($"typedef hls4net::ports<{string.Join(", ", design.Inputs.Select(p => Port(firmware, p)))}> "
            + "hls4net_inputs;");
        w.Line($"typedef hls4net::ports<{string.Join(", ", design.Outputs.Select(p => Port(firmware, p)))}> "
            + "hls4net_outputs;");
        w.Line($"typedef hls4net::trace_sizes<{string.Join(", ", model.Layers.Select(l => l.Output.Shape.Size))}> "
            + "hls4net_layers;");
        w.Line("#ifdef HLS4NET_SEPARATE_CONSTANTS").Line("HLS4NET_CONSTANT const char hls4net_identity[];")
            .Line("#else").Line("#include \"identity.h\"").Line("#endif");
        if (!firmware.Memories.Any())
        {
            w.Line($"HLS4NET_BRIDGE(hls4net_identity, {options.ModelName}, hls4net_inputs, hls4net_outputs, "
                + "hls4net_layers)");
            return w.ToString();
        }
        w.Line($"typedef hls4net::ports<{string.Join(", ", firmware.Memories.Select(m => $"{m.Type}[{m.Memory.Words}][{m.Memory.Elements}]"))}> hls4net_weight_ports;")
            .Line();
        w.Line("// The words that the model has, where the caller gives no others.");
        using (w.Block("static void hls4net_built_in_weights(int64_t* mantissas)"))
            w.Lines(firmware.Memories.Select(m =>
                $"mantissas = hls4net::append_words<{m.Type}>({m.Words}, mantissas);"));
        w.Line().Line(
            $"HLS4NET_BRIDGE_WEIGHTS(hls4net_identity, {options.ModelName}, hls4net_inputs, hls4net_outputs, "
            + "hls4net_layers, hls4net_weight_ports, hls4net_built_in_weights)");
        return w.ToString();
    }

    // Those of an input, which an output may be as it is.
    private static string ElementsOf(Firmware firmware, DesignPort port) =>
        firmware.Names.OfPort(firmware.Names.Array(port.Value), "elements");

    private static IEnumerable<string> ElementTypes(Firmware firmware, DesignPort port)
    {
        ImmutableArray<FixedPointType> types = port.ElementTypes;
        yield return $"// Elements of {port.Name} have types of their own.";
        yield return $"struct {ElementsOf(firmware, port)} {{";
        yield return "    static const hls4net::detail::element_type& type(int64_t element) {";
        yield return $"        static const hls4net::detail::element_type types[{types.Length}] = {{";
        foreach (FixedPointType type in types)
            yield return $"            {{{type.Fraction}, {type.MinMantissa}, {type.MaxMantissa}}}, // {type}";
        yield return "        };";
        yield return $"        return types[element % {types.Length}];";
        yield return "    }";
        yield return "};";
    }

    private static string Port(Firmware firmware, DesignPort port) =>
        port.ElementTypes.IsEmpty ? Untyped(firmware, port)
            : $"hls4net::typed_port<{Untyped(firmware, port)}, {ElementsOf(firmware, port)}>";

    private static string Untyped(Firmware firmware, DesignPort port)
    {
        if (port.Stream is null)
            return $"{firmware.Names.Type(port.Value)}[{port.Size}]";
        string stream = $"hls4net::stream_of<{firmware.Names.Pack(port.Value)}, {port.Items}>";
        return port.PlanarChannels is int channels ? $"hls4net::planar_port<{stream}, {channels}>" : stream;
    }
}
