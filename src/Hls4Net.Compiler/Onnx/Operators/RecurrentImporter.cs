using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Recurrent layers. The product with the input is one product for all steps, ahead of them; each step is a
/// <see cref="RecurrentCell"/>.
/// </summary>
internal static class RecurrentImporter
{
    private const int LengthsInput = 4, StatesInput = 5, PeepholesInput = 7;

    private delegate RecurrentCell MakeCell(ImportNode node, RecurrentWeights weights,
        ImmutableArray<RecurrentActivation> activations, double? clip, int direction);

    public static Operand Rnn(ImportNode node) => Import(node, 1, 1, ["tanh"],
        (inside, weights, activations, clip, _) => new RnnCell(inside, weights, activations, clip));

    public static Operand Gru(ImportNode node)
    {
        bool resetsProduct = node.Int("linear_before_reset", 0) != 0;
        return Import(node, 3, 1, ["sigmoid", "tanh"],
            (inside, weights, activations, clip, _) => new GruCell(inside, weights, activations, clip, resetsProduct));
    }

    public static Operand Lstm(ImportNode node)
    {
        bool couples = node.Int("input_forget", 0) != 0;
        Constant? peepholes = node.TryConstant(PeepholesInput, "peepholes");
        return Import(node, 4, 2, ["sigmoid", "tanh", "tanh"],
            (inside, weights, activations, clip, direction) => new LstmCell(inside, weights, activations, clip,
                Peepholes(node, peepholes, direction, weights.Units), couples));
    }

    private static Constant? Peepholes(ImportNode node, Constant? all, int direction, int units)
    {
        if (all is null)
            return null;
        if (all.Shape.Rank != 2 || all.Shape[1] != 3 * units || all.Shape[0] <= direction)
            throw node.Fail(Descriptors.InvalidShape, $"has peepholes {all.Shape} for {units} units");
        Constant own = all.Pick(new Shape(3 * units), [.. Enumerable.Range(direction * 3 * units, 3 * units)]);
        return own.Values.All(v => v == 0) ? null : own;
    }

    private static Operand Import(ImportNode node, int gates, int states, ImmutableArray<string> functions,
        MakeCell cell)
    {
        string direction = node.Text("direction", "forward").ToLowerInvariant();
        ImmutableArray<bool> reverses = direction switch
        {
            "forward" => [false],
            "reverse" => [true],
            "bidirectional" => [false, true],
            _ => throw node.Fail(Descriptors.UnsupportedForm,
                $"has the direction '{direction}', which ONNX does not define"),
        };
        // Of the first version; all outputs are optional since.
        node.Ignore("output_sequence");
        bool batchFirst = node.Int("layout", 0) != 0;
        double? clip = node.Attribute("clip", AttributeType.Float) is null ? null : node.Float("clip", 0);
        if (clip <= 0)
            throw node.Fail(Descriptors.InvalidGraph, $"holds arguments within a clip of {clip}");
        ImmutableArray<ImmutableArray<RecurrentActivation>> activations =
            RecurrentActivation.Read(node, reverses.Length, functions);
        Operand x = node.Input(0);
        if (x.Shape.Rank != 3)
            throw node.Fail(Descriptors.InvalidShape, $"reads {x.Shape} where steps, samples and elements are needed");
        x = Permuted(node, x, batchFirst ? [1, 0, 2] : [0, 1, 2], "steps");
        int steps = x.Shape[0], samples = x.Shape[1];
        ImmutableArray<int> lengths = node.TryIntegers(LengthsInput, "lengths of the sequences")
            ?? [.. Enumerable.Repeat(steps, samples)];
        if (lengths.Length != samples || lengths.Any(l => l < 0 || l > steps))
            throw node.Fail(Descriptors.InvalidShape,
                $"has the lengths {string.Join(", ", lengths)} for {samples} sequences of {steps} steps");
        List<RecurrentRun> runs = [];
        for (int d = 0; d < reverses.Length; d++)
        {
            RecurrentWeights weights = RecurrentWeights.Read(node, d, reverses.Length, gates);
            ImmutableArray<Operand> initial = [.. Enumerable.Range(0, states)
                .Select(k => Initial(node, k, d, reverses.Length, samples, weights.Units, batchFirst))];
            string name = reverses.Length == 1 ? "" : reverses[d] ? "reverse_" : "forward_";
            int own = d;
            runs.Add(RecurrentRun.Of(node, inside => cell(inside, weights, activations[own], clip, own), weights, x,
                initial, lengths, reverses[d], name));
        }
        for (int k = 0; k < states; k++)
        {
            if (node.HasOutput(k + 1))
                node.Define(k + 1, Permuted(node, Joined(node, runs.Select(r => r.Final[k]), 0, $"final{k}"),
                    batchFirst ? [1, 0, 2] : [0, 1, 2], $"final{k}_layout"));
        }
        if (!node.HasOutput(0))
            return runs[0].Final[0];
        return Permuted(node, Joined(node, runs.Select(r => r.Sequence!), 1, "sequence"),
            batchFirst ? [2, 0, 1, 3] : [0, 1, 2, 3], "layout");
    }

    // What a state begins with, [samples, units]; zeros where the node does not say.
    private static Operand Initial(ImportNode node, int state, int direction, int directions, int samples, int units,
        bool batchFirst)
    {
        if (node.TryInput(StatesInput + state) is not Operand given)
            return new Operand("", new Constant(new Shape(samples, units), [.. new double[samples * units]]));
        Shape expected = batchFirst ? new Shape(samples, directions, units) : new Shape(directions, samples, units);
        return given.Shape == expected
            ? ControlImporter.Element(node, given, batchFirst ? 1 : 0, direction, $"initial{state}_{direction}")
            : throw node.Fail(Descriptors.InvalidShape, $"begins with {given.Shape} where {expected} is needed");
    }

    // The results of all directions side by side, with an axis for them.
    private static Operand Joined(ImportNode node, IEnumerable<Operand> results, int axis, string part)
    {
        ImmutableArray<Operand> parts = [.. results.Select((r, d) => node.Emit(
            new Reshape(new Shape([.. r.Shape.Dimensions.Insert(axis, 1)])), r, $"{part}_direction{d}"))];
        return parts.Length == 1 ? parts[0] : node.Emit(new Concatenate(axis), parts, part);
    }

    // Axes of one element move without moving anything.
    private static Operand Permuted(ImportNode node, Operand x, ImmutableArray<int> axes, string part)
    {
        Shape shape = new([.. axes.Select(a => x.Shape[a])]);
        int[] moved = [.. axes.Where(a => x.Shape[a] != 1)];
        return axes.SequenceEqual(Enumerable.Range(0, axes.Length)) ? x
            : moved.SequenceEqual(moved.Order()) ? node.Emit(new Reshape(shape), x, part)
            : node.Emit(new Transpose(axes), x, part);
    }
}
