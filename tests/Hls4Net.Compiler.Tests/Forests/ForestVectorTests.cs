using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Forests;

/// <summary>
/// Trained forests and large random ones on many vectors, half of which are at a threshold or beside it: scores are
/// ONNX Runtime's up to what float32 rounds in its sums, and labels where the exact margin is more than that.
/// </summary>
public sealed class ForestVectorTests(ITestOutputHelper output)
{
    // Half a unit in float32's last place, of 1.
    private const double HalfUlp = 1.0 / (1 << 24);

    private static int Vectors => Soak.Count(200, 100_000);

    [SkippableTheory]
    [InlineData("a24_bdt_l1_track_quality")]
    [InlineData("a25_bdt_hastie_zipmap")]
    [InlineData("a26_bdt_xgboost_regressor")]
    public void Trained_forests_are_ONNX_Runtimes(string folder) =>
        Compare(WithTensors(File.ReadAllBytes(SharedData.Require("models", folder, "model.onnx"))), folder, 1);

    [Theory]
    [InlineData(100, 3, 4)]
    [InlineData(20, 1, 10)]
    public void Large_random_forests_are_ONNX_Runtimes(int trees, int classes, int depth)
    {
        foreach (int seed in Soak.Seeds(1, 1))
            Compare(LargeForest.Of(trees, classes, depth, 8, seed).ToBytes(), $"{trees} trees of depth {depth}", seed);
    }

    // Scores as a tensor in the place of maps by the classes' names.
    private static byte[] WithTensors(byte[] model)
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(model);
        foreach (NodeProto map in proto.Graph.Node.Where(n => n.OpType == "ZipMap").ToArray())
        {
            ValueInfoProto output = proto.Graph.Output.Single(o => o.Name == map.Output[0]);
            output.Name = map.Input[0];
            output.Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float },
            };
            proto.Graph.Node.Remove(map);
        }
        return proto.ToByteArray();
    }

    private void Compare(byte[] model, string name, int seed)
    {
        using TempFolder folder = new();
        using OnnxRuntimeReference runtime = OnnxRuntimeReference.Open(model);
        ModelProto proto = ModelProto.Parser.ParseFrom(model);
        FixedPointType grid = new(32, 16, Signed: true);
        CompiledModel compiled = ModelHarness.Compile(ModelHarness.Options(folder.Write("model.onnx", model)) with
        {
            Layers = [new LayerOverride(proto.Graph.Input[0].Name,
                LayerSettings.Unset with { Precision = new PrecisionSpec.Pinned(grid) })],
        });
        ReferenceSimulator real = new(compiled.Imported);
        ManagedSimulator typed = new(compiled.Model.Network);
        (Node node, Forest forest) = Trees(compiled.Imported);
        (Node typedNode, Forest typedForest) = Trees(compiled.Model.Network);
        Value score = node.Output, typedScore = typedNode.Output;
        double[][] thresholds = [.. Enumerable.Range(0, forest.Columns).Select(f => forest.Trees
            .SelectMany(t => t.Branches).Where(b => b.Split.Feature == f).SelectMany(b => b.Split.Values)
            .Distinct().Order().ToArray())];
        double most = forest.Trees.Sum(t => t.Leaves.Max(l => Enumerable.Range(0, forest.Units)
            .Max(j => Math.Abs(forest.Leaves.Values[(l * forest.Units) + j]))))
            + (forest.Base?.Values.Max(Math.Abs) ?? 0) + 1;
        // Of n additions, and of the few operations of a logistic function behind them.
        double rounding = (forest.Trees.Count + 1) * HalfUlp * most,
            leafRounding = forest.Trees.Count * Math.ScaleB(0.5, -typedForest.Leaves.Fraction)
                + Math.ScaleB(1, -typedScore.Type.Fraction);
        bool isClassifier = compiled.Imported.Outputs.Length > 1;
        Random random = new(seed);
        double worst = 0, worstTyped = 0;
        int labels = 0, close = 0;
        for (int i = 0; i < Vectors; i++)
        {
            double[] row = [.. thresholds.Select(t => Feature(t, grid, random))];
            double[][] expected = runtime.Run(row, [[1, row.Length]]);
            real.Run(row);
            typed.Run(row);
            double[] scores = [.. real[score]];
            for (int j = 0; j < scores.Length; j++)
                worstTyped = Math.Max(worstTyped, Math.Abs((typed[typedScore][j] * typedScore.Type.Ulp) - scores[j]));
            double[] results = expected[^1], ours = [.. real[compiled.Imported.Outputs[^1].Value]];
            for (int j = 0; j < results.Length; j++)
                worst = Math.Max(worst, Math.Abs(results[j] - ours[j]));
            if (!isClassifier)
                continue;
            Value label = compiled.Model.Network.Outputs[0].Value;
            if (Math.Abs(scores[0]) > rounding)
                Assert.Equal(expected[0][0], real[compiled.Imported.Outputs[0].Value][0]);
            if (Math.Abs(scores[0]) > leafRounding)
                Assert.Equal(expected[0][0], typed[label][0] * label.Type.Ulp);
            else
                close++;
            labels++;
        }
        output.WriteLine($"{name}: {Vectors:N0} vectors, scores differ by {worst:G3} at most ({rounding:G3} allowed), "
            + $"the firmware's sums by {worstTyped:G3} ({leafRounding:G3} allowed), {labels:N0} labels, of which "
            + $"{close} by less");
        Assert.InRange(worst, 0, rounding);
        Assert.InRange(worstTyped, 0, leafRounding);
    }

    private static (Node Node, Forest Forest) Trees(Network network)
    {
        Node node = network.Nodes.Single(n => n.Operation is Forest { IsLookup: false });
        return (node, (Forest)node.Operation);
    }

    // A number of the grid that float32 holds: a threshold of the feature, one a few units beside it, or any.
    private static double Feature(double[] thresholds, FixedPointType grid, Random random)
    {
        if (thresholds.Length == 0)
            return random.Next(-8, 9);
        double least = thresholds[0], span = Math.Max(thresholds[^1] - least, 1),
            x = random.Next(2) == 0 ? least + (span * ((1.2 * random.NextDouble()) - 0.1))
                : thresholds[random.Next(thresholds.Length)] + (random.Next(-2, 3) * grid.Ulp);
        x = Math.Clamp(x, -32767, 32767);
        // What float32 drops is below what is dropped here or is zero.
        return Math.Floor((double)(float)x / grid.Ulp) * grid.Ulp;
    }
}
