using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Operators;

/// <summary>Forms of operators that exporters write and definitions tell apart.</summary>
public sealed class ExporterFormTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 3);

    [Theory]
    [InlineData(6, 1, null, true)]
    [InlineData(6, 1, 1, false)]
    [InlineData(6, 1, 0, true)]
    [InlineData(6, 5, 1, true)]
    [InlineData(7, 1, null, false)]
    [InlineData(9, 1, null, false)]
    [InlineData(9, 3, null, true)]
    [InlineData(9, 5, null, true)]
    [InlineData(13, 5, null, true)]
    [InlineData(14, 1, null, false)]
    [InlineData(14, 3, null, true)]
    [InlineData(15, 1, 1, true)]
    [InlineData(15, 1, 0, false)]
    public void Normalization_in_training_is_refused(int opset, int outputs, int? attribute, bool training)
    {
        ModelBuilder model = new ModelBuilder(opset).Input("x", 1, 3).Output("y").Weights("one", [3], 1, 1, 1)
            .Weights("zero", [3], 0, 0, 0)
            .Node("BatchNormalization", ["x", "one", "zero", "zero", "one"], "y",
                [("epsilon", 0.0), .. attribute is int a
                    ? new (string, object)[] { (opset < 7 ? "is_test" : "training_mode", a) } : []]);
        model.Last.Output.AddRange(Enumerable.Range(1, outputs - 1).Select(k => $"out{k}"));
        if (training)
            OperatorTest.Fails(Descriptors.UnsupportedForm, model);
        else
            OperatorTest.Expect(model, s_x, s_x);
    }

    /// <summary>
    /// Outputs as far as windows reach, and zeros or less padding at the end for what output_shape asks beyond.
    /// </summary>
    [Theory]
    [InlineData("NOTSET", 1, 0, 8)]
    [InlineData("NOTSET", 2, 0, 12)]
    [InlineData("NOTSET", 2, 1, 12)]
    [InlineData("NOTSET", 2, 1, 13)]
    [InlineData("NOTSET", 2, 0, 8)]
    [InlineData("NOTSET", 3, 0, 11)]
    [InlineData("SAME_UPPER", 2, 0, 12)]
    [InlineData("SAME_UPPER", 2, 0, 8)]
    [InlineData("SAME_UPPER", 3, 2, 9)]
    [InlineData("SAME_LOWER", 2, 0, 7)]
    public void Transposed_convolution_of_a_stated_size(string autoPad, int stride, int padding, int size)
    {
        NdArray x = NdArray.Random(new Random(2), 1, 1, 4), w = NdArray.Random(new Random(3), 1, 1, 3);
        int full = (stride * 3) + padding + 3, total = Math.Max(0, full - size),
            before = autoPad == "SAME_UPPER" ? total / 2 : total - (total / 2);
        NdArray expected = new(1, 1, size);
        for (int i = 0; i < 4; i++)
        {
            for (int t = 0; t < 3; t++)
            {
                int at = (i * stride) + t - before;
                if (at >= 0 && at < size)
                    expected[0, 0, at] += x[0, 0, i] * w[0, 0, t];
            }
        }
        OperatorTest.ExpectNode(
            13, "ConvTranspose", x,
            [("auto_pad", autoPad), ("strides", new long[] { stride }), ("output_padding", new long[] { padding }),
                ("output_shape", new long[] { size })], expected, w);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sparse_constants(bool linear)
    {
        // Rows 0, 2, 2 and columns 1, 0, 1 of a matrix of three rows.
        SparseTensorProto sparse = new() { Values = ModelBuilder.Tensor("w", [3], 2, -1, 0.5), Dims = { 3, 2 } };
        sparse.Indices = linear ? ModelBuilder.IntegerTensor("", 1, 4, 5)
            : ModelBuilder.IntegerTensor("", 0, 1, 2, 0, 2, 1);
        if (!linear)
        {
            sparse.Indices.Dims.Clear();
            sparse.Indices.Dims.AddRange([3, 2]);
        }
        NdArray expected = new([1, 2], [-s_x.Values[2], (2 * s_x.Values[0]) + (0.5 * s_x.Values[2])]);
        ModelBuilder stored = new ModelBuilder(13).Input("x", 1, 3).Output("y").Node("MatMul", ["x", "w"], "y");
        stored.Graph.SparseInitializer.Add(sparse);
        OperatorTest.Expect(stored, expected, s_x);
        ModelBuilder node = new ModelBuilder(13).Input("x", 1, 3).Output("y").Node("Constant", [], "w");
        node.Last.Attribute.Add(
            new AttributeProto
            {
                Name = "sparse_value",
                Type = AttributeProto.Types.AttributeType.SparseTensor,
                SparseTensor = sparse
            });
        OperatorTest.Expect(node.Node("MatMul", ["x", "w"], "y"), expected, s_x);
    }

    [Fact]
    public void Sparse_constants_that_are_broken_or_too_large_are_errors()
    {
        OperatorTest.Fails(Descriptors.InvalidGraph, Stored([4, 2], 8));
        OperatorTest.Fails(Descriptors.InvalidGraph, Stored([4, 2], -1));
        OperatorTest.Fails(Descriptors.InvalidGraph, Stored([4, 2], 1, 1));
        OperatorTest.Fails(Descriptors.InvalidShape, Stored([1 << 20, 1 << 20], 1));
        OperatorTest.Fails(Descriptors.InvalidShape, Stored([-1, 2], 1));
        // Many of them, none too large by itself.
        ModelBuilder many = Stored([1 << 12, 1 << 11], 1);
        many.Graph.SparseInitializer.AddRange(Enumerable.Range(0, 50)
            .Select(i =>
                new SparseTensorProto(
                    many.Graph.SparseInitializer[0])
                { Values = ModelBuilder.Tensor($"v{i}", [1], 1) }));
        OperatorTest.Fails(Descriptors.InvalidShape, many);

        static ModelBuilder Stored(long[] dimensions, params long[] indices)
        {
            ModelBuilder model = new ModelBuilder(13).Input("x", 1, 3).Output("y").Node("Relu", ["x"], "y");
            model.Graph.SparseInitializer.Add(
                new SparseTensorProto
                {
                    Values = ModelBuilder.Tensor("w", [indices.Length], new double[indices.Length]),
                    Indices = ModelBuilder.IntegerTensor("", indices),
                    Dims = { dimensions }
                });
            return model;
        }
    }

    [Fact]
    public void What_has_no_elements_adds_nothing()
    {
        OperatorTest.Expect(
            new ModelBuilder(13).Input("x", 1, 3).Output("y").Integers("zero", 0).Integers("one", 1)
                .Node("Slice", ["x", "zero", "zero", "one"], "empty").Node("Relu", ["empty"], "r")
                .Node("Mul", ["r", "r"], "m").Node("Concat", ["m", "x"], "y", ("axis", 1)),
            s_x, s_x);
        OperatorTest.Expect(
            new ModelBuilder(13).Input("x", 1, 3).Output("y").Weights("legacy", [0]).Node("Concat",
                ["legacy", "x", "x"], "y", ("axis", -1)), NdArray.Make([1, 6], i => s_x.Values[i[1] % 3]), s_x);
        ModelBuilder parts = new ModelBuilder(13).Input("x", 1, 3).Output("y").Integers("parts", 0, 3, 0)
            .Node("Split", ["x", "parts"], "a", ("axis", 1));
        parts.Last.Output.AddRange(["b", "c"]);
        OperatorTest.Expect(parts.Node("Concat", ["c", "b", "a"], "y", ("axis", 1)), s_x, s_x);
    }

    [Fact]
    public void Quantization_of_constants_by_their_range()
    {
        // -1 … 2: scale 3/255, zero-point 85.
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 3).Output("y").Weights("w", [1, 3], -1, 2, 0.1)
            .Node("DynamicQuantizeLinear", ["w"], "q");
        model.Last.Output.AddRange(["scale", "zero"]);
        model.Node("DequantizeLinear", ["q", "scale", "zero"], "d").Node("Add", ["x", "d"], "y");
        OperatorTest.Expect(model,
            new NdArray([1, 3], [s_x.Values[0] - 1, s_x.Values[1] + 2, s_x.Values[2] + (8 * 3.0f / 255)]), s_x);
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            new ModelBuilder(13).Input("x", 1, 3).Output("q").Node("DynamicQuantizeLinear", ["x"], "q"));
    }

    [Fact]
    public void Weights_that_are_computed_from_constants()
    {
        NdArray x = NdArray.Random(new Random(4), 1, 1, 5), v = NdArray.Random(new Random(5), 2, 1, 3);
        // A weight norm: v · g / |v|.
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 1, 5).Output("y").Weights("v", v.Shape, v.Values)
            .Weights("g", [2, 1, 1], 2, 0.5)
            .Node("ReduceL2", ["v"], "norm", ("axes", new long[] { 1, 2 })).Node("Div", ["v", "norm"], "unit")
                .Node("Mul", ["unit", "g"], "w").Node("Conv", ["x", "w"], "y");
        double[] norms = [.. Enumerable.Range(0, 2)
            .Select(u => Math.Sqrt(Enumerable.Range(0, 3).Sum(t => v[u, 0, t] * v[u, 0, t])))];
        OperatorTest.Expect(model, NdArray.Make([1, 2, 3], i => Enumerable.Range(0, 3)
            .Sum(t => x[0, 0, i[2] + t] * v[i[1], 0, t]) * (i[1] == 0 ? 2 : 0.5) / norms[i[1]]), x);
    }

    [Theory]
    [InlineData((int)DataType.Float, -2.5, -2.5)]
    [InlineData((int)DataType.Int32, -2.5, -2)]
    [InlineData((int)DataType.Uint8, 7.9, 7)]
    [InlineData((int)DataType.Bool, 7.9, 1)]
    public void Casts_to_the_type_of_another(int type, double value, double expected)
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 3).Output("y").Weights("c", [], value);
        model.Graph.Initializer.Add(new TensorProto { Name = "like", DataType = type, Dims = { 0 } });
        model.Node("CastLike", ["c", "like"], "k").Node("Cast", ["k"], "f", ("to", (int)DataType.Float))
            .Node("Mul", ["x", "f"], "y");
        OperatorTest.Expect(model, s_x.Map(v => v * expected), s_x);
    }
}
