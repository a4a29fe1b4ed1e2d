namespace Hls4Net.Onnx;

/// <summary>Words that cannot name a function or an array in the generated sources.</summary>
internal static class Keywords
{
    private static readonly HashSet<string> s_reserved = new(StringComparer.Ordinal)
    {
        // C++
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char", "class", "compl",
        "const", "constexpr", "continue", "decltype", "default", "delete", "do", "double", "else", "enum", "explicit", "export", "extern", "false",
        "float", "for", "friend", "goto", "if", "inline", "int", "long", "main", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
        "operator", "or", "or_eq", "private", "protected", "public", "register", "return", "short", "signed", "sizeof", "static", "struct", "switch",
        "template", "this", "throw", "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile",
        "while", "xor", "xor_eq", "std", "hls", "hls4net",
        // Verilog
        "always", "assign", "begin", "buf", "deassign", "disable", "end", "endcase", "endfunction", "endmodule", "event", "force", "forever", "fork",
        "function", "generate", "genvar", "initial", "inout", "input", "integer", "join", "localparam", "module", "nand", "negedge", "nor", "output",
        "parameter", "posedge", "real", "reg", "release", "repeat", "scalared", "signal", "supply0", "supply1", "table", "task", "time", "tri", "wait",
        "wand", "wire", "wor", "xnor",
    };

    public static bool IsReserved(string name) => s_reserved.Contains(name);
}
