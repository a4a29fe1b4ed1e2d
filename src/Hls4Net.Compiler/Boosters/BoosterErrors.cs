using Hls4Net.Diagnostics;

namespace Hls4Net.Boosters;

/// <summary>What the readers have in common.</summary>
internal static class BoosterErrors
{
    /// <summary>The most nodes of a tree, which bounds how deep reading it goes.</summary>
    public const int MostNodes = 1 << 14;

    public static ModelException Damaged(string what) => new(Descriptors.NotABoosterModel,
        $"the file is not a whole model of boosted trees: {what}");

    public static ModelException Refused(string what) => new(Descriptors.UnsupportedBooster,
        $"this is {what}, which is not supported");
}
