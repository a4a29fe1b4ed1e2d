using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Transforms;

/// <summary>Which settings hold for a layer when several name it.</summary>
public sealed class LayerSettingsTests
{
    private static readonly PrecisionSpec s_a = ModelHarness.Precision("fixed(11,5)"),
        s_b = ModelHarness.Precision("fixed(12,5)"), s_c = ModelHarness.Precision("fixed(13,5)");

    [Fact]
    public void Nothing_set_is_automatic()
    {
        LayerDesign precision = For(Options(LayerSettings.Unset));
        PrecisionSpec auto = new PrecisionSpec.Auto(null);
        Assert.Equal(new LayerDesign(auto, auto, auto, auto, Strategy.Latency, null), precision);
    }

    [Fact]
    public void Precision_stands_for_weights_biases_and_results_but_not_for_accumulators()
    {
        LayerDesign precision = For(Options(LayerSettings.Unset with { Precision = s_a }));
        Assert.Equal((s_a, s_a, s_a), (precision.Weight, precision.Bias, precision.Result));
        Assert.Equal(new PrecisionSpec.Auto(null), precision.Accumulator);
    }

    [Fact]
    public void The_special_setting_wins_within_a_level_and_the_nearer_level_over_both()
    {
        LayerSettings model = LayerSettings.Unset with { Precision = s_a, WeightPrecision = s_b, AccumPrecision = s_c };
        Assert.Equal((s_b, s_a), (For(Options(model)).Weight, For(Options(model)).Result));
        LayerDesign layer = For(Options(model, ("fc1", LayerSettings.Unset with { Precision = s_c })));
        Assert.Equal((s_c, s_c, s_c), (layer.Weight, layer.Result, layer.Accumulator));
    }

    [Fact]
    public void Levels_are_laid_over_one_another_setting_by_setting()
    {
        LayerDesign precision = For(Options(
            LayerSettings.Unset with { ResultPrecision = s_a, Strategy = Strategy.Resource },
            ("fc*", LayerSettings.Unset with { WeightPrecision = s_b }),
                ("fc1", LayerSettings.Unset with { ReuseFactor = 2 })));
        Assert.Equal((s_b, s_a, Strategy.Resource, 2),
            (precision.Weight, precision.Result, precision.Strategy, precision.ReuseFactor));
    }

    [Fact]
    public void A_plain_name_wins_over_a_pattern_and_a_later_item_over_an_earlier()
    {
        LayerSettings a = LayerSettings.Unset with { ResultPrecision = s_a },
            b = LayerSettings.Unset with { ResultPrecision = s_b };
        Assert.Equal(s_a, For(Options(LayerSettings.Unset, ("fc1", a), ("fc*", b))).Result);
        Assert.Equal(s_b, For(Options(LayerSettings.Unset, ("fc?", a), ("fc*", b))).Result);
        Assert.Equal(s_b, For(Options(LayerSettings.Unset, ("fc1", a), ("fc1", b))).Result);
    }

    [Theory]
    [InlineData("fc1")]
    [InlineData("fc?")]
    [InlineData("*")]
    [InlineData("/model/fc1/Gemm")]
    [InlineData("/model/*")]
    [InlineData("Gemm")]
    [InlineData("Dense")]
    public void A_layer_is_found_by_each_of_its_names(string pattern) =>
        Assert.Equal(s_a,
            For(Options(LayerSettings.Unset, (pattern, LayerSettings.Unset with { ResultPrecision = s_a }))).Result);

    [Theory]
    [InlineData("FC1")]
    [InlineData("fc")]
    [InlineData("c1")]
    [InlineData("fc1?")]
    public void Other_names_do_not_match(string pattern)
    {
        LayerSettingsResolver resolver = new(Options(LayerSettings.Unset,
            (pattern, LayerSettings.Unset with { ResultPrecision = s_a })));
        Assert.Equal(new PrecisionSpec.Auto(null), resolver.For(s_node).Result);
        DiagnosticBag diagnostics = new("");
        resolver.ReportUnused(new Network([], [], [s_node]), diagnostics);
        Assert.Equal(Descriptors.LayerMatchesNothing, Assert.Single(diagnostics.Items).Descriptor);
    }

    [Fact]
    public void Settings_reach_the_types_of_the_firmware()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 2).Weights("w", [2, 2], 0.3, 1, -1, 0.7)
            .Weights("b", [2], 0.1, 0.2).Node("Gemm", ["x", "w", "b"], "y").Output("y").Save(folder);
        CompiledModel model = ModelHarness.Compile(options with
        {
            Defaults = LayerSettings.Unset with { WeightPrecision = s_a, ResultPrecision = s_b, AccumPrecision = s_c },
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("ufixed(7,3)") })],
        });
        Layer layer = Assert.Single(model.Model.Layers);
        Assert.Equal("ufixed<7,3>", layer.Input.Type.ToString());
        Assert.Equal(("fixed<11,5>", "fixed<13,5>", "fixed<12,5>"),
            (layer.Operation.Constants[0].Constant.Type.ToString(), layer.AccumulatorType.ToString(),
                layer.Output.Type.ToString()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_input_that_is_asked_to_be_exact_is_automatic(bool vectors)
    {
        using TempFolder folder = new();
        ModelBuilder onnx = new ModelBuilder().Input("x", 1, 2).Node("Abs", ["x"], "y").Output("y");
        string file = folder.Write("x.npy", Data.Npy.Floats("(2, 2)", [0.1f, -0.7f, 0.3f, 1.9f]));
        ModelOptions auto = onnx.Save(folder) with { TestInputs = vectors ? [file] : [] };
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? exact = ModelCompiler.Compile(auto with
        {
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("exact") })],
        }, diagnostics);
        // What is said of missing vectors is said only where they are missing.
        Assert.Equal(!vectors, diagnostics.Items.Any(d => d.Descriptor == Descriptors.AssumedInputType));
        Assert.Equal(ModelHarness.Compile(auto).Model.Network.Inputs[0].Type, exact!.Model.Network.Inputs[0].Type);
    }

    [Theory]
    [InlineData("Softmax", "fixed(40,36,RND,SAT)", "auto")]
    [InlineData("LogSoftmax", "fixed(40,36,RND,SAT)", "auto")]
    [InlineData("LogSoftmax", "fixed(16,8,RND,SAT)", "fixed(64,44,RND,SAT)")]
    [InlineData("Sigmoid", "fixed(16,6,RND,SAT)", "ufixed(42,1,RND,SAT)")]
    [InlineData("Sigmoid", "fixed(8,4,RND,SAT)", "fixed(64,2,RND,SAT)")]
    public void Types_that_a_function_has_no_table_for_are_no_fault_of_the_compiler(string function, string logits,
        string result)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 3).Weights("w", [3, 3], 0.3, 1, -1, 0.7, 0.1, 0.5, -0.2,
            2, 1).Node("MatMul", ["x", "w"], "h").Node(function, ["h"], "y").Output("y");
        ModelOptions options = model.Save(folder) with
        {
            Layers =
            [
                new LayerOverride("node_h",
                    LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision(logits) }),
                new LayerOverride("node_y",
                    LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision(result) }),
            ],
        };
        DiagnosticBag diagnostics = new("model.onnx");
        if (ModelCompiler.Compile(options, diagnostics) is null)
            Assert.Contains(diagnostics.Items, d => d.Descriptor == Descriptors.InvalidPrecision
                && d.Text.Contains("node_y", StringComparison.Ordinal));
        Assert.DoesNotContain(diagnostics.Items, d => d.Descriptor == Descriptors.InternalError);
    }

    private static readonly Node s_node = Node();

    private static Node Node()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Weights("w", [2, 2], 1, 2, 3, 4)
            .Node("Gemm", ["x", "w"], "y").Output("y");
        model.Last.Name = "/model/fc1/Gemm";
        return Hls4Net.Onnx.Importer.Import(model.Save(folder), new DiagnosticBag("")).Nodes[0];
    }

    private static LayerDesign For(ModelOptions options) => new LayerSettingsResolver(options).For(s_node);

    private static ModelOptions Options(LayerSettings defaults,
        params (string Pattern, LayerSettings Settings)[] layers) =>
        ModelHarness.Options("model.onnx") with
        {
            Defaults = defaults,
            Layers = [.. layers.Select(l => new LayerOverride(l.Pattern, l.Settings))]
        };
}
