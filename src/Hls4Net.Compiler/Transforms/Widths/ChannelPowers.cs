using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Transforms.Widths;

/// <summary>
/// Powers of two by channel: which operations put them on, let them through and take them back. The channel of an
/// element is its place modulo the number of channels, which reshapes keep.
/// </summary>
internal static class ChannelPowers
{
    /// <summary>How many channels an operation's result has that it can multiply itself; 0 where it cannot.</summary>
    public static int Made(Node node) => node.Operation switch
    {
        Dense { Accumulator: null, IntegerWeights: false } dense => dense.Units,
        Convolution { Kernel: { Accumulator: null, IntegerWeights: false } kernel } => kernel.Units,
        Affine { Scale: not null } affine when affine.OutputShape([node.Inputs[0].Shape]) == node.Inputs[0].Shape =>
            node.Output.Shape.LastAxis,
        _ => 0,
    };

    /// <summary>The operation whose result is multiplied by powers of two, channel by channel.</summary>
    public static Operation Times(Operation operation, ImmutableArray<int> exponents)
    {
        Constant powers = Powers(exponents, sign: 1);
        return operation switch
        {
            Dense dense => Columns(dense),
            Convolution convolution => convolution with { Kernel = Columns(convolution.Kernel) },
            Affine affine => new Affine(Product(affine.Scale, powers),
                affine.Shift is null ? null : Product(affine.Shift, powers)),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "makes no powers"),
        };

        Dense Columns(Dense dense) => dense with
        {
            Weights = new(dense.Weights.Shape,
                [.. dense.Weights.Values.Select((w, i) => w * powers.Values[i % dense.Units])]),
            Bias = dense.Bias?.Zip(powers, (b, p) => b * p),
        };
    }

    /// <summary>
    /// True for an operation of one operand that gives 2^n times as much in a channel of 2^n times as large elements.
    /// </summary>
    public static bool Passes(Node node, int channels) => node.Operation switch
    {
        Reshape or Rectifier { Threshold: null } => true,
        Pool => node.Output.Shape.LastAxis % channels == 0,
        _ => false,
    };

    /// <summary>Whether an operation can take back powers of so many channels.</summary>
    public static bool Takes(Operation operation, Shape input, int channels) => operation switch
    {
        Affine affine => input.LastAxis == channels && affine.OutputShape([input]) == input,
        Dense { Accumulator: null, IntegerWeights: false } dense => dense.Columns % channels == 0,
        Convolution { Kernel: { Accumulator: null, IntegerWeights: false } } convolution =>
            convolution.Channels % channels == 0,
        _ => false,
    };

    /// <summary>
    /// The operation that gives on channels 2^exponents times as large what it gave before; null where there is none.
    /// </summary>
    public static Operation? TakenBack(Operation operation, Shape input, ImmutableArray<int> exponents)
    {
        if (!Takes(operation, input, exponents.Length))
            return null;
        Constant back = Powers(exponents, sign: -1);
        return operation switch
        {
            Affine affine => affine with { Scale = Product(affine.Scale, back) },
            Dense dense => Rows(dense, i => i / dense.Units),
            Convolution convolution => convolution with { Kernel = Rows(convolution.Kernel, convolution.ChannelOf) },
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "takes no powers back"),
        };

        Dense Rows(Dense dense, Func<int, int> channelOf) => dense with
        {
            Weights = new(dense.Weights.Shape,
                [.. dense.Weights.Values.Select((w, i) => w * back.Values[channelOf(i) % exponents.Length])]),
        };
    }

    /// <summary>
    /// Adds the squares of the factors that each channel meets in an operation that takes powers back.
    /// </summary>
    public static void AddSquares(Operation operation, Shape input, Span<double> squares)
    {
        (ImmutableArray<double> factors, Func<int, int> channelOf) = operation switch
        {
            Affine affine => ((affine.Scale ?? Constant.Scalar(1)).BroadcastTo(input).Values, i => i),
            Dense dense => (dense.Weights.Values, i => i / dense.Units),
            Convolution convolution => (convolution.Kernel.Weights.Values, (Func<int, int>)convolution.ChannelOf),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation.Kind, "takes no powers back"),
        };
        for (int i = 0; i < factors.Length; i++)
            squares[channelOf(i) % squares.Length] += factors[i] * factors[i];
    }

    private static Constant Powers(ImmutableArray<int> exponents, int sign) =>
        new(new Shape(exponents.Length), [.. exponents.Select(e => Math.ScaleB(1, sign * e))]);

    private static Constant Product(Constant? scale, Constant powers)
    {
        if (scale is null)
            return powers;
        Shape shape = Shape.Broadcast(scale.Shape, powers.Shape)!.Value;
        return scale.BroadcastTo(shape).Zip(powers.BroadcastTo(shape), (a, b) => a * b);
    }
}
