namespace Hls4Net.Benchmarks;

/// <summary>
/// A figure of ours beside its reference. Both were measured in turns in one run, so that what else the machine does
/// touches both; the ratio of each turn is kept.
/// </summary>
/// <param name="Work">What is measured.</param>
/// <param name="Unit">The unit of both figures.</param>
/// <param name="ReferenceName">What the reference is.</param>
/// <param name="Reference">The reference's runs; empty where there is none.</param>
/// <param name="Ours">Our runs.</param>
/// <param name="Goal">What it should reach, in words.</param>
internal sealed record Row(string Work, string Unit, string ReferenceName, double[] Reference, double[] Ours,
    string Goal = "")
{
    /// <summary>Ours over the reference, run by run.</summary>
    public double[] Ratios => [.. Ours.Zip(Reference, (ours, reference) => ours / reference)];
}
