using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Hls4Net.Tests.Docs;

/// <summary>The C# of the pages compiles, with the class that the compiler makes of the sample's model.</summary>
public sealed class CodeBlockTests
{
    public static TheoryData<string, int> BlocksOfPages
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string page in Pages.All)
            {
                for (int i = 0; i < CSharp(page).Length; i++)
                    data.Add(page, i);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(BlocksOfPages))]
    public void Compiles(string page, int block)
    {
        CSharpParseOptions language = new(LanguageVersion.Latest);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "page",
            [CSharpSyntaxTree.ParseText(CSharp(page)[block], language),
                CSharpSyntaxTree.ParseText(s_class.Value, language)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(p => MetadataReference.CreateFromFile(p)),
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
        Assert.Empty(compilation.GetDiagnostics()
            .Where(d => d.Severity >= Microsoft.CodeAnalysis.DiagnosticSeverity.Warning));
    }

    private static string[] CSharp(string page) =>
        [.. Pages.Blocks(Pages.Read(page)).Where(b => b.Language == "csharp"
            && !b.Text.StartsWith("// not compiled", StringComparison.Ordinal)).Select(b => b.Text)];

    private static readonly Lazy<string> s_class = new(() =>
    {
        DiagnosticBag diagnostics = new("muon_pt.onnx");
        CompiledModel? model = ModelCompiler.Compile(
            new ModelOptions
            {
                ModelPath = Path.Combine(Pages.Root, "samples/TriggerModel/models/muon_pt.onnx"),
                Source = "muon_pt.onnx",
                ModelName = "muon_pt",
                ClassName = "MuonPt",
                Namespace = "TriggerModel",
            },
            diagnostics);
        Assert.True(model is not null, string.Join('\n', diagnostics.Items));
        return model.EmitClass();
    });
}
