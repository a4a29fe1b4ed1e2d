using Hls4Net.Tests;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>
/// A stand-in for AMD's tools: a script under the vendor's name, in folders like the vendor's, that records how it is
/// called and leaves reports that the real tool wrote for other designs, with the design's and the modules' names
/// changed. It proves nothing about the tool itself.
/// </summary>
internal sealed class VitisStandIn
{
    /// <summary>
    /// Leaves the report of C synthesis as Vitis HLS does when it runs a Tcl script; $top is the model's name.
    /// </summary>
    public const string LeaveReport = """
        top=$(sed -n 's/^set_top //p' synthesize.tcl)
        mkdir -p "${top}_prj/solution1/syn/report"
        sed "s/DESIGN/$top/g" "$here/csynth.xml" > "${top}_prj/solution1/syn/report/csynth.xml"
        """;

    /// <summary>The figures of the report that it leaves.</summary>
    public const int Latency = 4, Lut = 1460, Ff = 333;

    private readonly string _bin;

    public VitisStandIn(string root, string program = "vitis_hls", string version = "2022.2", string body = LeaveReport)
    {
        Folder = Path.Combine(root, "stand-in", "Vitis_HLS", version);
        _bin = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        Behave(body, program);
        string report = File.ReadAllText(SharedData.Require("hls-reports", "vitis-2024.1_hls4ml_openml", "csynth.xml"));
        File.WriteAllText(Path.Combine(_bin, "csynth.xml"), report
            .Replace("myproject", "DESIGN", StringComparison.Ordinal)
            .Replace("dense_latency_ap_fixed_11_6_5_3_0_ap_fixed_9_7_5_3_0_config3_s", "fc1", StringComparison.Ordinal)
            .Replace("relu_ap_fixed_9_7_5_3_0_ap_ufixed_8_6_5_3_0_ReLU_config6_s", "relu1", StringComparison.Ordinal));
    }

    /// <summary>What HlsVitisPath names.</summary>
    public string Folder { get; }

    /// <summary>The arguments of every call, in order.</summary>
    public string[] Calls => Lines("calls");

    /// <summary>The folders it was called in.</summary>
    public string[] Folders => Lines("folders");

    /// <summary>The processes that a behaviour wrote down.</summary>
    public int[] Processes =>
        [.. Lines("pids").Select(l => int.Parse(l, System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Makes the program do this; $here is its folder.</summary>
    public void Behave(string body, string program = "vitis_hls")
    {
        string path = Path.Combine(_bin, program);
        File.WriteAllText(path,
            $"#!/bin/bash\n# A stand-in for {program}.\nhere=$(cd \"$(dirname \"$0\")\"; pwd)\necho \"$(basename "
            + $"\"$0\") $*\" >> \"$here/calls\"; pwd >> \"$here/folders\"\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Puts a file beside the program.</summary>
    public void Write(string name, string text) => File.WriteAllText(Path.Combine(_bin, name), text);

    private string[] Lines(string file) => File.Exists(Path.Combine(_bin, file))
        ? File.ReadAllLines(Path.Combine(_bin, file)) : [];
}
