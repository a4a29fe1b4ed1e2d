using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Where a model's outputs are, by absolute paths. Sdk.targets assigns them (target _HlsAssignOutputs).</summary>
internal sealed class ModelFolder(ITaskItem item, string projectDirectory)
{
    /// <summary>Everything that is built from the model.</summary>
    public string Root { get; } = Absolute(item, "HlsFolder", projectDirectory);

    /// <summary>The HLS C++ project.</summary>
    public string Firmware => Path.Combine(Root, "firmware");

    /// <summary>What the C simulation needs beside the firmware.</summary>
    public string CSim => Path.Combine(Root, "csim");

    /// <summary>The compiled C simulation.</summary>
    public string Library { get; } = Absolute(item, "HlsLibrary", projectDirectory);

    /// <summary>The generated C# class.</summary>
    public string Class { get; } = Absolute(item, "HlsClass", projectDirectory);

    /// <summary>Lists the files that were generated.</summary>
    public string OutputList { get; } = Absolute(item, "HlsOutputList", projectDirectory);

    /// <summary>Lists the files that were read and that only the model names.</summary>
    public string InputList { get; } = Absolute(item, "HlsInputList", projectDirectory);

    /// <summary>Is as new as the inputs that the generated files were made from.</summary>
    public string GeneratedStamp { get; } = Absolute(item, "HlsGenerated", projectDirectory);

    /// <summary>Is as new as the inputs that were last verified without an error.</summary>
    public string VerifiedStamp { get; } = Absolute(item, "HlsVerified", projectDirectory);

    public string ReportJson => Path.Combine(Root, "report.json");

    public string ReportHtml => Path.Combine(Root, "report.html");

    private static string Absolute(ITaskItem item, string metadatum, string projectDirectory) =>
        Path.GetFullPath(item.GetMetadata(metadatum), projectDirectory);
}
