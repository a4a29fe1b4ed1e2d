using System.Text.RegularExpressions;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Pipeline;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Onnx;
using Hls4Net.Transforms;
using Hls4Net.Transforms.Widths;

namespace Hls4Net.Tests.Architecture;

/// <summary>The pipeline is one list that a page can show, and nothing of it is done twice.</summary>
public sealed partial class PipelineTests
{
    private const string Page = "docs/architecture.md";

    [Fact]
    public void Stages_follow_one_another()
    {
        Assert.Equal(Passes.All.Select(p => p.Stage).Order(), Passes.All.Select(p => p.Stage));
        Assert.Equal(Enum.GetValues<Stage>(), Passes.All.Select(p => p.Stage).Distinct());
    }

    [Fact]
    public void Every_pass_shows_an_example()
    {
        string source = Pages.Read("src/Hls4Net.Compiler/Pipeline/Passes.cs");
        string[] examples = [.. Entry().Matches(source).Select(m => m.Groups["comment"].Value)];
        Assert.Equal(Passes.All.Length, examples.Length);
        Assert.All(examples, e => Assert.Contains("⇒", e, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_lists_the_passes()
    {
        string table = "| stage | pass | reason |\n| --- | --- | --- |\n"
            + string.Concat(Passes.All.Select(p => $"| {p.Stage} | `{p.Name}` | {p.Reason} |\n"));
        Pages.HoldMarked(Page, Marked(), table);
    }

    [Fact]
    public void The_network_that_the_width_search_has_measured_is_the_typed_one()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 4)
            .Weights("w", [4, 3], 0.3, 1, -1, 0.7, 0.2, 0.1, -0.4, 0.5, 0.9, -0.6, 0.8, -0.2)
            .Node("MatMul", ["x", "w"], "y").Output("y").Save(folder);
        Random random = new(1);
        float[] samples = [.. Enumerable.Range(0, 80).Select(_ => random.NextSingle())];
        options = options with { TestInputs = [folder.Write("x.npy", Npy.Floats("(20, 4)", samples))] };
        Draft draft = Passes.Run(new Draft(options, new DiagnosticBag("")), Until(nameof(WidthSearch)));
        Assert.NotNull(draft.Typed);
        Draft typed = Passes.All.Single(p => p.Name == nameof(AssignTypes)).Apply(draft);
        Assert.Same(draft.Typed, typed.Typed);
    }

    [Fact]
    public void Layers_that_stay_keep_their_forms_on_streams()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 3, 8, 8).Weights("k", [4, 3, 3, 3],
            [.. Enumerable.Range(1, 108).Select(i => i / 64.0)]).Node("Conv", ["x", "k"], "c")
            .Node("Relu", ["c"], "r").Node("MaxPool", ["r"], "y", ("kernel_shape", new[] { 2L, 2 }),
                ("strides", new[] { 2L, 2 })).Output("y").Save(folder);
        options = options with { IOType = IOType.IoStream };
        Draft draft = Passes.Run(new Draft(options, new DiagnosticBag("")), Until("PlanStreams"));
        TypedModel model = draft.Model!;
        // The first layer that multiplies takes two pixels at a time: what reads it reads other packs.
        Layer wider = model.Layers.First(l => l.Operation.Matrix is not null);
        TypedModel changed =
            model with { Layers = [.. model.Layers.Select(l => l == wider ? l with { Parallelism = 2 } : l)] };
        StreamPlan again = new(changed, draft.Streams), anew = new(changed);
        int kept = 0;
        foreach (Layer layer in changed.Layers)
        {
            Assert.Equal(anew.Form(layer).GetType(), again.Form(layer).GetType());
            Assert.Equal(anew.Layout(layer.Output), again.Layout(layer.Output));
            kept += ReferenceEquals(again.Form(layer), draft.Streams!.Form(layer)) ? 1 : 0;
        }
        Assert.NotEqual(draft.Streams!.Layout(wider.Output), again.Layout(wider.Output));
        Assert.InRange(kept, 1, changed.Layers.Length - 1);
    }

    private static IEnumerable<Pass> Until(string last) =>
        Passes.All.Take(Passes.All.Select(p => p.Name).ToList().IndexOf(last) + 1);

    [GeneratedRegex(@"(?<comment>(?:^        // .*\n)*)^        (?:Pass\.OnNumbers\(|new\(nameof\()",
        RegexOptions.Multiline)]
    private static partial Regex Entry();

    [GeneratedRegex(@"(?<start><!-- passes: .*? -->\n).*?(?<end><!-- end of passes -->)", RegexOptions.Singleline)]
    private static partial Regex Marked();
}
