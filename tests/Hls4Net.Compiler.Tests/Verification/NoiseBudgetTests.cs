using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Verification;

/// <summary>Every build measures the outputs' noise, warns beyond the budget, and names what causes it.</summary>
public sealed class NoiseBudgetTests
{
    private const int Samples = 64;

    [Fact]
    public void A_coarse_input_is_named_with_its_type_and_the_setting_that_mends_it()
    {
        using TempFolder folder = new();
        ModelOptions options = Mlp(folder);
        Diagnostic warning = Noise(Verify(Pinned(options, "x", "fixed(7,3,RND,SAT)")).Diagnostics);
        Assert.Contains("output 'y' has a signal-to-noise ratio of ", warning.Text, StringComparison.Ordinal);
        Assert.Matches(
            @"the input 'x' \(fixed<7,3,RND,SAT>\) makes \d+ % of the noise: give it Precision=""auto\(\d+\)"" \(HlsLayer Include=""x""\)",
            warning.Text);
        // What it says to do mends it.
        Assert.DoesNotContain(Verify(Advised(options, warning.Text)).Diagnostics,
            d => d.Descriptor == Descriptors.NoiseBudget);
    }

    [Fact]
    public void Coarse_results_and_coarse_weights_are_told_apart()
    {
        using TempFolder folder = new();
        ModelOptions options = Mlp(folder);
        Diagnostic result =
            Noise(Verify(
                options with
                {
                    Layers =
                    [new("hidden",
                        LayerSettings.Unset with { ResultPrecision = ModelHarness.Precision("fixed(8,4,RND,SAT)") })]
                })
                            .Diagnostics);
        Assert.Matches(@"layer hidden \(fixed<8,4,RND,SAT>\) makes \d+ % of the noise: give it ResultPrecision=",
            result.Text);
        Diagnostic weights =
            Noise(Verify(
                options with
                {
                    Layers = [new("product",
                    LayerSettings.Unset with { WeightPrecision = ModelHarness.Precision("auto(4)") })]
                }).Diagnostics);
        Assert.Matches(@"layer product \(weights fixed<\d,-?\d>\) makes \d+ % of the noise: give it WeightPrecision=",
            weights.Text);
    }

    [Fact]
    public void AutoError_states_what_is_enough_and_MinSnr_what_must_be()
    {
        using TempFolder folder = new();
        ModelOptions coarse = Pinned(Mlp(folder), "x", "fixed(7,3,RND,SAT)");
        double ratio = Verify(coarse).Outcome.Result.Worst!.Snr;
        Assert.InRange(ratio, 10, 50);
        Assert.DoesNotContain(Verify(coarse with { AutoError = ratio - 1 }).Diagnostics,
            d => d.Descriptor == Descriptors.NoiseBudget);
        Assert.Contains("AutoError is ", Noise(Verify(coarse with { AutoError = ratio + 1 }).Diagnostics).Text,
            StringComparison.Ordinal);
        Diagnostic error = Assert.Single(Verify(coarse with { MinSnr = ratio + 1 }).Diagnostics,
            d => d.Descriptor == Descriptors.AccuracyBudget);
        Assert.Contains("MinSnr is ", error.Text, StringComparison.Ordinal);
        Assert.Contains("the input 'x'", error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Verify(coarse with { MinSnr = ratio - 1, AutoError = 0 }).Diagnostics,
            d => d.Descriptor == Descriptors.AccuracyBudget || d.Descriptor == Descriptors.NoiseBudget);
    }

    [Fact]
    public void An_output_whose_type_is_stated_may_be_as_coarse_as_that_while_forty_decibels_are_left()
    {
        using TempFolder folder = new();
        ModelOptions options = Mlp(folder);
        Assert.DoesNotContain(Verify(Pinned(options, "y", "auto(12)")).Diagnostics,
            d => d.Descriptor == Descriptors.NoiseBudget);
        Assert.Contains("layer y", Noise(Verify(Pinned(options, "y", "auto(5)")).Diagnostics).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_well_typed_network_is_within_its_budget_and_the_report_has_the_ratios()
    {
        using TempFolder folder = new();
        (VerificationOutcome outcome, IReadOnlyList<Diagnostic> diagnostics) = Verify(Mlp(folder));
        Assert.DoesNotContain(diagnostics, d => d.Descriptor == Descriptors.NoiseBudget);
        Assert.True(outcome.Result.Worst!.Holds);
        Assert.Equal((outcome.Result.Worst.Snr, outcome.Result.Worst.Budget),
            (outcome.Report.Verification.SnrDb, outcome.Report.Verification.SnrBudgetDb));
        Assert.Equal(outcome.Report.Verification.SnrDb, outcome.Report.Outputs[0].SnrDb);
        Assert.All(outcome.Report.Layers, l => Assert.True(l.SnrDb > 40 && l.NoiseShare is null));
        Assert.InRange(outcome.Report.Inputs[0].SnrDb!.Value, 60, 120);
    }

    [Fact]
    public void Sources_add_up_to_the_noise_that_is_measured()
    {
        using TempFolder folder = new();
        VerificationOutcome outcome =
            Verify(Mlp(
                folder) with
            {
                Defaults =
                    LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(10,4,RND,SAT)") },
                AutoError = 90
            }).Outcome;
        double sum = outcome.Result.Sources.Sum(s => s.Noise);
        // Roundings are independent; a few dozen samples tell powers within a factor.
        Assert.InRange(sum / outcome.Result.Worst!.Noise, 0.5, 2);
        Assert.Equal(1, outcome.Result.Sources.Sum(s => s.Share), 9);
        Assert.Equal(1, outcome.Report.Inputs.Sum(i => i.NoiseShare) + outcome.Report.Layers.Sum(l => l.NoiseShare)
            ?? 0, 9);
    }

    [Theory]
    [InlineData("Sigmoid", 0.5)]
    [InlineData("Identity", 0.0)]
    public void A_single_output_decides_by_a_threshold_and_MinAgreement_holds_for_it(string last, double threshold)
    {
        using TempFolder folder = new();
        ModelOptions options = Single(folder, last);
        VerificationOutcome fine = Verify(options with { MinAgreement = 99 }).Outcome;
        Assert.Equal((threshold, (double?)null), (fine.Result.Threshold, fine.Result.ArgmaxAgreement));
        Assert.InRange(fine.Result.Agreement!.Value, 0.99, 1);
        (VerificationOutcome coarse, IReadOnlyList<Diagnostic> diagnostics) =
            Verify(Pinned(options, "x", "fixed(2,2,TRN,SAT)") with { MinAgreement = 99 });
        Assert.True(coarse.Result.Agreement < 0.99);
        Assert.Contains(diagnostics, d => d.Descriptor == Descriptors.AccuracyBudget
            && d.Text.Contains(string.Create(CultureInfo.InvariantCulture,
                $"the output is on the expected side of {threshold}"), StringComparison.Ordinal));
    }

    [Fact]
    public void Random_vectors_are_judged_too_and_called_so()
    {
        using TempFolder folder = new();
        ModelOptions options = Pinned(Mlp(folder) with { TestInputs = [] }, "x", "fixed(7,3,RND,SAT)");
        Assert.Contains("1000 random vectors", Noise(Verify(options).Diagnostics).Text, StringComparison.Ordinal);
    }

    private static Diagnostic Noise(IEnumerable<Diagnostic> diagnostics) =>
        Assert.Single(diagnostics, d => d.Descriptor == Descriptors.NoiseBudget);

    private static ModelOptions Pinned(ModelOptions options, string layer, string precision) =>
        options with
        {
            Layers =
            [new(layer, LayerSettings.Unset with { Precision = ModelHarness.Precision(precision) })]
        };

    // The setting that a message advises.
    private static ModelOptions Advised(ModelOptions options, string text)
    {
        System.Text.RegularExpressions.Match advice = System.Text.RegularExpressions.Regex.Match(text,
            @"Precision=""(auto\(\d+\))"" \(HlsLayer Include=""(\w+)""\)");
        return Pinned(options, advice.Groups[2].Value, advice.Groups[1].Value);
    }

    private static (VerificationOutcome Outcome, IReadOnlyList<Diagnostic> Diagnostics) Verify(ModelOptions options)
    {
        CompiledModel model = ModelHarness.Compile(options);
        DiagnosticBag diagnostics = new(options.Source);
        return (model.Verify(null, diagnostics), diagnostics.Items);
    }

    private static ModelOptions Mlp(TempFolder folder)
    {
        Random random = new(5);
        ModelBuilder model = new ModelBuilder().Input("x", 1, 6)
            .Weights("w1", [6, 8], [.. Values(random, 48)]).Weights("w2", [8, 3], [.. Values(random, 24)])
            .Node("MatMul", ["x", "w1"], "product").Node("Relu", ["product"], "hidden")
                .Node("MatMul", ["hidden", "w2"], "y").Output("y");
        foreach (Hls4Net.Onnx.Proto.NodeProto node in model.Graph.Node)
            node.Name = node.Output[0];
        return WithVectors(folder, model.Save(folder), random, 6);
    }

    private static ModelOptions Single(TempFolder folder, string last)
    {
        Random random = new(7);
        ModelBuilder model = new ModelBuilder().Input("x", 1, 4).Weights("w", [4, 1], [.. Values(random, 4)])
            .Node("MatMul", ["x", "w"], "p").Node(last, ["p"], "y").Output("y");
        return WithVectors(folder, model.Save(folder), random, 4);
    }

    private static ModelOptions WithVectors(TempFolder folder, ModelOptions options, Random random, int size)
    {
        float[] values = [.. Values(random, Samples * size).Select(v => (float)(2 * v))];
        return options with { TestInputs = [folder.Write("x.npy", Npy.Floats($"({Samples}, {size})", values))] };
    }

    private static IEnumerable<double> Values(Random random, int count) => Enumerable.Range(0, count)
        .Select(_ => (2 * random.NextDouble()) - 1);
}
