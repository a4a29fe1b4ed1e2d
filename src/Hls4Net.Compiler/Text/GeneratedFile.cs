namespace Hls4Net.Text;

/// <summary>
/// A generated text file; the path is relative to the folder it belongs in, with forward slashes; lines end in \n.
/// </summary>
public sealed record GeneratedFile(string Path, string Text);
