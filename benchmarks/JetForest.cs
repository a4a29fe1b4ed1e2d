using System.Globalization;
using Hls4Net.Tests.Forests;

namespace Hls4Net.Benchmarks;

/// <summary>
/// A forest of the size of those that tell jets apart: 16 features of 8 bits, five classes, trained by LightGBM on toy
/// jets.
/// </summary>
/// <param name="Model">LightGBM's text.</param>
/// <param name="Trees">How many trees it has.</param>
/// <param name="Depth">Of the trees, at most.</param>
/// <param name="Accuracy">Which part of jets that it has not seen it tells right.</param>
internal sealed record JetForest(string Model, int Trees, int Depth, double Accuracy)
{
    private const int Features = 16, Classes = 5, Jets = 40_000, Unseen = 10_000;

    public static JetForest Of(int rounds, int depth)
    {
        (double[] x, float[] y) = Toy(Jets, 1);
        (string model, _) = LightgbmLibrary.Train(string.Create(CultureInfo.InvariantCulture,
            $"objective=multiclass num_class={Classes} learning_rate=0.5 max_depth={depth} num_leaves={1 << depth} "
            + $"min_data_in_leaf=20 max_bin=255"), x, y, rounds);
        (double[] unseen, float[] truth) = Toy(Unseen, 2);
        double[] scores = LightgbmLibrary.Predict(model, unseen, Unseen);
        int right = Enumerable.Range(0, Unseen).Count(i => truth[i]
            == Enumerable.Range(0, Classes).MaxBy(c => scores[(i * Classes) + c]));
        return new JetForest(model, rounds * Classes, depth, (double)right / Unseen);
    }

    /// <summary>A type of votes with which the largest leaf has so many bits beside its sign.</summary>
    public string Votes(int bits)
    {
        double largest = Model.Split('\n').Where(l => l.StartsWith("leaf_value=", StringComparison.Ordinal))
            .SelectMany(l => l["leaf_value=".Length..].Split(' '))
            .Max(v => Math.Abs(double.Parse(v, CultureInfo.InvariantCulture)));
        int integer = (int)Math.Ceiling(Math.Log2(largest));
        return string.Create(CultureInfo.InvariantCulture, $"fixed({bits + 1},{integer + 1},RND,SAT)");
    }

    // Each class is a cloud in a few directions; features are held as whole numbers of 8 bits.
    private static (double[] X, float[] Y) Toy(int count, int seed)
    {
        Random clouds = new(11), random = new(seed);
        double[][] centres = [.. Enumerable.Range(0, Classes).Select(_ => Enumerable.Range(0, Features)
            .Select(_ => Normal(clouds) * 0.55).ToArray())];
        double[][] bends = [.. centres.Select(_ => Enumerable.Range(0, Features).Select(_ => Normal(clouds) * 0.5)
            .ToArray())];
        double[] x = new double[count * Features];
        float[] y = new float[count];
        for (int i = 0; i < count; i++)
        {
            int c = random.Next(Classes);
            y[i] = c;
            double mass = Normal(random);
            for (int f = 0; f < Features; f++)
            {
                double v = centres[c][f] + (bends[c][f] * mass * mass) + Normal(random);
                x[(i * Features) + f] = Math.Clamp(Math.Round(128 + (28 * v)), 0, 255);
            }
        }
        return (x, y);
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
        * Math.Cos(2 * Math.PI * random.NextDouble());
}
