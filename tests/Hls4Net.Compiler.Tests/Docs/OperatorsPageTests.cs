using System.Text.RegularExpressions;
using Hls4Net.Onnx;

namespace Hls4Net.Tests.Docs;

/// <summary>docs/operators.md lists the operators that the importer reads.</summary>
public sealed class OperatorsPageTests
{
    [Fact]
    public void The_page_has_every_operator()
    {
        string page = Pages.Read("docs/operators.md");
        Assert.Equal(OperatorRegistry.Names, Pages.TableRows(page).Where(row => row.Length == 2).SelectMany(row => Names(row[0])).Order(StringComparer.Ordinal));
        foreach (string[] row in Pages.TableRows(page).Where(row => row.Length == 3))
        {
            foreach (string domain in Names(row[1]))
                Assert.All(Names(row[0]), name => Assert.NotNull(OperatorRegistry.Find(domain, name)));
        }
        Assert.Contains($"operator sets {OperatorRegistry.MinOpset} to {OperatorRegistry.MaxOpset}", page, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Names(string cell) => Regex.Matches(cell, "`([^`]+)`").Select(m => m.Groups[1].Value);
}
