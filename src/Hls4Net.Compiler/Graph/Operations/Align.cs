using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// Features of different scale brought to one: element c of the last axis is multiplied by 2^Exponents[c]. On mantissas
/// a slice of bits, another one for each element, so that it is wiring: what lies below the slice is cut off, what lies
/// above it wraps. The port's elements have types of their own (<see cref="Typing.Elements"/>), whose values it keeps.
/// </summary>
/// <param name="Exponents">One for each element of the last axis.</param>
/// <param name="To">The type of the slices; null before typing.</param>
public sealed record Align(ImmutableArray<int> Exponents, FixedPointType? To = null) : Operation
{
    public override string Kind => "Align";

    public override bool IsElementwise => true;

    public override Operation? OnItem(Items items) => items.Channels() % Exponents.Length == 0 ? this : null;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) =>
        inputs[0].Rank > 0 && inputs[0][inputs[0].Rank - 1] == Exponents.Length
            ? inputs[0]
            : throw new ShapeException($"{Exponents.Length} exponents do not fit the input {inputs[0]}");

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        for (int i = 0; i < output.Length; i++)
            output[i] = Math.ScaleB(inputs[0][i], Exponents[i % Exponents.Length]);
    }

    /// <summary>Where an element's slice begins: bits of the input's mantissa below it.</summary>
    /// <param name="input">The input's type.</param>
    /// <param name="element">Any element of the tensor.</param>
    public int Place(FixedPointType input, int element) =>
        input.Fraction - To!.Value.Fraction - Exponents[element % Exponents.Length];

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        Typing x = inputs[0].Typing!;
        FixedPointType to = To!.Value;
        Interval full = new(to.MinMantissa, to.MaxMantissa);
        return new ExactRange(to.Fraction, Intervals.Of(x.Range.Length, Image, x.Range.Period, Exponents.Length));

        Interval Image(int i)
        {
            int place = Place(x.Type, i);
            Interval slice = new(x.Range[i].Min >> place, x.Range[i].Max >> place);
            return full.Contains(slice) ? slice : full;
        }
    }

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        FixedPointType to = To!.Value;
        int above = 64 - to.Width;
        for (int i = 0; i < output.Length; i++)
        {
            long slice = inputs[0][i] >> Place(operands[0].Type, i) << above;
            output[i] = to.Signed ? slice >> above : (long)((ulong)slice >> above);
        }
        return 0;
    }

    // Records compare arrays by reference.
    public bool Equals(Align? other) => other is not null && To == other.To && Exponents.SequenceEqual(other.Exponents);

    public override int GetHashCode() => HashCode.Combine(To, Exponents.Length);
}
