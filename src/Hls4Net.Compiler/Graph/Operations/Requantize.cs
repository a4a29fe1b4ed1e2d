using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph.Operations;

/// <summary>
/// A quantizer together with the constant factors, addends, rectifiers and bounds before it: one monotone step function
/// of each mantissa. Typing gives it the plan that computes it in integers.
/// </summary>
/// <param name="Chain">Operations applied first, in order; each element-wise and shape-preserving.</param>
/// <param name="Quantizer">The quantizer.</param>
/// <param name="Plan">The integer arithmetic; null before typing.</param>
public sealed record Requantize(ImmutableArray<Operation> Chain, IntegerQuantize Quantizer, RequantizePlan? Plan = null)
    : Operation
{
    public override string Kind => "Quant";

    public override bool IsElementwise => true;

    public override Operation? OnItem(Items items) =>
        Items.Repeats(Typed.Channels.AsSpan(), items.Pack())
            ? this with { Plan = Typed with { Channels = Typed.Channels[..items.Pack()] } } : null;

    public override long Multiplications => Plan?.Multiplications ?? 0;

    public override Shape OutputShape(ImmutableArray<Shape> inputs) => Quantizer.OutputShape(inputs);

    public override void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output)
    {
        double[] current = inputs[0];
        foreach (Operation operation in Chain)
        {
            double[] next = new double[current.Length];
            operation.Evaluate(shapes, [current], next);
            current = next;
        }
        Quantizer.Evaluate(shapes, [current], output);
    }

    public override ExactRange Range(ImmutableArray<Value> inputs)
    {
        RequantizePlan plan = Typed;
        Typing x = inputs[0].Typing!;
        Shape shape = inputs[0].Shape;
        int row = Intervals.CommonPeriod(x.Range.Length, x.Range.Period, shape.Rank == 0 ? 1 : shape[shape.Rank - 1]);
        ReadOnlySpan<int> channels = plan.Channels.AsSpan();
        return new ExactRange(0, Intervals.Of(x.Range.Length, Image,
            channels[row..].SequenceEqual(channels[..^row]) ? row : x.Range.Length));

        // Each element's function is monotone: the ends of its interval bound it.
        Interval Image(int i)
        {
            long a = plan.Evaluate(i, (long)x.Range[i].Min), b = plan.Evaluate(i, (long)x.Range[i].Max);
            return new Interval(Math.Min(a, b), Math.Max(a, b));
        }
    }

    public override Steps StepsOf(ImmutableArray<Value> inputs) =>
        Typed.Method == RequantizeMethod.Thresholds ? Typed.Step
        : 1;

    public override long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output)
    {
        RequantizePlan plan = Typed;
        for (int i = 0; i < output.Length; i++)
            output[i] = plan.Evaluate(i, inputs[0][i]);
        return 0;
    }

    private RequantizePlan Typed => Plan ?? throw new InvalidOperationException("the requantization has no plan yet");
}
