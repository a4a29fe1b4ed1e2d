using Hls4Net.Tests.Docs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Hls4Net.Tests.Architecture;

/// <summary>Sources wrap at 120 columns; a text that is one literal may reach beyond.</summary>
public sealed class LineLengthTests
{
    private const int Most = 120;

    // What follows a literal, as parentheses do, may reach beyond with the literal.
    private const int LiteralEnds = 100;

    [Theory]
    [InlineData("src")]
    [InlineData("tests")]
    [InlineData("benchmarks")]
    public void Lines_wrap(string folder)
    {
        string root = Path.Combine(Pages.Root, folder);
        List<string> wide = [];
        foreach (string file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(IsSource))
        {
            SourceText text = SourceText.From(File.ReadAllText(file));
            TextLine[] lines = [.. text.Lines.Where(l => l.Span.Length > Most)];
            if (lines.Length == 0)
                continue;
            TextSpan[] literals = [.. CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview))
                .GetRoot().DescendantNodes()
                .Where(n => n is InterpolatedStringExpressionSyntax || n.IsKind(SyntaxKind.StringLiteralExpression))
                .Select(n => n.Span)];
            wide.AddRange(lines.Where(l => !literals.Any(s => s.Start < l.End && s.End > l.Start + LiteralEnds))
                .Select(l => $"{Path.GetRelativePath(Pages.Root, file)}:{l.LineNumber + 1}"));
        }
        Assert.Empty(wide);
    }

    private static bool IsSource(string file) =>
        !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "artifacts");
}
