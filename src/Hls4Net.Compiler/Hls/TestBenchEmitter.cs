using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Transforms;

namespace Hls4Net.Hls;

/// <summary>The test bench for a vendor's C and RTL simulation: reads vectors from a text file, writes what the top function gives.</summary>
internal static class TestBenchEmitter
{
    public static string Emit(ModelOptions options, TypedModel model, FirmwareNames names)
    {
        CppWriter w = new();
        w.Line($"// Test bench of {options.ModelName}: reads tb_data/input.dat (a sample a line, all inputs one after another, as real numbers), prints the");
        w.Line("// outputs to tb_data/output.dat and compares them with tb_data/expected.dat where that exists.");
        w.Line("#include <cstdio>");
        w.Line("#include <fstream>");
        w.Line("#include <iostream>");
        w.Line("#include <sstream>");
        w.Line("#include <string>").Line();
        w.Line($"#include \"{options.ModelName}.h\"").Line();
        using (w.Block("int main()"))
        {
            w.Line("std::ifstream input(\"tb_data/input.dat\"), expected(\"tb_data/expected.dat\");");
            w.Line("std::ofstream output(\"tb_data/output.dat\");");
            using (w.Block("if (!input)"))
                w.Line("std::cerr << \"tb_data/input.dat is missing\\n\";").Line("return 1;");
            w.Line("std::string line, text;");
            w.Line("int samples = 0, mismatches = 0;");
            using (w.Block("while (std::getline(input, line))"))
            {
                w.Line("std::istringstream values(line);");
                w.Line("double value;");
                foreach (Value port in model.Network.Inputs)
                {
                    w.Line($"{names.Type(port)} {names.Array(port)}[{port.Shape.Size}];");
                    using (w.Loop(null, "i", port.Shape.Size))
                        w.Line("values >> value;").Line($"{names.Array(port)}[i] = value;");
                }
                foreach ((NetworkOutput port, string name) in model.Network.Outputs.Zip(names.Outputs))
                    w.Line($"{names.Type(port.Value)} {name}[{port.Value.Shape.Size}];");
                w.Line($"{options.ModelName}({string.Join(", ", model.Network.Inputs.Select(names.Array).Concat(names.Outputs))});");
                w.Line("std::string result;");
                w.Line("char number[64];");
                foreach ((NetworkOutput port, string name) in model.Network.Outputs.Zip(names.Outputs))
                {
                    using (w.Loop(null, "i", port.Value.Shape.Size))
                    {
                        w.Line($"std::snprintf(number, sizeof number, \"%.17g\", {name}[i].to_double());");
                        w.Line("result += (result.empty() ? \"\" : \" \") + std::string(number);");
                    }
                }
                w.Line("output << result << '\\n';");
                using (w.Block("if (std::getline(expected, text) && text != result)"))
                    w.Line("std::cerr << \"sample \" << samples << \": \" << result << \", expected \" << text << '\\n';").Line("mismatches++;");
                w.Line("samples++;");
            }
            w.Line("std::cout << samples << \" samples, \" << mismatches << \" mismatches\\n\";");
            w.Line("return mismatches != 0;");
        }
        return w.ToString();
    }
}
