using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Operations that are printed as integer programs, on values of up to 64 bits and of units far apart: estimated, and
/// the same in C++.
/// </summary>
public sealed class WideFallbackTests
{
    private static readonly string[] s_precisions =
        ["fixed(64,10)", "fixed(64,60)", "fixed(62,2)", "ufixed(63,1)", "fixed(8,4)", "ufixed(1,1)", "fixed(5,20)"];

    private static readonly string[] s_binary = ["Min", "Max", "Equal", "Less", "GreaterOrEqual", "Where", "Or"];

    private static readonly string[] s_unary = ["Abs", "Sign", "Floor", "Ceil", "Round", "Hardmax"];

    [SkippableFact]
    public void Wide_values_are_estimated_and_the_same_in_cpp()
    {
        using TempFolder folder = new();
        List<CompiledModel> models = [];
        foreach (string a in s_precisions)
        {
            foreach (string op in s_unary)
                Add(op, a, null);
            foreach (string b in s_precisions)
            {
                foreach (string op in s_binary)
                    Add(op, a, b);
            }
        }
        Assert.InRange(models.Count, 200, int.MaxValue);
        foreach (CompiledModel model in models)
            Assert.True(DesignCost.Of(model.Options, model.Model, model.Streams).Total.Lut >= 0);
        FirmwareBatch.Execute([.. models.Select(m => Expectation.Of(m, Samples(m)))], "-O0");

        void Add(string op, string a, string? b)
        {
            string name = $"{op}{models.Count}";
            ModelBuilder model = new ModelBuilder().Input("x", 1, 3);
            if (b is not null)
                model.Input("z", 1, 3);
            if (op == "Where")
                model.Node("Cast", ["x"], "c", ("to", 9L)).Node("Where", ["c", "x", "z"], "y");
            else if (op == "Or")
                model.Node("Cast", ["x"], "c", ("to", 9L)).Node("Cast", ["z"], "d", ("to", 9L)).Node(op, ["c", "d"], "y");
            else
                model.Node(op, b is null ? ["x"] : ["x", "z"], "y");
            ModelOptions options = model.Output("y").Save(folder, name) with
            {
                Layers = [Pinned("x", a), .. b is null ? [] : new[] { Pinned("z", b) }],
            };
            DiagnosticBag diagnostics = new(name);
            if (ModelCompiler.Compile(options, diagnostics) is CompiledModel compiled)
                models.Add(compiled);
            else
                Assert.All(diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error),
                    d => Assert.Equal(Descriptors.TooWide, d.Descriptor));
        }
    }

    private static LayerOverride Pinned(string name, string precision) =>
        new(name, LayerSettings.Unset with { Precision = ModelHarness.Precision(precision) });

    private static IEnumerable<long[]> Samples(CompiledModel model)
    {
        Random random = new(1);
        return ExtremeVectors.Of(model.Model.Network).Take(4).Concat(Enumerable.Range(0, 4).Select(_ =>
            (long[])[.. model.Model.Network.Inputs.SelectMany(v => v.Typing!.Range)
                .Select(r => (long)(r.Min + ((Int128)random.NextInt64() * 2 % (r.Max - r.Min + 1))))]));
    }
}
