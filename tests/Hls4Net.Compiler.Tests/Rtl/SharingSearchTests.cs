using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Numerics;
using Hls4Net.Programs.ShiftAdd;

namespace Hls4Net.Tests.Rtl;

/// <summary>Which digits are shared, and going back to what was.</summary>
public sealed class SharingSearchTests
{
    /// <summary>By trying all powers of two on all coefficients of up to seven bits.</summary>
    [Fact]
    public void Pairs_are_those_that_leave_both_coefficients_with_a_digit_fewer()
    {
        DigitPatterns patterns = new();
        for (long a = 1; a < 128; a += 2)
        {
            for (long b = 1; b < 128; b += 2)
            {
                HashSet<Relation> expected = [];
                foreach (long x in Powers().Where(x => SignedDigits.Count(a - x) < SignedDigits.Count(a)))
                {
                    foreach (long y in Powers().Where(y => SignedDigits.Count(b - y) < SignedDigits.Count(b)))
                        expected.Add(new((int)long.Log2(Math.Abs(y)) - (int)long.Log2(Math.Abs(x)), x < 0 != y < 0));
                }
                Relation[] found = [.. patterns.Between(a, b).ToArray().Select(p => p.Relation)];
                Assert.True(expected.SetEquals(found), $"{a} and {b}");
                Assert.Equal(found.Length, found.Distinct().Count());
            }
        }

        static IEnumerable<long> Powers() => Enumerable.Range(0, 9).SelectMany(p => new[] { 1L << p, -(1L << p) });
    }

    // A chain that another sum needed has the same value as this sum's tree, and is too deep for it.
    [Fact]
    public void Trees_take_no_node_that_is_too_deep()
    {
        AdderGraph graph = new([.. Enumerable.Repeat(new Interval(-8, 7), 4)]);
        Term chain = Enumerable.Range(1, 3)
            .Aggregate(new Term(0, 0, false), (sum, input) => graph.Add(sum, new Term(input, 0, false)));
        Assert.Equal(3, graph[chain].Depth);
        LinearSum all = new();
        for (int input = 0; input < 4; input++)
            all.Add(new Factor(input, 1), 1);
        Term tree = new SumTree(graph, 2, new DelayBudget(2, 4, 0)).Build(all);
        Assert.Equal(2, graph[tree].Depth);
        Assert.Equal([1, 1, 1, 1], graph[tree].Form.Coefficients.ToArray());
        Assert.Equal(graph[chain].Form.Coefficients.ToArray(), graph[tree].Form.Coefficients.ToArray());
    }

    [Fact]
    public void What_is_taken_off_leaves_so_many_digits_fewer()
    {
        Random random = new(5);
        for (int n = 0; n < 2000; n++)
        {
            PatternPart[] parts = [new(0, 1L << random.Next(4), 1),
                new(1, random.Next(2) == 0 ? -(1L << random.Next(4)) : 1L << random.Next(4), 1)];
            long[] coefficients = [random.NextInt64(-5000, 5000) | 1, random.NextInt64(-5000, 5000) | 1];
            (long factor, int times) = DigitPatterns.Occurrences(parts, coefficients, random.Next(1, 4));
            for (int i = 0; i < 2; i++)
                Assert.Equal(SignedDigits.Count(coefficients[i]) - times,
                    SignedDigits.Count(coefficients[i] - (factor * parts[i].Multiple)));
        }
    }

    /// <summary>
    /// Nodes are taken apart and shared anew: the sums stay what they are, and are again as they were after going back.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Sums_keep_their_value_and_come_back(int operands)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            Random random = new(seed);
            int rows = random.Next(3, 10), columns = random.Next(3, 10);
            AdderGraph graph = new([.. Enumerable.Repeat(new Interval(-128, 127), rows)]);
            LinearSum[] sums = [.. Enumerable.Range(0, columns).Select(_ => new LinearSum())];
            foreach (LinearSum sum in sums)
            {
                for (int i = 0; i < rows; i++)
                {
                    if (random.Next(-60, 60) is int weight and not 0)
                        sum.Add(new(i, weight), 1);
                }
            }
            long[][] wanted = [.. sums.Select(Value)];
            SharingSearch search = new(graph, sums, new(operands, 1, 0, 4),
                new(operands, (int)sums.Max(s => s.Load), 2));
            search.Run();
            AssertValues();
            string[] before = [.. sums.Select(Text)];
            search.Mark();
            search.Dissolve(n => n >= rows && n % 2 == 0 && search.CanDissolve(n));
            AssertValues();
            search.Run(7, 0.5);
            AssertValues();
            search.Undo();
            Assert.Equal(before, sums.Select(Text));

            void AssertValues() => Assert.Equal(wanted, sums.Select(Value));

            long[] Value(LinearSum sum)
            {
                long[] value = new long[rows];
                foreach (Factor f in sum.Factors)
                {
                    AdderNode node = graph.Nodes[f.Node];
                    for (int i = 0; i < rows; i++)
                        value[i] += (node.Form[i] >> node.Zeros) * f.Coefficient;
                }
                return value;
            }
        }

        static string Text(LinearSum sum) =>
            $"{sum.Load}: {string.Join(' ', sum.Factors.ToArray().OrderBy(f => f.Node))}";
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_matrix_has_one_network(int operands)
    {
        Random random = new(11);
        long[,] weights = new long[12, 16];
        for (int i = 0; i < weights.Length; i++)
            weights[i / 16, i % 16] = random.Next(-40, 40);
        ImmutableArray<Interval> inputs = [.. Enumerable.Repeat(new Interval(-128, 127), 12)];
        AdderNetwork one = MatrixOptimizer.Optimize(weights, [], inputs, new Fabric(operands)).Adders,
            other = MatrixOptimizer.Optimize(weights, [], inputs, new Fabric(operands)).Adders;
        Assert.Equal(one.Outputs.ToArray(), other.Outputs.ToArray());
        Assert.Equal(one.Nodes.SelectMany(n => n.Operands), other.Nodes.SelectMany(n => n.Operands));
    }
}
