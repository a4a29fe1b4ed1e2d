using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Forests;
using Hls4Net.Graph.Operations;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Verification;

namespace Hls4Net.Tests.Forests;

/// <summary>The grids of features that trees alone read.</summary>
public sealed class FeatureGridTests
{
    private const int Rows = 400;

    [Fact]
    public void Every_vector_takes_the_branches_of_real_numbers()
    {
        foreach (int seed in Soak.Seeds(12, 300))
        {
            using TempFolder folder = new();
            Random random = new(seed);
            // Features of any scale: real numbers, some of them on thresholds and next to these.
            ModelBuilder builder = LargeForest.Of(6, 1, 3, 4, seed);
            double scale = Math.ScaleB(1, random.Next(-30, 4));
            ScaleThresholds(builder, scale);
            double[] values = [.. Enumerable.Range(0, Rows * 4)
                .Select(_ => (double)(float)(random.Next(-40000, 40000) * scale * (1 + random.NextDouble())))];
            CompiledModel model = ModelHarness.Compile(builder.Save(folder) with
            {
                TestInputs = [folder.Write("x.npy", Npy.Doubles([Rows, 4], values))],
            });
            Forest real = (Forest)model.Network.Nodes.Single(n => n.Operation is Forest).Operation,
                typed = (Forest)model.Model.Network.Nodes.Single(n => n.Operation is Forest).Operation;
            Value input = model.Model.Network.Inputs[0];
            Assert.Equal(4, input.Typing!.Elements.Length);
            for (int row = 0; row < Rows; row++)
            {
                double[] x = values[(row * 4)..((row + 1) * 4)];
                long[] k = [.. x.Select((v, i) => input.Typing.Convert(v, i, out _))];
                double expected = real.Trees.Sum(t => real.Leaves.Values[t.Leaf(x)]);
                GridTrees trees = typed.Trees.On(input.Type.Fraction);
                double actual = Enumerable.Range(0, typed.Trees.Count)
                    .Sum(t => typed.Leaves.Values[trees.Leaf(t, k)]) + (typed.Base?.Values[0] ?? 0);
                Assert.Equal(expected, actual, 9);
            }
        }
    }

    // A feature that is far from its thresholds needs no digit that tells it apart from these.
    [Fact]
    public void Grids_are_as_coarse_as_the_vectors_let_them_be()
    {
        using TempFolder folder = new();
        Random random = new(1);
        ModelBuilder builder = LargeForest.Of(1, 1, 1, 1);
        double threshold = builder.Last.Attribute.Single(a => a.Name == "nodes_values").Floats[0];
        double[] values = [.. Enumerable.Range(0, Rows)
            .Select(i => threshold + (Math.Abs(threshold) * (i % 2 == 0 ? 0.4 : -0.4) * (1 + random.NextDouble())))];
        CompiledModel model = ModelHarness.Compile(builder.Save(folder) with
        {
            TestInputs = [folder.Write("x.npy", Npy.Doubles([Rows, 1], values))],
        });
        Assert.InRange(model.Model.Network.Inputs[0].Type.Width, 1, 6);
    }

    // Neighbours of few vectors may lie nearer to a threshold than a grid tells; the vectors themselves do not.
    [SkippableTheory]
    [InlineData("a24_bdt_l1_track_quality")]
    [InlineData("a25_bdt_hastie_zipmap")]
    [InlineData("a26_bdt_xgboost_regressor")]
    public void Scores_of_few_vectors_keep_their_budget(string name)
    {
        string folder = SharedData.Require("models", name), vectors = Path.Combine(folder, "input.npy");
        DiagnosticBag diagnostics = new(name);
        CompiledModel model = ModelHarness.Compile(ModelHarness.Options(Path.Combine(folder, "model.onnx")) with
        {
            TestInputs = [File.Exists(vectors) ? vectors : folder],
        });
        OutputResult worst = model.Verify(null, diagnostics).Result.Worst!;
        Assert.True(worst.Holds, $"{worst.Name}: {worst.Snr:F1} dB of {worst.Budget:F1}");
    }

    private static void ScaleThresholds(ModelBuilder builder, double scale)
    {
        var values = builder.Last.Attribute.Single(a => a.Name == "nodes_values").Floats;
        for (int i = 0; i < values.Count; i++)
            values[i] = (float)(values[i] * scale);
    }
}
