using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tools;

namespace Hls4Net.Targets.Bambu;

/// <summary>Looks for Bambu: where HlsBambuPath says, else where BAMBU says, else on the PATH.</summary>
public static partial class BambuToolFinder
{
    /// <summary>Finds the tool and its version.</summary>
    /// <param name="options">Where to look.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <param name="projectDirectory">Full path that a relative HlsBambuPath starts from.</param>
    /// <exception cref="ModelException">There is none (HLS5101), or it is another program of that name
    /// (HLS5102).</exception>
    public static BambuTool Find(SynthesisOptions options, Func<string, string?> environment, string projectDirectory)
    {
        string? variable = environment("BAMBU");
        string[] path = ProgramPath.Folders(environment);
        // Where a place is named, nothing else is meant.
        string? executable = options.BambuPath is string named ? In(Path.GetFullPath(named, projectDirectory))
            : !string.IsNullOrEmpty(variable) ? In(variable)
            : path.Select(folder => Path.Combine(folder, "bambu")).FirstOrDefault(File.Exists);
        if (executable is null)
        {
            string places = options.BambuPath is not null
                ? $"HlsBambuPath ({Path.GetFullPath(options.BambuPath, projectDirectory)})"
                : !string.IsNullOrEmpty(variable) ? $"HlsBambuPath (not set); BAMBU ({variable})"
                : $"HlsBambuPath (not set); BAMBU (not set); the PATH ({string.Join(Path.PathSeparator, path)})";
            throw new ModelException(Descriptors.SynthesisToolNotFound,
                $"PandA Bambu was not found. Looked for bambu in {places}. Get it from https://panda.deib.polimi.it, "
                + "or name its program or folder: -p:HlsBambuPath=/opt/panda");
        }
        string says = Tool.Ask(executable, "--version") ?? "";
        if (!Panda().IsMatch(says))
            throw new ModelException(Descriptors.SynthesisToolVersion,
                $"{executable} is not PandA Bambu: '{executable} --version' does not say so. Name it with HlsBambuPath");
        return new BambuTool(executable, Version().Match(says) is { Success: true } m ? m.Groups["version"].Value
            : "of an unknown version");
    }

    private static string? In(string place) =>
        File.Exists(place) ? place
            : new[] { Path.Combine(place, "bin", "bambu"), Path.Combine(place, "bambu") }.FirstOrDefault(File.Exists);

    [GeneratedRegex(@"\bPandA\b|Politecnico di Milano")]
    private static partial Regex Panda();

    // Version: PandA 2024.10 - Revision ...
    [GeneratedRegex(@"\bPandA[ /]+(?<version>[0-9]+(\.[0-9]+)+(-[A-Za-z0-9]+)?)")]
    private static partial Regex Version();
}
