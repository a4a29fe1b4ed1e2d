using Microsoft.Build.Utilities;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>
/// A stand-in for PandA Bambu: a script under its name that records how it is called, prints figures in the form that
/// Bambu's sources print, and with --simulate leaves results. It proves nothing about the tool itself.
/// </summary>
internal sealed class BambuStandIn
{
    // TOP is the top function.
    private const string Log = """
        ../firmware/TOP.cpp:1:1: warning: unused variable 'x' [-Wunused-variable]
        Scheduling Information of function TOP:
            Minimum slack: 0.305
            Estimated max frequency (MHz): 213
        Module binding information for function TOP:
            Total estimated area: 1640
            Estimated number of DSPs: 3
            Total number of flip-flops in function TOP: 268

        """;

    private const string Run = """
        top=$(echo "$*" | sed 's/.*--top-fname=\([a-z]*\).*/\1/')
        sed "s/TOP/$top/" "$here/log"
        if [[ $* == *--simulate* ]]; then
          grep -q 'include "tb_data/vectors.h"' bench.cpp || exit 4
          echo "$(sed -n '/hls4net_input/,/};/p' tb_data/vectors.h | grep -c '^    "') samples, 0 mismatches"
          echo '<bambu_results bambu_version="x"><CYCLES value="68"/></bambu_results>' > bambu_results_0.xml
        fi
        """;

    private readonly string _folder;

    public BambuStandIn(string root)
    {
        _folder = Directory.CreateDirectory(Path.Combine(root, "stand-in", "panda")).FullName;
        File.WriteAllText(Path.Combine(_folder, "log"), Log);
        Behave(Run);
    }

    /// <summary>A project whose firmware is for Bambu, and whose part it has.</summary>
    public static TaskItem Project =>
        new("project", new Dictionary<string, string> { ["Backend"] = "Bambu", ["Part"] = "xc7z020clg484-1" });

    /// <summary>The arguments of every run, in order.</summary>
    public string[] Calls => File.Exists(Path.Combine(_folder, "calls"))
        ? File.ReadAllLines(Path.Combine(_folder, "calls")) : [];

    /// <summary>What a project says to use it.</summary>
    public (string Name, string Value)[] Settings(params (string Name, string Value)[] more) =>
        [("Synthesizer", "Bambu"), ("BambuPath", _folder), .. more];

    /// <summary>Makes the program do this; $here is its folder.</summary>
    public void Behave(string body)
    {
        string path = Path.Combine(_folder, "bambu");
        File.WriteAllText(path,
            $"#!/bin/bash\n# A stand-in for bambu.\nhere=$(cd \"$(dirname \"$0\")\"; pwd)\n[ \"$1\" = --version ] && "
            + $"{{ echo 'Version: PandA 2024.10 - Revision abc'; exit 0; }}\necho \"$*\" >> \"$here/calls\"\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
