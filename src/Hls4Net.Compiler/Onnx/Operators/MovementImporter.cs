using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>Operators that move elements along axes.</summary>
internal static class MovementImporter
{
    public static Operand Concat(ImportNode node)
    {
        ImmutableArray<Operand> all = node.AllInputs();
        if (all.IsEmpty)
            throw node.Fail(Descriptors.InvalidGraph, "joins nothing");
        return Joined(node, all, node.Int("axis", node.Opset < 4 ? 1 : 0));
    }

    /// <summary>Tensors one behind another along an axis.</summary>
    internal static Operand Joined(ImportNode node, ImmutableArray<Operand> all, long axis)
    {
        // What has no elements adds nothing; exporters give it another rank, [0], at times.
        ImmutableArray<Operand> parts = [.. all.Where(o => o.Shape.Size > 0)];
        if (parts.IsEmpty)
            return node.Emit(new Concatenate(node.Axis(axis, all[0].Shape.Rank)), all);
        int at = node.Axis(axis, parts[0].Shape.Rank);
        return parts.Length == 1 ? parts[0] : node.Emit(new Concatenate(at), parts);
    }

    public static Operand Slice(ImportNode node)
    {
        Operand x = node.Input(0);
        bool attributes = node.Opset < 10;
        double[] starts = attributes ? Attribute(node, "starts") ?? [] : [.. node.RequireConstant(1, "starts").Values];
        double[] ends = attributes ? Attribute(node, "ends") ?? [] : [.. node.RequireConstant(2, "ends").Values];
        ImmutableArray<int> axes = (attributes ? node.Ints("axes") : node.TryIntegers(3, "axes"))
            ?? [.. Enumerable.Range(0, starts.Length)];
        double[] steps = (attributes ? null : node.TryConstant(4, "steps")?.Values.ToArray())
            ?? [.. starts.Select(_ => 1.0)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
            throw node.Fail(Descriptors.InvalidShape,
                $"has {starts.Length} starts, {ends.Length} ends, {axes.Length} axes and {steps.Length} steps");
        ImmutableArray<int>[] lists = All(x.Shape);
        for (int k = 0; k < axes.Length; k++)
        {
            int axis = node.Axis(axes[k], x.Shape.Rank), size = x.Shape[axis];
            if (steps[k] == 0)
                throw node.Fail(Descriptors.InvalidShape, "has a step of 0");
            // Ends far beyond the tensor mean its end; neither counts nor steps are longer than the axis.
            bool forward = steps[k] > 0;
            double step = Math.Clamp(steps[k], -size - 1, size + 1);
            double start = Math.Clamp(starts[k] < 0 ? starts[k] + size : starts[k], 0, forward ? size : size - 1);
            double end = Math.Clamp(ends[k] < 0 ? ends[k] + size : ends[k], forward ? 0 : -1,
                forward ? size : size - 1);
            List<int> list = [];
            for (double i = start; forward ? i < end : i > end; i += step)
                list.Add((int)i);
            lists[axis] = [.. list];
        }
        return Moved(node, "Slice", x, lists);
    }

    public static Operand Gather(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant indices = node.RequireConstant(1, "indices");
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Rank);
        Shape shape = node.Reserved([.. x.Shape.Dimensions[..axis], .. indices.Shape.Dimensions,
            .. x.Shape.Dimensions[(axis + 1)..]]);
        ImmutableArray<int>[] lists = All(x.Shape);
        lists[axis] = [.. indices.Values.Select(i => Index(node, i, x.Shape[axis]))];
        return Reshaped(node, Moved(node, "Gather", x, lists), shape);
    }

    public static Operand GatherElements(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant indices = node.RequireConstant(1, "indices");
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Rank);
        if (indices.Shape.Rank != x.Shape.Rank || Enumerable.Range(0, x.Shape.Rank)
            .Any(a => a != axis && indices.Shape[a] > x.Shape[a]))
            throw node.Fail(Descriptors.InvalidShape, $"takes {indices.Shape} elements of {x.Shape} along axis {axis}");
        int[] strides = x.Shape.Strides(), own = indices.Shape.Strides();
        int[] flat = new int[indices.Values.Length];
        for (int i = 0; i < flat.Length; i++)
        {
            for (int a = 0; a < strides.Length; a++)
                flat[i] += (a == axis ? Index(node, indices.Values[i], x.Shape[a])
                    : i / own[a] % indices.Shape[a]) * strides[a];
        }
        return Flat(node, "GatherElements", x, flat, indices.Shape);
    }

    public static Operand GatherND(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant indices = node.RequireConstant(1, "indices");
        int batch = (int)Math.Clamp(node.Int("batch_dims", 0), -1, int.MaxValue), rank = x.Shape.Rank,
            last = indices.Shape.Rank - 1;
        int depth = last < 0 ? 0 : indices.Shape[last];
        if (last < 0 || batch < 0 || batch > last || batch + depth > rank
            || Enumerable.Range(0, Math.Max(batch, 0)).Any(a => x.Shape[a] != indices.Shape[a]))
            throw node.Fail(Descriptors.InvalidShape,
                $"takes elements of {x.Shape} by indices {indices.Shape} with batch_dims = {batch}");
        Shape shape = node.Reserved([.. indices.Shape.Dimensions[..last], .. x.Shape.Dimensions[(batch + depth)..]]);
        int[] strides = x.Shape.Strides();
        int run = x.Shape.Product(batch + depth, rank), tuples = indices.Shape.Product(batch, last),
            block = x.Shape.Product(batch, rank);
        int[] flat = new int[shape.Size];
        for (int i = 0; i < flat.Length; i++)
        {
            int tuple = i / run;
            flat[i] = (tuple / tuples * block) + (i % run);
            for (int k = 0; k < depth; k++)
                flat[i] += Index(node, indices.Values[(tuple * depth) + k], x.Shape[batch + k]) * strides[batch + k];
        }
        return Flat(node, "GatherND", x, flat, shape);
    }

    public static Operand Expand(ImportNode node)
    {
        Operand x = node.Input(0);
        Shape target = node.Reserved([.. node.RequireConstant(1, "shape").Values]);
        Shape shape = Shape.Broadcast(x.Shape, target)
            ?? throw node.Fail(Descriptors.InvalidShape, $"cannot broadcast {x.Shape} to {target}");
        Shape full = new([.. Enumerable.Repeat(1, shape.Rank - x.Shape.Rank), .. x.Shape.Dimensions]);
        x = Reshaped(node, x, full);
        return Moved(node, "Expand", x,
            [.. Enumerable.Range(0, shape.Rank).Select(a => full[a] == shape[a] ? Whole(full[a])
                : [.. Enumerable.Repeat(0, node.Reserved(shape[a]).Size)])]);
    }

    public static Operand Tile(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant repeats = node.RequireConstant(1, "repeats");
        if (repeats.Values.Length != x.Shape.Rank)
            throw node.Fail(Descriptors.InvalidShape, $"has {repeats.Values.Length} repeats for {x.Shape}");
        Shape shape = node.Reserved([.. x.Shape.Dimensions.Select((d, a) => d * repeats.Values[a])]);
        return Moved(node, "Tile", x,
            [.. x.Shape.Dimensions.Select((d, a) =>
                ImmutableArray.CreateRange(Enumerable.Range(0, shape[a]).Select(i => i % d)))]);
    }

    public static Operand DepthToSpace(ImportNode node)
    {
        Operand x = node.Input(0);
        (int channels, int height, int width, int block) = Blocks(node, x.Shape);
        bool columnsFirst = Mode(node);
        int depth = channels / (block * block);
        if (depth * block * block != channels)
            throw node.Fail(Descriptors.InvalidShape,
                $"cannot spread {channels} channels over blocks of {block} x {block}");
        int[] split = columnsFirst ? [x.Shape[0], depth, block, block, height, width]
            : [x.Shape[0], block, block, depth, height, width];
        x = Reshaped(node, x, new Shape(split));
        x = node.Emit(new Transpose(columnsFirst ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]), x);
        return Reshaped(node, x, new Shape(x.Shape[0], depth, height * block, width * block));
    }

    public static Operand SpaceToDepth(ImportNode node)
    {
        Operand x = node.Input(0);
        (int channels, int height, int width, int block) = Blocks(node, x.Shape);
        if (height % block != 0 || width % block != 0)
            throw node.Fail(Descriptors.InvalidShape,
                $"cannot cut {height} x {width} pixels into blocks of {block} x {block}");
        int samples = x.Shape[0];
        x = Reshaped(node, x, new Shape(samples, channels, height / block, block, width / block, block));
        x = node.Emit(new Transpose([0, 3, 5, 1, 2, 4]), x);
        return Reshaped(node, x, new Shape(samples, channels * block * block, height / block, width / block));
    }

    public static Operand Pad(ImportNode node)
    {
        Operand x = node.Input(0);
        string mode = node.Text("mode", "constant");
        bool attributes = node.Opset < 11;
        double fill = (attributes ? node.Float("value", 0) : node.TryScalar(2, "fill")) ?? 0;
        ImmutableArray<int> pads = (attributes ? node.Ints("pads") : node.TryIntegers(1, "pads"))
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no pads");
        ImmutableArray<int> axes = (node.Opset < 18 ? null : node.TryIntegers(3, "axes"))
            ?? [.. Enumerable.Range(0, x.Shape.Rank)];
        if (pads.Length != 2 * axes.Length)
            throw node.Fail(Descriptors.InvalidShape, $"has {pads.Length} pads for {axes.Length} axes");
        ImmutableArray<int>[] lists = All(x.Shape);
        for (int k = 0; k < axes.Length; k++)
        {
            int axis = node.Axis(axes[k], x.Shape.Rank);
            lists[axis] = Padded(node, mode, x.Shape[axis], pads[k], pads[axes.Length + k]);
        }
        _ = node.Reserved([.. lists.Select(l => l.Length)]);
        return Moved(node, "Pad", x, lists, Constant.Scalar(fill));
    }

    public static Operand Split(ImportNode node)
    {
        Operand x = node.Input(0);
        int axis = node.Axis(node.Int("axis", 0), x.Shape.Rank), outputs = node.Proto.Output.Count,
            size = x.Shape[axis];
        long count = node.Opset < 18 ? outputs : node.Int("num_outputs", outputs);
        ImmutableArray<int>? given = node.Opset < 13 ? node.Ints("split") : node.TryIntegers(1, "parts");
        if (given is null && (count != outputs || (node.Opset < 18 && size % outputs != 0)))
            throw node.Fail(Descriptors.InvalidShape,
                $"cuts axis {axis} of {x.Shape} into {count} parts for {outputs} outputs");
        // Since set 18 the last part may be shorter.
        int part = (size + outputs - 1) / outputs;
        int[] parts = given is null
            ? [.. Enumerable.Range(0, outputs).Select(k => Math.Clamp(size - (k * part), 0, part))] : [.. given.Value];
        if (parts.Length != outputs || parts.Any(p => p < 0) || parts.Sum(p => (long)p) != size)
            throw node.Fail(Descriptors.InvalidShape,
                $"cuts axis {axis} of {x.Shape} into parts of [{string.Join(", ", parts)}] for {outputs} outputs");
        for (int k = 0, start = 0; k < outputs; start += parts[k++])
        {
            if (!node.HasOutput(k))
                continue;
            ImmutableArray<int>[] lists = All(x.Shape);
            lists[axis] = [.. Enumerable.Range(start, parts[k])];
            node.Define(k, Moved(node, "Split", x, lists, part: $"part{k}"));
        }
        return node.Result(0) ?? x;
    }

    public static Operand Trilu(ImportNode node)
    {
        Operand x = node.Input(0);
        bool upper = node.Int("upper", 1) != 0;
        double diagonal = node.TryScalar(1, "diagonal") ?? 0;
        if (x.Shape.Rank < 2)
            throw node.Fail(Descriptors.InvalidShape, $"needs matrices, but has {x.Shape}");
        Shape shape = x.Shape;
        int rows = shape[shape.Rank - 2], columns = shape[shape.Rank - 1], matrices = shape.Product(0, shape.Rank - 2);
        ImmutableArray<int> kept = [.. Enumerable.Range(0, rows * columns)
            .Select(i => (upper ? (i % columns) - (i / columns) >= diagonal : (i % columns) - (i / columns) <= diagonal)
                ? i : -1)];
        x = Reshaped(node, x, new Shape(matrices, rows * columns));
        return Reshaped(node, Moved(node, "Trilu", x, [Whole(matrices), kept], Constant.Scalar(0)), shape);
    }

    public static Operand ReverseSequence(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<int> lengths = node.TryIntegers(1, "sequence lengths")
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no sequence lengths");
        int batch = node.Axis(node.Int("batch_axis", 1), x.Shape.Rank),
            time = node.Axis(node.Int("time_axis", 0), x.Shape.Rank);
        if (batch == time || lengths.Length != x.Shape[batch] || lengths.Any(l => l < 0 || l > x.Shape[time]))
            throw node.Fail(Descriptors.InvalidShape, $"reverses [{string.Join(", ", lengths)}] steps of {x.Shape}");
        int[] strides = x.Shape.Strides();
        int[] flat = [.. Enumerable.Range(0, x.Shape.Size)];
        for (int i = 0; i < flat.Length; i++)
        {
            int length = lengths[i / strides[batch] % x.Shape[batch]], step = i / strides[time] % x.Shape[time];
            if (step < length)
                flat[i] += (length - 1 - step - step) * strides[time];
        }
        return Flat(node, "ReverseSequence", x, flat, x.Shape);
    }

    public static Operand Compress(ImportNode node)
    {
        Operand x = node.Input(0);
        Constant condition = node.RequireConstant(1, "condition");
        int[] kept = [.. Enumerable.Range(0, condition.Values.Length).Where(i => condition.Values[i] != 0)];
        if (node.Attribute("axis", AttributeType.Int) is null)
            return Flat(node, "Compress", x, kept, new Shape(kept.Length));
        ImmutableArray<int>[] lists = All(x.Shape);
        lists[node.Axis(node.Int("axis", 0), x.Shape.Rank)] = [.. kept];
        return Moved(node, "Compress", x, lists);
    }

    /// <summary>All elements of every axis.</summary>
    internal static ImmutableArray<int>[] All(Shape shape) => [.. shape.Dimensions.Select(Whole)];

    /// <summary>The tensor with its elements moved along each axis; itself where none is.</summary>
    internal static Operand Moved(ImportNode node, string kind, Operand x, ImmutableArray<int>[] axes,
        Constant? fill = null, string? part = null)
    {
        bool still = axes.Length == x.Shape.Rank && axes.Select((list, axis) => list.Length == x.Shape[axis]
            && list.SequenceEqual(Enumerable.Range(0, list.Length))).All(same => same);
        return still ? x : node.Emit(new Rearrange(kind, [.. axes], axes.Any(a => a.Contains(-1)) ? fill : null), x,
            part);
    }

    internal static Operand Reshaped(ImportNode node, Operand x, Shape shape) => x.Shape == shape ? x
        : node.Emit(new Reshape(shape), x);

    private static Operand Flat(ImportNode node, string kind, Operand x, int[] indices, Shape shape) =>
        Reshaped(node, Moved(node, kind, Reshaped(node, x, new Shape(x.Shape.Size)), [[.. indices]]), shape);

    private static ImmutableArray<int> Whole(int size) => [.. Enumerable.Range(0, size)];

    private static double[]? Attribute(ImportNode node, string name) =>
        node.Attribute(name, AttributeType.Ints)?.Ints.Select(i => (double)i).ToArray();

    private static int Index(ImportNode node, double index, int size) =>
        index == Math.Truncate(index) && index >= -size && index < size
            ? (int)(index < 0 ? index + size : index)
            : throw node.Fail(Descriptors.InvalidShape, $"takes element {index} of {size}");

    private static (int Channels, int Height, int Width, int Block) Blocks(ImportNode node, Shape x)
    {
        long block = node.Int("blocksize", 0);
        if (x.Rank != 4 || block is < 1 or > 1 << 12)
            throw node.Fail(Descriptors.InvalidShape, $"has blocks of {block} for {x}; images [N, C, H, W] are needed");
        return (x[1], x[2], x[3], (int)block);
    }

    private static bool Mode(ImportNode node)
    {
        string mode = node.Opset < 11 ? "DCR" : node.Text("mode", "DCR");
        return mode is "DCR" or "CRD" ? mode == "CRD"
            : throw node.Fail(Descriptors.UnsupportedForm, $"has the mode '{mode}', which ONNX does not define");
    }

    private static ImmutableArray<int> Padded(ImportNode node, string mode, int size, int before, int after)
    {
        // What is taken off comes first: the rest is what the others repeat.
        int start = Math.Max(0, -(long)before) > size ? size : Math.Max(0, -before),
            length = (int)Math.Max(0, (long)size - start + Math.Min(after, 0));
        (before, after) = (Math.Max(before, 0), Math.Max(after, 0));
        Shape shape = node.Reserved((double)before + length + after);
        if (length == 0 && mode != "constant" && shape.Size > 0)
            throw node.Fail(Descriptors.InvalidShape,
                $"repeats elements of an axis of {size}, of which it leaves none");
        int period = Math.Max(1, 2 * (length - 1));
        return [.. Enumerable.Range(-before, shape.Size).Select(i => Source(i) is int s and >= 0 ? start + s : -1)];

        int Source(int i) => i >= 0 && i < length ? i : mode switch
        {
            "constant" => -1,
            "edge" => Math.Clamp(i, 0, length - 1),
            "reflect" => length == 1 ? 0 : Mirrored(((i % period) + period) % period),
            "wrap" => ((i % length) + length) % length,
            _ => throw node.Fail(Descriptors.UnsupportedForm, $"has the mode '{mode}', which ONNX does not define"),
        };

        int Mirrored(int i) => i < length ? i : period - i;
    }
}
