using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>io_parallel: whole arrays between layers, the network one pipeline.</summary>
internal static class ParallelTop
{
    public static void Print(CppWriter w, Firmware firmware)
    {
        Dialect dialect = firmware.Dialect;
        TypedModel model = firmware.Model;
        FirmwareNames names = firmware.Names;
        // Layers with a Resource loop take ReuseFactor cycles each and run beside one another; else the whole network
        // is one pipeline.
        bool dataflow = model.Layers.Any(l => l.IsLoop);
        int interval = model.Layers.Select(l => l.ReuseFactor).DefaultIfEmpty(1).Max();
        foreach (PrintedLayer printed in firmware.Layers)
        {
            w.Line($"// {FirmwareEmitter.Describe(printed.Layer)}");
            string[] pipeline = printed.Layer.IsLoop ? []
                : [dialect.Pipeline(dataflow ? printed.Layer.ReuseFactor : interval)];
            using (w.Function($"static void {printed.Source.Name}({printed.Source.Parameters})", pipeline))
                w.Body(printed.Source.Body);
            w.Line();
        }
        IEnumerable<string> pragmas =
        [
            .. dialect.Interface(firmware.Interface),
            .. firmware.Memories.SelectMany(m => dialect.ExternalMemory(m.Name)),
            dataflow ? dialect.Dataflow() : dialect.Pipeline(interval),
        ];
        using (w.Function(firmware.Signature, pragmas))
        {
            HashSet<string> read = [.. model.Layers.SelectMany(l => l.Inputs).Select(names.Array),
                .. firmware.Interface.Outputs.Select(o => names.Array(o.Value))];
            w.Lines(firmware.Interface.Inputs.Where(p => !read.Contains(p.Identifier))
                .Select(p => $"(void){p.Identifier}; // no output depends on it"));
            Dictionary<string, string> registers = dialect.PortsAreMemories ? Registers(w, firmware, read) : [];
            foreach (PrintedLayer printed in firmware.Layers)
            {
                Layer layer = printed.Layer;
                string output = names.Array(layer.Output);
                w.Line($"{Firmware.Local(layer.Output.Shape.Size)}{printed.Source.OutputType} "
                    + $"{output}[{layer.Output.Shape.Size}];");
                w.Pragmas(dialect.Partition(output));
                w.Line($"{printed.Source.Name}({string.Join(", ", layer.Inputs.Select(Array).Concat(printed.Source.Memories.Select(m => m.Name)).Append(output))});");
                w.Line($"HLS4NET_TRACE({printed.Index}, {output});").Line();
            }
            foreach (DesignPort port in firmware.Interface.Outputs)
            {
                using (w.Loop(null, "i", port.Size, dialect.Unroll()))
                    w.Line($"{port.Identifier}[i] = {Array(port.Value)}[i];");
            }

            string Array(Value value) => registers.GetValueOrDefault(names.Array(value), names.Array(value));
        }
    }

    // The inputs that are read, copied into arrays of the top function, by the ports' names.
    private static Dictionary<string, string> Registers(CppWriter w, Firmware firmware, HashSet<string> read)
    {
        Dictionary<string, string> registers = [];
        foreach (DesignPort port in firmware.Interface.Inputs.Where(p => read.Contains(p.Identifier)))
        {
            string array = registers[port.Identifier] = firmware.Names.Registers(port.Value);
            w.Line($"{Firmware.Local(port.Size)}{firmware.Names.Type(port.Value)} {array}[{port.Size}];");
            using (w.Loop(null, "i", port.Size, firmware.Dialect.Unroll()))
                w.Line($"{array}[i] = {port.Identifier}[i];");
        }
        return registers;
    }
}
