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
        IEnumerable<string> documented = Pages.TableRows(page).SelectMany(row => Regex.Matches(row[0], "`([^`]+)`").Select(m => m.Groups[1].Value));
        Assert.Equal(OperatorRegistry.Names, documented.Order(StringComparer.Ordinal));
        Assert.Contains($"operator sets {OperatorRegistry.MinOpset} to {OperatorRegistry.MaxOpset}", page, StringComparison.Ordinal);
    }
}
