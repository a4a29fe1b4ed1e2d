using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using Hls4Net.Reports;

namespace Hls4Net.Tests.Docs;

/// <summary>docs/report.md names exactly the keys of report.json, in their order.</summary>
public sealed class ReportPageTests
{
    [Fact]
    public void The_page_has_every_key()
    {
        IEnumerable<string> documented = Pages.TableRows(Pages.Read("docs/report.md")).Select(row => row[0].Trim('`'));
        Assert.Equal(Keys(typeof(Report), ""), documented);
    }

    // Lists stand as name[], objects as their members; where the whole may be null it has a row of its own.
    private static IEnumerable<string> Keys(Type record, string prefix)
    {
        foreach (PropertyInfo property in record.GetConstructors()[0].GetParameters()
            .Select(p => record.GetProperty(p.Name!)!))
        {
            string key = prefix + JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            {
                // A shape is one value, a list of records or sentences is not.
                type = type.GetGenericArguments()[0];
                key += type == typeof(int) ? "" : "[]";
            }
            if (type.Namespace != typeof(Report).Namespace || type == typeof(ReportSynthesis))
                yield return key;
            if (type.Namespace == typeof(Report).Namespace)
            {
                foreach (string inner in Keys(type, key + "."))
                    yield return inner;
            }
        }
    }
}
