using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using Hls4Net.Simulation;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Operators;

/// <summary>The ONNX project's node tests: every one matches, or is refused for a limit that docs/operators.md states.</summary>
public sealed class NodeTests(ITestOutputHelper output)
{
    // What only moves, compares or counts gives what it is given, bit for bit.
    private static readonly HashSet<string> s_exact = new(StringComparer.Ordinal)
    {
        "And", "ArgMax", "ArgMin", "Compress", "Concat", "DepthToSpace", "Equal", "Expand", "Flatten", "Gather", "GatherElements", "GatherND", "Greater", "GreaterOrEqual", "Identity", "Less", "LessOrEqual", "Max",
        "MaxPool", "Min", "Not", "Or", "Pad", "ReduceMax", "ReduceMin", "Relu", "Reshape", "ReverseSequence", "Slice", "SpaceToDepth", "Split", "Squeeze", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Where", "Xor",
    };

    [SkippableTheory]
    [InlineData("tier1")]
    [InlineData("tier2")]
    public void Node_tests_match_or_meet_a_stated_limit(string tier)
    {
        string root = Path.Combine(SharedData.Require("onnx-node-tests"), tier);
        Skip.IfNot(Directory.Exists(root), "the shared test data have no ONNX node tests");
        List<string> passed = [], limited = [], failed = [];
        foreach (string folder in Directory.GetDirectories(root).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileName(folder);
            Outcome outcome = Run(folder);
            (outcome.Failure is not null ? failed : outcome.Limit is not null ? limited : passed).Add(outcome.Failure is string f ? $"{name}: {f}" : outcome.Limit is string l ? $"{name}: {l}" : name);
        }
        int total = passed.Count + limited.Count + failed.Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tier}: {passed.Count} of {total} passed ({100.0 * passed.Count / total:F1} %), {limited.Count} meet a documented limit, {failed.Count} failed"));
        limited.ForEach(output.WriteLine);
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.NotEmpty(passed);
    }

    private sealed record Outcome(string? Limit = null, string? Failure = null);

    private static Outcome Run(string folder)
    {
        if (NodeTestCase.Load(folder, out string? reason) is not NodeTestCase test)
            return new Outcome(Limit: reason);
        Outcome result = new();
        foreach (int[] flowing in test.Runs)
        {
            Outcome one = Run(test, flowing);
            string operands = $"with {string.Join(", ", flowing)} flowing";
            if (one.Failure is not null)
                return new Outcome(Failure: $"{operands} {one.Failure}");
            if (one.Limit is not null)
                result = new Outcome(Limit: $"{operands} {one.Limit}");
        }
        return result;
    }

    private static Outcome Run(NodeTestCase test, int[] flowing)
    {
        using TempFolder folder = new();
        bool exact = test.Nodes.All(n => s_exact.Contains(n.OpType));
        // Twenty bits are what function tables take, sixteen what every quantizer does.
        ModelOptions options = test.Save(folder, flowing, exact ? 24 : test.Nodes.Any(n => n.OpType == "QuantizeLinear") ? 16 : 20);
        if (exact)
            options = options with { Defaults = LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Exact(), WeightPrecision = new PrecisionSpec.Auto(25) } };
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        if (model is null)
        {
            Diagnostic first = diagnostics.Items.First(d => d.Descriptor.Severity == Severity.Error);
            return IsStated(first, test) ? new Outcome(Limit: first.ToString()) : new Outcome(Failure: $"refused for no limit that is stated: {first}");
        }
        ReferenceSimulator reference = new(model.Network);
        reference.Run(test.Sample(flowing));
        ManagedSimulator simulator = new(model.Model.Network);
        simulator.Run(test.Sample(flowing));
        // Where several grids meet, the data are on the coarsest.
        double grid = model.Model.Network.Inputs.Max(i => i.Type.Ulp);
        for (int k = 0; k < test.Outputs.Count; k++)
        {
            if (test.Outputs[k] is Tensor expected && Difference(model.Network.Outputs[k].Value, model.Model.Network.Outputs[k].Value, expected) is string difference)
                return new Outcome(Failure: $"output {k}: {difference}");
        }
        return new Outcome();

        string? Difference(Value real, Value typed, Tensor expected)
        {
            if (!real.Shape.Dimensions.SequenceEqual(expected.Shape))
                return $"the shape is {real.Shape}, {expected.ShapeText} expected";
            double largest = expected.Values.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(1).Max();
            for (int i = 0; i < expected.Values.Length; i++)
            {
                double e = expected.Values[i], firmware = simulator[typed][i] * typed.Type.Ulp;
                // Where ONNX has no result, fixed point has some number.
                if (double.IsNaN(e))
                    continue;
                // The tests' own numbers are float32, some rounded to four digits: ONNX's own bound is 1e-3 of each.
                if (!(Math.Abs(reference[real][i] - e) <= Math.Max(1e-5 * Math.Max(1, largest), 1e-3 * Math.Abs(e))))
                    return $"element {i} of the real network is {reference[real][i]}, {e} expected";
                // Exactly the number on the grid of the data; or sixteen bits for the widest of the values on the way.
                if (!(Math.Abs(firmware - e) <= (exact ? grid / 2 : Math.Max(4 * typed.Type.Ulp, 1e-3 * Math.Max(1, largest)))))
                    return $"element {i} of the firmware is {firmware} ({typed.Type}), {e} expected";
            }
            return null;
        }
    }

    private static bool IsStated(Diagnostic diagnostic, NodeTestCase test)
    {
        string text = diagnostic.ToString();
        if (diagnostic.Descriptor == Descriptors.UnsupportedOperator)
            return test.Nodes.Where(n => OperatorRegistry.Find(n.Domain, n.OpType) is null).All(n => OperatorLimits.Unread.Any(u => u.Name == n.OpType));
        return OperatorLimits.Forms.Any(l => l.Code == diagnostic.Descriptor && text.Contains(l.Message, StringComparison.Ordinal)
            && (l.Operator.Length == 0 || test.Nodes.Any((NodeProto n) => n.OpType == l.Operator)));
    }
}
