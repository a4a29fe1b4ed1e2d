using Hls4Net.Onnx;

namespace Hls4Net.Tests.Docs;

/// <summary>docs/operators.md is what the registry says. HLS4NET_WRITE_DOCS writes it.</summary>
public sealed class OperatorsPageTests
{
    [Fact]
    public void The_page_is_the_registrys()
    {
        string path = Path.Combine(Pages.Root, "docs", "operators.md"), text = OperatorsPage.Text();
        if (Environment.GetEnvironmentVariable("HLS4NET_WRITE_DOCS") is not (null or ""))
            File.WriteAllText(path, text);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void Operators_are_in_order_and_limits_are_of_operators_there_are()
    {
        IEnumerable<string> names = OperatorRegistry.Default.Select(o => o.Name);
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
        string[] all = [.. names, .. OperatorRegistry.Quantizers.Select(o => o.Name),
            .. OperatorRegistry.Microsoft.Select(o => o.Name), .. OperatorRegistry.ChannelsLast.Select(o => o.Name),
            .. OperatorRegistry.MachineLearning.Select(o => o.Name)];
        Assert.All(OperatorLimits.Forms.Where(l => l.Operators.Length > 0).SelectMany(l => l.Operators.Split(", ")),
            o => Assert.Contains(o, all));
        Assert.All(OperatorLimits.Unread, unread => Assert.DoesNotContain(unread.Name, all));
    }
}
