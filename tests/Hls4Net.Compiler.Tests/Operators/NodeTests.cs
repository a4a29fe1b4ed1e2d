using Xunit.Abstractions;

namespace Hls4Net.Tests.Operators;

/// <summary>The ONNX project's node tests: every one matches, or is refused for a limit that docs/operators.md states.</summary>
public sealed class NodeTests(ITestOutputHelper output)
{
    [SkippableTheory]
    [InlineData("tier1")]
    [InlineData("tier2")]
    public void Node_tests_match_or_meet_a_stated_limit(string tier)
    {
        string root = Path.Combine(SharedData.Require("onnx-node-tests"), tier);
        Skip.IfNot(Directory.Exists(root), "the shared test data have no ONNX node tests");
        IReadOnlyList<(string Name, NodeTestOutcome Outcome)> outcomes = NodeTestRun.All(root);
        output.WriteLine(NodeTestRun.Score(tier, outcomes));
        foreach ((string name, NodeTestOutcome outcome) in outcomes.Where(o => o.Outcome.Limit is not null))
            output.WriteLine($"{name}: {outcome.Limit}");
        Assert.Empty(outcomes.Where(o => o.Outcome.Failure is not null).Select(o => $"{o.Name}: {o.Outcome.Failure}"));
        Assert.Contains(outcomes, o => o.Outcome.Passed);
    }
}
