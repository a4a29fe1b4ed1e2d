using Hls4Net.Configuration;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Text;

namespace Hls4Net.Tests.Hostile;

/// <summary>
/// Names are free text in ONNX: whatever they are, the generated C++ and C# compile, and say what they did before.
/// </summary>
public sealed class NameTests
{
    private static readonly string[] s_names =
    [
        "a'b", "a\"b", "a\\", "a\nb", "a\r\nint x;", "*/ int x; /*", "//", "#error", "%s%n", "<c>&amp;</d>", "]]>",
            "Ünïcödé", "数", "😀", "\uD800", " ", "\t", "\0", "\u2028next",
        "int", "class", "module", "main", "std", "hls", "acc", "x", "y", "i", "j", "ap_fixed", "hls4net",
            "HLS4NET_TRACE", "INT_MAX", "NULL", "assert", "model", "Model", "mantissa", "memcpy", "abs", "exp", "tanh",
            "printf",
        "_a", "__a", "1", "a__b", "a b", "a-b", "a.b", "a/b", "a:0", "fc", "fc_t", "fc_out", "fc_out_t", "fc_weight_t",
            "fc_weights", "fc_bias", "fc_2", "FC", "Weights",
        "size", "time", "div", "id", "Predict", "InputSize", "string", new string('n', 10_000),
    ];

    [SkippableFact]
    public void Any_name_of_a_node_and_its_tensors_compiles()
    {
        using TempFolder folder = new();
        List<CompiledModel> models = [];
        foreach (string name in s_names)
            models.Add(ModelHarness.Compile(Named(name, name, $"{name}_in", $"{name}_out")
                .Save(folder, $"m{models.Count}") with
            { ClassName = $"Model{models.Count}" }));
        // All names at once, and names that are the same once they are identifiers.
        models.Add(ModelHarness.Compile(Chain(s_names).Save(folder, "all") with { ClassName = "All" }));
        models.Add(
            ModelHarness.Compile(Chain(["fc 1", "fc-1", "fc_1", "fc.1", "fc_1_2", "fc_1", "fc_1_2", "fc_1_t", "FC_1"])
                .Save(folder, "same") with
            { ClassName = "Same" }));
        // The top function and the ports have names too.
        models.Add(ModelHarness.Compile(Named("top", "top", "x", "y").Save(folder, "top")));
        Csc.Compile([.. models.Select(m => m.EmitClass())]);
        using FirmwareBatch firmware = FirmwareBatch.Compile(models, "-O0");
        for (int i = 0; i < models.Count; i++)
        {
            ManagedSimulator simulator = new(models[i].Model.Network);
            simulator.RunRaw([-300, 5]);
            long[] outputs = new long[2], layers = new long[models[i].Model.Layers.Sum(l => l.Output.Shape.Size)];
            Assert.Equal(0, firmware.TraceOf(i)([-300, 5], outputs, layers, 1));
            Assert.Equal(simulator[models[i].Model.Network.Outputs[0].Value].ToArray(), outputs);
        }
    }

    [SkippableFact]
    public void Layers_of_any_name_compile_beside_the_standard_headers()
    {
        using TempFolder folder = new();
        using Gpp gpp = Gpp.Require();
        CompiledModel model = ModelHarness.Compile(Chain(s_names).Save(folder, "top"));
        _ = ModelHarness.CompileCSim(model, gpp);
        gpp.Compile("bench", "-fsyntax-only", "-Wno-unknown-pragmas", "-Wno-unused-label", "firmware/top_test.cpp");
        foreach (
            string name in new[] { "NULL", "EOF", "stdin", "errno", "abs", "printf", "i", "value", "line", "result",
                "std" })
        {
            CompiledModel ports = ModelHarness.Compile(Named("fc", "w", name, name == "i" ? "text" : $"{name}_")
                .Save(folder, "top"));
            foreach (GeneratedFile file in ports.EmitFirmware())
                gpp.Write($"ports/{file.Path}", file.Text);
            gpp.Compile("bench", "-fsyntax-only", "-Wno-unknown-pragmas", "-Wno-unused-label", "ports/top_test.cpp");
        }
    }

    // What bridge.cpp calls its own.
    [SkippableTheory]
    [InlineData("inputs")]
    [InlineData("outputs")]
    [InlineData("layers")]
    [InlineData("weight_ports")]
    [InlineData("built_in_weights")]
    [InlineData("in")]
    [InlineData("n")]
    [InlineData("words")]
    public void A_model_may_be_called_as_its_bridge_calls_something(string name)
    {
        using TempFolder folder = new();
        LayerSettings outside = LayerSettings.Unset with
        {
            Strategy = Strategy.Resource,
            ReuseFactor = 2,
            WeightStorage = WeightStorage.External
        };
        ModelHarness.Verify(ModelHarness.Compile(Named("fc", "w", "x", "y")
            .Save(folder,
                name) with
        {
            Layers = name is "weight_ports" or "built_in_weights" or "words"
                    ? [new LayerOverride("*", outside)] : []
        }));
    }

    // Files, and a namespace, of the firmware.
    [Theory]
    [InlineData("constants")]
    [InlineData("types")]
    [InlineData("hls4net")]
    public void A_model_cannot_be_called_as_a_file_of_its_firmware(string name) =>
        Assert.Equal(name + "_", Configuration.Names.ModelName(name));

    [Fact]
    public void Every_name_becomes_a_plain_identifier() =>
        Assert.All(s_names, n => Assert.Matches("^[A-Za-z][A-Za-z0-9_]*$", Identifiers.Of(n)));

    [Fact]
    public void File_names_stay_short_enough_for_file_systems()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(Named(new string('n', 10_000), "n", "x", "y").Save(folder));
        Assert.All(model.EmitFirmware(), f => Assert.InRange(Path.GetFileName(f.Path).Length, 1, 150));
    }

    [Fact]
    public void Diagnostics_stay_on_one_line()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Node("LpPool", ["x"], "y").Output("y");
        model.Last.Name = "a\nerror: b";
        Assert.All(HostileTest.Errors(model.ToBytes()), d => Assert.DoesNotContain('\n', d.ToString()));
    }

    private static ModelBuilder Named(string node, string weights, string input, string output)
    {
        ModelBuilder model = new ModelBuilder().Input(input, 1, 2).Weights(weights, [2, 2], 1, -2, 3, 0.5)
            .Node("MatMul", [input, weights], output).Output(output);
        model.Last.Name = node;
        return model;
    }

    private static ModelBuilder Chain(string[] names)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Weights("w", [2, 2], 0.5, 0, 0, 0.25);
        for (int i = 0; i < names.Length; i++)
        {
            model.Node(i % 8 == 0 ? "MatMul" : "Relu", i % 8 == 0 ? [i == 0 ? "x" : $"v{i}", "w"] : [$"v{i}"],
                $"v{i + 1}");
            model.Last.Name = names[i];
        }
        return model.Output($"v{names.Length}");
    }
}
