using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using Hls4Net.Simulation;

namespace Hls4Net.Tests.Operators;

/// <summary>What became of one node test: it passed, or met a limit that docs/operators.md states, or failed.</summary>
/// <param name="Limit">The limit that it met.</param>
/// <param name="Failure">What is wrong.</param>
/// <param name="IsRead">False where an operator of it is not read at all.</param>
/// <param name="Compared">Elements of outputs that were compared, in all runs; of none the test says nothing.</param>
/// <param name="Error">The largest error of an output of the firmware, as a share of its largest value.</param>
internal sealed record NodeTestOutcome(string? Limit = null, string? Failure = null, bool IsRead = true,
    int Compared = 0, double Error = 0)
{
    /// <summary>True where nothing was run, or nothing that was has an expected value.</summary>
    public bool RanNothing => Compared == 0 && Limit is null && Failure is null;

    public bool Passed => Limit is null && Failure is null && Compared > 0;
}

/// <summary>
/// A node test that passed, for its firmware to be compared: the sample's mantissas, and those of the outputs.
/// </summary>
internal sealed record NodeTestSample(string Test, CompiledModel Model, long[] Inputs, long[] Outputs);

/// <summary>Runs the ONNX project's node tests.</summary>
internal static class NodeTestRun
{
    // What only moves, compares or counts gives what it is given, bit for bit.
    private static readonly HashSet<string> s_exact = new(StringComparer.Ordinal)
    {
        "And", "ArgMax", "ArgMin", "Compress", "Concat", "DepthToSpace", "Equal", "Expand", "Flatten", "Gather",
            "GatherElements", "GatherND", "Greater", "GreaterOrEqual", "Identity", "Less", "LessOrEqual", "Max",
        "MaxPool", "Min", "Not", "Or", "Pad", "ReduceMax", "ReduceMin", "Relu", "Reshape", "ReverseSequence", "Slice",
            "SpaceToDepth", "Split", "Squeeze", "Tile", "TopK", "Transpose", "Trilu", "Unsqueeze", "Where", "Xor",
    };

    // What an element may be off, of the largest one. A bound beyond it would let anything pass.
    private const double Largest = 0.01;

    /// <summary>Every test of a folder by its name, in order.</summary>
    /// <param name="folder">A tier.</param>
    /// <param name="ioType">How values travel.</param>
    /// <param name="passed">Takes each set of inputs with which a test passes.</param>
    public static IReadOnlyList<(string Name, NodeTestOutcome Outcome)> All(string folder,
        IOType ioType = IOType.IoParallel, Action<NodeTestSample>? passed = null) =>
        [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)
            .Select(f => (Path.GetFileName(f), Run(f, ioType, passed)))];

    /// <summary>How many passed, in a line.</summary>
    public static string Score(string tier, IReadOnlyList<(string Name, NodeTestOutcome Outcome)> outcomes)
    {
        int passed = outcomes.Count(o => o.Outcome.Passed), failed = outcomes.Count(o => o.Outcome.Failure is not null),
            read = outcomes.Count(o => o.Outcome.IsRead), nothing = outcomes.Count(o => o.Outcome.RanNothing);
        double[] errors = [.. outcomes.Where(o => o.Outcome.Passed).Select(o => o.Outcome.Error).Order()];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{tier}: {passed} of {outcomes.Count} passed ({100.0 * passed / outcomes.Count:F1} %; "
            + $"{100.0 * passed / Math.Max(1, read):F1} % of the {read} whose operators are read), "
            + $"{outcomes.Count - passed - failed - nothing} meet a documented limit, {failed} failed, {nothing} ran "
            + $"nothing; error of the firmware, of the largest value: median "
            + $"{(errors.Length == 0 ? 0 : errors[errors.Length / 2]):P3}, largest {errors.LastOrDefault():P3}");
    }

    /// <summary>The test in a folder.</summary>
    public static NodeTestOutcome Run(string folder, IOType ioType, Action<NodeTestSample>? passed)
    {
        if (NodeTestCase.Load(folder, out string? reason) is not NodeTestCase test)
            return new NodeTestOutcome(Limit: reason, IsRead: false);
        NodeTestOutcome result = new();
        foreach (int[] flowing in test.Runs)
        {
            NodeTestOutcome one = Run(test, flowing, ioType, (model, simulator) => passed?.Invoke(new NodeTestSample(
                Path.GetFileName(folder), model,
                [.. model.Model.Network.Inputs.SelectMany(i => simulator[i].ToArray())],
                    [.. model.Model.Network.Outputs.SelectMany(o => simulator[o.Value].ToArray())])));
            string operands = $"with {string.Join(", ", flowing)} flowing";
            if (one.Failure is not null)
                return one with { Failure = $"{operands} {one.Failure}" };
            result = one.Limit is not null
                ? one with { Limit = $"{operands} {one.Limit}", Compared = result.Compared, Error = result.Error }
                : result with { Compared = result.Compared + one.Compared, Error = Math.Max(result.Error, one.Error) };
        }
        return result;
    }

    private static NodeTestOutcome Run(NodeTestCase test, int[] flowing, IOType ioType,
        Action<CompiledModel, ManagedSimulator> passed)
    {
        using TempFolder folder = new();
        bool exact = test.Nodes.All(n => s_exact.Contains(n.OpType));
        // Twenty bits are what function tables take, sixteen what every quantizer does; numbers of these tests lie on
        // thresholds of trees, which only their own digits tell from the numbers beside.
        bool trees = test.Nodes.Any(n => n.OpType.StartsWith("TreeEnsemble", StringComparison.Ordinal));
        ModelOptions options = test.Save(folder, flowing,
            exact ? 24 : trees ? 58 : test.Nodes.Any(n => n.OpType == "QuantizeLinear") ? 16 : 20) with
        { IOType = ioType };
        if (exact)
            options =
                options with
                {
                    Defaults = LayerSettings.Unset with
                    {
                        ResultPrecision = new PrecisionSpec.Exact(),
                        WeightPrecision = new PrecisionSpec.Auto(25)
                    }
                };
        DiagnosticBag diagnostics = new("model.onnx");
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        if (model is null)
        {
            Diagnostic first = diagnostics.Items.First(d => d.Descriptor.Severity == Severity.Error);
            return IsStated(first, test) ? new NodeTestOutcome(Limit: first.ToString(),
                IsRead: first.Descriptor != Descriptors.UnsupportedOperator)
                    : new NodeTestOutcome(Failure: $"refused for no limit that is stated: {first}");
        }
        ReferenceSimulator imported = new(model.Imported), transformed = new(model.Network);
        imported.Run(test.Sample(flowing));
        transformed.Run(test.Sample(flowing));
        ManagedSimulator simulator = new(model.Model.Network);
        simulator.Run(test.Sample(flowing));
        // Where several grids meet, the data are on the coarsest.
        double grid = model.Model.Network.Inputs.Max(i => i.Type.Ulp), worst = 0;
        int compared = 0;
        for (int k = 0; k < test.Outputs.Count; k++)
        {
            if (test.Outputs[k] is Tensor expected
                && Difference(k, model.Model.Network.Outputs[k].Value, expected) is string difference)
                return new NodeTestOutcome(Failure: $"output {k}: {difference}");
        }
        passed(model, simulator);
        return new NodeTestOutcome(Compared: compared, Error: worst);

        string? Difference(int output, Value typed, Tensor expected)
        {
            Value real = model.Network.Outputs[output].Value, read = model.Imported.Outputs[output].Value;
            if (!real.Shape.Dimensions.SequenceEqual(expected.Shape))
                return $"the shape is {real.Shape}, {expected.ShapeText} expected";
            double largest = expected.Values.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(1).Max();
            // Not initialized: no fixed-point type has its binary point there.
            if (largest > 0 && largest < Math.ScaleB(1, -320))
                return null;
            // Sixteen bits for the widest of the values on the way; exactly the number on the grid of the data.
            double bound = exact ? grid / 2 : Math.Max(4 * typed.Type.Ulp, Largest * largest / 10);
            if (largest > 0)
                bound = Math.Min(bound, Largest * largest);
            // Whole numbers on a grid of whole numbers are right or wrong.
            bool whole = Array.TrueForAll(expected.Values, e => !double.IsFinite(e) || e == Math.Round(e))
                && (exact ? grid : typed.Type.Ulp) == 1;
            if (whole)
                bound = Math.Min(bound, 0.49);
            for (int i = 0; i < expected.Values.Length; i++)
            {
                double e = expected.Values[i], firmware = simulator[typed][i] * typed.Type.Ulp;
                // Where ONNX has no result, fixed point has some number.
                if (double.IsNaN(e))
                    continue;
                // The tests' own numbers are float32, some rounded to four digits: ONNX's own bound is 1e-3 of each.
                foreach ((string which,
                    double value) in new[] { ("the model as imported", imported[read][i]),
                        ("the transformed network", transformed[real][i]) })
                {
                    if (!(value == e
                        || Math.Abs(value - e) <= Math.Max(1e-5 * Math.Max(1, largest), 1e-3 * Math.Abs(e))))
                        return $"element {i} of {which} is {value}, {e} expected";
                }
                compared++;
                worst = Math.Max(worst, largest > 0 ? Math.Abs(firmware - e) / largest : 0);
                if (!(Math.Abs(firmware - e) <= bound))
                    return $"element {i} of the firmware is {firmware} ({typed.Type}), {e} expected";
            }
            return null;
        }
    }

    private static bool IsStated(Diagnostic diagnostic, NodeTestCase test)
    {
        string text = diagnostic.ToString();
        if (diagnostic.Descriptor == Descriptors.UnsupportedOperator)
            return test.Nodes.Where(n => OperatorRegistry.Find(n.Domain, n.OpType) is null)
                .All(n => OperatorLimits.Unread.Any(u => u.Name == n.OpType));
        return OperatorLimits.Forms.Any(l => l.Code == diagnostic.Descriptor
            && text.Contains(l.Message, StringComparison.Ordinal)
            && (l.Operators.Length == 0
                || test.Nodes.Any((NodeProto n) => l.Operators.Split(", ").Contains(n.OpType))));
    }
}
