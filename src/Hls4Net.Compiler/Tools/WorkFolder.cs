namespace Hls4Net.Tools;

/// <summary>
/// A temporary folder for a tool's run. A file in it is held open as long as the run lasts, so that another run can
/// tell a folder in use from one that a killed run has left.
/// </summary>
public sealed class WorkFolder : IDisposable
{
    private const string Prefix = "hls4net-", Lock = "in-use";

    private readonly FileStream _held;

    /// <summary>Makes the folder.</summary>
    /// <param name="what">A word of its name.</param>
    public WorkFolder(string what)
    {
        Path = Directory.CreateTempSubdirectory($"{Prefix}{what}-").FullName;
        _held = Hold(Path);
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _held.Dispose();
        Directory.Delete(Path, recursive: true);
    }

    /// <summary>Removes the folders that killed runs have left among the temporary files.</summary>
    public static void RemoveLeftovers()
    {
        foreach (string folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), $"{Prefix}*").ToArray())
        {
            // Others keep folders of such names too; only this file says that one is of a run.
            if (new DirectoryInfo(folder).LinkTarget is not null || !File.Exists(System.IO.Path.Combine(folder, Lock)))
                continue;
            try
            {
                Hold(folder).Dispose();
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or another user's.
            }
        }
    }

    private static FileStream Hold(string folder) =>
        new(System.IO.Path.Combine(folder, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None,
            bufferSize: 1);
}
