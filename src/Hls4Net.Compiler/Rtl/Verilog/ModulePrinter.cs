using Hls4Net.Circuits;
using Hls4Net.Devices;

namespace Hls4Net.Rtl.Verilog;

/// <summary>Modules as Verilog.</summary>
internal static class ModulePrinter
{
    /// <summary>The text of a module, behind those of all modules that it consists of.</summary>
    public static string Print(Module module, Target target)
    {
        string text = string.Concat(module.Parts.Select(part => $"{Own(part, target)}\n")) + Own(module, target);
        return module.Parts.Any()
            ? $"// verilator lint_off DECLFILENAME\n{text}// verilator lint_on DECLFILENAME\n" : text;
    }

    /// <summary>The text of a module alone.</summary>
    public static string Own(Module module, Target target) => module switch
    {
        ProgramModule pipeline => ProgramPrinter.Print(pipeline, target),
        Circuit circuit => CircuitPrinter.Print(circuit),
        _ => throw new InvalidOperationException($"{module.Name} is no module"),
    };
}
