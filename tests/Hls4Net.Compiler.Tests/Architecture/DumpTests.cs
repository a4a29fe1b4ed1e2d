using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Pipeline;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Transforms;
using Hls4Net.Transforms;

namespace Hls4Net.Tests.Architecture;

/// <summary>The graph between passes as text: what the option Dump writes.</summary>
public sealed partial class DumpTests
{
    private const string Page = "docs/architecture.md";

    [Fact]
    public void Real_types_and_layers_are_a_line_for_each_node()
    {
        using TempFolder folder = new();
        Dictionary<string, string> dumps = Dumps(Model(folder) with { DumpAfter = [ModelOptions.AllPasses] },
            new DiagnosticBag(""));
        Assert.Equal(Passes.All.Select((p, i) => $"{i + 1:D2}-{p.Stage}-{p.Name}.txt"), dumps.Keys);
        Assert.Equal(
            ["input x → [1, 2]", "fc = Dense(Weights[2, 2] 0.5 1 -1 …, Bias[2] 0.25 -0.5) x → [1, 2]",
                "y = Rectifier(Relu) fc → [1, 2]", "output y = y"],
            Lines(dumps, nameof(FuseAffine)));
        Assert.Equal(
            [
                "input x → fixed<8,4> [1, 2]",
                "fc = Dense(Weights[2, 2] fixed<6,3> 4 8 -8 …, Bias[2] fixed<6,3> 2 -4) x → fixed<12,5> [1, 2]",
                "fc#2 = Quantize(To fixed<9,5>) fc → fixed<9,5> [1, 2]",
                "y = Rectifier(Relu) fc#2 → ufixed<8,4> [1, 2]",
                "output y = y",
            ],
            Lines(dumps, nameof(AssignTypes)));
        Assert.Equal(
            [
                "input x → fixed<8,4> [1, 2]",
                "fc = Dense(Weights[2, 2] fixed<6,3> 4 8 -8 …, Bias[2] fixed<6,3> 2 -4) x → fixed<9,5> [1, 2] of "
                + "fixed<12,5> as Resource, reuse factor 2",
                "y = Rectifier(Relu) fc → ufixed<8,4> [1, 2] as Resource",
                "output y = y",
            ],
            Lines(dumps, nameof(GroupLayers)));
    }

    [Fact]
    public void Passes_are_chosen_by_name_and_what_is_no_pass_is_refused_with_those_that_are()
    {
        using TempFolder folder = new();
        ModelOptions options = Model(folder);
        // The pass of this name runs twice.
        Assert.Equal(2, Dumps(options with { DumpAfter = [nameof(RemoveUnused)] }, new DiagnosticBag("")).Count);
        Assert.Empty(Dumps(options, new DiagnosticBag("")));
        DiagnosticBag diagnostics = new("");
        Assert.Empty(Dumps(options with { DumpAfter = ["FuseAfine"] }, diagnostics));
        Diagnostic error = Assert.Single(diagnostics.Items);
        Assert.Equal(Descriptors.InvalidOption, error.Descriptor);
        Assert.Contains("did you mean FuseAffine? The passes are Import, ", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_compilation_that_fails_the_passes_before_are_there()
    {
        using TempFolder folder = new();
        DiagnosticBag diagnostics = new("");
        ModelOptions options = Model(folder) with
        {
            DumpAfter = [ModelOptions.AllPasses],
            Layers = [new("fc", LayerSettings.Unset with { ReuseFactor = 3 })]
        };
        Dictionary<string, string> dumps = Dumps(options, diagnostics);
        Assert.Contains(diagnostics.Items, d => d.Descriptor == Descriptors.InvalidReuseFactor);
        Assert.EndsWith($"-{nameof(DropUnseenBits)}.txt", dumps.Keys.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_shows_a_dump()
    {
        ModelOptions options = ModelHarness.Options(Path.Combine(Pages.Root, "samples", "TriggerModel", "models",
            "muon_pt.onnx"), "muon_pt");
        string dump = Dumps(options with { DumpAfter = ["WeightMemories"] }, new DiagnosticBag("")).Values.Single();
        Pages.HoldMarked(Page, Marked(), $"```text\n{dump}```\n");
    }

    // Every graph that random networks become can be printed, and every value that is read is a line above.
    [Fact]
    public void Values_are_defined_before_they_are_read_and_once()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            Network network = RandomGraph.Make(new Random(seed), Enum.GetValues<Motif>());
            HashSet<string> defined = [];
            foreach (string line in GraphText.Of(network).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Match m = Line().Match(line);
                Assert.True(m.Success, line);
                Assert.All(m.Groups["read"].Captures, c => Assert.Contains(c.Value, defined));
                if (m.Groups["name"].Success)
                    Assert.True(defined.Add(m.Groups["name"].Value), line);
            }
        }
    }

    private static ModelOptions Model(TempFolder folder)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 2).Weights("w", [2, 2], 0.5, 1, -1, 0.75)
            .Weights("b", [2], 0.25, -0.5).Node("Gemm", ["x", "w", "b"], "h");
        model.Last.Name = "fc";
        model.Node("Relu", ["h"], "y").Output("y");
        model.Last.Name = "y";
        PrecisionSpec weights = ModelHarness.Precision("fixed(6,3)");
        return model.Save(folder) with
        {
            Defaults = LayerSettings.Unset with { WeightPrecision = weights, Strategy = Strategy.Resource },
            Layers =
            [
                new("x", LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(8,4)") }),
                new("fc",
                    LayerSettings.Unset with { Precision = weights,
                        ResultPrecision = ModelHarness.Precision("fixed(9,5)"), ReuseFactor = 2 }),
            ],
        };
    }

    private static Dictionary<string, string> Dumps(ModelOptions options, DiagnosticBag diagnostics)
    {
        Dictionary<string, string> dumps = [];
        ModelCompiler.Compile(options, diagnostics, file => dumps.Add(file.Path, file.Text));
        return dumps;
    }

    private static string[] Lines(Dictionary<string, string> dumps, string pass) =>
        dumps.First(d => d.Key.EndsWith($"-{pass}.txt", StringComparison.Ordinal)).Value.Split('\n',
            StringSplitOptions.RemoveEmptyEntries)[1..];

    [GeneratedRegex(
        @"^(?:input (?<name>\S+) → \S.*|output \S+ = (?<read>\S+)|(?<name>\S+) = \w+(?:\(.*\))?(?: (?<read>[^ ()]+))* → \[.*)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"(?<start><!-- dump: .*? -->\n).*?(?<end><!-- end of dump -->)", RegexOptions.Singleline)]
    private static partial Regex Marked();
}
