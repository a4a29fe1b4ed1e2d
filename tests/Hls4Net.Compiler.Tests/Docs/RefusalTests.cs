using System.Text.RegularExpressions;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;

namespace Hls4Net.Tests.Docs;

/// <summary>
/// docs/operators.md has every refusal that the code can give: each place that refuses a model is found in the sources
/// and in the table.
/// </summary>
public sealed partial class RefusalTests
{
    // Descriptors of models that ONNX allows and hardware or this compiler does not.
    private static readonly string[] s_refusing = ["UnsupportedForm", "UnsupportedElementType", "UnsupportedOpset",
        "DynamicShape", "NonFiniteWeight", "TooWide"];

    // How far behind its descriptor a message reaches in the source at most.
    private const int MessageLength = 600;

    [Fact]
    public void Every_refusal_is_in_the_table()
    {
        (string Place, string Code, string Text)[] sites = [.. Sites()];
        Assert.True(sites.Length > 50,
            $"only {sites.Length} refusals found: does the pattern still match how they are written?");
        Assert.Empty(sites.Where(s => !OperatorLimits.Forms.Any(l => Matches(l, s)))
            .Select(s => $"{s.Place}: {s.Code} is not among OperatorLimits.Forms: {s.Text}"));
    }

    [Fact]
    public void Every_line_of_the_table_is_a_refusal()
    {
        (string Place, string Code, string Text)[] sites = [.. Sites()];
        Assert.Empty(OperatorLimits.Forms.Where(l => !sites.Any(s => Matches(l, s)))
            .Select(l => $"nothing refuses with {l.Code.Code} '{l.Message}'"));
    }

    private static bool Matches(OperatorLimit limit, (string Place, string Code, string Text) site) =>
        Code(limit) == site.Code && site.Text.Contains(limit.Message, StringComparison.Ordinal);

    private static string Code(OperatorLimit limit) =>
        typeof(Descriptors).GetFields().Single(f => (DiagnosticDescriptor?)f.GetValue(null) == limit.Code).Name;

    private static IEnumerable<(string Place, string Code, string Text)> Sites()
    {
        string root = Path.Combine(Pages.Root, "src", "Hls4Net.Compiler");
        foreach (string folder in new[] { "Onnx", "Transforms" })
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs",
                SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "OperatorLimits.cs"))
            {
                string source = File.ReadAllText(file);
                foreach (Match match in Refusal().Matches(source))
                {
                    string text = source.Substring(match.Index, Math.Min(MessageLength, source.Length - match.Index));
                    // Up to the next one, and to the end of the statement.
                    int end = text.IndexOf("Descriptors.", "Descriptors.".Length, StringComparison.Ordinal),
                        semicolon = text.IndexOf(";\n", StringComparison.Ordinal);
                    text = text[..Math.Min(end < 0 ? text.Length : end, semicolon < 0 ? text.Length : semicolon)];
                    text = Joined().Replace(text, "");
                    string code = match.Groups["code"].Value;
                    if (s_refusing.Contains(code) || text.Contains(" are the most", StringComparison.Ordinal))
                        yield return (
                            $"{Path.GetRelativePath(root, file)}:{source[..match.Index].Count(c => c == '\n') + 1}",
                            code, text);
                }
            }
        }
    }

    // Between the parts of a message that stands on several lines.
    [GeneratedRegex(@"""\s*\+ \$?""")]
    private static partial Regex Joined();

    // A descriptor that something is thrown or reported with, and not one that is compared.
    [GeneratedRegex(@"Descriptors\.(?<code>\w+),")]
    private static partial Regex Refusal();
}
