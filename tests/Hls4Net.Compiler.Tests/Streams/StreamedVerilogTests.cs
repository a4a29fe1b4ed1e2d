using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Reports;
using Hls4Net.Rtl;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Operators;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Rtl;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Streams;

/// <summary>io_stream with Backend=Rtl: what is compiled is verified and reported, or refused with a code.</summary>
public sealed class StreamedVerilogTests(ITestOutputHelper output)
{
    public static TheoryData<string> Models
    {
        get
        {
            TheoryData<string> folders = [];
            string? root = SharedData.TryFind("models");
            foreach (string folder in (root is null ? ["missing"] : Directory.GetDirectories(root))
                .Order(StringComparer.Ordinal))
                folders.Add(Path.GetFileName(folder));
            return folders;
        }
    }

    [Fact]
    public void Transpositions_at_ports_are_layers_of_the_report_that_cost_nothing()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(Streamed(Planes().Save(folder)));
        Report report = Verified(model).Report;
        Assert.Equal(model.Model.Layers.Select(l => l.Name), report.Layers.Select(l => l.Name));
        Layer[] dissolved = [.. model.Model.Layers.Where(l => model.Streams!.Plan.Form(l) is StreamForm.AtPort)];
        ReportLayer[] atPorts = [.. report.Layers.Where(l => dissolved.Any(d => d.Name == l.Name))];
        Assert.NotEmpty(atPorts);
        Assert.All(atPorts, l => Assert.Equal((0, 0L, 0L), (l.Estimate.LatencyCycles, l.Estimate.Lut, l.Estimate.Ff)));
        Assert.All(report.Layers.Except(atPorts), l => Assert.True(l.Estimate.Lut + l.Estimate.Ff > 0, l.Name));
    }

    [Fact]
    public void Weights_that_are_put_into_memory_unasked_are_reported()
    {
        // 256 items of 8 columns: more words and bits than look-up tables should hold.
        using TempFolder folder = new();
        Random random = new(5);
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 256, 1)
            .Integers("flat", 1, 256).Node("Reshape", ["x", "flat"], "row")
            .Weights("w", [256, 16], [.. Enumerable.Range(0, 256 * 16).Select(_ => (random.NextDouble() * 2) - 1)])
            .Node("MatMul", ["row", "w"], "y").Output("y");
        CompiledModel model = ModelHarness.Compile(Streamed(builder.Save(folder)));
        Assert.Contains(model.Model.Layers, l => l.Memory is { Asked: null });
        Report report = Verified(model).Report;
        Assert.Contains(report.Layers.Single(l => l.Weights is not null).Notes!.Value,
            n => n.StartsWith("adds up 256 items", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("crash-rtl-stream-nchw", 0.01)]
    [InlineData("crash-rtl-stream-weight-memory", 0.01)]
    public void Shared_case_is_reported_and_right(string name, double bound) =>
        Assert.InRange(Verified(ModelHarness.Compile(Streamed(SharedCases.Options(name)))).Result.MaxAbsError, 0,
            bound);

    /// <summary>Random convolutional networks: a cost for every layer, whether it is a module or not.</summary>
    [Fact]
    public void Random_networks_have_a_cost_for_every_layer()
    {
        (RandomNetwork Network, RtlDesign Design)[] networks =
            [.. RtlNetworks.Convolutional(701_000, 12, IOType.IoStream)];
        Assert.All(networks,
            n => Assert.Equal(n.Network.Model!.Model.Layers.Length, RtlCost.Of(n.Design).Layers.Length));
        Assert.Contains(networks, n => n.Design.Layers.Length < n.Design.Model.Layers.Length);
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public void Shared_model_is_verified_or_refused(string folder)
    {
        Skip.If(!Soak.IsLong && !s_small.Contains(folder), "one of many, in the long form only");
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? model = ModelCompiler.Compile(Streamed(ModelHarness.Shared(folder)), diagnostics);
        VerificationOutcome? outcome = null;
        try
        {
            outcome = model?.Verify(null, diagnostics);
        }
        catch (ModelException e)
        {
            diagnostics.Add(e.Descriptor, e.Message, e.File);
        }
        foreach (Diagnostic d in diagnostics.Items.Take(5))
            output.WriteLine(d.ToString());
        if (outcome is null)
        {
            Assert.Contains(diagnostics.Items, d => d.Descriptor.Severity == Severity.Error);
            return;
        }
        output.WriteLine(outcome.Summary("report.json"));
        Assert.Equal(model!.Model.Layers.Length, outcome.Report.Layers.Length);
    }

    /// <summary>Every node test, in the short form every sixteenth.</summary>
    [SkippableTheory]
    [InlineData("tier1")]
    [InlineData("tier2")]
    public void Node_tests_are_verified_or_refused(string tier)
    {
        string root = Path.Combine(SharedData.Require("onnx-node-tests"), tier);
        Skip.IfNot(Directory.Exists(root), "the shared test data have no ONNX node tests");
        int seen = 0, verified = 0;
        List<string> failures = [], refusals = [];
        NodeTestRun.All(root, IOType.IoStream, sample =>
        {
            if (!Soak.IsLong && seen++ % 16 != 0)
                return;
            DiagnosticBag diagnostics = new("model.onnx");
            CompiledModel? model = ModelCompiler.Compile(Streamed(sample.Model.Options), diagnostics);
            try
            {
                Assert.Equal(model!.Model.Layers.Length, model.Verify(null, diagnostics).Report.Layers.Length);
                failures.AddRange(diagnostics.Items.Where(d => d.Descriptor == Descriptors.ExecutionsDiffer)
                    .Select(d => $"{sample.Test}: {d}"));
                verified++;
            }
            catch (ModelException e) when (e.Descriptor == Descriptors.NotLowered)
            {
                refusals.Add($"{sample.Test}: {e.Message}");
            }
            catch (Exception e)
            {
                failures.Add($"{sample.Test}: {e}");
            }
        });
        output.WriteLine($"{tier}: {verified} verified, {refusals.Count} refused");
        foreach (string refusal in refusals)
            output.WriteLine(refusal);
        Assert.Empty(failures);
        Assert.True(verified > 10);
    }

    private static readonly string[] s_small =
        ["a01_mlp_two_layer_keras", "a06_cnn1d_small_keras", "g02_cnn_dw", "q06_quant_channelwise_act"];

    private static ModelOptions Streamed(ModelOptions options) =>
        options with { IOType = IOType.IoStream, Backend = Backend.Rtl };

    private static VerificationOutcome Verified(CompiledModel model)
    {
        DiagnosticBag diagnostics = new("model.onnx");
        VerificationOutcome outcome = model.Verify(null, diagnostics);
        Assert.DoesNotContain(diagnostics.Items, d => d.Descriptor.Severity == Severity.Error);
        Assert.Contains("\"layers\"", outcome.ReportJson, StringComparison.Ordinal);
        return outcome;
    }

    // Channels-first outside, a convolution of pixels inside.
    private static ModelBuilder Planes() => new ModelBuilder().Input("x", 1, 2, 6, 6)
        .Weights("w", [3, 2, 3, 3], [.. Enumerable.Range(0, 54).Select(i => ((i * 7 % 13) - 6) / 8.0)])
        .Node("Conv", ["x", "w"], "c", ("pads", new long[] { 1, 1, 1, 1 })).Node("Relu", ["c"], "y").Output("y");
}
