using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Branches and loops: what constants decide is done when the model is read, so that hardware sees straight lines only.
/// </summary>
internal static class ControlImporter
{
    /// <summary>The branch that a constant condition takes; of a computed one both, and a selection.</summary>
    public static Operand If(ImportNode node)
    {
        GraphProto then = node.Graph("then_branch"), otherwise = node.Graph("else_branch");
        Operand condition = node.Input(0);
        if (condition.Shape.Size != 1)
            throw node.Fail(Descriptors.InvalidShape,
                $"has the condition '{condition.Name}' of shape {condition.Shape} where one truth value is needed");
        ImmutableArray<Operand> results = condition.Constant is Constant known
            ? node.Body(known.Values[0] != 0 ? then : otherwise, [])
            : Selected(node, condition, node.Body(then, []), node.Body(otherwise, []));
        return Results(node, [.. results]);
    }

    /// <summary>
    /// trip count, condition, values that iterations hand on; the body takes the iteration, the condition and these,
    /// and gives the next, and rows that are stacked.
    /// </summary>
    public static Operand Loop(ImportNode node)
    {
        GraphProto body = node.Graph("body");
        double? trips = node.TryScalar(0, "trip count");
        Operand? condition = node.TryInput(1);
        Operand always = Truth(true);
        bool goesOn = condition is null || IsTrue(node, condition);
        ImmutableArray<Operand> carried = [.. Enumerable.Range(2, Math.Max(0, node.Proto.Input.Count - 2))
            .Select(node.Any)];
        int own = carried.Length, stacks = body.Output.Count - 1 - own;
        if (stacks < 0)
            throw node.Fail(Descriptors.InvalidGraph, $"hands on {own} values, but its body gives {body.Output.Count}");
        List<ImmutableArray<Operand>> rows = [];
        for (int i = 0; goesOn && (trips is null || i < trips); i++)
        {
            ImmutableArray<Operand> results = node.Body(body,
                [new Operand("", Constant.Scalar(i)) { ElementType = DataType.Int64 }, always, .. carried], i);
            carried = results.Slice(1, own);
            rows.Add(results.Slice(1 + own, stacks));
            // The last iteration's answer changes nothing, and without a condition no answer does.
            if (condition is not null && !(i + 1 >= trips))
                goesOn = IsTrue(node, results[0]);
        }
        return Results(node,
            [.. carried, .. Enumerable.Range(0, stacks).Select(k => node.HasOutput(own + k)
                ? Stacked(node, [.. rows.Select(r => r[k])], body.Output[1 + own + k], k) : null)]);
    }

    /// <summary>
    /// Values that iterations hand on, and tensors that they take apart along an axis each; the results are stacked
    /// along axes.
    /// </summary>
    public static Operand Scan(ImportNode node)
    {
        if (node.Opset < 9)
            return ScanOfSamples(node);
        GraphProto body = node.Graph("body");
        int scanned = (int)Math.Clamp(node.Int("num_scan_inputs", 0), 0, int.MaxValue),
            own = node.Proto.Input.Count - scanned, stacks = body.Output.Count - own;
        if (own < 0 || stacks < 0 || scanned == 0)
            throw node.Fail(Descriptors.InvalidGraph,
                $"takes {scanned} of its {node.Proto.Input.Count} inputs apart, and its body gives {body.Output.Count} "
                + "values");
        ImmutableArray<int> inputAxes = PerOperand("scan_input_axes", scanned),
            backwards = PerOperand("scan_input_directions", scanned);
        ImmutableArray<int> outputAxes = PerOperand("scan_output_axes", stacks),
            prepended = PerOperand("scan_output_directions", stacks);
        ImmutableArray<Operand> carried = [.. Enumerable.Range(0, own).Select(node.Input)],
            sources = [.. Enumerable.Range(own, scanned).Select(node.Input)];
        ImmutableArray<int> axes = [.. sources.Select((s, k) => node.Axis(inputAxes[k], s.Shape.Rank))];
        int length = sources[0].Shape[axes[0]];
        if (sources.Where((s, k) => s.Shape[axes[k]] != length).Any())
            throw node.Fail(Descriptors.InvalidShape,
                $"takes tensors of different lengths apart: {string.Join(", ", sources.Select(s => s.Shape))}");
        List<ImmutableArray<Operand>> rows = [];
        for (int i = 0; i < length; i++)
        {
            ImmutableArray<Operand> elements = [.. sources.Select((s, k) =>
                Element(node, s, axes[k], backwards[k] == 0 ? i : length - 1 - i, $"step{i}_{k}"))];
            ImmutableArray<Operand> results = node.Body(body, [.. carried, .. elements], i);
            carried = results.Slice(0, own);
            rows.Add(results.Slice(own, stacks));
        }
        return Results(node,
            [.. carried, .. Enumerable.Range(0, stacks).Select(k => node.HasOutput(own + k) ? Output(k) : null)]);

        Operand Output(int k)
        {
            IEnumerable<Operand> parts = rows.Select(r => r[k]);
            Operand stacked = Stacked(node, [.. prepended[k] == 0 ? parts : parts.Reverse()], body.Output[own + k], k);
            int axis = node.Axis(outputAxes[k], stacked.Shape.Rank);
            return axis == 0 ? stacked
                : node.Emit(new Transpose([.. Enumerable.Range(1, axis), 0,
                    .. Enumerable.Range(axis + 1, stacked.Shape.Rank - axis - 1)]), stacked, $"output{k}");
        }

        ImmutableArray<int> PerOperand(string name, int count)
        {
            ImmutableArray<int> given = node.Ints(name) ?? [.. Enumerable.Repeat(0, count)];
            return given.Length == count ? given
                : throw node.Fail(Descriptors.InvalidGraph, $"has {given.Length} {name} for {count} operands");
        }
    }

    // The form of set 8: all have an axis of samples before the others, each of which runs on its own.
    private static Operand ScanOfSamples(ImportNode node)
    {
        GraphProto body = node.Graph("body");
        int scanned = (int)Math.Clamp(node.Int("num_scan_inputs", 0), 0, int.MaxValue),
            own = node.Proto.Input.Count - 1 - scanned, stacks = body.Output.Count - own;
        if (own < 0 || stacks < 0 || scanned == 0)
            throw node.Fail(Descriptors.InvalidGraph,
                $"takes {scanned} of its {node.Proto.Input.Count - 1} operands apart, and its body gives "
                + $"{body.Output.Count} values");
        ImmutableArray<int> backwards = node.Ints("directions") ?? [.. Enumerable.Repeat(0, scanned)];
        ImmutableArray<Operand> first = [.. Enumerable.Range(1, own).Select(node.Input)],
            sources = [.. Enumerable.Range(1 + own, scanned).Select(node.Input)];
        if (backwards.Length != scanned || sources.Any(s => s.Shape.Rank < 2)
            || first.Concat(sources).Any(o => o.Shape.Rank < 1 || o.Shape[0] != sources[0].Shape[0])
            || sources.Any(s => s.Shape[1] != sources[0].Shape[1]))
            throw node.Fail(Descriptors.InvalidShape, "takes tensors apart of which samples or steps are not as many: "
                + string.Join(", ", first.Concat(sources).Select(o => o.Shape)));
        (int samples, int length) = (sources[0].Shape[0], sources[0].Shape[1]);
        if (node.TryConstant(0, "lengths of the sequences") is Constant lengths && lengths.Values.Any(l => l != length))
            throw node.Fail(Descriptors.UnsupportedForm,
                $"has sequences that end before their {length} steps; whole ones are supported");
        List<ImmutableArray<Operand>> all = [];
        for (int s = 0; s < samples; s++)
        {
            ImmutableArray<Operand> carried =
                [.. first.Select((f, k) => Element(node, f, 0, s, $"sample{s}_state{k}"))];
            ImmutableArray<Operand> sequences =
                [.. sources.Select((x, k) => Element(node, x, 0, s, $"sample{s}_input{k}"))];
            List<ImmutableArray<Operand>> rows = [];
            for (int i = 0; i < length; i++)
            {
                ImmutableArray<Operand> results = node.Body(body,
                    [.. carried, .. sequences.Select((x, k) => Element(node, x, 0,
                        backwards[k] == 0 ? i : length - 1 - i, $"sample{s}_step{i}_{k}"))], (s * length) + i);
                carried = results.Slice(0, own);
                rows.Add(results.Slice(own, stacks));
            }
            all.Add([.. carried, .. Enumerable.Range(0, stacks)
                .Select(k => Stacked(node, [.. rows.Select(r => r[k])], body.Output[own + k], k))]);
        }
        return Results(node, [.. Enumerable.Range(0, own + stacks).Select(k => node.HasOutput(k)
            ? Stacked(node, [.. all.Select(r => r[k])], body.Output[k], k) : null)]);
    }

    /// <summary>One slice of a tensor, without the axis.</summary>
    internal static Operand Element(ImportNode node, Operand x, int axis, int index, string part)
    {
        ImmutableArray<int>[] lists = MovementImporter.All(x.Shape);
        lists[axis] = [index];
        Operand slice = MovementImporter.Moved(node, "Slice", x, lists, part: part);
        return WithShape(node, slice, new Shape([.. x.Shape.Dimensions.RemoveAt(axis)]), $"{part}_element");
    }

    /// <summary>Tensors side by side along a new first axis.</summary>
    private static Operand Stacked(ImportNode node, ImmutableArray<Operand> rows, ValueInfoProto declared, int index)
    {
        if (rows.IsEmpty)
            return Nothing(node, declared);
        if (rows.FirstOrDefault(r => !r.IsTensor) is Operand sequence)
            throw node.Fail(Descriptors.InvalidGraph, $"stacks '{sequence.Name}', which is no tensor");
        ImmutableArray<Operand> parts = [.. rows.Select((r, i) =>
            WithShape(node, r, new Shape([1, .. r.Shape.Dimensions]), $"stack{index}_row{i}"))];
        return parts.Length == 1 ? parts[0] : node.Emit(new Concatenate(0), parts, $"stack{index}");
    }

    // No iteration has been: only the graph says what one would have given.
    private static Operand Nothing(ImportNode node, ValueInfoProto declared)
    {
        TensorShapeProto? shape = declared.Type?.TensorType?.Shape;
        return shape is not null
            && shape.Dim.All(d => d.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue)
            ? new Operand(declared.Name,
                new Constant(new Shape([0, .. shape.Dim.Select(d => (int)Math.Clamp(d.DimValue, -1, int.MaxValue))]),
                    []))
            { ElementType = (DataType)declared.Type!.TensorType.ElemType }
            : throw node.Fail(Descriptors.DynamicShape,
                $"runs no iteration, and the shape of its output '{declared.Name}' is not known");
    }

    private static ImmutableArray<Operand> Selected(ImportNode node, Operand condition, ImmutableArray<Operand> then,
        ImmutableArray<Operand> otherwise)
    {
        if (then.Length != otherwise.Length)
            throw node.Fail(Descriptors.InvalidGraph, $"has branches of {then.Length} and {otherwise.Length} results");
        condition = WithShape(node, condition, new Shape(), "condition");
        return [.. then.Zip(otherwise, (a, b) => (a, b))
            .Select((pair, k) => pair.a.IsTensor && pair.b.IsTensor && pair.a.Shape == pair.b.Shape
            ? node.Emit(new Select(), [condition, pair.a, pair.b], k == 0 ? null : $"result{k}")
            : throw node.Fail(Descriptors.UnsupportedForm,
                $"computes its condition '{condition.Name}', and its branches give {Form(pair.a)} and {Form(pair.b)}; "
                + "both must give tensors of one shape"))];

        static string Form(Operand o) => o.IsTensor ? o.Shape.ToString()! : "a sequence";
    }

    // Of what nobody reads nothing is made.
    private static Operand Results(ImportNode node, ImmutableArray<Operand?> results)
    {
        if (results.Length < node.Proto.Output.Count)
            throw node.Fail(Descriptors.InvalidGraph,
                $"has {node.Proto.Output.Count} outputs, but its graph gives {results.Length}");
        for (int k = 0; k < node.Proto.Output.Count; k++)
        {
            if (results[k] is Operand result)
                node.Define(k, result);
        }
        return results.First(r => r is not null)!;
    }

    private static bool IsTrue(ImportNode node, Operand condition) => condition.Constant switch
    {
        { Values.Length: 1 } c => c.Values[0] != 0,
        null => throw node.Fail(Descriptors.UnsupportedForm,
            $"computes whether it goes on ('{condition.Name}'); a condition of constants and shapes is supported"),
        Constant c => throw node.Fail(Descriptors.InvalidShape,
            $"has a condition of shape {c.Shape} where one truth value is needed"),
    };

    internal static Operand Truth(bool value) =>
        new("", Constant.Scalar(value ? 1 : 0)) { ElementType = DataType.Bool };

    private static Operand WithShape(ImportNode node, Operand x, Shape shape, string part) => x.Shape == shape ? x
        : node.Emit(new Reshape(shape), x, part);
}
