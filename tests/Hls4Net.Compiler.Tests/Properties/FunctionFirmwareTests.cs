using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Operators by themselves on hostile types: the managed simulator and the compiled C++ agree on every bit.
/// </summary>
public sealed class FunctionFirmwareTests
{
    private const int Elements = 64, Samples = 30;

    private static readonly string[] s_inputs = ["fixed(16,6)", "fixed(24,4)", "ufixed(20,10)", "fixed(13,17)",
        "fixed(64,30)", "ufixed(63,20)", "fixed(40,8)"];

    private static readonly string[] s_results = ["auto", "fixed(16,6,TRN,WRAP)", "fixed(8,9,RND,SAT_SYM)",
        "ufixed(32,10,RND,SAT)"];

    [SkippableFact]
    public void Powers_and_logarithms() => Compare(
        from op in new[] { "Sqrt", "Log", "Reciprocal", "InverseSqrt", "Scaled" }
        from x in s_inputs
        from y in s_results
        select (x, x, y, op switch
        {
            "InverseSqrt" => Model().Weights("p", [], -0.5).Node("Pow", ["a", "p"], "y"),
            "Scaled" => Model().Weights("c", [], -12.5).Node("Div", ["c", "a"], "y"),
            _ => Model().Node(op, ["a"], "y"),
        }));

    [SkippableFact]
    public void Quotients_and_extremes() => Compare(
        from op in new[] { "Div", "IntegerDiv", "Min", "LessOrEqual", "Sub", "Mul", "Where" }
        from a in new[] { "fixed(16,6)", "ufixed(9,-3)" }
        from b in new[] { "fixed(12,3)", "ufixed(8,8)", "fixed(16,-2)" }
        from y in new[] { "auto", "ufixed(9,4,TRN,WRAP)", "fixed(30,12,RND_CONV,SAT_SYM)" }
        select (a, b, y, op switch
        {
            "Where" => Model("b").Node("Where", ["a", "a", "b"], "y"),
            "IntegerDiv" => Model("b").Node("Cast", ["a"], "i", ("to", 6)).Node("Cast", ["b"], "j", ("to", 6))
                .Node("Div", ["i", "j"], "y"),
            _ => Model("b").Node(op, ["a", "b"], "y"),
        }));

    private static ModelBuilder Model(params string[] more)
    {
        ModelBuilder model = new(17);
        foreach (string name in more.Prepend("a"))
            model.Input(name, 1, Elements);
        return model;
    }

    private static void Compare(IEnumerable<(string A, string B, string Result, ModelBuilder Model)> cases)
    {
        List<CompiledModel> models = [];
        using TempFolder folder = new();
        foreach ((string a, string b, string result, ModelBuilder model) in cases)
        {
            ModelOptions options = model.Output("y").Save(folder, $"net{models.Count}");
            LayerOverride Precision(string pattern, string type) =>
                new(pattern, LayerSettings.Unset with { Precision = ModelHarness.Precision(type) });
            LayerOverride[] layers = [Precision("a", a),
                .. model.Graph.Input.Count > 1 ? new[] { Precision("b", b) } : [],
                new LayerOverride("node_y",
                    LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision(result) })];
            DiagnosticBag diagnostics = new("model.onnx");
            if (ModelCompiler.Compile(options with { Layers = [.. layers] }, diagnostics) is CompiledModel compiled)
                models.Add(compiled);
            else
                Assert.All(diagnostics.Items.Where(d => d.Descriptor.Severity == Severity.Error),
                    d => Assert.Contains(d.Descriptor, new[] { Descriptors.TooWide, Descriptors.InvalidPrecision }));
        }
        using FirmwareBatch firmware = FirmwareBatch.Compile(models, "-O0");
        Random random = new(1);
        for (int i = 0; i < models.Count; i++)
        {
            TypedModel typed = models[i].Model;
            ManagedSimulator simulator = new(typed.Network);
            List<long> raw = [], outputs = [], layers = [];
            for (int n = 0; n < Samples; n++)
            {
                long[] sample =
                    [.. typed.Network.Inputs.SelectMany(x => Enumerable.Range(0, Elements).Select(k => k switch
                {
                    0 => (long)x.Type.MinMantissa,
                    1 => (long)x.Type.MaxMantissa,
                    < 8 => Math.Max(k - 4, (long)x.Type.MinMantissa),
                    _ => random.NextInt64((long)x.Type.MinMantissa,
                        (long)x.Type.MaxMantissa) >> random.Next(x.Type.Width),
                }))];
                raw.AddRange(sample);
                simulator.RunRaw(sample);
                foreach (Layer layer in typed.Layers)
                    layers.AddRange(simulator[layer.Output]);
                foreach (NetworkOutput port in typed.Network.Outputs)
                    outputs.AddRange(simulator[port.Value]);
            }
            long[] nativeOutputs = new long[outputs.Count], nativeLayers = new long[layers.Count];
            Assert.True(firmware.TraceOf(i)([.. raw], nativeOutputs, nativeLayers, Samples) == 0, firmware.Error());
            int at = layers.ToArray().AsSpan().CommonPrefixLength(nativeLayers);
            Assert.True(at == layers.Count,
                $"{string.Join("; ", typed.Network.Nodes.Select(n => $"{n.Name} = {n.Operation.Kind}({string.Join(", ", n.Inputs)}) -> {n.Output}"))}: number {at} is {(at < layers.Count ? layers[at] : 0)} in the managed simulator, {(at < layers.Count ? nativeLayers[at] : 0)} in the compiled C++");
            Assert.Equal(outputs, nativeOutputs);
        }
        Assert.NotEmpty(models);
    }
}
