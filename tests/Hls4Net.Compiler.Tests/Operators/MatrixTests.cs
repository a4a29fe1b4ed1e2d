using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>MatMul and Gemm with constant matrices on real numbers.</summary>
public sealed class MatrixTests
{
    [Fact]
    public void Products_over_no_elements_are_zero() =>
        OperatorTest.ExpectFolded(13, "MatMul", new NdArray([2, 0], []), [], new NdArray([2, 3], new double[6]),
            new NdArray([0, 3], []));

    [Theory]
    [InlineData(new[] { 3 }, new[] { 3 })]
    [InlineData(new[] { 3 }, new[] { 3, 2 })]
    [InlineData(new[] { 1, 3 }, new[] { 3 })]
    [InlineData(new[] { 1, 3 }, new[] { 3, 2 })]
    [InlineData(new[] { 1, 4, 3 }, new[] { 3 })]
    [InlineData(new[] { 1, 4, 3 }, new[] { 3, 2 })]
    [InlineData(new[] { 1, 2, 4, 3 }, new[] { 3, 2 })]
    [InlineData(new[] { 1, 2, 4, 3 }, new[] { 3 })]
    [InlineData(new[] { 1, 4, 3 }, new[] { 1, 3, 2 })]
    [InlineData(new[] { 1, 3 }, new[] { 1, 3, 2 })]
    [InlineData(new[] { 1, 3 }, new[] { 1, 1, 3, 2 })]
    [InlineData(new[] { 3 }, new[] { 1, 3, 2 })]
    public void MatMul(int[] shape, int[] matrix)
    {
        Random random = new(1);
        NdArray x = NdArray.Random(random, shape), w = NdArray.Random(random, matrix);
        OperatorTest.ExpectNode(9, "MatMul", x, [], NdArray.MatMul(x, w), w);
        OperatorTest.ExpectNode(13, "MatMul", x, [], NdArray.MatMul(x, w), w);
        OperatorTest.ExpectFolded(13, "MatMul", x, [], NdArray.MatMul(x, w), w);
    }

    public static TheoryData<bool, bool, float?, float?, int[]?> GemmForms
    {
        get
        {
            TheoryData<bool, bool, float?, float?, int[]?> forms = [];
            foreach (bool transposeB in new[] { false, true })
                foreach (float? factor in new float?[] { null, 0.5f, -2, 0 })
                    foreach (int[]? c in new int[]?[] { null, [], [1], [2], [1, 2], [1, 1] })
                        forms.Add(false, transposeB, factor, factor is null ? null : 1 - factor, c);
            // A transposed input of one sample is a column.
            foreach (int[]? c in new int[]?[] { null, [2], [3, 2], [3, 1], [1, 2], [] })
                forms.Add(true, false, 2, 3, c);
            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(GemmForms))]
    public void Gemm(bool transposeA, bool transposeB, float? alpha, float? beta, int[]? addend)
    {
        Random random = new(2);
        NdArray a = NdArray.Random(random, 1, 3), b = transposeA ? NdArray.Random(random, 1, 2) : transposeB
            ? NdArray.Random(random, 2, 3) : NdArray.Random(random, 3, 2);
        NdArray? c = addend is null ? null : NdArray.Random(random, addend);
        NdArray product = NdArray.MatMul(transposeA ? a.Transpose(1, 0) : a, transposeB ? b.Transpose(1, 0) : b)
            .Map(v => v * (alpha ?? 1));
        NdArray expected = c is null ? product : NdArray.Broadcast(product, c, (p, v) => p + (v * (beta ?? 1)));
        (string, object)[] attributes = [("transA", transposeA ? 1 : 0), ("transB", transposeB ? 1 : 0),
            .. alpha is null ? [] : new[] { ("alpha", (object)alpha), ("beta", beta!) }];
        foreach (int opset in new[] { 7, 9, 11, 13 })
            OperatorTest.ExpectNode(opset, "Gemm", a, attributes, expected, c is null ? [b] : [b, c]);
        OperatorTest.ExpectFolded(13, "Gemm", a, attributes, expected, c is null ? [b] : [b, c]);
    }

    [Fact]
    public void What_is_no_product_with_one_constant_matrix_is_an_error()
    {
        OperatorTest.Fails(Descriptors.InvalidShape, Product("MatMul", [4, 2]));
        OperatorTest.Fails(Descriptors.InvalidShape, Product("MatMul", []));
        OperatorTest.Fails(Descriptors.InvalidShape, Product("Gemm", [4, 2]));
        OperatorTest.Fails(Descriptors.InvalidShape, Product("Gemm", [3]));
        OperatorTest.Fails(Descriptors.InvalidShape,
            Product("Gemm", [3, 2]).Weights("c", [3], 1, 2, 3).Node("Gemm", ["x", "w", "c"], "z"));
        OperatorTest.Fails(Descriptors.InvalidShape,
            Product("Gemm", [3, 2]).Weights("c", [2, 2], 1, 2, 3, 4).Node("Gemm", ["x", "w", "c"], "z"));
        OperatorTest.Fails(Descriptors.InvalidShape, new ModelBuilder().Input("x", 1, 3).Weights("w", [1, 3], 1, 2, 3)
            .Node("MatMul", ["w", "x"], "y").Output("y"));
        OperatorTest.Fails(Descriptors.InvalidShape, new ModelBuilder().Input("x", 1, 3)
            .Weights("w", [3, 2], new double[6]).Node("Gemm", ["x", "w", "x"], "y").Output("y"));

        static ModelBuilder Product(string op, int[] matrix) =>
            new ModelBuilder().Input("x", 1, 3).Weights("w", matrix, new double[matrix.Aggregate(1, (a, b) => a * b)])
                .Node(op, ["x", "w"], "y").Output("y");
    }
}
