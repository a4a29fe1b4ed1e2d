using System.Text;
using System.Text.Json.Nodes;
using Hls4Net.Boosters;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;

namespace Hls4Net.Tests.Forests;

/// <summary>The files of XGBoost and LightGBM, read as these libraries read them.</summary>
public sealed class BoosterTests
{
    private const int Rows = 20;

    [Theory]
    [InlineData("binary:logistic", "2.5E-1", 1)]
    [InlineData("binary:logitraw", "5E-1", 1)]
    [InlineData("binary:hinge", "5E-1", 1)]
    [InlineData("reg:squarederror", "[1.25E0]", 1)]
    [InlineData("count:poisson", "2E0", 1)]
    [InlineData("multi:softprob", "5E-1", 3)]
    [InlineData("multi:softmax", "[0E0,1E-1,-2E-1]", 3)]
    public void Xgboost(string objective, string baseScore, int units)
    {
        foreach (int seed in Soak.Seeds(6, 200))
        {
            RandomBooster booster = new(seed, units, 4, categories: false);
            double[]? dropped = seed % 3 == 0 ? [.. Enumerable.Range(0, 4 * units).Select(t => 1 - (t % 4 / 8.0))]
                : null;
            JsonObject json = booster.Xgboost(objective, baseScore, dropped);
            double[] bases = [.. baseScore.Trim('[', ']').Split(',')
                .Select(b => (double)float.Parse(b, System.Globalization.CultureInfo.InvariantCulture))];
            byte[] file = seed % 2 == 0 ? Encoding.UTF8.GetBytes(json.ToJsonString()) : RandomBooster.Binary(json);
            if (dropped is not null)
                booster = booster.Dropped(dropped);
            Compare(file, seed % 2 == 0 ? "bdt.json" : "bdt.ubj", booster, row =>
            {
                double[] scores = [.. booster.Scores(row, atMost: false)
                    .Select((s, j) => s + Score(bases[bases.Length == 1 ? 0 : j]))];
                return objective switch
                {
                    "binary:logistic" => [1 / (1 + Math.Exp(-scores[0]))],
                    "binary:hinge" => [scores[0] > 0 ? 1 : 0],
                    "count:poisson" => [Math.Exp(scores[0])],
                    "multi:softprob" => Softmax(scores),
                    "multi:softmax" => [Array.IndexOf(scores, scores.Max())],
                    _ => scores,
                };
            });
        }

        double Score(double given) => objective == "binary:logistic"
            ? Math.Log(given / (1 - given)) : objective == "count:poisson" ? Math.Log(given) : given;
    }

    [Theory]
    [InlineData("binary sigmoid:2", 1, false)]
    [InlineData("regression", 1, true)]
    [InlineData("tweedie", 1, false)]
    [InlineData("multiclass num_class:3", 3, false)]
    [InlineData("multiclassova num_class:3 sigmoid:1", 3, true)]
    public void Lightgbm(string objective, int units, bool average)
    {
        foreach (int seed in Soak.Seeds(6, 200))
        {
            RandomBooster booster = new(seed, units, 4, categories: seed % 2 == 0);
            Compare(Encoding.UTF8.GetBytes(booster.Lightgbm(objective, average)), "model.txt", booster, row =>
            {
                double[] scores = [.. booster.Scores(row, atMost: true).Select(s => average ? s / 4 : s)];
                return objective.Split(' ')[0] switch
                {
                    "binary" => [1 / (1 + Math.Exp(-2 * scores[0]))],
                    "tweedie" => [Math.Exp(scores[0])],
                    "multiclass" => Softmax(scores),
                    "multiclassova" => [.. scores.Select(s => 1 / (1 + Math.Exp(-s)))],
                    _ => scores,
                };
            });
        }
    }

    [Fact]
    public void What_is_not_read_is_named()
    {
        RandomBooster booster = new(1, 1, 2, categories: false);
        Fails(Descriptors.UnsupportedBooster, booster.Xgboost("my:own", "5E-1", null).ToJsonString());
        Fails(Descriptors.UnsupportedBooster, booster.Xgboost("binary:logistic", "1E0", null).ToJsonString());
        JsonObject linear = booster.Xgboost("reg:squarederror", "0E0", null);
        linear["learner"]!["gradient_booster"]!["name"] = "gblinear";
        Fails(Descriptors.UnsupportedBooster, linear.ToJsonString());
        JsonObject categories = booster.Xgboost("reg:squarederror", "0E0", null);
        JsonArray types = categories["learner"]!["gradient_booster"]!["model"]!["trees"]![0]!["split_type"]!.AsArray();
        types[0] = 1;
        Fails(Descriptors.UnsupportedBooster, categories.ToJsonString());
        string text = booster.Lightgbm("regression", average: false);
        Fails(Descriptors.UnsupportedBooster, text.Replace("is_linear=0", "is_linear=1", StringComparison.Ordinal));
        Fails(Descriptors.UnsupportedBooster, booster.Lightgbm("regression sqrt", average: false));
        Fails(Descriptors.UnsupportedBooster, booster.Lightgbm("cross_entropy_lambda", average: false));
    }

    // Wherever a file ends, it is damaged or none of these.
    [Fact]
    public void Files_that_are_cut_off_are_refused()
    {
        RandomBooster booster = new(2, 1, 3, categories: false);
        JsonObject json = booster.Xgboost("reg:squarederror", "0E0", null);
        foreach (byte[] file in new[] { Encoding.UTF8.GetBytes(json.ToJsonString()), RandomBooster.Binary(json),
            Encoding.UTF8.GetBytes(booster.Lightgbm("regression", average: false)[..^50]) })
        {
            using TempFolder folder = new();
            for (int length = file.Length / 3; length < file.Length - 1; length += 17)
            {
                string path = folder.Write("model.json", file[..length]);
                if (BoosterFile.Is(path))
                {
                    ModelException e = Assert.Throws<ModelException>(() => BoosterFile.Read(path));
                    Assert.Equal(Descriptors.NotABoosterModel, e.Descriptor);
                }
            }
        }
    }

    private static void Fails(DiagnosticDescriptor expected, string file)
    {
        using TempFolder folder = new();
        IReadOnlyList<Diagnostic> diagnostics = ModelHarness.CompileFailing(
            ModelHarness.Options(folder.Write("model.json", Encoding.UTF8.GetBytes(file))));
        Assert.Contains(diagnostics, d => d.Descriptor == expected);
    }

    private static void Compare(byte[] file, string name, RandomBooster booster, Func<double[], double[]> expected)
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(ModelHarness.Options(folder.Write(name, file)) with
        {
            Layers = [new LayerOverride("x",
                LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(10,8)") })],
        });
        ReferenceSimulator real = new(model.Imported);
        ManagedSimulator typed = new(model.Model.Network);
        Value output = model.Model.Network.Outputs[0].Value;
        for (int i = 0; i < Rows; i++)
        {
            double[] row = booster.Row(), e = expected(row);
            real.Run(row);
            typed.Run(row);
            double[] r = [.. real[model.Imported.Outputs[0].Value]];
            Assert.Equal(e.Length, r.Length);
            for (int j = 0; j < e.Length; j++)
            {
                Assert.Equal(e[j], r[j], 1e-6 * Math.Max(1, Math.Abs(e[j])));
                Assert.Equal(e[j], typed[output][j] * output.Type.Ulp, 2e-3 * Math.Max(1, Math.Abs(e[j])));
            }
        }
    }

    private static double[] Softmax(double[] scores)
    {
        double[] powers = [.. scores.Select(s => Math.Exp(s - scores.Max()))];
        return [.. powers.Select(p => p / powers.Sum())];
    }
}
