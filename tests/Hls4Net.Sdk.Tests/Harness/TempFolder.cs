namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>
/// A folder outside the repository, whose Directory.Build files must not leak in; removed in the end.
/// </summary>
internal sealed class TempFolder : IDisposable
{
    private static readonly string s_run = Directory.CreateTempSubdirectory("hls4net-tests-").FullName;

    static TempFolder() => AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(s_run);

    public TempFolder(string name = "t")
    {
        Path = Directory.CreateDirectory(System.IO.Path.Combine(s_run, Guid.NewGuid().ToString("N")[..8],
            name)).FullName;
    }

    /// <summary>A folder for the whole test run.</summary>
    public static string Shared { get; } = Directory.CreateDirectory(System.IO.Path.Combine(s_run, "shared")).FullName;

    public string Path { get; }

    public void Dispose() => Remove(System.IO.Path.GetDirectoryName(Path)!);

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A process that a test killed may still be writing; temporary folders are the system's to clean.
        }
    }
}
