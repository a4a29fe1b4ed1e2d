using System.Security.Cryptography;
using System.Text;

namespace Hls4Net.Tasks;

/// <summary>
/// A source file of a C simulation and the object made from it. Beside the object lies what it was made from: the
/// command, and a digest of every file that the compiler read. An object is made anew only where one of these differs.
/// </summary>
/// <param name="source">The source file.</param>
/// <param name="path">The object.</param>
/// <param name="compiler">The compiler, its version and the user's flags, as text.</param>
/// <param name="arguments">What else the compiler is given for every source.</param>
internal sealed class TranslationUnit(string source, string path, string compiler, IReadOnlyList<string> arguments)
{
    private DateTime _started;

    public string Source { get; } = source;

    public string Object { get; } = path;

    /// <summary>Where the compiler writes the object.</summary>
    public string Partial => Object + OutputFiles.PartialExtension;

    /// <summary>Where the compiler lists the files that it read, as a rule of make.</summary>
    private string Dependencies => Path.ChangeExtension(Object, ".d");

    /// <summary>What the compiler warned of when it made the object.</summary>
    public string Warnings => Path.ChangeExtension(Object, ".warnings");

    private string Record => Path.ChangeExtension(Object, ".inputs");

    private string Command => Digest(Encoding.UTF8.GetBytes(string.Join('\n', Arguments.Prepend(compiler))));

    /// <summary>What the compiler is given, each one word.</summary>
    public IReadOnlyList<string> Arguments => [.. arguments, "-MMD", "-MF", Dependencies, "-c", "-o", Partial, Source];

    /// <summary>True if compiling would give the object that there is.</summary>
    public bool IsUpToDate()
    {
        if (!File.Exists(Object) || !File.Exists(Record))
            return false;
        string[] lines = File.ReadAllLines(Record);
        return lines.Length > 0 && lines[0] == Command
            && lines.Skip(1).All(line => line.Split(' ', 2) is [string digest, string file] && File.Exists(file)
                && digest == Digest(File.ReadAllBytes(file)));
    }

    /// <summary>Removes the object before it is made.</summary>
    public void Begin()
    {
        _started = DateTime.UtcNow;
        Directory.CreateDirectory(Path.GetDirectoryName(Object)!);
        File.Delete(Record);
        File.Delete(Dependencies);
    }

    /// <summary>
    /// Moves the object that the compiler made into place, with its warnings and the record of its inputs.
    /// </summary>
    public void Finish(IReadOnlyList<KeptWarning> warnings)
    {
        KeptWarnings.Write(Warnings, warnings);
        File.Move(Partial, Object, overwrite: true);
        string[] files = File.Exists(Dependencies) ? [.. ParseRule(File.ReadAllText(Dependencies))] : [];
        // A compiler that lists nothing, and a file that changed meanwhile, leave an object for this once.
        if (files.Length == 0 || files.Any(f => !File.Exists(f) || File.GetLastWriteTimeUtc(f) > _started))
            return;
        OutputFiles.Replace(Record, partial =>
            File.WriteAllLines(partial, [Command, .. files.Select(f => $"{Digest(File.ReadAllBytes(f))} {f}")]));
    }

    /// <summary>
    /// The files behind the colon of a rule of make, in which a backslash escapes blanks, and a dollar stands twice.
    /// </summary>
    internal static IEnumerable<string> ParseRule(string rule)
    {
        StringBuilder name = new();
        bool target = true;
        for (int i = 0; i <= rule.Length; i++)
        {
            char c = i < rule.Length ? rule[i] : '\n', next = i + 1 < rule.Length ? rule[i + 1] : '\n';
            if (c == '\\' && next is '\n')
            {
                // The rule goes on in the next line.
            }
            else if ((c == '\\' && next is ' ' or '#') || (c == '$' && next == '$'))
            {
                name.Append(next);
                i++;
            }
            else if (c is not (' ' or '\n'))
            {
                name.Append(c);
            }
            else if (name.Length > 0)
            {
                if (!target)
                    yield return name.ToString();
                target &= name[^1] != ':';
                name.Clear();
            }
        }
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
