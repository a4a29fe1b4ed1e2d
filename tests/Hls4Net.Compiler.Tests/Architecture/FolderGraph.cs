using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Hls4Net.Tests.Architecture;

/// <summary>One folder that names a type or member of another, at one place of the sources.</summary>
/// <param name="From">Path of the file that uses, below the project's folder.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="To">Path of the file that declares.</param>
/// <param name="Name">The symbol's name.</param>
internal sealed record FolderUse(string From, int Line, string To, string Name);

/// <summary>
/// Which file of a project uses which, by resolved symbols: comments, strings and equal names play no part.
/// </summary>
internal static class FolderGraph
{
    /// <summary>Every use of one file's declarations in another file.</summary>
    /// <param name="folder">The project's folder, without obj and bin.</param>
    public static IReadOnlyList<FolderUse> Uses(string folder)
    {
        CSharpParseOptions language = new(LanguageVersion.Preview);
        SyntaxTree[] trees = [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(p => Path.GetRelativePath(folder, p).Replace('\\', '/'))
            .Where(p => !p.StartsWith("obj/", StringComparison.Ordinal)
                && !p.StartsWith("bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(p => CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(folder, p)), language, p))];
        SyntaxTree implicitUsings = CSharpSyntaxTree.ParseText(
            "global using System; global using System.Collections.Generic; global using System.IO; global using "
            + "System.Linq; global using System.Threading; global using System.Threading.Tasks;",
            language, "usings");
        // The assembly under test has the types that are generated, whose sources are not in the folder.
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Hls4Net.Compiler.Tests",
            [implicitUsings, .. trees],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(p => MetadataReference.CreateFromFile(p)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Enable));
        return [.. trees.AsParallel().AsOrdered().SelectMany(t => Uses(compilation.GetSemanticModel(t), t))];
    }

    private static IEnumerable<FolderUse> Uses(SemanticModel model, SyntaxTree tree)
    {
        foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            SymbolInfo info = model.GetSymbolInfo(name);
            ISymbol? symbol = info.Symbol ?? info.CandidateSymbols.FirstOrDefault();
            if (symbol is null or INamespaceSymbol or ILocalSymbol or IParameterSymbol or ITypeParameterSymbol
                or IRangeVariableSymbol or ILabelSymbol)
                continue;
            foreach (string path in symbol.OriginalDefinition.DeclaringSyntaxReferences.Select(r =>
                r.SyntaxTree.FilePath).Distinct())
            {
                if (path != tree.FilePath && path != "usings")
                    yield return new FolderUse(tree.FilePath,
                        name.GetLocation().GetLineSpan().StartLinePosition.Line + 1, path, symbol.Name);
            }
        }
    }
}
