using Hls4Net.Tests.Operators;

namespace Hls4Net.Benchmarks;

/// <summary>The share of the ONNX project's node tests that pass, where the shared test data are there.</summary>
internal static class NodeTestRows
{
    public static IEnumerable<Row> Measure(string repository)
    {
        string shared = Environment.GetEnvironmentVariable("HLS4NET_SHARED") is { Length: > 0 } named ? named
            : Path.Combine(repository, "..", "shared");
        foreach ((string tier,
            string goal) in new[] { ("tier1", "≥ 90"), ("tier2", "≥ 80 of the operators that are read") })
        {
            string folder = Path.Combine(shared, "onnx-node-tests", tier);
            if (!Directory.Exists(folder))
                continue;
            IReadOnlyList<(string Name, NodeTestOutcome Outcome)> outcomes = NodeTestRun.All(folder);
            Console.WriteLine(NodeTestRun.Score(tier, outcomes));
            double passed = outcomes.Count(o => o.Outcome.Passed);
            yield return new Row($"ONNX node tests, {tier}", "% passed", "", [], [100 * passed / outcomes.Count],
                tier == "tier1" ? goal : "");
            yield return new Row($"ONNX node tests, {tier}, operators that are read", "% passed", "", [],
                [100 * passed / outcomes.Count(o => o.Outcome.IsRead)], goal);
        }
    }
}
