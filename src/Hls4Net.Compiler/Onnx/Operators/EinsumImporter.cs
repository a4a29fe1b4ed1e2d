using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// Einstein sums of one or two operands. An axis is named by a letter; those of an ellipsis by their distance from its
/// end. Two operands become a product of matrices: axes of both that stay are stacked, those of both that go are summed
/// over, those of one are rows or columns.
/// </summary>
internal static class EinsumImporter
{
    public static Operand Import(ImportNode node)
    {
        string equation = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != node.Proto.Input.Count || terms.Length > 2)
            throw node.Fail(Descriptors.UnsupportedForm,
                $"has the equation '{equation}' for {node.Proto.Input.Count} operands; one and two operands are "
                + "supported");
        Term[] operands = [.. terms.Select((t, i) => new Term(node.Input(i), Axes(node, t, node.Input(i).Shape)))];
        string[] result = sides.Length == 2 ? Result(node, sides[1], operands) : Implied(operands);
        if (operands.Any(o => o.Axes.Distinct().Count() != o.Axes.Length) || result.Distinct().Count() != result.Length)
            throw node.Fail(Descriptors.UnsupportedForm,
                $"takes a diagonal in '{equation}'; every letter may stand once in a term");
        if (result.FirstOrDefault(r => !operands.Any(o => o.Axes.Contains(r))) is string unknown)
            throw node.Fail(Descriptors.InvalidShape,
                $"has '{unknown}' in its result, but in no operand, in '{equation}'");
        Term sum = operands.Length == 1 ? Summed(node, operands[0], result, "sum")
            : Product(node, operands[0], operands[1], result);
        return Ordered(node, sum, result, null);
    }

    private sealed record Term(Operand Operand, ImmutableArray<string> Axes)
    {
        public int Size(string axis) => Axes.IndexOf(axis) is int at and >= 0 ? Operand.Shape[at] : 1;
    }

    private static ImmutableArray<string> Axes(ImportNode node, string term, Shape shape)
    {
        string[] parts = term.Split("...");
        int named = parts.Sum(p => p.Length), rest = shape.Rank - named;
        if (parts.Length > 2 || rest < 0 || (rest > 0 && parts.Length == 1)
            || !parts.All(p => p.All(char.IsAsciiLetter)))
            throw node.Fail(Descriptors.InvalidShape, $"has the term '{term}' for an operand of shape {shape}");
        IEnumerable<string> ellipsis = Enumerable.Range(0, rest).Select(i => $"...{rest - i}");
        return [.. parts[0].Select(c => $"{c}"), .. ellipsis, .. parts.Skip(1).SelectMany(p => p.Select(c => $"{c}"))];
    }

    private static string[] Result(ImportNode node, string term, Term[] operands)
    {
        string[] parts = term.Split("...");
        if (parts.Length > 2 || !parts.All(p => p.All(char.IsAsciiLetter)))
            throw node.Fail(Descriptors.InvalidShape, $"has the result '{term}'");
        string[] ellipsis = parts.Length == 1 ? [] : Ellipsis(operands);
        return [.. parts[0].Select(c => $"{c}"), .. ellipsis, .. parts.Skip(1).SelectMany(p => p.Select(c => $"{c}"))];
    }

    // Without a result: the ellipsis, then letters that stand once, in alphabetic order.
    private static string[] Implied(Term[] operands) =>
    [
        .. Ellipsis(operands),
        .. operands.SelectMany(o => o.Axes).Where(a => a.Length == 1).GroupBy(a => a).Where(g => g.Count() == 1)
            .Select(g => g.Key).Order(StringComparer.Ordinal),
    ];

    private static string[] Ellipsis(Term[] operands) =>
        [.. operands.SelectMany(o => o.Axes).Where(a => a.Length > 1).Distinct().OrderByDescending(a => a.Length)
            .ThenByDescending(a => a, StringComparer.Ordinal)];

    // Without the axes that are in none of those to keep.
    private static Term Summed(ImportNode node, Term term, IEnumerable<string> keep, string part)
    {
        ImmutableArray<int> gone = [.. Enumerable.Range(0, term.Axes.Length).Where(i => !keep.Contains(term.Axes[i]))];
        if (gone.IsEmpty)
            return term;
        Operand sum = node.Emit(new Reduce(ReduceKind.Sum, gone), term.Operand, part);
        Shape left = new([.. sum.Shape.Dimensions.Where((_, i) => !gone.Contains(i))]);
        return new Term(node.Emit(new Reshape(left), sum, $"{part}_axes"), [.. term.Axes.Where(keep.Contains)]);
    }

    private static Term Product(ImportNode node, Term a, Term b, string[] result)
    {
        a = Summed(node, a, result.Concat(b.Axes), "left_sum");
        b = Summed(node, b, result.Concat(a.Axes), "right_sum");
        foreach (string axis in a.Axes.Intersect(b.Axes))
        {
            if (a.Size(axis) != b.Size(axis))
                throw node.Fail(Descriptors.UnsupportedForm,
                    $"has sizes {a.Size(axis)} and {b.Size(axis)} for '{axis}'; equal ones are supported");
        }
        string[] stacked = [.. a.Axes.Where(x => b.Axes.Contains(x) && result.Contains(x))],
            summed = [.. a.Axes.Where(x => b.Axes.Contains(x) && !result.Contains(x))];
        string[] rows = [.. a.Axes.Where(x => !b.Axes.Contains(x))],
            columns = [.. b.Axes.Where(x => !a.Axes.Contains(x))];
        Operand left = Ordered(node, a, [.. stacked, .. rows, .. summed], "left"),
            right = Ordered(node, b, [.. stacked, .. summed, .. columns], "right");
        int batch = Size(a, stacked), m = Size(a, rows), k = Size(a, summed), n = Size(b, columns);
        int[] stack = batch == 1 ? [] : [batch];
        Operand product = MatrixImporter.Product(
            node, node.Emit(new Reshape(new Shape([.. stack, m, k])), left, "left_matrix"),
                node.Emit(new Reshape(new Shape([.. stack, k, n])), right, "right_matrix"), "product");
        string[] axes = [.. stacked, .. rows, .. columns];
        Shape shape = new([.. axes.Select(x => Math.Max(a.Size(x), b.Size(x)))]);
        return new Term(node.Emit(new Reshape(shape), product, "axes"), [.. axes]);

        static int Size(Term term, string[] axes) => axes.Aggregate(1, (size, x) => size * term.Size(x));
    }

    private static Operand Ordered(ImportNode node, Term term, string[] axes, string? part) =>
        term.Axes.SequenceEqual(axes) ? term.Operand
            : node.Emit(new Transpose([.. axes.Select(a => term.Axes.IndexOf(a))]), term.Operand, part);
}
