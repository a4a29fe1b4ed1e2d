using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Forests;

/// <summary>Full trees of one depth on random features and whole thresholds.</summary>
internal static class LargeForest
{
    /// <summary>A TreeEnsembleRegressor of [1, features], whose trees vote for one class after another.</summary>
    public static ModelBuilder Of(int trees, int classes, int depth, int features, int seed = 1) =>
        new() { Proto = LargeForestModel.Of(trees, classes, depth, features, seed) };
}
