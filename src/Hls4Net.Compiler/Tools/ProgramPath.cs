namespace Hls4Net.Tools;

/// <summary>
/// Finds programs by name: on the PATH, in its absolute folders, and nowhere else. The operating system and .NET also
/// look in the folder that a process runs in, where a project that was fetched from somewhere might have a program of
/// that name.
/// </summary>
public static class ProgramPath
{
    /// <summary>The absolute folders of the PATH, in order.</summary>
    public static string[] Folders(Func<string, string?> environment) =>
        [.. (environment("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)];

    /// <summary>
    /// The full path of a program; null where no folder of the PATH has a file of that name that may be run.
    /// </summary>
    public static string? Find(string program, Func<string, string?> environment) =>
        Folders(environment).Select(folder => Path.Combine(folder, program)).FirstOrDefault(IsProgram);

    private static bool IsProgram(string path)
    {
        const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute
            | UnixFileMode.OtherExecute;
        return File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & Executable) != 0);
    }
}
