using System.Text.RegularExpressions;
using Hls4Net.Tests.Docs;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Architecture;

/// <summary>
/// The folders of the compiler are stages in one order, which docs/architecture.md states: a folder uses those before
/// it and no other.
/// </summary>
public sealed partial class LayeringTests(ITestOutputHelper output)
{
    private static readonly string s_source = Path.Combine(Pages.Root, "src", "Hls4Net.Compiler");

    [Fact]
    public void Folders_use_only_folders_before_them()
    {
        string[] order = Order();
        string[] folders = [.. Directory.EnumerateDirectories(s_source).Select(d => Path.GetFileName(d)!)
            .Where(d => d is not ("obj" or "bin")).Append(Root)];
        Assert.Equal(folders.Order(StringComparer.Ordinal), order.Order(StringComparer.Ordinal));

        IReadOnlyList<FolderUse> uses = FolderGraph.Uses(s_source);
        // A graph without the few arrows that every compiler has would prove nothing.
        Assert.Contains(uses, u => Folder(u.From) == "Hls" && Folder(u.To) == "Programs");
        Assert.Contains(uses, u => Folder(u.From) == Root && Folder(u.To) == "Reports");
        foreach (IGrouping<string, FolderUse> folder in uses.GroupBy(u => Folder(u.From))
            .OrderBy(g => Array.IndexOf(order, g.Key)))
            output.WriteLine(
                $"{folder.Key}: {string.Join(", ", folder.Select(u => Folder(u.To)).Where(f => f != folder.Key).CountBy(f => f).OrderByDescending(f => f.Value).Select(f => $"{f.Key} {f.Value}"))}");
        Assert.Empty(uses.Where(u => Array.IndexOf(order, Folder(u.To)) > Array.IndexOf(order, Folder(u.From)))
            .Select(u => $"{u.From}:{u.Line} uses {u.Name} of {u.To}").Distinct());
    }

    [Fact]
    public void Namespaces_are_named_after_folders()
    {
        foreach (string path in Directory.EnumerateFiles(s_source, "*.cs", SearchOption.AllDirectories))
        {
            string[] folders = Path.GetRelativePath(s_source, path).Split(Path.DirectorySeparatorChar)[..^1];
            if (folders is ["obj" or "bin", ..])
                continue;
            Assert.Equal(string.Join('.', ["Hls4Net", .. folders]),
                Namespace().Match(File.ReadAllText(path)).Groups["name"].Value);
        }
    }

    // Files beside the folders: the front door.
    private const string Root = "ModelCompiler";

    private static string Folder(string path) => path.Contains('/', StringComparison.Ordinal)
        ? path[..path.IndexOf('/', StringComparison.Ordinal)] : Root;

    // The page's first block.
    private static string[] Order() =>
        Pages.Blocks(Pages.Read("docs/architecture.md")).First(b => b.Language == "text").Text.Split(['→', '\n'],
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
