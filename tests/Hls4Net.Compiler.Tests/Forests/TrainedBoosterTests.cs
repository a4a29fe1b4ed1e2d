using System.Globalization;
using System.Text;
using Hls4Net.Graph;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Docs;
using Hls4Net.Tests.Models;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Forests;

/// <summary>
/// Models that XGBoost and LightGBM trained and saved, beside what these predict: on real numbers, and on the grids
/// that the rows ask for.
/// </summary>
public sealed class TrainedBoosterTests(ITestOutputHelper output)
{
    private const int Features = 5;

    private static readonly string s_folder = Path.Combine(Pages.Root, "tests/Hls4Net.Compiler.Tests/Forests/Xgboost");

    [Theory]
    [InlineData("logistic.json")]
    [InlineData("logistic.ubj")]
    [InlineData("raw.json")]
    [InlineData("hinge.json")]
    [InlineData("regression.ubj")]
    [InlineData("forest.json")]
    [InlineData("dart.json")]
    [InlineData("poisson.ubj")]
    [InlineData("softprob.json")]
    [InlineData("softmax.ubj")]
    [InlineData("histogram.json")]
    public void Xgboost(string name)
    {
        double[][] rows = [.. File.ReadLines(Path.Combine(s_folder, $"{name}.csv")).Select(line => line.Split(',')
            .Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray())];
        Compare(File.ReadAllBytes(Path.Combine(s_folder, name)), name,
            [.. rows.Select(r => r[..Features])], [.. rows.Select(r => r[Features..])]);
    }

    [SkippableTheory]
    [InlineData("objective=binary num_leaves=7", 1)]
    [InlineData("objective=binary sigmoid=2 num_leaves=15 is_unbalance=true", 1)]
    [InlineData("objective=regression num_leaves=15", 1)]
    [InlineData("objective=regression num_leaves=15 categorical_feature=3 min_data_per_group=5 cat_smooth=1", 1)]
    [InlineData("objective=regression boosting=rf bagging_freq=1 bagging_fraction=0.5 num_leaves=15", 1)]
    [InlineData("objective=regression boosting=dart drop_rate=0.5 num_leaves=7", 1)]
    [InlineData("objective=regression_l1 num_leaves=7", 1)]
    [InlineData("objective=regression num_leaves=7 use_missing=false", 1)]
    [InlineData("objective=poisson num_leaves=7", 1)]
    [InlineData("objective=tweedie num_leaves=7", 1)]
    [InlineData("objective=cross_entropy num_leaves=7", 1)]
    [InlineData("objective=multiclass num_class=3 num_leaves=7", 3)]
    [InlineData("objective=multiclassova num_class=3 num_leaves=7", 3)]
    public void Lightgbm(string parameters, int classes)
    {
        Skip.IfNot(LightgbmLibrary.IsThere, "LightGBM's library does not load here: it needs libgomp");
        Random random = new(parameters.Length);
        const int Rows = 600;
        double[] x = new double[Rows * Features];
        float[] y = new float[Rows];
        for (int i = 0; i < Rows; i++)
        {
            double[] row = [random.NextDouble() * 4, random.NextDouble() - 0.5, random.Next(-8, 9) / 4.0,
                random.Next(12), random.NextDouble() * 1e4];
            row.CopyTo(x, i * Features);
            double score = Math.Sin(row[0]) + (row[1] * row[2]) + (((int)row[3] * 5 % 7) / 3.0) - (row[4] / 8e3);
            y[i] = (float)(classes > 1 ? Math.Clamp(Math.Floor(score), 0, classes - 1)
                : parameters.Contains("binary", StringComparison.Ordinal) ? score > 0.8 ? 1 : 0
                : parameters.Contains("entropy", StringComparison.Ordinal) ? Math.Clamp(score, 0, 1)
                : parameters.Contains("objective=regression", StringComparison.Ordinal) ? score
                : Math.Floor(Math.Exp(score)));
        }
        (string model, double[] predictions) = LightgbmLibrary.Train(parameters, x, y, 6);
        Compare(Encoding.UTF8.GetBytes(model), "model.txt", [.. x.Chunk(Features)], [.. predictions.Chunk(classes)]);
    }

    private void Compare(byte[] model, string name, double[][] rows, double[][] predictions)
    {
        using TempFolder folder = new();
        CompiledModel compiled = ModelHarness.Compile(ModelHarness.Options(folder.Write(name, model)) with
        {
            TestInputs = [folder.Write("x.npy", Npy.Doubles([rows.Length, Features], [.. rows.SelectMany(r => r)]))],
        });
        ReferenceSimulator real = new(compiled.Imported);
        ManagedSimulator typed = new(compiled.Model.Network);
        Value result = compiled.Model.Network.Outputs[0].Value;
        double worst = 0, worstTyped = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            real.Run(rows[i]);
            typed.Run(rows[i]);
            double[] r = [.. real[compiled.Imported.Outputs[0].Value]];
            Assert.Equal(predictions[i].Length, r.Length);
            for (int j = 0; j < r.Length; j++)
            {
                double e = predictions[i][j], scale = Math.Max(1, Math.Abs(e));
                worst = Math.Max(worst, Math.Abs(r[j] - e) / scale);
                worstTyped = Math.Max(worstTyped, Math.Abs((typed[result][j] * result.Type.Ulp) - e) / scale);
            }
        }
        output.WriteLine($"{rows.Length} rows: real numbers differ by {worst:G2}, the firmware by {worstTyped:G2} in "
            + $"{compiled.Model.Network.Inputs[0].Type} ⇒ {result.Type}");
        // XGBoost adds and predicts in float32.
        Assert.InRange(worst, 0, 2e-6);
        Assert.InRange(worstTyped, 0, 3e-2);
    }
}
