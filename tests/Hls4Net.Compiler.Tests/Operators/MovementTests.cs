using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Operators that move elements along axes, against their definitions by indices.</summary>
public sealed class MovementTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 3, 4, 5);

    public static TheoryData<int[], int[], int[], int[]?> Slices => new()
    {
        { [1], [3], [2], null },
        { [1, 0], [3, 4], [2, 3], [1, 2] },
        { [-1], [-100], [3], [-1] },
        { [-2], [0], [3], [-2] },
        { [4, 100], [-100, 0], [3, 2], [-3, -1] },
        { [0], [int.MaxValue], [-2], [3] },
        { [1], [2], [1], null },
        { [0, 0, 0, 0], [1, 2, 3, 4], [0, 1, 2, 3], [1, 1, 2, 3] },
    };

    [Theory]
    [MemberData(nameof(Slices))]
    public void Slice(int[] starts, int[] ends, int[] axes, int[]? steps)
    {
        NdArray expected = s_x;
        for (int k = 0; k < starts.Length; k++)
        {
            int axis = axes[k] < 0 ? axes[k] + 4 : axes[k], step = steps?[k] ?? 1, start = starts[k], end = ends[k];
            // Python's slices.
            int size = expected.Shape[axis], low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
            start = Math.Clamp(start < 0 ? start + size : start, low, high);
            end = Math.Clamp(end < 0 ? end + size : end, low, high);
            int[] kept = [.. Enumerable.Range(0, size).Select(i => start + (i * step))
                .TakeWhile(i => step > 0 ? i < end : i > end)];
            expected = expected.Take(axis, kept);
        }
        foreach (int opset in new[] { 10, 11, 13 })
            OperatorTest.ExpectNode(opset, "Slice", s_x, [], expected, Numbers(starts), Numbers(ends), Numbers(axes),
                steps is null ? null : Numbers(steps));
        OperatorTest.ExpectFolded(13, "Slice", s_x, [], expected, Numbers(starts), Numbers(ends), Numbers(axes),
            steps is null ? null : Numbers(steps));
        if (steps is null)
            OperatorTest.ExpectNode(9, "Slice", s_x,
                [("starts", Longs(starts)), ("ends", Longs(ends)), ("axes", Longs(axes))], expected);
    }

    [Theory]
    [InlineData(0, new[] { 0, 0 }, new[] { 2 })]
    [InlineData(1, new[] { 2, -3, 1, 1 }, new[] { 2, 2 })]
    [InlineData(-1, new[] { 3 }, new int[0])]
    [InlineData(2, new[] { 3, 1, 0, 2, 3, 0 }, new[] { 2, 1, 3 })]
    public void Gather(int axis, int[] indices, int[] shape)
    {
        int at = axis < 0 ? axis + 4 : axis;
        NdArray taken = s_x.Take(at, [.. indices.Select(i => i < 0 ? i + s_x.Shape[at] : i)]);
        NdArray expected = taken.Reshape([.. s_x.Shape[..at], .. shape, .. s_x.Shape[(at + 1)..]]);
        foreach (int opset in new[] { 6, 11, 13 })
            OperatorTest.ExpectNode(opset, "Gather", s_x, [("axis", axis)], expected, Numbers(indices).Reshape(shape));
        OperatorTest.ExpectFolded(13, "Gather", s_x, [("axis", axis)], expected, Numbers(indices).Reshape(shape));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(2)]
    public void GatherElements(int axis)
    {
        int at = axis < 0 ? axis + 4 : axis;
        Random random = new(axis + 10);
        int[] shape = [1, 2, 3, 4];
        NdArray indices = NdArray.Make(shape, _ => random.Next(-s_x.Shape[at], s_x.Shape[at]));
        NdArray expected = NdArray.Make(shape,
            i => s_x[[.. i.Select((v, a) => a != at ? v : (int)indices[i] < 0 ? (int)indices[i] + s_x.Shape[at]
                : (int)indices[i])]]);
        OperatorTest.ExpectNode(13, "GatherElements", s_x, [("axis", axis)], expected, indices);
        OperatorTest.ExpectFolded(13, "GatherElements", s_x, [("axis", axis)], expected, indices);
    }

    [Theory]
    [InlineData(0, 2, new[] { 2 })]
    [InlineData(0, 4, new[] { 3, 1 })]
    [InlineData(1, 2, new[] { 1, 3 })]
    [InlineData(1, 3, new[] { 1 })]
    public void GatherND(int batch, int depth, int[] outer)
    {
        Random random = new(batch + depth);
        int[] shape = [.. outer, depth];
        NdArray indices = NdArray.Make(shape, i => random.Next(-s_x.Shape[batch + i[^1]], s_x.Shape[batch + i[^1]]));
        int[] result = [.. outer, .. s_x.Shape[(batch + depth)..]];
        NdArray expected = NdArray.Make(result, i =>
        {
            int[] tuple = [.. Enumerable.Range(0, depth).Select(k => (int)indices[[.. i[..outer.Length], k]])
                .Select((v, k) => v < 0 ? v + s_x.Shape[batch + k] : v)];
            return s_x[[.. i[..batch], .. tuple, .. i[outer.Length..]]];
        });
        OperatorTest.ExpectNode(13, "GatherND", s_x, batch == 0 ? [] : [("batch_dims", batch)], expected, indices);
    }

    [Theory]
    [InlineData(new[] { 1, 3, 4 }, new[] { 2, 3, 4 })]
    [InlineData(new[] { 1, 3, 1 }, new[] { 2, 1, 4 })]
    [InlineData(new[] { 3 }, new[] { 2, 4, 1 })]
    [InlineData(new[] { 1, 3 }, new[] { 1 })]
    public void Expand(int[] shape, int[] to)
    {
        NdArray x = NdArray.Random(new Random(2), shape), expected = NdArray.Broadcast(x, new NdArray(to), (v, _) => v);
        OperatorTest.ExpectNode(8, "Expand", x, [], expected, Numbers(to));
        OperatorTest.ExpectFolded(13, "Expand", x, [], expected, Numbers(to));
    }

    [Fact]
    public void Tile()
    {
        NdArray expected = NdArray.Make([2, 3, 8, 15], i => s_x[0, i[1], i[2] % 4, i[3] % 5]);
        OperatorTest.ExpectNode(6, "Tile", s_x, [], expected, Numbers(2, 1, 2, 3));
        OperatorTest.ExpectFolded(13, "Tile", s_x, [], expected, Numbers(2, 1, 2, 3));
    }

    [Theory]
    [InlineData("DCR")]
    [InlineData("CRD")]
    public void Depth_and_space(string mode)
    {
        NdArray x = NdArray.Random(new Random(3), 1, 8, 2, 3);
        NdArray expected = NdArray.Make([1, 2, 4, 6], i => mode == "DCR"
            ? x[0, (((i[2] % 2 * 2) + (i[3] % 2)) * 2) + i[1], i[2] / 2, i[3] / 2]
            : x[0, (i[1] * 4) + (i[2] % 2 * 2) + (i[3] % 2), i[2] / 2, i[3] / 2]);
        OperatorTest.ExpectNode(13, "DepthToSpace", x, [("blocksize", 2), ("mode", mode)], expected);
        if (mode == "DCR")
            OperatorTest.ExpectNode(13, "SpaceToDepth", expected, [("blocksize", 2)], x);
    }

    [Theory]
    [InlineData("constant", 2, 3, 1)]
    [InlineData("edge", 2, 3, 1)]
    [InlineData("reflect", 2, 3, 1)]
    [InlineData("reflect", 9, 11, 0)]
    [InlineData("wrap", 2, 7, 1)]
    [InlineData("constant", -1, 2, 0)]
    [InlineData("constant", -1, -2, 0)]
    [InlineData("edge", -1, 2, -1)]
    [InlineData("reflect", 2, -1, 0)]
    [InlineData("wrap", -2, 3, 0)]
    public void Pad(string mode, int before, int after, int other)
    {
        // What is taken off goes first.
        NdArray cut = s_x.Take(3,
            [.. Enumerable.Range(Math.Max(0, -before), 5 - Math.Max(0, -before) - Math.Max(0, -after))]);
        cut = cut.Take(2, [.. Enumerable.Range(Math.Max(0, -other), 4 - Math.Max(0, -other))]);
        int rows = Math.Max(other, 0), start = Math.Max(before, 0), width = cut.Shape[3], height = cut.Shape[2];
        NdArray expected = NdArray.Make([1, 3, height + rows, start + width + Math.Max(after, 0)], i =>
        {
            int row = At(i[2] - rows, height), column = At(i[3] - start, width);
            return row < 0 || column < 0 ? 1.5 : cut[0, i[1], row, column];
        });
        int[] pads = [0, 0, other, before, 0, 0, 0, after];
        foreach (int opset in new[] { 11, 13, 18 })
            OperatorTest.ExpectNode(opset, "Pad", s_x, [("mode", mode)], expected, Numbers(pads),
                new NdArray([], [1.5]));
        OperatorTest.ExpectNode(6, "Pad", s_x, [("mode", mode), ("pads", Longs(pads)), ("value", 1.5f)], expected);
        OperatorTest.ExpectNode(18, "Pad", s_x, [("mode", mode)], expected, Numbers(before, other, after, 0),
            new NdArray([], [1.5]), Numbers(-1, 2));

        int At(int i, int size)
        {
            if (i >= 0 && i < size)
                return i;
            switch (mode)
            {
                case "constant":
                    return -1;
                case "edge":
                    return i < 0 ? 0 : size - 1;
                case "wrap":
                    return i < 0 ? At(i + size, size) : At(i - size, size);
                default:
                    return i < 0 ? At(-i, size) : At((2 * (size - 1)) - i, size);
            }
        }
    }

    [Theory]
    [InlineData(13, 2, new[] { 1, 3 })]
    [InlineData(13, -1, new[] { 2, 2, 1 })]
    [InlineData(11, 3, new[] { 4, 1 })]
    [InlineData(18, 2, null)]
    [InlineData(18, 3, null)]
    [InlineData(11, 2, null)]
    public void Split(int opset, int axis, int[]? parts)
    {
        int at = axis < 0 ? axis + 4 : axis, size = s_x.Shape[at];
        // Halves, of which since set 18 the first may be longer.
        int[] sizes = parts ?? [(size + 1) / 2, size / 2];
        for (int k = 0, start = 0; k < sizes.Length; start += sizes[k++])
        {
            ModelBuilder model = new ModelBuilder(opset).Input("x", 1, 3, 4, 5);
            bool byInput = parts is not null && opset >= 13;
            if (byInput)
                model.Integers("parts", Longs(parts!));
            model.Node("Split", byInput ? ["x", "parts"] : ["x"], "y0",
                [("axis", axis), .. parts is not null && !byInput ? [("split", Longs(parts))] : opset == 18
                    && parts is null ? new (string, object)[] { ("num_outputs", 2) } : []]);
            model.Last.Output.Add([.. Enumerable.Range(1, sizes.Length - 1).Select(i => $"y{i}")]);
            OperatorTest.Expect(model.Output($"y{k}"), s_x.Take(at, [.. Enumerable.Range(start, sizes[k])]), s_x);
        }
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    [InlineData(0, -1)]
    [InlineData(0, 9)]
    public void Trilu(int upper, int diagonal)
    {
        NdArray expected = NdArray.Make(s_x.Shape, i => (upper == 1 ? i[3] - i[2] >= diagonal : i[3] - i[2] <= diagonal)
            ? s_x[i] : 0);
        OperatorTest.ExpectNode(14, "Trilu", s_x, [("upper", upper)], expected, Numbers(diagonal).Reshape());
    }

    [Fact]
    public void Reverse_sequence()
    {
        int[] lengths = [2, 0, 5];
        NdArray expected = NdArray.Make(s_x.Shape,
            i => s_x[0, i[1], i[2], i[3] < lengths[i[1]] ? lengths[i[1]] - 1 - i[3] : i[3]]);
        OperatorTest.ExpectNode(10, "ReverseSequence", s_x, [("batch_axis", 1), ("time_axis", 3)], expected,
            Numbers(lengths));
    }

    [Fact]
    public void Compress()
    {
        OperatorTest.ExpectNode(11, "Compress", s_x, [("axis", 2)], s_x.Take(2, [0, 3]), Numbers(1, 0, 0, 1));
        OperatorTest.ExpectNode(11, "Compress", s_x, [("axis", -1)], s_x.Take(3, [1]), Numbers(0, 1));
        OperatorTest.ExpectNode(11, "Compress", s_x, [], new NdArray([2], [s_x.Values[1], s_x.Values[3]]),
            Numbers(0, 1, 0, 1, 0));
    }

    [Fact]
    public void Concat_of_computed_and_constant_tensors()
    {
        NdArray a = NdArray.Random(new Random(4), 1, 2, 3), b = NdArray.Random(new Random(5), 1, 2, 1),
            c = NdArray.Random(new Random(6), 1, 2, 4);
        NdArray expected = NdArray.Make([1, 2, 8], i => i[2] < 3 ? a[i] : i[2] < 4 ? b[0, i[1], 0]
            : c[0, i[1], i[2] - 4]);
        foreach (int axis in new[] { 2, -1 })
        {
            ModelBuilder model = new ModelBuilder(13).Input("a", 1, 2, 3).Weights("b", b.Shape, b.Values)
                .Input("c", 1, 2, 4).Weights("none", [1, 2, 0]);
            OperatorTest.Expect(model.Node("Concat", ["a", "none", "b", "c"], "y", ("axis", axis)).Output("y"),
                expected, a, c);
        }
        ModelBuilder rows = new ModelBuilder(13).Input("a", 1, 2, 3).Node("Relu", ["a"], "r")
            .Node("Concat", ["a", "r", "a"], "y", ("axis", 1)).Output("y");
        OperatorTest.Expect(rows,
            NdArray.Make([1, 6, 3], i => i[1] / 2 == 1 ? Math.Max(0, a[0, i[1] % 2, i[2]]) : a[0, i[1] % 2, i[2]]), a);
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        Fails("Slice", [], Numbers(0), Numbers(1), Numbers(4));
        Fails("Slice", [], Numbers(0), Numbers(1), Numbers(2), Numbers(0));
        Fails("Slice", [], Numbers(0, 1), Numbers(1));
        Fails("Slice", [], Numbers(3), Numbers(1), Numbers(2));
        Fails("Gather", [("axis", 4)], Numbers(0));
        Fails("Gather", [("axis", 1)], Numbers(3));
        Fails("Gather", [("axis", 1)], new NdArray([1], [0.5]));
        Fails("Gather", [("axis", 1)], new NdArray([0], []));
        Fails("GatherElements", [("axis", 1)], Numbers(0));
        Fails("GatherND", [], Numbers(0, 0, 0, 0, 0));
        Fails("GatherND", [("batch_dims", 3)], Numbers(0, 0));
        Fails("GatherND", [("batch_dims", long.MinValue)], Numbers(0, 0));
        Fails("Expand", [], Numbers(2));
        Fails("Expand", [], Numbers(-1, 1, 1, 1));
        Fails("Expand", [], Numbers(1 << 30, 1, 1, 1, 1));
        Fails("Tile", [], Numbers(1, 1));
        Fails("Tile", [], Numbers(1, 1, 1, 1 << 30));
        Fails("Tile", [], Numbers(1, 1, 1, 0));
        Fails("Tile", [], Numbers(-1, 1, 1, 1));
        Fails("DepthToSpace", [("blocksize", 2)]);
        Fails("DepthToSpace", [("blocksize", 0)]);
        Fails("DepthToSpace", [("blocksize", long.MaxValue)]);
        Fails("SpaceToDepth", [("blocksize", 2)]);
        Fails("Pad", [], Numbers(0, 0, 0));
        Fails("Pad", [], Numbers(0, 0, 0, 1 << 30, 0, 0, 0, 1 << 30));
        Fails("Pad", [], Numbers(0, 0, 0, -3, 0, 0, 0, -3));
        Fails("Pad", [("mode", "edge")], Numbers(0, 0, 0, -5, 0, 0, 0, 4), null);
        Fails("Split", [("axis", 3)], Numbers(2, 2));
        Fails("Split", [("axis", 3)], Numbers(-1));
        Fails("Trilu", [], Numbers(0, 1));
        Fails("ReverseSequence", [("batch_axis", 1), ("time_axis", 3)], Numbers(6, 0, 0));
        Fails("ReverseSequence", [("batch_axis", 1), ("time_axis", 1)], Numbers(0, 0, 0));
        Fails("Compress", [("axis", 2)], Numbers(0, 0, 0, 0));
        Fails("Compress", [("axis", 2)], Numbers(0, 0, 0, 0, 1));
        Fails("Concat", [("axis", 4)], Numbers(0));
        Fails("Concat", [("axis", 0)], Numbers(0));
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            Node("Pad", [("mode", "odd")], Numbers(0, 0, 0, 1, 0, 0, 0, 0)));
        OperatorTest.Fails(Descriptors.NonFiniteWeight,
            Node("Pad", [], Numbers(0, 0, 0, 1, 0, 0, 0, 0), new NdArray([], [double.NegativeInfinity])));
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            new ModelBuilder(13).Input("x", 4).Input("i", 2).Node("Gather", ["x", "i"], "y").Output("y"));

        static void Fails(string op, (string, object)[] attributes, params NdArray?[] constants) =>
            OperatorTest.Fails(Descriptors.InvalidShape, Node(op, attributes, constants));
    }

    private static ModelBuilder Node(string op, (string, object)[] attributes, params NdArray?[] constants)
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 3, 4, 5).Output("y");
        string[] names = [.. constants.Select((c, i) => c is null ? "" : $"c{i}")];
        for (int i = 0; i < constants.Length; i++)
        {
            if (constants[i] is NdArray c)
                model.Weights(names[i], c.Shape, c.Values);
        }
        return model.Node(op, ["x", .. names], "y", attributes);
    }

    private static NdArray Numbers(params int[] values) => new([values.Length], [.. values.Select(v => (double)v)]);

    private static long[] Longs(int[] values) => [.. values.Select(v => (long)v)];
}
