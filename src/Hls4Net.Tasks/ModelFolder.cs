using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Where a model's outputs are, by absolute paths. Sdk.targets assigns them (target _HlsAssignOutputs).
/// </summary>
internal sealed class ModelFolder(ITaskItem item, string projectDirectory)
{
    /// <summary>Everything that is built from the model.</summary>
    public string Root { get; } = Absolute(item, "HlsFolder", projectDirectory);

    /// <summary>The HLS C++ project.</summary>
    public string Firmware => Path.Combine(Root, "firmware");

    /// <summary>The Verilog.</summary>
    public string Verilog => Path.Combine(Root, "rtl");

    /// <summary>The graph between passes of the compiler, where Dump asks for it.</summary>
    public string Passes => Path.Combine(Root, "passes");

    /// <summary>What the C simulation needs beside the firmware.</summary>
    public string CSim => Path.Combine(Root, "csim");

    /// <summary>The objects that the library is linked from.</summary>
    public string Objects => Path.Combine(Root, "objects");

    /// <summary>The compiled C simulation.</summary>
    public string Library { get; } = Absolute(item, "HlsLibrary", projectDirectory);

    /// <summary>The generated C# class.</summary>
    public string Class { get; } = Absolute(item, "HlsClass", projectDirectory);

    /// <summary>Lists the files that were generated.</summary>
    public string OutputList { get; } = Absolute(item, "HlsOutputList", projectDirectory);

    /// <summary>Lists the files that were read and that only the model names.</summary>
    public string InputList { get; } = Absolute(item, "HlsInputList", projectDirectory);

    /// <summary>Lists the contents of all files that were read.</summary>
    public string Contents => Path.Combine(Root, "contents.txt");

    /// <summary>Is as new as the inputs that the generated files were made from.</summary>
    public string GeneratedStamp { get; } = Absolute(item, "HlsGenerated", projectDirectory);

    /// <summary>Is as new as the inputs that were last verified without an error.</summary>
    public string VerifiedStamp { get; } = Absolute(item, "HlsVerified", projectDirectory);

    /// <summary>
    /// Holds the digest of what a synthesis has to be made from; newer than the result where that is of something else.
    /// </summary>
    public string SynthesisWanted => Path.Combine(Root, "synthesis.wanted");

    /// <summary>The result of the last synthesis that was finished.</summary>
    public string SynthesisResult => Path.Combine(Root, "synthesis.json");

    /// <summary>Figures of layers that the open flow has synthesized, by content.</summary>
    public string KeptLayers => Path.Combine(Root, "layers");

    /// <summary>Is as new as the synthesis that was last reported without an error.</summary>
    public string SynthesizedStamp => Path.Combine(Root, "synthesized.stamp");

    /// <summary>What generating, compiling, verifying, synthesizing and reporting the synthesis warned of.</summary>
    public string GeneratedWarnings => Path.Combine(Root, "generated.warnings");

    public string CompiledWarnings => Path.Combine(Root, "compiled.warnings");

    public string VerifiedWarnings => Path.Combine(Root, "verified.warnings");

    public string SynthesisWarnings => Path.Combine(Root, "synthesis.warnings");

    public string SynthesizedWarnings => Path.Combine(Root, "synthesized.warnings");

    public string ReportJson => Path.Combine(Root, "report.json");

    public string ReportHtml => Path.Combine(Root, "report.html");

    private static string Absolute(ITaskItem item, string metadatum, string projectDirectory) =>
        Path.GetFullPath(item.GetMetadata(metadatum), projectDirectory);
}
