namespace Hls4Net.Transforms.Widths;

/// <summary>Noise of a typed network in budgets.</summary>
/// <param name="Given">On the test vectors.</param>
/// <param name="All">On these and their neighbours, of which some may lie where no resolution decides as a real number
/// does: next to a step, or to a threshold of a tree.</param>
internal readonly record struct TrialNoise(double Given, double All)
{
    /// <summary>A whole budget of either.</summary>
    public static TrialNoise Budget { get; } = new(1, 1);

    /// <summary>The larger of the two.</summary>
    public double Most => Math.Max(Given, All);

    /// <summary>Against a goal for each of the two, the larger.</summary>
    public double Of(TrialNoise goal) => Math.Max(Given / goal.Given, All / goal.All);

    /// <summary>The smaller of each.</summary>
    public TrialNoise Least(TrialNoise other) => new(Math.Min(Given, other.Given), Math.Min(All, other.All));

    /// <summary>A goal that allows so many times a noise that stays, where that is more than a budget.</summary>
    public static TrialNoise GoalOver(TrialNoise floor, double times) =>
        new(Math.Max(1, floor.Given * times), Math.Max(1, floor.All * times));
}
