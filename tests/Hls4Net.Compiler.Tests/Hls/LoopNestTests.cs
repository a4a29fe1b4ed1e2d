using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Text;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Hls;

/// <summary>
/// Movements print as loops; a table stands only where elements are not evenly spaced, and then along that axis alone.
/// </summary>
public sealed class LoopNestTests(ITestOutputHelper output)
{
    public static TheoryData<string, long[][], (string, object)[], int> Regular => new()
    {
        { "Transpose", [], [("perm", new[] { 0L, 2, 3, 1 })], 2 },
        { "Transpose", [], [("perm", new[] { 0L, 3, 2, 1 })], 3 },
        { "Slice", [[1], [5], [2], [2]], [], 3 },
        { "Slice", [[-1, 3], [-100, 7], [3, 2], [-3, 1]], [], 3 },
        { "Expand", [[5, 4, 6, 10]], [], 2 },
        { "Tile", [[1, 1, 2, 3]], [], 5 },
        { "DepthToSpace", [], [("blocksize", 2)], 4 },
        { "SpaceToDepth", [], [("blocksize", 2)], 5 },
        { "Resize", [[], [], [1, 4, 18, 20]],
            [("nearest_mode", "floor"), ("coordinate_transformation_mode", "asymmetric")], 4 },
        { "Pad", [[0, 0, 1, 2, 0, 0, 3, 4]], [], 3 },
        { "Gather", [[1, 3]], [("axis", 1)], 2 },
    };

    [Theory]
    [MemberData(nameof(Regular))]
    public void Evenly_spaced_elements_need_no_table(string op, long[][] constants, (string, object)[] attributes,
        int loops)
    {
        string body = Body(op, constants, attributes, out bool table);
        Assert.False(table, body);
        Assert.Equal(loops, body.Split("for (").Length - 1 - (op == "Pad" ? 1 : 0));
    }

    [Fact]
    public void A_table_is_of_one_axis()
    {
        string body = Body("Gather", [[3, 0, 0, 2]], [("axis", 1)], out bool table);
        Assert.True(table);
        Assert.Contains("y_index[i]", body, StringComparison.Ordinal);
        Assert.Equal(2, body.Split("for (").Length - 1);
    }

    private string Body(string op, long[][] constants, (string, object)[] attributes, out bool table)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 4, 6, 10).Output("y");
        for (int i = 0; i < constants.Length; i++)
            model.Integers($"c{i}", constants[i]);
        model.Node(op, ["x", .. constants.Select((c, i) => c.Length == 0 ? "" : $"c{i}")], "y", attributes);
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder));
        GeneratedFile[] files = [.. compiled.EmitFirmware()];
        string top = files.Single(f => f.Path == "model.cpp").Text;
        output.WriteLine(top);
        string weights = string.Concat(files.Where(f => f.Path.StartsWith("weights/", StringComparison.Ordinal))
            .Select(f => f.Text));
        table = weights.Contains("_index", StringComparison.Ordinal);
        int start = top.IndexOf("static void", StringComparison.Ordinal),
            end = top.IndexOf("\n}\n", start, StringComparison.Ordinal);
        return top[start..end];
    }
}
