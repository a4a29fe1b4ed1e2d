using System.Collections.Immutable;
using System.Numerics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Transforms;

/// <summary>Ranges that are computed for what does not repeat are those of every element.</summary>
public sealed class RangeTests
{
    [Fact]
    public void Sums_have_the_intervals_of_their_terms_whatever_their_size()
    {
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            int rows = random.Next(1, 4), columns = random.Next(1, 6), units = random.Next(1, 5);
            // From 8 bits, which 64-bit sums hold, to where they do not.
            int inputBits = random.Next(1, 58), weightBits = random.Next(2, 58 - (inputBits / 2));
            Dense dense = new(Mantissas(random, weightBits, columns, units),
                random.Next(2) == 0 ? null : Mantissas(random, weightBits, units));
            Interval[] pattern = [.. Enumerable.Range(0,
                random.Next(3) switch { 0 => 1, 1 => columns, _ => rows * columns })
                    .Select(_ => Between(random, inputBits))];
            Intervals range = Intervals.Repeat(pattern, rows * columns);
            Value x = new("x", new Shape(1, rows, columns), new Typing(new FixedPointType(62, 62), range));
            Intervals sums = dense.Range([x]).Elements;
            Assert.Equal(rows * units, sums.Length);
            BigInteger lowest = 0, highest = 0;
            for (int r = 0; r < rows; r++)
            {
                for (int j = 0; j < units; j++)
                {
                    BigInteger bias = dense.Bias?.Mantissas[j] ?? 0, min = bias, max = bias,
                        least = BigInteger.Min(bias, 0), most = BigInteger.Max(bias, 0);
                    for (int i = 0; i < columns; i++)
                    {
                        BigInteger w = dense.Weights.Mantissas[(i * units) + j],
                            a = w * (BigInteger)range[(r * columns) + i].Min,
                            b = w * (BigInteger)range[(r * columns) + i].Max;
                        (min, max) = (min + BigInteger.Min(a, b), max + BigInteger.Max(a, b));
                        (least, most) = (least + BigInteger.Min(0, BigInteger.Min(a, b)),
                            most + BigInteger.Max(0, BigInteger.Max(a, b)));
                    }
                    Assert.Equal((min, max),
                        ((BigInteger)sums[(r * units) + j].Min, (BigInteger)sums[(r * units) + j].Max));
                    (lowest, highest) = (BigInteger.Min(lowest, least), BigInteger.Max(highest, most));
                }
            }
            if (BigInteger.Max(highest, -lowest).GetBitLength() < 60)
                Assert.Equal(ExactRange.TypeFor(new Interval((Int128)lowest, (Int128)highest), 0),
                    dense.AccumulatorType(x));
        }
    }

    [Fact]
    public void Broadcast_indices_are_numpys_and_repeat_after_their_period()
    {
        Random random = new(2);
        for (int round = 0; round < 300; round++)
        {
            int[] target = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(0, 5))];
            Shape shape = new([.. target.TakeLast(random.Next(0, target.Length + 1))
                .Select(d => random.Next(2) == 0 ? 1 : d)]), to = new(target);
            int[] indices = shape.BroadcastIndices(to),
                expected = [.. Enumerable.Range(0, to.Size).Select(i => Source(i, shape, to))];
            Assert.Equal(expected, indices);
            int period = shape.BroadcastPeriod(to);
            Assert.All(Enumerable.Range(0, indices.Length), i => Assert.Equal(indices[i], indices[i % period]));
            Assert.Equal(expected[..Math.Min(period, expected.Length)],
                shape.BroadcastIndices(to, Math.Min(period, expected.Length)));
        }
    }

    [Fact]
    public void Intervals_computed_for_a_period_are_those_of_all_elements()
    {
        Random random = new(3);
        for (int round = 0; round < 100; round++)
        {
            int[] periods = [random.Next(1, 7), random.Next(1, 7)];
            int length = random.Next(1, 4) * (random.Next(3) == 0 ? 7 : periods[0] * periods[1]);
            Interval At(int i) => new(-(i % periods[0]), i % periods[1]);
            Intervals actual = Intervals.Of(length, At, periods);
            Assert.Equal(Enumerable.Range(0, length).Select(At), actual);
            int columns = Enumerable.Range(1, length).Last(c => length % c == 0 && c <= 6);
            Assert.Equal(
                Enumerable.Range(0, columns).Select(c => Enumerable.Range(0, length / columns)
                    .Select(r => At((r * columns) + c)).Aggregate(Interval.Hull)),
                actual.ColumnHulls(columns));
        }
    }

    // The place of each of the target's indices along the axes that the shape has.
    private static int Source(int element, Shape shape, Shape target)
    {
        int source = 0, stride = 1;
        for (int axis = 1; axis <= target.Rank; axis++)
        {
            int size = target[target.Rank - axis], own = axis <= shape.Rank ? shape[shape.Rank - axis] : 1;
            source += own == 1 ? 0 : element % size * stride;
            (element, stride) = (element / size, stride * own);
        }
        return source;
    }

    private static Constant Mantissas(Random random, int bits, params int[] shape)
    {
        ImmutableArray<long> mantissas = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b))
            .Select(_ => random.NextInt64(-(1L << (bits - 1)), 1L << (bits - 1)))];
        return Constant.OfMantissas(new Shape(shape), new FixedPointType(bits, bits), mantissas);
    }

    private static Interval Between(Random random, int bits)
    {
        long a = random.NextInt64(-(1L << bits), 1L << bits), b = random.NextInt64(-(1L << bits), 1L << bits);
        return new(Math.Min(a, b), Math.Max(a, b));
    }
}
