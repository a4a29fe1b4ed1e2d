using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Simulation;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Operators;

/// <summary>The ONNX project's node tests: what is read matches, what is not says so.</summary>
public sealed class NodeTests(ITestOutputHelper output)
{
    // Refused for their numbers rather than their form: a scale for each channel that no supported requantization equals.
    private static readonly string[] s_beyondNumerics = ["test_quantizelinear_axis"];

    [SkippableFact]
    public void Node_tests_match_or_are_refused()
    {
        string root = SharedData.Require("onnx-node-tests");
        Skip.IfNot(Directory.Exists(root), "the shared test data have no ONNX node tests");
        List<string> failures = [], refused = [];
        int matched = 0, unregistered = 0;
        foreach (string folder in Directory.GetDirectories(root).SelectMany(Directory.GetDirectories).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            if (NodeTestCase.Load(folder) is not NodeTestCase test)
                continue;
            foreach (int flowing in test.Flowing)
            {
                Outcome outcome = Run(test, flowing, s_beyondNumerics.Contains(name) || test.HasGarbage);
                if (outcome.Refusal is not null && !test.IsRegistered)
                    unregistered++;
                else if (outcome.Refusal is not null)
                    refused.Add($"{name}: {outcome.Refusal}");
                else if (outcome.Failure is null)
                    matched++;
                if (outcome.Failure is not null)
                    failures.Add($"{name}, operand {flowing}: {outcome.Failure}");
            }
        }
        output.WriteLine($"of {matched + refused.Count} runs with operators that are read {matched} match, {refused.Count} are refused; {unregistered} have other operators");
        refused.ForEach(output.WriteLine);
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.InRange(matched, 1, int.MaxValue);
    }

    private sealed record Outcome(string? Refusal, string? Failure);

    private static Outcome Run(NodeTestCase test, int flowing, bool beyondNumerics)
    {
        using TempFolder folder = new();
        ModelOptions options = test.Save(folder, flowing);
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        if (model is null)
        {
            Diagnostic first = diagnostics.Items.First(d => d.Descriptor.Severity == Severity.Error);
            return new Outcome(first.ToString(), first.Descriptor.Code.StartsWith("HLS1", StringComparison.Ordinal) || beyondNumerics ? null : $"refused with {first}");
        }
        Value real = model.Network.Outputs[0].Value, typed = model.Model.Network.Outputs[0].Value;
        if (!real.Shape.Dimensions.SequenceEqual(test.Output.Shape))
            return new Outcome(null, $"the shape is {real.Shape}, {test.Output.ShapeText} expected");
        ReferenceSimulator reference = new(model.Network);
        reference.Run(test.Sample(flowing));
        ManagedSimulator simulator = new(model.Model.Network);
        simulator.Run(test.Sample(flowing));
        double largest = test.Output.Values.Select(Math.Abs).DefaultIfEmpty(1).Max();
        for (int i = 0; i < test.Output.Values.Length; i++)
        {
            double expected = test.Output.Values[i];
            // The tests' own numbers are float32, some rounded to four digits: ONNX's own bound is 1e-3 of each.
            if (!(Math.Abs(reference[real][i] - expected) <= Math.Max(1e-5 * Math.Max(1, largest), 1e-3 * Math.Abs(expected))))
                return new Outcome(null, $"element {i} of the real network is {reference[real][i]}, {expected} expected");
            // Sixteen bits for the widest of the values on the way.
            if (!(Math.Abs((simulator[typed][i] * typed.Type.Ulp) - expected) <= Math.Max(4 * typed.Type.Ulp, 1e-3 * Math.Max(1, largest))))
                return new Outcome(null, $"element {i} of the firmware is {simulator[typed][i] * typed.Type.Ulp} ({typed.Type}), {expected} expected");
        }
        return new Outcome(null, null);
    }
}
