using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Pipeline;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Quantization;

namespace Hls4Net.Tests.Architecture;

/// <summary>
/// All decisions of a compilation are in one record; entered again, they give the same bytes, and no file is read.
/// </summary>
public sealed class DesignPointTests
{
    [Theory]
    [InlineData("parallel")]
    [InlineData("stream")]
    [InlineData("interval")]
    [InlineData("memory")]
    [InlineData("pinned")]
    [InlineData("resource")]
    public void A_design_that_is_entered_again_has_the_same_bytes(string settings)
    {
        using TempFolder folder = new();
        ModelOptions options = Settings(Network(folder), settings);
        Again(options);
    }

    [Fact]
    public void So_has_one_whose_types_were_chosen_by_their_effect()
    {
        using TempFolder folder = new();
        Random random = new(5);
        ModelOptions options = Mlp(folder) with
        {
            TestInputs = [folder.Write("x.npy",
                Npy.Floats("(20, 4)", [.. Enumerable.Range(0, 80).Select(_ => random.NextSingle() * 2)]))],
        };
        DesignPoint point = Again(options);
        Assert.True(point.ByEffect);
        Assert.Contains(point.Layers.Values, l => l.Fraction is not null
            && l.Weight is PrecisionSpec.Auto { Width: not null });
    }

    // Names of nodes are one another's, not those of inputs.
    [Fact]
    public void An_input_and_a_node_of_one_name_have_types_of_their_own()
    {
        using TempFolder folder = new();
        Random random = new(6);
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Weights("w", [4, 3], Numbers(12))
            .Node("MatMul", ["x", "w"], "y").Output("y");
        model.Last.Name = "x";
        float[] samples = [.. Enumerable.Range(0, 80).Select(_ => random.NextSingle() * 100)];
        DesignPoint point =
            Again(model.Save(folder) with { TestInputs = [folder.Write("x.npy", Npy.Floats("(20, 4)", samples))] });
        Assert.NotNull(point.Inputs["x"].Fraction);
        Assert.NotNull(point.Layers["x"].Fraction);
        Assert.NotEqual(point.Inputs["x"].Fraction, point.Layers["x"].Fraction);
    }

    [Theory]
    [InlineData(4_000, false)]
    [InlineData(5_000, true)]
    public void So_have_random_networks(int seed, bool images)
    {
        int count = 0;
        foreach (int one in Enumerable.Range(seed, 60))
        {
            RandomNetwork network = images ? RandomNetwork.Make(one, RandomCnn.Make, IOType.IoStream, several: true)
                : RandomNetwork.Make(one);
            if (network.Model is not CompiledModel model)
                continue;
            DesignPoint point = DesignPointJson.Read(DesignPointJson.Write(model.Compilation.Point));
            CompiledModel again = new(RealModel.Of(model.Compilation).Design(point, new DiagnosticBag("model.onnx")));
            Assert.True(Bytes(model) == Bytes(again), network.ToString());
            Assert.Equal(DesignPointJson.Write(point), DesignPointJson.Write(again.Compilation.Point));
            count++;
        }
        Assert.InRange(count, 20, 60);
    }

    [Fact]
    public void A_quantized_function_keeps_its_own_types()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4);
        model.Custom("qonnx.custom_op.general", "Quant", ["x", model.Scalar(0.125), model.Scalar(0), model.Scalar(6)],
            "q").Node("Sigmoid", ["q"], "s");
        model.Last.Name = "s";
        model.Custom("qonnx.custom_op.general", "Quant", ["s", model.Scalar(0.125), model.Scalar(0), model.Scalar(4)],
            "y").Output("y");
        ModelOptions options = model.Save(
            folder) with
        {
            Layers =
                [new("s", LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("fixed(9,2)") })]
        };
        DesignPoint point = Again(options);
        Assert.Equal("fixed<9,2>",
            point.Layers.Single(l => l.Key.EndsWith(".s", StringComparison.Ordinal)).Value.Result.ToString());
    }

    [Fact]
    public void Planning_writes_what_the_project_leaves_open()
    {
        using TempFolder folder = new();
        ModelOptions options = Network(folder) with
        {
            IOType = IOType.IoStream,
            TargetInterval = 32,
            Layers = [new("conv", LayerSettings.Unset with { ReuseFactor = 2 })]
        };
        RealModel real = RealModel.Read(options, new DiagnosticBag(""));
        DesignPoint asked = real.Asked;
        Assert.Equal((2, null), (asked.Layers["conv"].ReuseFactor, asked.Layers["fc"].ReuseFactor));
        CompiledModel model = ModelHarness.Compile(options);
        DesignPoint point = model.Compilation.Point;
        Assert.Equal(2, point.Layers["conv"].ReuseFactor);
        foreach (Layer layer in model.Model.Layers)
        {
            LayerDesign design = point.Layers[layer.Name];
            Assert.Equal((layer.ReuseFactor, layer.Parallelism, layer.Memory?.Storage),
                (design.ReuseFactor, design.Pixels, design.Memory));
        }
        Assert.Contains(point.Layers.Values, d => d.Pixels > 1);
        Assert.True(point.Layers["fc"].ReuseFactor > 1);
    }

    [Fact]
    public void Other_plans_are_made_of_a_typed_design_and_other_types_are_refused()
    {
        using TempFolder folder = new();
        ModelOptions options =
            Mlp(folder) with { Defaults = LayerSettings.Unset with { Strategy = Strategy.Resource } };
        ModelOptions slower = options with { Layers = [new("fc2", LayerSettings.Unset with { ReuseFactor = 4 })] };
        CompiledModel expected = ModelHarness.Compile(slower);
        RealModel real = RealModel.Read(options, new DiagnosticBag(""));
        DesignPoint asked = real.Asked;
        TypedDesign typed = real.Typed(asked, new DiagnosticBag(""));
        DesignPoint point = asked.With(["fc2"], (_, d) => d with { ReuseFactor = 4 });
        Assert.Equal(Bytes(expected), Bytes(new CompiledModel(typed.Planned(point, new DiagnosticBag("")))));
        Assert.NotEqual(Bytes(expected), Bytes(new CompiledModel(typed.Planned(asked, new DiagnosticBag("")))));
        DesignPoint narrower = asked.With(["fc2"], (_, d) => d with { Result = ModelHarness.Precision("fixed(7,4)") });
        Assert.Throws<ArgumentException>(() => typed.Planned(narrower, new DiagnosticBag("")));
    }

    [Theory]
    [InlineData("""{ "layers": { "fc": { "reuse": 2 } } }""", "has no 'reuse'")]
    [InlineData("""{ "layers": { "fc": { "reuseFactor": "2" } } }""", "no design")]
    [InlineData("""{ "layers": { "fc": { "result": "fix(2)" } } }""", "not a precision")]
    [InlineData("""{ "layers": { "fc": { "strategy": "Fast" } } }""", "no design")]
    [InlineData("layers", "no design")]
    public void A_text_that_is_no_design_is_refused(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => DesignPointJson.Read(text)).Message,
            StringComparison.Ordinal);

    private static DesignPoint Again(ModelOptions options)
    {
        DiagnosticBag first = new("model.onnx"), again = new("model.onnx");
        CompiledModel model = ModelCompiler.Compile(options, first)!;
        Assert.NotNull(model);
        string text = DesignPointJson.Write(model.Compilation.Point);
        DesignPoint point = DesignPointJson.Read(text);
        Assert.Equal(text, DesignPointJson.Write(point));
        RealModel real = RealModel.Read(options, again);
        File.Delete(options.ModelPath);
        CompiledModel entered = new(real.Design(point, again));
        Assert.Equal(Bytes(model), Bytes(entered));
        Assert.Equal(text, DesignPointJson.Write(entered.Compilation.Point));
        Assert.Equal(first.Items.Select(d => d.Text), again.Items.Select(d => d.Text));
        return point;
    }

    private static string Bytes(CompiledModel model) =>
        string.Concat(model.EmitFirmware().Concat(model.EmitCSim()).Select(f => $"{f.Path}\n{f.Text}"))
            + model.EmitClass();

    private static ModelOptions Settings(ModelOptions options, string settings) => settings switch
    {
        "stream" => options with { IOType = IOType.IoStream },
        "interval" => options with { IOType = IOType.IoStream, TargetInterval = 40 },
        "memory" => options with
        {
            IOType = IOType.IoStream,
            TargetInterval = 400,
            Defaults = LayerSettings.Unset with { Strategy = Strategy.Resource, WeightMemoryThreshold = 64 },
            Layers = [new("fc", LayerSettings.Unset with { WeightStorage = WeightStorage.Bram, ReuseFactor = 8 })],
        },
        "pinned" => options with
        {
            Defaults = LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(12,5)") },
            Layers =
            [
                new("fc",
                    LayerSettings.Unset with { WeightPrecision = ModelHarness.Precision("auto(7)"),
                        AccumPrecision = ModelHarness.Precision("fixed(20,9)") }),
                new("Relu", LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("exact") }),
            ],
        },
        "resource" =>
            options with { TargetInterval = 6, Defaults = LayerSettings.Unset with { Strategy = Strategy.Resource } },
        _ => options,
    };

    private static ModelOptions Network(TempFolder folder)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2, 8, 8).Weights("k", [4, 2, 3, 3], Numbers(72))
            .Node("Conv", ["x", "k"], "c");
        model.Last.Name = "conv";
        model.Node("Relu", ["c"], "h").Node("MaxPool", ["h"], "p", ("kernel_shape", new[] { 2L, 2 }),
            ("strides", new[] { 2L, 2 }));
        model.Node("Flatten", ["p"], "f").Weights("w", [36, 4], Numbers(144)).Node("MatMul", ["f", "w"], "g");
        model.Last.Name = "fc";
        model.Node("Sigmoid", ["g"], "s").Node("Softmax", ["s"], "y").Output("y");
        return model.Save(folder);
    }

    private static ModelOptions Mlp(TempFolder folder)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Weights("w", [4, 8], Numbers(32))
            .Weights("v", [8, 2], Numbers(16)).Node("MatMul", ["x", "w"], "a");
        model.Last.Name = "fc1";
        model.Node("Relu", ["a"], "b").Node("MatMul", ["b", "v"], "y").Output("y");
        model.Last.Name = "fc2";
        return model.Save(folder);
    }

    private static double[] Numbers(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)((random.NextDouble() * 2) - 1))];
    }
}
