using System.IO.Enumeration;
using System.Text;
using Hls4Net.Diagnostics;

namespace Hls4Net.Tasks;

/// <summary>
/// Writes outputs so that a killed build leaves none half written: aside first, then moved into place.
/// </summary>
internal static class OutputFiles
{
    /// <summary>Ends the names of files being written.</summary>
    public const string PartialExtension = ".partial";

    private static readonly EnumerationOptions s_own = new() { RecurseSubdirectories = true, AttributesToSkip = 0 };

    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>
    /// Writes a text unless the file holds it already: what is built from the file then stays up to date.
    /// </summary>
    public static void WriteIfDifferent(string path, string text)
    {
        byte[] bytes = s_utf8.GetBytes(text);
        if (!Holds(path, bytes))
            Replace(path, partial => File.WriteAllBytes(partial, bytes));
    }

    /// <summary>
    /// Writes a stamp with the time at which the work it stands for began reading its inputs, so that a change made
    /// meanwhile is newer.
    /// </summary>
    public static void Stamp(string path, DateTime startedUtc) => Replace(path, partial =>
    {
        File.WriteAllBytes(partial, []);
        File.SetLastWriteTimeUtc(partial, startedUtc);
    });

    /// <summary>Lets <paramref name="write"/> make a file aside, then moves it into place.</summary>
    public static void Replace(string path, Action<string> write)
    {
        string partial = path + PartialExtension;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        write(partial);
        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Runs what writes outputs; where the file system refuses, that becomes the user's diagnostic.</summary>
    public static void Guard(string what, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(Descriptors.OutputNotWritable,
                $"{what} cannot be written: {e.Message} Check the folder's permissions and free space.");
        }
    }

    /// <summary>
    /// The files below a folder, links among them, but nothing of what is behind a link; none of a folder that is a
    /// link itself.
    /// </summary>
    public static IEnumerable<string> Below(string folder) => !Directory.Exists(folder)
        || new DirectoryInfo(folder).LinkTarget is not null
        ? []
        : new FileSystemEnumerable<string>(folder, (ref FileSystemEntry e) => e.ToFullPath(), s_own)
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) => !e.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry e) => (e.Attributes & FileAttributes.ReparsePoint) == 0,
        };

    /// <summary>
    /// The full path of a listed file that is really in a folder, and not behind a link of it; null for any other.
    /// </summary>
    public static string? Within(string folder, string listed)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder, folder));
        string path = Path.GetFullPath(listed, root);
        if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return null;
        for (string? parent = Path.GetDirectoryName(path); parent is not null
            && parent.Length >= root.Length; parent = Path.GetDirectoryName(parent))
        {
            if (new DirectoryInfo(parent).LinkTarget is not null)
                return null;
        }
        return path;
    }

    private static bool Holds(string path, byte[] bytes)
    {
        FileInfo file = new(path);
        return file.Exists && file.Length == bytes.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);
    }
}
