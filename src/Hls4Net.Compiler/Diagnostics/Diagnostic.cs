namespace Hls4Net.Diagnostics;

/// <summary>How grave a diagnostic is; an error ends the model's compilation.</summary>
public enum Severity
{
    /// <summary>Information, shown in a detailed log.</summary>
    Message,

    /// <summary>The build goes on; the result may not be what was meant.</summary>
    Warning,

    /// <summary>No firmware is made.</summary>
    Error,
}

/// <summary>
/// A kind of diagnostic: a stable code with one meaning, documented under the same code in docs/diagnostics.md.
/// </summary>
/// <param name="Code">HLS1xxx model, HLS2xxx configuration, HLS3xxx numerics and accuracy, HLS4xxx C++ toolchain,
/// HLS5xxx synthesis and budgets, HLS9xxx faults of the compiler.</param>
/// <param name="Severity">The severity it is reported with.</param>
/// <param name="Title">What it is about, in a few words.</param>
public sealed record DiagnosticDescriptor(string Code, Severity Severity, string Title);

/// <summary>One finding about a user's input: what is wrong, where, and what to do.</summary>
/// <param name="Descriptor">The kind.</param>
/// <param name="File">The file it is about, as the user named it.</param>
/// <param name="Text">The whole sentence, naming the node or the option.</param>
public sealed record Diagnostic(DiagnosticDescriptor Descriptor, string File, string Text)
{
    /// <summary>MSBuild's canonical form.</summary>
    public override string ToString() =>
        $"{File} : {Descriptor.Severity.ToString().ToLowerInvariant()} {Descriptor.Code}: {Text}";
}

/// <summary>Collects the diagnostics of one model.</summary>
/// <param name="defaultFile">The file that findings are about which name none.</param>
/// <param name="model">The model's name, which every text begins with; null where the file says which model it
/// is.</param>
public sealed class DiagnosticBag(string defaultFile, string? model = null)
{
    private readonly List<Diagnostic> _items = [];

    /// <summary>What has been reported so far, in order.</summary>
    public IReadOnlyList<Diagnostic> Items => _items;

    /// <summary>True once an error was reported.</summary>
    public bool HasErrors { get; private set; }

    /// <summary>Reports a finding about the model file, or about <paramref name="file"/> where given.</summary>
    public void Add(DiagnosticDescriptor descriptor, string text, string? file = null)
    {
        // Names from the model are free text; MSBuild takes a line for a diagnostic.
        string line = text.ReplaceLineEndings(" ");
        bool named = model is null || line.StartsWith($"{model}:", StringComparison.Ordinal);
        _items.Add(new Diagnostic(descriptor, file ?? defaultFile, named ? line : $"{model}: {line}"));
        HasErrors |= descriptor.Severity == Severity.Error;
    }

    /// <summary>An empty bag for findings about the same model.</summary>
    public DiagnosticBag Another() => new(defaultFile, model);

    /// <summary>Reports what another bag of the same model holds.</summary>
    public void AddRange(DiagnosticBag other)
    {
        _items.AddRange(other.Items);
        HasErrors |= other.HasErrors;
    }
}

/// <summary>
/// Ends a compilation at an error that the user can mend; caught by the front door and turned into its diagnostic.
/// </summary>
public sealed class ModelException(DiagnosticDescriptor descriptor, string text, string? file = null) : Exception(text)
{
    /// <summary>The kind of error.</summary>
    public DiagnosticDescriptor Descriptor { get; } = descriptor;

    /// <summary>The file it is about, if not the model.</summary>
    public string? File { get; } = file;
}

/// <summary>Ends a compilation whose errors have been reported already.</summary>
public sealed class CompilationFailedException : Exception;
