using Hls4Net.Configuration;
using Hls4Net.Interfaces;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// The test bench for a vendor's C and RTL simulation: reads vectors from a text file, writes what the top function
/// gives.
/// </summary>
internal static class TestBenchEmitter
{
    /// <summary>Where the vectors are, beside the test bench.</summary>
    public const string DataFolder = "tb_data";

    public static string Emit(Firmware firmware)
    {
        ModelOptions options = firmware.Options;
        DesignInterface design = firmware.Interface;
        CppWriter w = new();
        w.Line($"// Test bench of {options.ModelName}: reads tb_data/input.dat (a sample a line, all inputs one after "
            + "another, as real numbers), prints the");
        w.Line("// outputs to tb_data/output.dat and compares them with tb_data/expected.dat where that exists. With "
            + "HLS4NET_VECTORS both are in the program.");
        w.Line("#include <cstdio>");
        w.Line("#include <fstream>");
        w.Line("#include <iostream>");
        w.Line("#include <sstream>");
        w.Line("#include <string>").Line();
        w.Line($"#include \"{options.ModelName}.h\"");
        w.Lines(firmware.Memories.Select(m => $"#include \"weights/{m.Words}.h\"")).Line();
        using (w.Block("int main()"))
        {
            w.Pragmas("#ifdef HLS4NET_VECTORS");
            w.Line("std::stringstream input, expected;");
            using (w.Block("for (const char* sample : hls4net_input)"))
                w.Line("input << sample << '\\n';");
            using (w.Block("for (const char* sample : hls4net_expected)"))
                w.Line("expected << sample << '\\n';");
            w.Pragmas("#else");
            w.Line("std::ifstream input(\"tb_data/input.dat\"), expected(\"tb_data/expected.dat\");");
            w.Pragmas("#endif");
            w.Line("std::ofstream output(\"tb_data/output.dat\");");
            using (w.Block("if (!input)"))
                w.Line("std::cerr << \"tb_data/input.dat is missing\\n\";").Line("return 1;");
            foreach (ExternalMemory memory in firmware.Memories)
            {
                w.Line($"static {memory.Type} {memory.Name}[{memory.Memory.Words}][{memory.Memory.Elements}];");
                using (w.Loop(null, "i", memory.Memory.Words))
                using (w.Loop(null, "j", memory.Memory.Elements))
                    w.Line($"{memory.Name}[i][j] = hls4net::constant<{memory.Type}>({memory.Words}[i][j]);");
            }
            w.Line("std::string line, text;");
            w.Line("int samples = 0, mismatches = 0;");
            using (w.Block("while (std::getline(input, line))"))
            {
                w.Line("std::istringstream values(line);");
                w.Line("double value;");
                foreach (DesignPort port in design.Inputs)
                {
                    w.Line($"{firmware.Names.Type(port.Value)} {Array(firmware, port)}[{port.Size}];");
                    using (w.Loop(null, "i", port.Size))
                        w.Line("values >> value;").Line($"{Array(firmware, port)}[i] = value;");
                    if (port.Stream is not null)
                        Feed(w, firmware, port);
                }
                foreach (DesignPort port in design.Outputs)
                    w.Line(port.Stream is null ? $"{firmware.Names.Type(port.Value)} {port.Identifier}[{port.Size}];"
                        : Stream(firmware, port));
                w.Line($"{options.ModelName}({string.Join(", ", design.Ports.Select(p => p.Identifier).Concat(firmware.Memories.Select(m => m.Name)))});");
                foreach (DesignPort port in design.Outputs.Where(p => p.Stream is not null))
                    Drain(w, firmware, port);
                w.Line("std::string result;");
                w.Line("char number[64];");
                foreach (DesignPort port in design.Outputs)
                {
                    using (w.Loop(null, "i", port.Size))
                    {
                        w.Line($"std::snprintf(number, sizeof number, \"%.17g\", "
                            + $"{Array(firmware, port)}[i].to_double());");
                        w.Line("result += (result.empty() ? \"\" : \" \") + std::string(number);");
                    }
                }
                w.Line("output << result << '\\n';");
                using (w.Block("if (std::getline(expected, text) && text != result)"))
                    w.Line("std::cerr << \"sample \" << samples << \": \" << result << \", expected \" << text << "
                        + "'\\n';").Line("mismatches++;");
                w.Line("samples++;");
            }
            w.Line("std::cout << samples << \" samples, \" << mismatches << \" mismatches\\n\";");
            w.Line("return mismatches != 0;");
        }
        return w.ToString();
    }

    // Beside a stream of that name, what goes into it or comes out of it, in ONNX's order.
    private static string Array(Firmware firmware, DesignPort port) =>
        port.Stream is null ? port.Identifier : firmware.Names.OfPort(port.Identifier, "values");

    private static string Stream(Firmware firmware, DesignPort port) =>
        $"{firmware.Dialect.Stream(firmware.Names.Pack(port.Value))} {port.Identifier}(\"{port.Identifier}\");";

    private static void Feed(CppWriter w, Firmware firmware, DesignPort port)
    {
        w.Line(Stream(firmware, port));
        using (w.Loop(null, "item", port.Items))
        {
            w.Line($"{firmware.Names.Pack(port.Value)} pack;");
            using (w.Loop(null, "i", port.ItemElements))
                w.Line($"pack.data[i] = {Array(firmware, port)}[{Index(port)}];");
            w.Line(firmware.Dialect.Write(port.Identifier, "pack"));
        }
    }

    private static void Drain(CppWriter w, Firmware firmware, DesignPort port)
    {
        w.Line($"{firmware.Names.Type(port.Value)} {Array(firmware, port)}[{port.Size}];");
        using (w.Loop(null, "item", port.Items))
        {
            w.Line($"const {firmware.Names.Pack(port.Value)} pack = {firmware.Dialect.Read(port.Identifier)};");
            using (w.Loop(null, "i", port.ItemElements))
                w.Line($"{Array(firmware, port)}[{Index(port)}] = pack.data[i];");
        }
    }

    // DesignPort.ElementAt as an expression of the transfer and the element in it.
    private static string Index(DesignPort port)
    {
        string place = $"item * {port.ItemElements} + i";
        return port.PlanarChannels is int channels
            ? $"({place}) % {channels} * {port.Size / channels} + ({place}) / {channels}" : place;
    }
}
