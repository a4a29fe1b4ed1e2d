using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Diagnostics;

namespace Hls4Net.Configuration;

/// <summary>How AMD's tools are told what to do.</summary>
public enum VitisScriptKind
{
    /// <summary>A Tcl script: every version.</summary>
    Tcl,

    /// <summary>
    /// A configuration file for <c>v++ -c --mode hls</c> and <c>vitis-run --mode hls</c>: 2023.1 and later.
    /// </summary>
    Config,
}

/// <summary>What a project says of its synthesis; for all its models.</summary>
public sealed record SynthesisOptions
{
    /// <summary>The name of the tool; null for AMD's where it is found, else the open ones.</summary>
    public string? Synthesizer { get; init; }

    /// <summary>Where AMD's tool is: a program, or a folder with it; null to look for it.</summary>
    public string? VitisPath { get; init; }

    /// <summary>The version that it has to be; null for any.</summary>
    public string? VitisVersion { get; init; }

    /// <summary>The form of the script; null for what the tool that is found takes.</summary>
    public VitisScriptKind? Script { get; init; }

    /// <summary>Where Bambu is: a program, or a folder with it; null to look for it.</summary>
    public string? BambuPath { get; init; }

    /// <summary>Bambu's front end, as its <c>--compiler</c> names it.</summary>
    public string BambuCompiler { get; init; } = "I386_CLANG16";

    /// <summary>What else Bambu is called with.</summary>
    public ImmutableArray<string> BambuOptions { get; init; } = ["-O3"];

    /// <summary>The cell library, in Liberty's format, that the open flow maps an ASIC to; null for gates.</summary>
    public string? LibertyFile { get; init; }

    /// <summary>Simulate the generated RTL.</summary>
    public bool Cosim { get; init; }

    /// <summary>How many test vectors are simulated at most.</summary>
    public int CosimSamples { get; init; } = 20;

    /// <summary>Pack the RTL for Vivado's IP catalog.</summary>
    public bool ExportIp { get; init; }

    /// <summary>Place and route the design, out of context.</summary>
    public bool Implementation { get; init; }

    /// <summary>After how long a run is stopped; null for never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>True if something is asked for that only AMD's tools give.</summary>
    public bool NamesVitis => VitisPath is not null || VitisVersion is not null || Script is not null || ExportIp
        || Implementation;

    /// <summary>The properties that <see cref="Read"/> reads, with their prefix.</summary>
    public static ImmutableArray<string> Properties { get; } =
    [
        "HlsSynthesizer", "HlsVitisPath", "HlsVitisVersion", "HlsVitisScript", "HlsBambuPath", "HlsBambuCompiler",
            "HlsBambuOptions", "HlsLibertyFile",
        "HlsCosim", "HlsCosimSamples", "HlsExportIp", "HlsImplementation", "HlsSynthesisTimeout",
    ];

    /// <summary>
    /// Reads the project's properties, named without their prefix <c>Hls</c>; null if something is wrong, which is then
    /// reported.
    /// </summary>
    /// <param name="properties">The properties, in MSBuild's escaped form.</param>
    /// <param name="synthesizers">The names of tools.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    public static SynthesisOptions? Read(IReadOnlyDictionary<string, string> properties,
        IEnumerable<string> synthesizers, DiagnosticBag diagnostics)
    {
        SynthesisOptions options = new()
        {
            Synthesizer = Choose("Synthesizer", [.. synthesizers.Select(s => (s, s))]),
            VitisPath = Text("VitisPath"),
            VitisVersion = Text("VitisVersion"),
            Script = Choose<VitisScriptKind?>("VitisScript",
                [("Tcl", VitisScriptKind.Tcl), ("Config", VitisScriptKind.Config)]),
            BambuPath = Text("BambuPath"),
            BambuCompiler = Text("BambuCompiler") ?? "I386_CLANG16",
            BambuOptions = [.. (Text("BambuOptions") ?? "-O3")
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)],
            LibertyFile = Text("LibertyFile"),
            Cosim = Switch("Cosim"),
            CosimSamples = (int)(Number("CosimSamples", 1, 1_000_000) ?? 20),
            ExportIp = Switch("ExportIp"),
            Implementation = Switch("Implementation"),
            Timeout = Number("SynthesisTimeout", 0.001, 30_000) is double minutes ? TimeSpan.FromMinutes(minutes)
                : null,
        };
        return diagnostics.HasErrors ? null : options;

        string? Text(string name) => properties.TryGetValue(name, out string? text)
            && text.Trim() is { Length: > 0 } value ? EscapedText.Unescape(value) : null;

        bool Switch(string name) => Choose(name, [("true", true), ("false", false)]);

        double? Number(string name, double least, double most)
        {
            if (Text(name) is not string text)
                return null;
            if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double x)
                && x >= least && x <= most)
                return x;
            diagnostics.Add(Descriptors.InvalidOption, string.Create(CultureInfo.InvariantCulture,
                $"the project has Hls{name} '{text}', which is not a number from {least} to {most}"));
            return null;
        }

        T? Choose<T>(string name, (string Name, T Value)[] choices)
        {
            if (Text(name) is not string text)
                return default;
            foreach ((string known, T value) in choices)
            {
                if (known.Equals(text, StringComparison.OrdinalIgnoreCase))
                    return value;
            }
            diagnostics.Add(Descriptors.InvalidOption,
                $"the project has Hls{name} '{text}', which is none of {string.Join(", ", choices.Select(c => c.Name))}");
            return default;
        }
    }
}
