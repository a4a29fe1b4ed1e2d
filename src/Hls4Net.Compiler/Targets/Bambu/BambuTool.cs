namespace Hls4Net.Targets.Bambu;

/// <summary>PandA Bambu on this machine.</summary>
/// <param name="Executable">The program's full path.</param>
/// <param name="Version">What it says its version is.</param>
public sealed record BambuTool(string Executable, string Version);
