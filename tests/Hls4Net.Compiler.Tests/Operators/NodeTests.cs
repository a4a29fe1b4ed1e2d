using Hls4Net.Configuration;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Operators;

/// <summary>
/// The ONNX project's node tests: every one matches, or is refused for a limit that docs/operators.md states.
/// </summary>
public sealed class NodeTests(ITestOutputHelper output)
{
    private const int BatchSize = 64;

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
        foreach ((string name, NodeTestOutcome outcome) in outcomes.Where(o => o.Outcome.Failure is not null
            || o.Outcome.RanNothing))
            output.WriteLine($"{name}: {outcome.Failure ?? "ran nothing"}");
        Assert.Empty(outcomes.Where(o => o.Outcome.Failure is not null).Select(o => $"{o.Name}: {o.Outcome.Failure}"));
        Assert.Contains(outcomes, o => o.Outcome.Passed);
    }

    /// <summary>
    /// Of the third tier what exporters write around the layers: remainders, ranges, loops, gelus as functions.
    /// </summary>
    [SkippableFact]
    public void Node_tests_of_what_exporters_write_match_or_meet_a_stated_limit()
    {
        string root = Path.Combine(SharedData.Require("onnx-node-tests"), "tier3");
        Skip.IfNot(Directory.Exists(root), "the shared test data have no third tier of ONNX node tests");
        string[] kinds = ["constantofshape", "dynamicquantizelinear", "gelu", "mod", "range", "scan9", "ai"];
        (string Name, NodeTestOutcome Outcome)[] outcomes =
        [
            .. Directory.GetDirectories(root).Order(StringComparer.Ordinal)
                .Where(f => kinds.Contains(Path.GetFileName(f).Split('_')[1]))
                .Select(f => (Path.GetFileName(f), NodeTestRun.Run(f, IOType.IoParallel, null))),
        ];
        output.WriteLine(NodeTestRun.Score("tier3, what exporters write", outcomes));
        foreach ((string name, NodeTestOutcome outcome) in outcomes.Where(o => !o.Outcome.Passed))
            output.WriteLine($"{name}: {outcome.Limit}{outcome.Failure}");
        Assert.Empty(outcomes.Where(o => o.Outcome.Failure is not null).Select(o => $"{o.Name}: {o.Outcome.Failure}"));
        Assert.Contains(outcomes, o => o.Outcome.Passed);
    }

    /// <summary>The firmware of every test that passes, in io_stream, with FIFOs' depths as hard limits.</summary>
    [SkippableTheory]
    [InlineData("tier1")]
    [InlineData("tier2")]
    public void Node_tests_pass_on_streams(string tier)
    {
        string root = Path.Combine(SharedData.Require("onnx-node-tests"), tier);
        Skip.IfNot(Directory.Exists(root), "the shared test data have no ONNX node tests");
        List<NodeTestSample> samples = [];
        // Every set of inputs is compiled; through g++ goes the first, in which all that can does flow.
        IReadOnlyList<(string Name, NodeTestOutcome Outcome)> outcomes = NodeTestRun.All(root, IOType.IoStream, s =>
        {
            _ = s.Model.EmitFirmware();
            if (samples.Count == 0 || samples[^1].Test != s.Test)
                samples.Add(s);
        });
        Assert.Empty(outcomes.Where(o => o.Outcome.Failure is not null).Select(o => $"{o.Name}: {o.Outcome.Failure}"));
        List<string> differ = [];
        foreach (NodeTestSample[] batch in samples.Chunk(BatchSize))
        {
            using FirmwareBatch firmware = FirmwareBatch.Compile([.. batch.Select(s => s.Model)], "-O0",
                "-DHLS4NET_STREAM_DEPTH_CHECK");
            for (int i = 0; i < batch.Length; i++)
            {
                long[] outputs = new long[batch[i].Outputs.Length];
                if (firmware.PredictOf(i)(batch[i].Inputs, outputs, 1) != 0)
                    differ.Add($"{batch[i].Test}: {firmware.Error()}");
                else if (!outputs.AsSpan().SequenceEqual(batch[i].Outputs))
                    differ.Add($"{batch[i].Test}: the firmware's outputs differ");
            }
        }
        output.WriteLine(
            $"io_stream, {NodeTestRun.Score(tier, outcomes)}; {samples.Count - differ.Count} of {samples.Count} "
            + "firmwares equal the managed simulator");
        Assert.Empty(differ);
    }
}
