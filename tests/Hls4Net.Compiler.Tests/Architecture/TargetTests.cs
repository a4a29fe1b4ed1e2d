using System.Xml.Linq;
using Hls4Net.Configuration;
using Hls4Net.Synthesis;
using Hls4Net.Targets;
using Hls4Net.Tests.Docs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hls4Net.Tests.Architecture;

/// <summary>
/// What is particular to a target is in its folder: nothing else asks which one it is, or spells what is a vendor's.
/// </summary>
public sealed class TargetTests
{
    private const string Home = "Hls4Net.Compiler/Targets/";

    // What only the dialects write.
    private static readonly string[] s_spellings = ["#pragma HLS", "#pragma hls", "hls::stream<", "ac_channel",
        "ap_fixed<", "ap_ufixed<", "ap_int<", "ap_uint<", "ac_fixed", "ac_int"];

    private static readonly string s_source = Path.Combine(Pages.Root, "src");

    [Fact]
    public void Nothing_outside_the_targets_asks_which_target_it_is()
    {
        string[] targets = [.. KnownTargets.All.Select(t => t.GetType().Name)];
        string[] tools = [.. typeof(ISynthesizer).Assembly.GetTypes()
            .Where(t => !t.IsAbstract && t.IsAssignableTo(typeof(ISynthesizer))).Select(t => t.Name)];
        Assert.InRange(tools.Length, KnownTargets.All.Length, int.MaxValue);
        List<string> found = [];
        foreach ((string path, SyntaxNode root) in Sources())
        {
            foreach (SyntaxNode node in root.DescendantNodes())
            {
                bool asks = node switch
                {
                    // Backend == …, whichever side it is on, and patterns on it.
                    BinaryExpressionSyntax
                    {
                        RawKind: (int)SyntaxKind.EqualsExpression
                        or (int)SyntaxKind.NotEqualsExpression
                    } b => IsBackend(b.Left) || IsBackend(b.Right),
                    IsPatternExpressionSyntax { Expression: ExpressionSyntax e, Pattern: not RecursivePatternSyntax } =>
                        IsBackend(e),
                    SwitchExpressionSyntax s => IsBackend(s.GoverningExpression),
                    SwitchStatementSyntax s => IsBackend(s.Expression),
                    _ => false,
                };
                bool tests = node switch
                {
                    BinaryExpressionSyntax
                    {
                        RawKind: (int)SyntaxKind.IsExpression
                        or (int)SyntaxKind.AsExpression
                    } b => Names(b.Right),
                    CastExpressionSyntax c => Names(c.Type),
                    DeclarationPatternSyntax d => Names(d.Type),
                    TypePatternSyntax t => Names(t.Type),
                    ConstantPatternSyntax c => Names(c.Expression),
                    RecursivePatternSyntax { Type: TypeSyntax t } => Names(t),
                    _ => false,
                };
                if (asks || tests)
                    found.Add($"{path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}: {node}");
            }
        }
        // The check that a model's firmware is written for the tool that is to synthesize it.
        Assert.Equal(["model.Backend != Backend"],
            found.Select(f => f[(f.IndexOf(": ", StringComparison.Ordinal) + 2)..]));

        bool Names(SyntaxNode type) => type.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>()
            .Any(n => targets.Contains(n.Identifier.Text) || tools.Contains(n.Identifier.Text));

        static bool IsBackend(ExpressionSyntax e) => e switch
        {
            IdentifierNameSyntax n => n.Identifier.Text is "Backend" or "backend",
            MemberAccessExpressionSyntax m => m.Name.Identifier.Text == "Backend"
                || m.Expression is IdentifierNameSyntax { Identifier.Text: "Backend" },
            _ => false,
        };
    }

    [Fact]
    public void Vendors_spellings_are_written_by_their_dialects_alone()
    {
        List<string> found = [], home = [];
        foreach ((string path, SyntaxNode root) in Sources(all: true))
        {
            IEnumerable<SyntaxToken> literals = root.DescendantTokens().Where(t =>
                t.IsKind(SyntaxKind.StringLiteralToken) || t.IsKind(SyntaxKind.InterpolatedStringTextToken)
                    || t.IsKind(SyntaxKind.MultiLineRawStringLiteralToken));
            foreach (SyntaxToken literal in literals.Where(l =>
                s_spellings.Any(s => l.Text.Contains(s, StringComparison.Ordinal))))
                (path.StartsWith(Home, StringComparison.Ordinal) ? home : found).Add($"{path}: {literal.Text}");
        }
        Assert.NotEmpty(home);
        // The types of AMD's headers are several targets', and a project may spell a precision so.
        string[] shared = ["Hls4Net.Compiler/Hls/ApTypes.cs", "Hls4Net.Compiler/Configuration/PrecisionSpec.cs"];
        Assert.DoesNotContain(found, f => !shared.Any(s => f.StartsWith(s, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_target_is_listed_once_and_its_names_are_what_a_project_may_say()
    {
        Type[] declared = [.. typeof(ITarget).Assembly.GetTypes()
            .Where(t => t.IsClass && t.IsAssignableTo(typeof(ITarget)))];
        Assert.Equal(declared.Select(t => t.Name).Order(StringComparer.Ordinal),
            KnownTargets.All.Select(t => t.GetType().Name).Order(StringComparer.Ordinal));
        // Each in a folder of its own.
        string[] folders = [.. Directory.EnumerateDirectories(Path.Combine(s_source, Home))
            .Select(d => Path.GetFileName(d)!)];
        Assert.Equal(folders.Order(StringComparer.Ordinal),
            declared.Select(t => t.Namespace!.Split('.')[^1]).Order(StringComparer.Ordinal));
        // An IDE offers the same names.
        XDocument rules = XDocument.Load(Path.Combine(s_source, "Hls4Net.Sdk", "Sdk", "HlsModel.xaml"));
        XElement offered = rules.Descendants()
            .Single(e => e.Name.LocalName == "EnumProperty" && (string?)e.Attribute("Name") == "Backend");
        Assert.Equal(offered.Elements().Select(e => (string)e.Attribute("Name")!),
            KnownTargets.Backends.Available.Select(b => b.Name));
        Assert.Distinct(KnownTargets.Synthesizers);
        Assert.Empty(KnownTargets.Backends.Announced.Intersect(KnownTargets.Backends.Available.Select(b => b.Name)));
        Assert.All([Backend.Vitis, Backend.Bambu, Backend.Rtl],
            b => Assert.Contains(b, KnownTargets.Backends.Available.AsEnumerable()));
        Assert.All(KnownTargets.Backends.Available,
            b => Assert.Same(b, KnownTargets.BackendOf(b.Name.ToLowerInvariant())));
        Assert.All(KnownTargets.Backends.Available, b => Assert.Same(b, KnownTargets.Of(b).Backend));
        Assert.Null(KnownTargets.BackendOf("NoTarget"));
        Assert.Same(Backend.Vitis,
            new ModelOptions { ModelPath = "", Source = "", ModelName = "", ClassName = "" }.Backend);
    }

    private static IEnumerable<(string Path, SyntaxNode Root)> Sources(bool all = false)
    {
        foreach (string path in Directory.EnumerateFiles(s_source, "*.cs", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            string relative = Path.GetRelativePath(s_source, path).Replace('\\', '/');
            if (all || !relative.StartsWith(Home, StringComparison.Ordinal))
                yield return (relative, CSharpSyntaxTree.ParseText(File.ReadAllText(path),
                    new CSharpParseOptions(LanguageVersion.Preview)).GetRoot());
        }
    }
}
