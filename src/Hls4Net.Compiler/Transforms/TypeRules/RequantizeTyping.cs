using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Transforms.TypeRules;

/// <summary>Makes the integer plan of a requantization from the types and ranges that reach it.</summary>
internal static class RequantizeTyping
{
    public static Value Typed(TypingContext context, Node node, Requantize requantize, Value input)
    {
        Requantize typed = Planned(requantize, input) ?? throw new ModelException(
            Descriptors.TooWide,
            $"layer {node.Name}: no integer arithmetic of a supported size equals this quantizer "
            + $"({requantize.Quantizer.Max - requantize.Quantizer.Min + 1} levels, {requantize.Quantizer.Rounding}) on "
            + $"inputs of {input.Type}; use fewer bits or another rounding mode");
        return context.Emit(node, typed, [input], Typing.Exact(typed.Range([input])));
    }

    /// <summary>
    /// The requantization with its plan; null where no integer arithmetic of a supported size equals it.
    /// </summary>
    public static Requantize? Planned(Requantize operation, Value input)
    {
        (List<StepFunction> functions, List<Interval> intervals, ImmutableArray<int> channels) = Channels(operation,
            input);
        RequantizePlan? plan = RequantizePlanner.Plan(functions, intervals, channels);
        return plan is null ? null : operation with { Plan = plan };
    }

    /// <summary>
    /// The step functions of the input's mantissas by channel, the mantissas that reach each, and the channel of each
    /// element.
    /// </summary>
    public static (List<StepFunction> Functions, List<Interval> Intervals,
        ImmutableArray<int> Channels) Channels(Requantize operation, Value input)
    {
        Parameters parameters = new(operation, input.Shape);
        List<StepFunction> functions = [];
        List<Interval> intervals = [];
        int[] channelOf = parameters.Channels(input.Shape.Size);
        Intervals ranges = input.Typing!.Range;
        for (int i = 0; i < channelOf.Length; i++)
        {
            int channel = channelOf[i];
            if (channel < functions.Count)
            {
                intervals[channel] = Interval.Hull(intervals[channel], ranges[i]);
                continue;
            }
            functions.Add(parameters.Function(i, input.Type.Fraction));
            intervals.Add(ranges[i]);
        }
        return (functions, intervals, ImmutableArray.Create(channelOf));
    }

    /// <summary>The constants that reach an element, and the step function they make.</summary>
    private sealed class Parameters
    {
        private readonly Requantize _operation;
        private readonly (int[] Scale, int[] Shift)[] _chain;
        private readonly int[] _scale, _zeroPoint, _bounds;

        public Parameters(Requantize operation, Shape shape)
        {
            _operation = operation;
            _chain = [.. operation.Chain.Select(o => o switch
            {
                Affine a => (Indices(a.Scale, shape), Indices(a.Shift, shape)),
                Quotient q => (Indices(q.Divisor, shape), []),
                _ => (Array.Empty<int>(), Array.Empty<int>()),
            })];
            _scale = Indices(operation.Quantizer.Scale, shape);
            _zeroPoint = Indices(operation.Quantizer.ZeroPoint, shape);
            _bounds = Indices(operation.Quantizer.Bounds?.Min, shape);
        }

        // Elements that read the same constants share a channel; channels are numbered in the order of their first
        // elements.
        public int[] Channels(int size)
        {
            int[] channels = new int[size];
            foreach (int[] indices in _chain.SelectMany(c => new[] { c.Scale, c.Shift }).Append(_scale)
                .Append(_zeroPoint).Append(_bounds).Where(i => i.Length > 0))
            {
                Dictionary<(int, int), int> joined = [];
                for (int i = 0; i < size; i++)
                {
                    (int, int) key = (channels[i], indices[i]);
                    if (!joined.TryGetValue(key, out int channel))
                        joined[key] = channel = joined.Count;
                    channels[i] = channel;
                }
            }
            return channels;
        }

        public StepFunction Function(int element, int fraction)
        {
            StepFunction f = StepFunction.Start(fraction);
            for (int k = 0; k < _chain.Length; k++)
            {
                f = _operation.Chain[k] switch
                {
                    Affine a => f.Then(
                        a.Scale is null ? 1L : a.Scale.Values[At(_chain[k].Scale, element)],
                        a.Shift is null ? 0L : a.Shift.Values[At(_chain[k].Shift, element)]),
                    Quotient d => f.Then((Rational)1L / d.Divisor.Values[At(_chain[k].Scale, element)], 0L),
                    Rectifier => f.Held(0L, null),
                    Clip c => f.Held(c.Lower is null ? null : (Rational)c.Lower.Values[0],
                        c.Upper is null ? null : (Rational)c.Upper.Values[0]),
                    Operation other =>
                        throw new InvalidOperationException($"{other.Kind} is no part of a step function"),
                };
            }
            IntegerQuantize q = _operation.Quantizer;
            long zeroPoint = (long)q.ZeroPoint.Values[At(_zeroPoint, element)];
            // A zero-point that takes no part in the rounding only moves the bounds.
            (long before, long after) = q.RoundsFirst ? (0L, zeroPoint) : (zeroPoint, 0L);
            (long min, long max) = q.Bounds is null ? (q.Min, q.Max)
                : ((long)q.Bounds.Min.Values[At(_bounds, element)], (long)q.Bounds.Max.Values[At(_bounds, element)]);
            return f with
            {
                Scale = q.Scale.Values[At(_scale, element)],
                ZeroPoint = before,
                Min = min - after,
                Max = max - after,
                Rounding = q.Rounding,
                Bipolar = q.Bipolar,
            };
        }

        private static int At(int[] indices, int element) => indices.Length == 0 ? 0 : indices[element];

        private static int[] Indices(Constant? constant, Shape shape) =>
            constant is null || constant.Values.Length == 1 ? [] : constant.Shape.BroadcastIndices(shape);
    }
}
