using System.Collections.Immutable;

namespace Hls4Net.Boosters;

/// <summary>What a branch asks: TreeEnsemble's number of the comparison.</summary>
internal enum BoosterMode
{
    AtMost = 0,
    Below = 1,
    OneOf = 6,
}

/// <summary>A branch. Where it leads is a branch, or ~leaf.</summary>
/// <param name="Feature">The feature's place in a row.</param>
/// <param name="Mode">What is asked.</param>
/// <param name="Threshold">The threshold.</param>
/// <param name="Members">The numbers of a set.</param>
/// <param name="Yes">Where a yes leads.</param>
/// <param name="No">Where a no leads.</param>
internal readonly record struct BoosterBranch(int Feature, BoosterMode Mode, double Threshold,
    ImmutableArray<double> Members, int Yes, int No);

/// <summary>A tree, whose root is branch 0 or, without any, its only leaf.</summary>
/// <param name="Unit">The score that it votes for.</param>
/// <param name="Branches">The branches.</param>
/// <param name="Leaves">The votes.</param>
internal sealed record BoosterTree(int Unit, ImmutableArray<BoosterBranch> Branches, ImmutableArray<double> Leaves);

/// <summary>What a library makes of the scores.</summary>
internal enum BoosterLink
{
    /// <summary>Nothing.</summary>
    Identity,

    /// <summary>1 / (1 + exp(-s)).</summary>
    Logistic,

    /// <summary>exp(s).</summary>
    Exponential,

    /// <summary>Probabilities that sum to 1.</summary>
    Softmax,

    /// <summary>The place of the largest.</summary>
    Largest,

    /// <summary>1 above zero, else 0.</summary>
    Positive,
}

/// <summary>A boosted or averaged forest, whatever library has trained it.</summary>
/// <param name="Features">Features of a row.</param>
/// <param name="Units">How many scores it has.</param>
/// <param name="Trees">The trees; scores are sums of their votes.</param>
/// <param name="Bases">An addend for each score.</param>
/// <param name="Scale">What sums are multiplied by.</param>
/// <param name="Link">What becomes of the scores.</param>
internal sealed record BoosterModel(int Features, int Units, ImmutableArray<BoosterTree> Trees,
    ImmutableArray<double> Bases, double Scale, BoosterLink Link);
