using System.Collections.Immutable;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Transforms;

/// <summary>What a random graph is made of.</summary>
internal enum Motif
{
    /// <summary>Axes in another order, of a few orders that occur again and again.</summary>
    Transpose,

    /// <summary>Axes joined, split, added or left out.</summary>
    Reshape,

    /// <summary>A function of every element.</summary>
    Unary,

    /// <summary>A constant factor, addend or both; some enlarge the tensor or give it axes.</summary>
    Affine,

    /// <summary>A constant divisor.</summary>
    Quotient,

    /// <summary>Several tensors that broadcast, twice the same one and constants among them.</summary>
    Elementwise,

    /// <summary>A product with a constant matrix.</summary>
    Dense,

    /// <summary>A transpose, a flattening and a product.</summary>
    Flattened,

    /// <summary>A constant matrix on windows, transposed convolutions among them.</summary>
    Convolution,

    /// <summary>A pooling.</summary>
    Pool,

    /// <summary>A sum, or the largest or smallest along some axes.</summary>
    Reduce,

    /// <summary>A difference from the largest or smallest of a tensor: the same one, or another.</summary>
    Difference,

    /// <summary>Tensors joined.</summary>
    Concat,

    /// <summary>Elements moved along the axes.</summary>
    Rearrange,

    /// <summary>A quantizer.</summary>
    Quantizer,

    /// <summary>A quantizer and its scale.</summary>
    Quantized,

    /// <summary>Axes split, moved and joined, as depth to space does.</summary>
    Blocks,

    /// <summary>The place of the largest, or the largest few.</summary>
    Selection,

    /// <summary>A transpose, joined with one of some of its elements in another order.</summary>
    TransposedPair,

    /// <summary>A product of two computed matrices.</summary>
    MatrixProduct,

    /// <summary>A function of every element that is no polynomial, and what rounds its results.</summary>
    Function,

    /// <summary>
    /// Very low numbers added to scores, put in their place or around them, mostly before a softmax or a maximum.
    /// </summary>
    Mask,

    /// <summary>A rectifier, read by a quantizer with a type for each element, or by several.</summary>
    Rectified,

    /// <summary>A product between two quantizers with a type for each element.</summary>
    Rounded,

    /// <summary>A function that grows, perhaps moved, compared with a threshold, which it may never reach.</summary>
    Compared,
}

/// <summary>
/// A random network of operations, the same for the same seed: values are read twice, outputs lie in the middle, names
/// repeat. All numbers are multiples of small powers of two, so that sums and products in double are exact and every
/// order gives the same.
/// </summary>
internal sealed class RandomGraph
{
    private const int MaxSize = 300, MaxRank = 6;

    private readonly Random _random;
    private readonly List<Value> _values = [];
    private readonly List<Node> _nodes = [];
    private readonly List<int[]> _orders = [];

    private RandomGraph(Random random) => _random = random;

    /// <summary>A network of some of these motifs.</summary>
    public static Network Make(Random random, params Motif[] motifs)
    {
        RandomGraph graph = new(random);
        ImmutableArray<Value> inputs = [.. Enumerable.Range(0, random.Next(1, 3)).Select(graph.Input)];
        graph._values.AddRange(inputs);
        int length = random.Next(2, 10);
        for (int tries = 0; graph._nodes.Count < length && tries < 100; tries++)
        {
            try
            {
                graph.Add(motifs[random.Next(motifs.Length)]);
            }
            catch (ShapeException)
            {
                // Does not fit; another motif may.
            }
        }
        Value[] made = [.. graph._nodes.Select(n => n.Output).Where(o => o.Shape.Size > 0)];
        Value[] outputs = [.. made.Where((v, i) => i == made.Length - 1 || random.Next(5) == 0)];
        return new Network(inputs, [.. outputs.Select((v, i) => new NetworkOutput($"y{i}", v))], [.. graph._nodes]);
    }

    /// <summary>A sample for all inputs: multiples of a quarter.</summary>
    public static double[] Sample(Random random, Network network) =>
        [.. Enumerable.Range(0, network.Inputs.Sum(i => i.Shape.Size)).Select(_ => random.Next(-16, 17) / 4.0)];

    private Value Input(int index)
    {
        int size = _random.Next(1, 4);
        int[] shape = _random.Next(6) switch
        {
            0 => [.. Enumerable.Range(0, _random.Next(0, 3)).Select(_ => _random.Next(1, 5))],
            1 => [1, _random.Next(1, 7)],
            // Equal axes let different orders have one shape.
            2 => [1, size, size],
            3 => [1, size, size, size],
            4 => [1, _random.Next(1, 4), _random.Next(1, 4), _random.Next(1, 4)],
            _ => [.. Enumerable.Range(0, _random.Next(3, 6))
                .Select(_ => _random.Next(3) == 0 ? 1 : _random.Next(1, 4))],
        };
        FixedPointType? type = _random.Next(4) == 0 ? new FixedPointType(6, 6, true) : null;
        return new Value($"x{index}", new Shape(shape),
            type is FixedPointType t ? Typing.Full(t, new Shape(shape).Size) : null);
    }

    private void Add(Motif motif)
    {
        Value x = Pick();
        Shape shape = x.Shape;
        switch (motif)
        {
            case Motif.Transpose:
                Emit(new Transpose([.. Order(shape.Rank)]), x);
                break;
            case Motif.Reshape:
                Emit(new Reshape(Other(shape)), x);
                break;
            case Motif.Unary:
                Emit(Unary(shape), x);
                break;
            case Motif.Affine:
                Emit(Affine(shape), x);
                break;
            case Motif.Quotient:
                Emit(new Quotient(Constant(Broadcastable(shape),
                    () => Math.ScaleB(Choose(1, -1), _random.Next(-2, 3)))), x);
                break;
            case Motif.Elementwise:
                Elementwise(x);
                break;
            case Motif.Dense:
                Dense(x);
                break;
            case Motif.Flattened:
                Flattened(x);
                break;
            case Motif.Convolution:
                Convolution(x);
                break;
            case Motif.Pool:
                Emit(new Pool(Choose(PoolKind.Max, PoolKind.Sum), Windows(shape, transposed: false)), x);
                break;
            case Motif.Reduce:
                Emit(Reduce(shape), x);
                break;
            case Motif.Difference:
                Difference(x);
                break;
            case Motif.Concat:
                Concat(x);
                break;
            case Motif.Rearrange:
                Emit(Rearrange(shape), x);
                break;
            case Motif.Quantizer:
                Emit(Quantizer(shape), x);
                break;
            case Motif.Quantized:
                Value integers = Emit(Quantizer(shape), x);
                // Mostly one number, now and then with axes of its own.
                Shape scale = _random.Next(4) == 0 ? Broadcastable(shape)
                    : new Shape([.. Enumerable.Repeat(1, _random.Next(3) == 0 ? _random.Next(4) : 0)]);
                Emit(new Affine(Constant(scale, () => Math.ScaleB(1, _random.Next(-2, 2))), null), integers);
                break;
            case Motif.Blocks:
                Blocks(x);
                break;
            case Motif.Selection:
                int axis = _random.Next(Math.Max(shape.Rank, 1));
                Operation selection = _random.Next(2) == 0
                    ? new ArgExtreme(_random.Next(2) == 0, axis, _random.Next(2) == 0)
                    : new TopK(1, axis, _random.Next(2) == 0, _random.Next(2) == 0);
                if (shape.Rank > 0)
                    Emit(selection, x);
                break;
            case Motif.TransposedPair:
                Value t = Emit(new Transpose([.. Order(shape.Rank)]), x);
                for (int tries = 0; tries < 5; tries++)
                {
                    if (Narrow(t) is Value narrow)
                    {
                        Emit(new Elementwise(Choose(ElementwiseKind.Add, ElementwiseKind.Sub)), t, narrow);
                        break;
                    }
                }
                break;
            case Motif.MatrixProduct:
                if (shape.Rank >= 2)
                    Emit(new MatrixProduct(), x,
                        Emit(new Transpose([.. Enumerable.Range(0, shape.Rank - 2), shape.Rank - 1, shape.Rank - 2]),
                            Choose(x, Like(x))));
                break;
            case Motif.Function:
                Rounded(Emit(new ElementwiseFunction(
                    new UnaryFunction(Choose(FunctionKind.Sigmoid, FunctionKind.Tanh, FunctionKind.Softsign))), x));
                break;
            case Motif.Mask:
                Mask(x);
                break;
            case Motif.Rectified:
                Value rectified = Emit(new Rectifier("Relu", null, null), x);
                Constant keep = Constant(Broadcastable(shape), () => _random.Next(2));
                Emit(Fixed(keep, shape), rectified);
                if (_random.Next(3) == 0)
                    Emit(Fixed(keep, shape), rectified);
                break;
            case Motif.Compared:
                Value grown = Emit(new ElementwiseFunction(
                    new UnaryFunction(Choose(FunctionKind.Sigmoid, FunctionKind.Tanh, FunctionKind.Exp))), x);
                if (_random.Next(2) == 0)
                    grown = Emit(new Reshape(Other(shape)), grown);
                Value bound = Emit(new Literal(Hls4Net.Graph.Constant.Scalar(_random.Next(-2, 6) / 4.0)));
                Emit(new Elementwise(Choose(ElementwiseKind.Greater, ElementwiseKind.GreaterOrEqual,
                    ElementwiseKind.Less, ElementwiseKind.LessOrEqual)), grown, bound);
                break;
            case Motif.Rounded:
                RoundedProduct(x);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(motif), motif, "no such motif");
        }
    }

    private FixedQuantize Fixed(Constant keep, Shape shape) => new(keep,
        Constant(Broadcastable(shape), () => _random.Next(-2, 4)), Constant(Broadcastable(shape),
            () => _random.Next(-1, 4)),
        Choose(Rounding.Trn, Rounding.Rnd, Rounding.RndConv), Choose(Overflow.Wrap, Overflow.Sat, Overflow.SatSym));

    // Results between the grid's points; now and then by a quantizer of its own for each element, or without any.
    private void Rounded(Value function)
    {
        IntegerQuantize uniform = new(
            Graph.Constant.Scalar(Math.ScaleB(1, _random.Next(-4, 0))), Graph.Constant.Scalar(_random.Next(-2, 3)), -8,
                7, Choose(Enum.GetValues<QuantRounding>()), false, _random.Next(2) == 0);
        if (_random.Next(6) == 0)
            return;
        Constant[] factors = [.. Enumerable.Range(0, _random.Next(3))
            .Select(_ => Graph.Constant.Scalar(Choose(-2, -0.5, 0.5, 2)))];
        Emit(new Requantize([.. factors.Select(f => new Affine(f, null))],
            _random.Next(5) == 0 ? Quantizer(function.Shape) : uniform), function);
    }

    private void Mask(Value x)
    {
        // Of what is masked already, too: the higher of two masks excludes nothing beside the lower.
        Value[] scores = [.. _values.Where(v => v.Shape.Rank > 0)];
        if (scores.Length == 0)
            return;
        x = scores[_random.Next(scores.Length)];
        double low = Choose(-1e9, -65504, -1e4, double.NegativeInfinity);
        // Adding an infinite number is a mask as well; a product with zero is not.
        double finite = double.IsFinite(low) ? low : -1e9;
        Constant excluded = Constant(Broadcastable(x.Shape),
            () => _random.Next(3) == 0 ? finite : _random.Next(4) == 0 ? Number() : 0);
        switch (_random.Next(4))
        {
            case 0:
                x = Emit(new Affine(null, excluded), x);
                break;
            case 1:
                // One less a computed condition, times a low number.
                Value flags = Emit(new Elementwise(ElementwiseKind.Less), x, Like(x));
                Value bias = Emit(new Affine(Graph.Constant.Scalar(_random.Next(2) == 0 ? finite : -finite),
                    Graph.Constant.Scalar(_random.Next(2) == 0 ? 0 : finite)), flags);
                x = Emit(new Elementwise(ElementwiseKind.Add), _random.Next(2) == 0 ? [x, bias] : [bias, x]);
                break;
            case 2:
                Value condition = Emit(new Elementwise(ElementwiseKind.Less), x, Like(x)),
                    number = Emit(new Literal(Graph.Constant.Scalar(low)));
                x = Emit(new Select(), _random.Next(2) == 0 ? [condition, number, x] : [condition, x, number]);
                break;
            default:
                ImmutableArray<int>[] axes =
                    [.. x.Shape.Dimensions.Select(d => ImmutableArray.CreateRange(Enumerable.Range(0, d)))];
                axes[^1] = [-1, .. axes[^1], -1];
                x = Emit(new Rearrange("Pad", [.. axes], Graph.Constant.Scalar(low)), x);
                break;
        }
        // Whoever sees the low numbers themselves keeps them.
        if (double.IsFinite(low) && _random.Next(6) == 0)
            return;
        int last = x.Shape.Rank - 1;
        Operation reader = _random.Next(4) switch
        {
            0 => new ArgExtreme(true, last, false),
            1 => new Reduce(ReduceKind.Max, [last]),
            2 => new Hardmax(x.Shape[last], 1),
            _ => new Softmax(x.Shape[last], 1),
        };
        Emit(reader, x);
    }

    private Operation Unary(Shape shape)
    {
        Constant? slope = _random.Next(2) == 0 ? null : Constant(Broadcastable(shape), Number);
        return _random.Next(5) switch
        {
            0 => new Rectifier("Relu", null, null),
            1 => new Rectifier("PRelu", _random.Next(3) == 0 ? Graph.Constant.Scalar(Number()) : null, slope),
            2 => new Clip(_random.Next(3) == 0 ? null : Graph.Constant.Scalar(-_random.Next(4)),
                _random.Next(3) == 0 ? null : Graph.Constant.Scalar(_random.Next(4))),
            3 => new ExactFunction(Choose(Enum.GetValues<ExactFunctionKind>())),
            _ => new Rectifier("Relu", null, null),
        };
    }

    private Affine Affine(Shape shape)
    {
        bool whole = _random.Next(2) == 0;
        Func<double> addend = whole ? () => _random.Next(-3, 4) : Number;
        Constant? scale = _random.Next(2) == 0 ? Constant(Operand(shape), Number) : null;
        return new Affine(scale, scale is null || _random.Next(2) == 0 ? Constant(Operand(shape), addend) : null);
    }

    // Now and then larger than the tensor, or of more axes.
    private Shape Operand(Shape shape) => _random.Next(6) switch
    {
        0 => new Shape([.. Enumerable.Repeat(1, _random.Next(1, 3)), .. shape.Dimensions]),
        1 => new Shape([.. shape.Dimensions.Select(d => d == 1 && _random.Next(3) == 0 ? 2 : d)]),
        2 => new Shape([.. Enumerable.Repeat(1, _random.Next(shape.Rank + 2))]),
        _ => Broadcastable(shape),
    };

    private void Elementwise(Value x)
    {
        Value y = Like(x);
        ElementwiseKind kind = Choose(ElementwiseKind.Add, ElementwiseKind.Add, ElementwiseKind.Sub,
            ElementwiseKind.Mul, ElementwiseKind.Max, ElementwiseKind.Less);
        Value[] operands = _random.Next(2) == 0 ? [x, y] : [y, x];
        if (kind is ElementwiseKind.Add or ElementwiseKind.Max && _random.Next(3) == 0)
            operands = [.. operands, Like(x)];
        if (_random.Next(8) == 0)
            Emit(new Select(), x, y, Like(x));
        else
            Emit(new Elementwise(kind), operands);
    }

    // A value that a tensor is joined with: itself, one that broadcasts, another of its shape in another order, or a
    // constant.
    private Value Like(Value x)
    {
        Value[] fitting = [.. _values.Where(v => Shape.Broadcast(v.Shape, x.Shape) is Shape s && s.Size <= MaxSize)];
        switch (_random.Next(7))
        {
            case 0:
                return x;
            case 6 when Narrow(x) is Value narrow:
                return narrow;
            case 1:
                Shape shape = Operand(x.Shape);
                return Emit(new Literal(Constant(shape, Number)));
            case 2 when _values.FirstOrDefault(v => v != x && v.Shape.Rank == x.Shape.Rank
                && v.Shape.Size == x.Shape.Size) is Value other:
                int[][] orders = [.. Enumerable.Range(0, 6).Select(_ => Order(x.Shape.Rank))
                    .Where(o => o.Select(a => other.Shape[a]).SequenceEqual(x.Shape.Dimensions))];
                return orders.Length == 0 ? x : Emit(new Transpose([.. orders[0]]), other);
            default:
                return fitting[_random.Next(fitting.Length)];
        }
    }

    // Some axes of a tensor left out, the others in an order of their own; null where that does not broadcast.
    private Value? Narrow(Value x)
    {
        Value source = _values.FirstOrDefault(v => v.Shape.Rank == x.Shape.Rank && v.Shape.Size > 0
            && _random.Next(2) == 0) ?? x;
        if (source.Shape.Size == 0)
            return null;
        int[] order = Order(source.Shape.Rank);
        bool[] kept = [.. order.Select(_ => _random.Next(3) > 0)];
        Rearrange slice = new("Slice",
            [.. source.Shape.Dimensions.Select((d, axis) =>
                ImmutableArray.CreateRange(Enumerable.Range(0, kept[axis] ? d : 1)))]);
        Transpose transpose = new([.. order]);
        return Shape.Broadcast(transpose.OutputShape([slice.OutputShape([source.Shape])]), x.Shape) == x.Shape
            ? Emit(transpose, Emit(slice, source)) : null;
    }

    private void Dense(Value x)
    {
        if (x.Shape.Rank == 0)
            return;
        int columns = x.Shape[x.Shape.Rank - 1], units = _random.Next(1, 4);
        bool integers = _random.Next(2) == 0;
        Constant weights = Constant(new Shape(columns, units), integers ? () => _random.Next(-2, 3) : Number);
        Emit(new Dense(weights, _random.Next(2) == 0 ? null : Constant(new Shape(units), Number),
            IntegerWeights: integers), x);
    }

    private void RoundedProduct(Value x)
    {
        if (x.Shape.Rank == 0)
            return;
        Value quantized = Emit(Fixed(Constant(Broadcastable(x.Shape), () => _random.Next(2)), x.Shape), x);
        int columns = x.Shape[x.Shape.Rank - 1], units = _random.Next(1, 4);
        Value product = Emit(new Dense(Constant(new Shape(columns, units), Number),
            _random.Next(2) == 0 ? null : Constant(new Shape(units), Number)), quantized);
        Emit(Fixed(Constant(Broadcastable(product.Shape), () => _random.Next(2)), product.Shape), product);
        if (_random.Next(5) == 0)
            Emit(new Rectifier("Relu", null, null), product);
    }

    private void Flattened(Value x)
    {
        Value t = Emit(new Transpose([.. Order(x.Shape.Rank)]), x);
        int keep = _random.Next(4) == 0 ? x.Shape.Rank / 2 : 0;
        Shape flat = new([.. _random.Next(2) == 0 ? new[] { 1 } : [], .. t.Shape.Dimensions[..keep],
            t.Shape.Product(keep, t.Shape.Rank)]);
        Dense(Emit(new Reshape(flat), t));
    }

    private void Convolution(Value x)
    {
        if (x.Shape.Rank < 3 || x.Shape[0] != 1)
            return;
        int channels = x.Shape[x.Shape.Rank - 1], groups = _random.Next(3) == 0 ? channels : 1,
            units = groups * _random.Next(1, 3);
        Window window = Windows(x.Shape, transposed: _random.Next(2) == 0);
        Constant weights = Constant(new Shape(window.Taps * channels / groups, units), Number);
        Emit(new Convolution(new Dense(weights, _random.Next(2) == 0 ? null : Constant(new Shape(units), Number)),
            window, groups), x);
    }

    private Window Windows(Shape shape, bool transposed) =>
        new([.. Enumerable.Range(1, Math.Max(shape.Rank - 2, 0)).Select(_ => transposed
        ? new WindowAxis(_random.Next(1, 4), 1, _random.Next(-1, 3), _random.Next(-1, 3), _random.Next(1, 3),
            _random.Next(1, 4))
        : new WindowAxis(_random.Next(1, 3), _random.Next(1, 3), _random.Next(-1, 2) * _random.Next(2), _random.Next(2),
            _random.Next(1, 3)))]);

    private Reduce Reduce(Shape shape) =>
        new(Choose(ReduceKind.Sum, ReduceKind.Max, ReduceKind.Min),
            [.. Enumerable.Range(0, shape.Rank).Where(_ => _random.Next(2) == 0)]);

    private void Difference(Value x)
    {
        Value source = _random.Next(3) == 0 ? Like(x) : x;
        Value extreme = Emit(Reduce(source.Shape), source);
        if (_random.Next(4) == 0)
            extreme = Emit(new Transpose([.. Order(extreme.Shape.Rank)]), extreme);
        Emit(new Elementwise(ElementwiseKind.Sub), _random.Next(4) == 0 ? [extreme, x] : [x, extreme]);
    }

    private void Concat(Value x)
    {
        if (x.Shape.Rank == 0)
            return;
        int axis = _random.Next(x.Shape.Rank);
        Emit(new Concatenate(axis), _random.Next(2) == 0 ? [x, Like(x)] : [Like(x), x, x]);
    }

    private Rearrange Rearrange(Shape shape)
    {
        bool fill = _random.Next(3) == 0;
        ImmutableArray<int>[] axes =
            [.. shape.Dimensions.Select(d => ImmutableArray.CreateRange(Enumerable.Range(0, d)))];
        if (axes.Length > 0)
        {
            int axis = _random.Next(axes.Length), size = shape[axis];
            axes[axis] = [.. Enumerable.Range(0, _random.Next(1, size + 2))
                .Select(_ => _random.Next(fill ? -1 : 0, size))];
        }
        return new Rearrange("Gather", [.. axes], fill ? Graph.Constant.Scalar(Choose(0, 0, 1)) : null);
    }

    private IntegerQuantize Quantizer(Shape shape)
    {
        Constant scale = Constant(_random.Next(2) == 0 ? new Shape() : Broadcastable(shape),
            () => Math.ScaleB(1, _random.Next(-2, 2)));
        Constant zero = Constant(_random.Next(2) == 0 ? new Shape() : Broadcastable(shape), () => _random.Next(-2, 3));
        return new IntegerQuantize(scale, zero, -8, 7, Choose(Enum.GetValues<QuantRounding>()), _random.Next(6) == 0,
            _random.Next(2) == 0);
    }

    private void Blocks(Value x)
    {
        Value parts = Emit(new Reshape(Split(x.Shape)), x);
        Value moved = Emit(new Transpose([.. Order(parts.Shape.Rank)]), parts);
        Emit(new Reshape(Other(moved.Shape)), moved);
    }

    // Every axis cut where it can be.
    private Shape Split(Shape shape) =>
        new([.. shape.Dimensions.SelectMany(d => d % 2 == 0 && d > 2
            && _random.Next(2) == 0 ? [2, d / 2] : new[] { d })]);

    private Shape Other(Shape shape)
    {
        if (_random.Next(4) == 0)
            return Split(shape);
        List<int> result = [];
        foreach (int d in shape.Dimensions)
        {
            if (result.Count > 0 && _random.Next(3) == 0)
                result[^1] *= d;
            else if (d != 1 || _random.Next(3) > 0)
                result.Add(d);
            if (_random.Next(5) == 0)
                result.Add(1);
        }
        // The sample's axis, mostly.
        if (_random.Next(3) > 0 && (result.Count == 0 || result[0] != 1))
            result.Insert(0, 1);
        return new Shape([.. result]);
    }

    private int[] Order(int rank)
    {
        int[][] known = [.. _orders.Where(o => o.Length == rank)];
        if (known.Length > 0 && _random.Next(4) > 0)
            return known[_random.Next(known.Length)];
        int[] order = [.. Enumerable.Range(0, rank)];
        _random.Shuffle(_random.Next(2) == 0 && rank > 1 ? order.AsSpan(1) : order);
        // One and the other way.
        _orders.Add(order);
        _orders.Add([.. Enumerable.Range(0, rank).OrderBy(k => order[k])]);
        return order;
    }

    private Shape Broadcastable(Shape shape) =>
        new([.. shape.Dimensions.Select(d => _random.Next(3) == 0 ? 1 : d)
            .Skip(_random.Next(3) == 0 ? _random.Next(shape.Rank + 1) : 0)]);

    private Constant Constant(Shape shape, Func<double> number)
    {
        double common = number();
        bool equal = _random.Next(3) == 0;
        return new Constant(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => equal ? common : number())]);
    }

    private double Number() => _random.Next(-8, 9) / 4.0;

    private Value Pick() => _values[_random.Next(3) == 0 ? _random.Next(_values.Count) : _values.Count - 1];

    private T Choose<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private Value Emit(Operation operation, params Value[] inputs)
    {
        Shape shape = operation.OutputShape([.. inputs.Select(i => i.Shape)]);
        if (shape.Size > MaxSize || shape.Rank > MaxRank)
            throw new ShapeException("too large for a test");
        string name = $"n{_random.Next(6)}";
        Node node = new(name, new NodeSource(name, operation.Kind), operation, [.. inputs], new Value(name, shape));
        _nodes.Add(node);
        _values.Add(node.Output);
        return node.Output;
    }
}
