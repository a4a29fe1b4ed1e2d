namespace Hls4Net.Text;

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
        // Macros of the headers that firmware and test bench include
        "BUFSIZ", "EOF", "FILENAME_MAX", "INFINITY", "INT_MAX", "INT_MIN", "L_tmpnam", "NAN", "NULL", "RAND_MAX", "SEEK_CUR", "SEEK_END", "SEEK_SET", "TMP_MAX",
        "assert", "errno", "linux", "stderr", "stdin", "stdout", "unix",
        // What becomes a type of the standard headers with _t behind it
        "blkcnt", "blksize", "caddr", "clock", "clockid", "daddr", "dev", "div", "error", "fpos", "fsid", "gid", "id", "imaxdiv", "ino", "int8", "int16", "int32",
        "int64", "intmax", "intptr", "key", "ldiv", "lldiv", "locale", "loff", "max_align", "mbstate", "mode", "nlink", "off", "pid", "ptrdiff", "quad", "sig_atomic",
        "sigset", "size", "ssize", "suseconds", "time", "timer", "uid", "uint8", "uint16", "uint32", "uint64", "uintmax", "uintptr", "useconds", "wchar", "wctrans",
        "wctype", "wint",
        // Verilog
        "always", "assign", "begin", "buf", "deassign", "disable", "end", "endcase", "endfunction", "endmodule", "event", "force", "forever", "fork",
        "function", "generate", "genvar", "initial", "inout", "input", "integer", "join", "localparam", "module", "nand", "negedge", "nor", "output",
        "parameter", "posedge", "real", "reg", "release", "repeat", "scalared", "signal", "supply0", "supply1", "table", "task", "time", "tri", "wait",
        "wand", "wire", "wor", "xnor",
    };

    // Of what the runtime and the vendor's headers define.
    private static readonly string[] s_prefixes = ["ap_", "hls4net"];

    public static bool IsReserved(string name) => s_reserved.Contains(name) || s_prefixes.Any(p => name.StartsWith(p, StringComparison.OrdinalIgnoreCase));
}
