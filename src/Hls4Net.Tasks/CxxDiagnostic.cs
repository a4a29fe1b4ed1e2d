using System.Globalization;
using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;

namespace Hls4Net.Tasks;

/// <summary>
/// What a line of a C++ compiler's output reports. MSBuild's own reading of such lines gives them codes that differ
/// from process to process, and does not know fatal errors or the linker's.
/// </summary>
/// <param name="Descriptor">The kind.</param>
/// <param name="File">The source file, or null where the line names none.</param>
/// <param name="Line">Line in the file, or 0.</param>
/// <param name="Column">Column in the line, or 0.</param>
/// <param name="Text">The message.</param>
internal sealed partial record CxxDiagnostic(DiagnosticDescriptor Descriptor, string? File, int Line, int Column,
    string Text)
{
    /// <summary>
    /// Reads a line; null where it reports nothing by itself (notes, code excerpts, "In file included from").
    /// </summary>
    public static CxxDiagnostic? TryParse(string line)
    {
        if (Located().Match(line) is { Success: true } located)
        {
            return new CxxDiagnostic(
                Kind(located.Groups["kind"].Value), located.Groups["file"].Value, Number(located.Groups["line"]),
                    Number(located.Groups["column"]),
                located.Groups["text"].Value);
        }
        if (Linker().Match(line) is { Success: true } linker)
            return new CxxDiagnostic(Descriptors.CompilerError, linker.Groups["file"].Value, 0, 0,
                linker.Groups["text"].Value);
        if (Driver().Match(line) is { Success: true } driver)
            return new CxxDiagnostic(Kind(driver.Groups["kind"].Value), null, 0, 0, line.Trim());
        return null;
    }

    private static DiagnosticDescriptor Kind(string kind) => kind == "warning" ? Descriptors.CompilerWarning
        : Descriptors.CompilerError;

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    // firmware/muon_pt.cpp:12:7: fatal error: nnet.h: No such file or directory
    // firmware/muon_pt.cpp:30:5: warning: unused variable 'x' [-Wunused-variable]
    [GeneratedRegex(
        @"^(?<file>.+?):(?<line>\d+):((?<column>\d+):)?\s*(?<kind>fatal error|error|warning):\s*(?<text>.*)$")]
    private static partial Regex Located();

    // /usr/bin/ld: /tmp/ccX.o: in function `f()':   (said by itself, and no error)
    // bridge.cpp:(.text+0x5): undefined reference to `g()'
    // /usr/bin/ld: bridge.cpp:(.text+0x5): undefined reference to `g()'
    [GeneratedRegex(
        @"^(\S*ld(\.\w+)?: )?(?<file>[^:]+):\(\.[^)]*\): (?<text>(undefined reference to|multiple definition of).*)$")]
    private static partial Regex Linker();

    // g++: fatal error: Killed signal terminated program cc1plus
    // /usr/bin/ld: cannot find -lfoo: No such file or directory comes with: collect2: error: ld returned 1 exit status
    [GeneratedRegex(
        @"^\s*(\S*/)?(\S*(g\+\+|gcc|clang(\+\+)?)(-[\d.]+)?|cc1plus|collect2|as|ld): (?<kind>fatal error|error|warning): .*$")]
    private static partial Regex Driver();
}
