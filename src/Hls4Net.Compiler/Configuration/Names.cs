using System.Collections.Frozen;
using System.Text;
using System.Text.RegularExpressions;

namespace Hls4Net.Configuration;

/// <summary>Identifiers of generated code: which are allowed, and which a file or project name becomes.</summary>
public static partial class Names
{
    /// <summary>
    /// What the top function of a firmware cannot be called: C++'s keywords, <c>main</c>, and the namespaces and files
    /// it lives beside.
    /// </summary>
    public static FrozenSet<string> ReservedInCpp { get; } = FrozenSet.Create(StringComparer.Ordinal,
        "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
        "char", "char16_t",
        "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept", "const", "const_cast",
            "consteval",
        "constants", "constexpr", "constinit", "continue", "decltype", "default", "delete", "do", "double",
            "dynamic_cast", "else", "enum", "explicit",
        "export", "extern", "false", "float", "for", "friend", "goto", "hls", "hls4net", "if", "inline", "int", "long",
            "main", "mutable", "namespace",
        "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private", "protected", "public",
            "register",
        "reinterpret_cast", "requires", "return", "short", "signed", "sizeof", "static", "static_assert", "static_cast",
            "std", "struct",
        "switch", "template", "this", "thread_local", "throw", "true", "try", "typedef", "typeid", "typename", "types",
            "union", "unsigned", "using",
        "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq");

    /// <summary>The members of a generated class, none of which may have the class's own name.</summary>
    public static FrozenSet<string> MembersOfClasses { get; } = FrozenSet.Create(StringComparer.Ordinal,
        "BuiltInWeights", "Check", "InputSize", "Layers", "Library", "Mismatch", "Native", "NativeWeights",
        "OutputSize", "Predict", "PredictBatch", "PredictRaw",
        "PredictRawBatch", "RequireFinite", "Samples", "Share", "Trace", "TraceRaw", "TraceSize", "WeightMemories",
            "WeightsSize");

    private static readonly FrozenSet<string> s_reservedInCSharp = FrozenSet.Create(StringComparer.Ordinal,
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const",
        "continue", "decimal",
        "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "file",
            "finally", "fixed", "float",
        "for", "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long",
            "namespace", "new", "null",
        "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "record",
            "ref", "required",
        "return", "sbyte", "scoped", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch",
            "this", "throw",
        "true", "try", "typeof", "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "var", "virtual", "void",
            "volatile", "while");

    /// <summary>
    /// The C identifier that a file name (without extension) becomes. Sdk.targets states the same rule for MSBuild.
    /// </summary>
    public static string ModelName(string fileName)
    {
        string name = NotInCIdentifier().Replace(fileName, "_");
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            name = "model_" + name;
        return ReservedInCpp.Contains(name) ? name + "_" : name;
    }

    /// <summary>The class name of a model: the parts between underscores, each with a capital.</summary>
    public static string ClassName(string modelName)
    {
        StringBuilder b = new(modelName.Length);
        foreach (string part in modelName.Split('_', StringSplitOptions.RemoveEmptyEntries))
            b.Append(char.ToUpperInvariant(part[0])).Append(part, 1, part.Length - 1);
        string name = b.ToString();
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            return "Model" + name;
        return MembersOfClasses.Contains(name) ? name + "Model" : name;
    }

    /// <summary>
    /// The namespace that a project's root namespace becomes: what cannot stand in an identifier is replaced, as dotnet
    /// new does.
    /// </summary>
    public static string Namespace(string rootNamespace)
    {
        IEnumerable<string> parts = rootNamespace.Split('.', StringSplitOptions.RemoveEmptyEntries).Select(part =>
        {
            string name = NotInCSharpIdentifier().Replace(part, "_");
            return char.IsDigit(name[0]) || s_reservedInCSharp.Contains(name) ? "_" + name : name;
        });
        return string.Join('.', parts);
    }

    /// <summary>True for a name that a C++ function can have.</summary>
    public static bool IsModelName(string name) => CIdentifier().IsMatch(name) && !ReservedInCpp.Contains(name);

    /// <summary>True for a name that a generated class can have.</summary>
    public static bool IsClassName(string name) => IsCSharpName(name) && !MembersOfClasses.Contains(name);

    /// <summary>True for class names joined by dots.</summary>
    public static bool IsNamespace(string name) => name.Split('.').All(IsCSharpName);

    private static bool IsCSharpName(string name) => CSharpIdentifier().IsMatch(name)
        && !s_reservedInCSharp.Contains(name);

    [GeneratedRegex("[^0-9A-Za-z_]+")]
    private static partial Regex NotInCIdentifier();

    [GeneratedRegex(@"[^\p{L}\p{Nd}_]")]
    private static partial Regex NotInCSharpIdentifier();

    [GeneratedRegex(@"^[A-Za-z_][0-9A-Za-z_]*\z")]
    private static partial Regex CIdentifier();

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_]*\z")]
    private static partial Regex CSharpIdentifier();
}
