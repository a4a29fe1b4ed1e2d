using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Products of two computed matrices: MatMul, Gemm and Einsum.</summary>
public sealed class MatrixProductTests
{
    [Theory]
    [InlineData(new[] { 1, 3 }, new[] { 3, 2 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 1, 3, 2 })]
    [InlineData(new[] { 1, 2, 4, 3 }, new[] { 1, 2, 3, 2 })]
    [InlineData(new[] { 1, 2, 4, 3 }, new[] { 1, 1, 3, 2 })]
    [InlineData(new[] { 1, 1, 4, 3 }, new[] { 1, 2, 3, 5 })]
    [InlineData(new[] { 3 }, new[] { 1, 3, 2 })]
    [InlineData(new[] { 1, 2, 3 }, new[] { 3 })]
    [InlineData(new[] { 3 }, new[] { 3 })]
    public void MatMul(int[] left, int[] right)
    {
        Random random = new(1);
        NdArray a = NdArray.Random(random, left), b = NdArray.Random(random, right), expected = NdArray.MatMul(a, b);
        // A matrix of one row is no sample of several.
        if (right is not [3, 2])
            OperatorTest.Expect(new ModelBuilder().Input("a", Dims(a)).Input("b", Dims(b))
                .Node("MatMul", ["a", "b"], "y").Output("y"), expected, a, b);
        OperatorTest.Expect(new ModelBuilder().Input("a", Dims(a)).Weights("b", right, b.Values)
            .Node("MatMul", ["a", "b"], "y").Output("y"), expected, a);
        if (right is not [3, 2])
            OperatorTest.Expect(new ModelBuilder().Input("b", Dims(b)).Weights("a", left, a.Values)
                .Node("MatMul", ["a", "b"], "y").Output("y"), expected, b);
        OperatorTest.ExpectFolded(17, "MatMul", a, [], expected, b);
    }

    [Fact]
    public void Shapes_that_have_no_product_are_errors()
    {
        OperatorTest.Fails(Descriptors.InvalidShape,
            new ModelBuilder().Input("a", 1, 3).Input("b", 1, 2, 2).Node("MatMul", ["a", "b"], "y").Output("y"));
        OperatorTest.Fails(Descriptors.InvalidShape, new ModelBuilder().Input("a", 1, 2, 1, 3).Input("b", 1, 3, 3, 2)
            .Node("MatMul", ["a", "b"], "y").Output("y"));
    }

    [Theory]
    [InlineData(false, 1, 1)]
    [InlineData(true, 1, 1)]
    [InlineData(false, 0.5f, -2)]
    [InlineData(true, 0.5f, -2)]
    public void Gemm(bool transposed, float alpha, float beta)
    {
        Random random = new(2);
        NdArray a = NdArray.Random(random, 1, 3), b = NdArray.Random(random, 6), c = NdArray.Random(random, 1, 2);
        NdArray right = b.Reshape(transposed ? [2, 3] : [3, 2]);
        NdArray product = NdArray.MatMul(a, transposed ? right.Transpose(1, 0) : right);
        (string, object)[] attributes = [("alpha", alpha), ("beta", beta), ("transB", transposed ? 1 : 0)];
        NdArray expected = NdArray.Broadcast(product, c, (p, s) => (alpha * p) + (beta * s));
        // The right matrix comes as a vector, since a matrix would be a batch of rows.
        ModelBuilder Model() => new ModelBuilder().Input("a", 1, 3).Input("b", 6)
            .Integers("shape", [.. right.Shape.Select(d => (long)d)]).Node("Reshape", ["b", "shape"], "m");
        OperatorTest.Expect(Model().Node("Gemm", ["a", "m"], "y", attributes).Output("y"), product.Map(p => alpha * p),
            a, b);
        OperatorTest.Expect(Model().Weights("c", c.Shape, c.Values).Node("Gemm", ["a", "m", "c"], "y", attributes)
            .Output("y"), expected, a, b);
        OperatorTest.Expect(Model().Input("c", 1, 2).Node("Gemm", ["a", "m", "c"], "y", attributes).Output("y"),
            expected, a, b, c);
        OperatorTest.Expect(
            new ModelBuilder().Input("a", 1, 3).Weights("b", right.Shape, b.Values).Input("c", 1, 2)
                .Node("Gemm", ["a", "b", "c"], "y", attributes).Output("y"), expected, a, c);
    }

    [Theory]
    [InlineData("bij,bjk->bik", new[] { 1, 2, 3 }, new[] { 1, 3, 4 })]
    [InlineData("bij, bkj -> bik", new[] { 1, 2, 3 }, new[] { 1, 4, 3 })]
    [InlineData("bij,bij->bij", new[] { 1, 2, 3 }, new[] { 1, 2, 3 })]
    [InlineData("bij,bij->b", new[] { 1, 2, 3 }, new[] { 1, 2, 3 })]
    [InlineData("bij,bij", new[] { 1, 2, 3 }, new[] { 1, 2, 3 })]
    [InlineData("bi,bj->bji", new[] { 1, 2 }, new[] { 1, 3 })]
    [InlineData("bhid,bhjd->bhij", new[] { 1, 2, 3, 4 }, new[] { 1, 2, 5, 4 })]
    [InlineData("bij,bk->bk", new[] { 1, 2, 3 }, new[] { 1, 4 })]
    [InlineData("...ij,...jk->...ik", new[] { 1, 2, 2, 3 }, new[] { 1, 2, 3, 4 })]
    [InlineData("...ij,...j", new[] { 1, 2, 3 }, new[] { 1, 3 })]
    [InlineData("bij->bji", new[] { 1, 2, 3 }, null)]
    [InlineData("bij->b", new[] { 1, 2, 3 }, null)]
    [InlineData("bij->j", new[] { 1, 2, 3 }, null)]
    [InlineData("...j->...", new[] { 1, 2, 3 }, null)]
    [InlineData("cab", new[] { 1, 2, 3 }, null)]
    public void Einsum(string equation, int[] left, int[]? right)
    {
        Random random = new(3);
        NdArray a = NdArray.Random(random, left), b = NdArray.Random(random, right ?? []);
        NdArray expected = Defined(equation, right is null ? [a] : [a, b]);
        (string, object)[] attributes = [("equation", equation)];
        if (right is null)
        {
            OperatorTest.ExpectNode(13, "Einsum", a, attributes, expected);
            return;
        }
        OperatorTest.Expect(new ModelBuilder().Input("a", Dims(a)).Input("b", Dims(b))
            .Node("Einsum", ["a", "b"], "y", attributes).Output("y"), expected, a, b);
        OperatorTest.ExpectNode(13, "Einsum", a, attributes, expected, b);
        OperatorTest.ExpectFolded(13, "Einsum", a, attributes, expected, b);
    }

    [Fact]
    public void Einsum_refuses_what_it_does_not_mean()
    {
        Fails(Descriptors.UnsupportedForm, "bii->bi");
        Fails(Descriptors.InvalidShape, "bij->bk");
        Fails(Descriptors.InvalidShape, "bi->b");
        Fails(Descriptors.InvalidShape, "b1j->b");
        Fails(Descriptors.UnsupportedForm, "bij,bij->b");
        Fails(Descriptors.UnsupportedForm, "bij->bbij");
        Fails(Descriptors.InvalidShape, "");

        static void Fails(DiagnosticDescriptor expected, string equation) =>
            OperatorTest.Fails(expected, new ModelBuilder().Input("x", 1, 2, 2)
                .Node("Einsum", ["x"], "y", ("equation", equation)).Output("y"));
    }

    // The sum over all values of all letters, as the specification writes it. An ellipsis here is as long in every term
    // that has one.
    private static NdArray Defined(string equation, NdArray[] operands)
    {
        equation = equation.Replace(" ", "", StringComparison.Ordinal);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        int longest = terms.Zip(operands, (t, o) => t.Contains("...", StringComparison.Ordinal)
            ? o.Rank - t.Replace("...", "", StringComparison.Ordinal).Length : 0).Max();
        string ellipsis = "ABCDEFG"[..longest];
        string result = sides.Length == 2 ? sides[1]
            : (sides[0].Contains("...", StringComparison.Ordinal) ? "..." : "")
            + new string([.. sides[0].Where(char.IsAsciiLetter).GroupBy(c => c).Where(g => g.Count() == 1)
                .Select(g => g.Key).Order()]);
        terms = [.. terms.Select(t => t.Replace("...", ellipsis, StringComparison.Ordinal))];
        result = result.Replace("...", ellipsis, StringComparison.Ordinal);
        char[] letters = [.. terms.SelectMany(t => t).Distinct()];
        int Size(char letter) => terms.Zip(operands).Where(t => t.First.Contains(letter))
            .Max(t => t.Second.Shape[t.First.IndexOf(letter)]);
        NdArray y = new([.. result.Select(Size)]);
        foreach (int[] index in NdArray.Indices([.. letters.Select(Size)]))
        {
            int At(char letter) => index[Array.IndexOf(letters, letter)];
            y[[.. result.Select(At)]] += terms.Zip(operands, (t, o) => o[[.. t.Select(At)]]).Aggregate((p, q) => p * q);
        }
        return y;
    }

    private static Dim[] Dims(NdArray x) => [.. x.Shape.Select(d => (Dim)d)];
}
