using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// A valid ONNX model of random operators of several operator sets on tensors of 0 to 5 axes, the same for the same
/// seed, which ONNX Runtime runs. Numbers begin as multiples of an eighth. A tensor is exact while float32 and fixed
/// point hold it without rounding: only such are rounded, compared or quantized, since anything else may fall on the
/// other side of a tie.
/// </summary>
internal sealed partial class RandomOnnxGraph
{
    private const int MaxElements = 200, MaxRank = 5;

    // Beyond, float32 says little of what an error means.
    private const double MaxMagnitude = 2000;

    private readonly Random _random;
    private readonly ModelBuilder _model;
    private readonly List<Tensor> _values = [];
    private readonly HashSet<string> _read = [];

    private bool _tables;

    private RandomOnnxGraph(Random random)
    {
        _random = random;
        _model = new ModelBuilder(Choose(8, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22));
        _model.Proto.IrVersion = 9;
    }

    /// <summary>A tensor of the model.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Shape">Its shape.</param>
    /// <param name="Magnitude">No element is larger.</param>
    /// <param name="Digits">Binary digits right of the point that hold every element; more than 20 with the magnitude's
    /// for what is rounded.</param>
    internal sealed record Tensor(string Name, int[] Shape, double Magnitude, int Digits)
    {
        public int Size => Shape.Aggregate(1, (a, b) => a * b);

        public int Rank => Shape.Length;

        public bool IsExact => Digits + Math.Log2(Math.Max(Magnitude, 1)) <= 15;
    }

    /// <summary>
    /// The model, its inputs' shapes, samples, the largest number that it may have, and whether functions are tables in
    /// it.
    /// </summary>
    internal sealed record Graph(ModelBuilder Model, int[][] Inputs, double[][] Samples, double Magnitude,
        bool HasTables, string Text)
    {
        /// <summary>Options that state every input's shape: the first axis is no sample axis here.</summary>
        public ModelOptions Options(ModelOptions options) => options with
        {
            InputShapes = options.InputShapes.AddRange(Inputs.Select((s, i) =>
                KeyValuePair.Create($"x{i}", System.Collections.Immutable.ImmutableArray.Create(s)))),
        };
    }

    private int Opset => (int)_model.Proto.OpsetImport[0].Version;

    public static Graph Make(Random random, int samples)
    {
        RandomOnnxGraph graph = new(random);
        Tensor[] inputs = [.. Enumerable.Range(0, random.Next(1, 3)).Select(graph.Input)];
        graph._values.AddRange(inputs);
        int length = random.Next(1, 7);
        for (int tries = 0; graph._values.Count < inputs.Length + length && tries < 60; tries++)
            graph.AddNode();
        graph.AddOutputs(inputs.Length);
        int size = inputs.Sum(i => i.Size);
        double[][] data = [.. Enumerable.Range(0, samples)
            .Select(s => Enumerable.Range(0, size).Select(_ => random.Next(-32, 33) / 8.0).ToArray())];
        string text = string.Join('\n', graph._model.Graph.Node.Select(n =>
            $"{string.Join(", ", n.Output)} = {n.OpType}({string.Join(", ", n.Input)}) "
            + $"{string.Join(" ", n.Attribute.Select(a => $"{a.Name}={(a.Ints.Count > 0 ? a.Ints : a.Type == AttributeProto.Types.AttributeType.Float ? a.F : a.Type == AttributeProto.Types.AttributeType.String ? a.S.ToStringUtf8() : a.I)}"))}"));
        string shapes = string.Join(", ", graph._values.Select(v => $"{v.Name}[{string.Join(",", v.Shape)}]"));
        return new Graph(graph._model, [.. inputs.Select(i => i.Shape)], data, graph._values.Max(v => v.Magnitude),
            graph._tables, $"set {graph.Opset}: {shapes}\n{text}");
    }

    private Tensor Input(int index)
    {
        int[] shape = _random.Next(8) switch
        {
            0 => [],
            1 => [_random.Next(1, 7)],
            2 or 3 => [1, _random.Next(1, 5), _random.Next(2, 6), _random.Next(2, 6)],
            4 => [1, _random.Next(1, 4), _random.Next(1, 6)],
            5 => [_random.Next(1, 3), _random.Next(1, 4), _random.Next(1, 4), _random.Next(1, 3), _random.Next(1, 3)],
            _ => [_random.Next(1, 3), _random.Next(1, 9)],
        };
        _model.Input($"x{index}", [.. shape.Select(d => (Dim)d)]);
        return new Tensor($"x{index}", shape, 4, 3);
    }

    private void AddOutputs(int inputs)
    {
        Tensor[] made = [.. _values.Skip(inputs)];
        if (made.Length == 0)
            made = [Node("Identity", _values[0].Shape, 4, 3, [_values[0].Name])];
        foreach (Tensor v in made.Where(v => !_read.Contains(v.Name) || _random.Next(5) == 0))
            _model.Output(v.Name);
    }

    // A node of one output, whose tensor is known from here on.
    private Tensor Node(string op, int[] shape, double magnitude, int digits, string[] inputs,
        params (string, object)[] attributes)
    {
        string name = _model.Fresh("v");
        _model.Node(op, inputs, name, attributes);
        _read.UnionWith(inputs);
        return new Tensor(name, shape, magnitude, digits);
    }

    private Tensor Inexact(string op, int[] shape, double magnitude, string[] inputs,
        params (string, object)[] attributes)
    {
        _tables = true;
        return Node(op, shape, magnitude, 100, inputs, attributes);
    }

    // The same elements, moved: exact as they are.
    private Tensor Moved(string op, Tensor x, int[] shape, string[] more, params (string, object)[] attributes) =>
        Node(op, shape, x.Magnitude, x.Digits, [x.Name, .. more], attributes);

    private void AddNode()
    {
        Tensor x = _values[_random.Next(3) == 0 ? _random.Next(_values.Count) : _values.Count - 1];
        Tensor? y = _random.Next(34) switch
        {
            0 or 1 => Unary(x),
            2 => Function(x),
            3 or 4 => Binary(x),
            5 => Several(x),
            6 => Compared(x),
            7 => Dense(x),
            8 => Transpose(x),
            9 => Reshape(x),
            10 => Squeezed(x),
            11 => Slice(x),
            12 => Gather(x),
            13 => Pad(x),
            14 => Repeated(x),
            15 => Concat(x),
            16 or 17 => Reduce(x),
            18 => Softmax(x),
            19 => Selection(x),
            20 or 21 => Convolution(x),
            22 => Pool(x),
            23 => Normalized(x),
            24 => Resize(x),
            25 => Blocks(x),
            26 => Quantized(x),
            27 => Integers(x),
            28 => MatMul(x),
            29 => Split(x),
            30 => Clip(x),
            31 => PRelu(x),
            32 => Einsum(x),
            _ => Shapes(x),
        };
        if (y is null || y.Size > MaxElements || y.Size == 0 || y.Rank > MaxRank)
            return;
        // What grows too large is brought back.
        _values.Add(y.Magnitude > MaxMagnitude ? Bounded(y, 8) : y);
    }

    private Tensor Bounded(Tensor x, double bound) =>
        x.Magnitude <= bound ? x
        : Opset < 11 ? Node("Clip", x.Shape, bound, x.Digits, [x.Name], ("min", (float)-bound), ("max", (float)bound))
        : Node("Clip", x.Shape, bound, x.Digits, [x.Name, Number(-bound), Number(bound)]);

    private Tensor? Unary(Tensor x)
    {
        string op = Choose("Relu", "Neg", "Abs", "LeakyRelu", "Identity", "Floor", "Ceil", "Sign", "Round",
            "ThresholdedRelu", "HardSigmoid", "Shrink", "Dropout");
        switch (op)
        {
            case "LeakyRelu":
                return Node(op, x.Shape, x.Magnitude, x.Digits + 2, [x.Name], ("alpha", Choose(0.25f, 0.5f, -0.75f)));
            case "ThresholdedRelu" when Opset >= 10 && x.IsExact:
                return Node(op, x.Shape, x.Magnitude, x.Digits, [x.Name], ("alpha", Choose(0.5f, 1f, 0f)));
            case "HardSigmoid":
                return Node(op, x.Shape, 1, x.Digits + 2, [x.Name], ("alpha", 0.25f), ("beta", 0.5f));
            case "Shrink" when Opset >= 9 && x.IsExact:
                return Node(op, x.Shape, x.Magnitude + 1, x.Digits + 1, [x.Name], ("lambd", 1.5f),
                    ("bias", Choose(0f, 0.5f)));
            case "Floor" or "Ceil" when x.IsExact:
                return Node(op, x.Shape, x.Magnitude + 1, 0, [x.Name]);
            case "Round" when x.IsExact && Opset >= 11:
                return Node(op, x.Shape, x.Magnitude + 1, 0, [x.Name]);
            case "Sign" when x.IsExact && Opset >= 9:
                return Node(op, x.Shape, 1, 0, [x.Name]);
            case "Relu" or "Neg" or "Abs" or "Identity" or "Dropout":
                return Moved(op, x, x.Shape, []);
            default:
                return null;
        }
    }

    // Held where the function is no steeper than a few times its argument.
    private Tensor? Function(Tensor x)
    {
        (string op, int since) = Choose(
            ("Sigmoid", 6), ("Tanh", 6), ("Softplus", 6), ("Softsign", 6), ("Elu", 6), ("Selu", 6), ("Celu", 12),
                ("Erf", 9), ("Exp", 6), ("Log", 6), ("Sqrt", 6), ("Reciprocal", 6), ("Sin", 7), ("Cos", 7),
            ("Tan", 7), ("Asin", 7), ("Acos", 7), ("Atan", 7), ("Sinh", 9), ("Cosh", 9), ("Asinh", 9), ("Acosh", 9),
                ("Atanh", 9), ("HardSwish", 14), ("Mish", 18), ("Gelu", 20), ("Pow", 7), ("Pow2", 7));
        if (Opset < since)
            return null;
        switch (op)
        {
            case "Exp" or "Sinh" or "Cosh":
                x = Bounded(x, 4);
                return Inexact(op, x.Shape, 60, [x.Name]);
            case "Log" or "Sqrt" or "Reciprocal":
                x = Positive(x, 0.5);
                return Inexact(op, x.Shape, Math.Max(x.Magnitude, 2), [x.Name]);
            case "Pow":
                x = Positive(Bounded(x, 8), 0.5);
                return Inexact("Pow", x.Shape, 1000, [x.Name, Number(Choose(0.5, -0.5, 1.5, -1, 2, 3))]);
            case "Pow2":
                return Node("Pow", x.Shape, x.Magnitude * x.Magnitude, 2 * x.Digits, [x.Name, Number(2)]);
            case "Tan" or "Asin" or "Acos" or "Atanh":
                x = Bounded(x, 0.875);
                return Inexact(op, x.Shape, 2, [x.Name]);
            case "Acosh":
                x = Positive(x, 1.5);
                return Inexact(op, x.Shape, 10, [x.Name]);
            case "Elu" or "Celu":
                return Inexact(op, x.Shape, Math.Max(x.Magnitude, 2), [x.Name], ("alpha", Choose(0.5f, 1f, 1.7f)));
            case "Gelu":
                return Inexact(op, x.Shape, x.Magnitude, [x.Name], ("approximate", Choose("none", "tanh")));
            default:
                return Inexact(op, x.Shape, Math.Max(x.Magnitude * 1.1, 2), [x.Name]);
        }
    }

    private Tensor Positive(Tensor x, double least)
    {
        Tensor magnitude = Moved("Abs", x, x.Shape, []);
        return Node("Add", x.Shape, x.Magnitude + least, Math.Max(x.Digits, 1), [magnitude.Name, Number(least)]);
    }

    // What a tensor is joined with: a computed one that broadcasts, mostly, else a constant.
    private Tensor Operand(Tensor x)
    {
        Tensor[] fitting = [.. _values.Where(v => Broadcast(v.Shape, x.Shape) is int[] s
            && s.Aggregate(1, (a, b) => a * b) <= MaxElements)];
        return fitting.Length > 0 && _random.Next(5) < 3 ? fitting[_random.Next(fitting.Length)]
            : Constant(Broadcastable(x.Shape));
    }

    private Tensor? Binary(Tensor x)
    {
        Tensor y = Operand(x);
        if (Broadcast(x.Shape, y.Shape) is not int[] shape)
            return null;
        string op = Choose("Add", "Sub", "Mul", "Div");
        if (op == "Div")
        {
            y = Positive(y, 0.5);
            return Inexact(op, shape, 2 * x.Magnitude, _random.Next(4) == 0
                && !_model.Graph.Initializer.Any(i => i.Name == x.Name) ? [x.Name, y.Name] : [x.Name, y.Name]);
        }
        string[] operands = _random.Next(2) == 0 ? [x.Name, y.Name] : [y.Name, x.Name];
        return op == "Mul" ? Node(op, shape, x.Magnitude * y.Magnitude, x.Digits + y.Digits, operands)
            : Node(op, shape, x.Magnitude + y.Magnitude, Math.Max(x.Digits, y.Digits), operands);
    }

    private Tensor? Several(Tensor x)
    {
        string op = Choose("Sum", "Mean", "Min", "Max");
        if (Opset < 8)
            return null;
        List<Tensor> operands = [x];
        int[]? shape = x.Shape;
        for (int i = _random.Next(1, 4); i > 1 && shape is not null; i--)
        {
            Tensor y = Operand(x);
            operands.Add(y);
            shape = Broadcast(shape, y.Shape);
        }
        if (shape is null)
            return null;
        int count = operands.Count;
        double magnitude = op == "Sum" ? operands.Sum(o => o.Magnitude) : operands.Max(o => o.Magnitude);
        int digits = operands.Max(o => o.Digits)
            + (op == "Mean" ? double.IsPow2(count) ? (int)Math.Log2(count) : 100 : 0);
        return Node(op, shape, magnitude, digits, [.. operands.Select(o => o.Name)]);
    }

    // Truth values, joined, and made numbers or choices.
    private Tensor? Compared(Tensor x)
    {
        Tensor y = Operand(x);
        string op = Choose("Equal", "Less", "Greater", "LessOrEqual", "GreaterOrEqual");
        if (!x.IsExact || !y.IsExact || Broadcast(x.Shape, y.Shape) is not int[] shape
            || Opset < (op == "Equal" ? 11 : op.EndsWith("Equal", StringComparison.Ordinal) ? 12 : 9))
            return null;
        Tensor truth = Node(op, shape, 1, 0, [x.Name, y.Name]);
        switch (_random.Next(5))
        {
            case 0:
                truth = Node("Not", shape, 1, 0, [truth.Name]);
                break;
            case 1:
                Tensor other = Node("Less", shape, 1, 0, [y.Name, x.Name]);
                truth = Node(Choose("And", "Or", "Xor"), shape, 1, 0, [truth.Name, other.Name]);
                break;
            default:
                break;
        }
        if (_random.Next(2) == 0 || Opset < 9)
            return Node("Cast", shape, 1, 0, [truth.Name], ("to", (int)DataType.Float));
        Tensor a = Operand(x), b = Operand(x);
        return Broadcast(a.Shape, shape) is int[] s && Broadcast(s, b.Shape) is int[] all
            ? Node("Where", all, Math.Max(a.Magnitude, b.Magnitude), Math.Max(a.Digits, b.Digits),
                [truth.Name, a.Name, b.Name]) : null;
    }

    private Tensor? Dense(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int columns = x.Shape[^1], units = _random.Next(1, 5);
        if (x.Rank == 2 && _random.Next(2) == 0)
        {
            bool transposed = _random.Next(2) == 0, left = _random.Next(4) == 0;
            Tensor b = Constant(transposed ? [units, left ? x.Shape[0] : columns]
                : [left ? x.Shape[0] : columns, units]);
            int rows = left ? columns : x.Shape[0];
            float alpha = Choose(1f, 0.5f), beta = Choose(1f, 2f);
            List<string> inputs = [x.Name, b.Name];
            double magnitude = x.Magnitude * b.Magnitude * columns * 2;
            if (_random.Next(2) == 0)
                inputs.Add(Constant(Choose<int[]>([units], [1], [], [rows, 1], [1, units])).Name);
            else if (Opset < 11)
                return null;
            return Node("Gemm", [rows, units], magnitude + 8, x.Digits + b.Digits + 1, [.. inputs],
                ("transB", transposed ? 1 : 0), ("transA", left ? 1 : 0), ("alpha", alpha), ("beta", beta));
        }
        Tensor w = Constant(_random.Next(4) == 0 ? [columns] : [columns, units]);
        int[] shape = w.Rank == 1 ? x.Shape[..^1] : [.. x.Shape[..^1], units];
        return Node("MatMul", x.Rank == 1 && w.Rank == 1 ? [] : shape, x.Magnitude * w.Magnitude * columns,
            x.Digits + w.Digits, [x.Name, w.Name]);
    }

    private Tensor? MatMul(Tensor x)
    {
        if (x.Rank < 2)
            return null;
        Tensor columns = Transposed(x, [.. Enumerable.Range(0, x.Rank - 2), x.Rank - 1, x.Rank - 2]);
        return Node("MatMul", [.. x.Shape[..^1], x.Shape[^2]], x.Magnitude * x.Magnitude * x.Shape[^1], 2 * x.Digits,
            [x.Name, columns.Name]);
    }

    private Tensor? Einsum(Tensor x)
    {
        if (Opset < 12 || x.Rank is < 2 or > 3)
            return null;
        if (x.Rank == 2)
        {
            Tensor w = Constant([3, x.Shape[1]]);
            return Node("Einsum", [3, x.Shape[0]], x.Magnitude * w.Magnitude * x.Shape[1], x.Digits + w.Digits,
                [x.Name, w.Name], ("equation", "ij,kj->ki"));
        }
        return Node("Einsum", [x.Shape[0], x.Shape[1], x.Shape[1]], x.Magnitude * x.Magnitude * x.Shape[2],
            2 * x.Digits, [x.Name, x.Name], ("equation", "bij,bkj->bik"));
    }

    private Tensor Transposed(Tensor x, int[] order) =>
        Moved("Transpose", x, [.. order.Select(p => x.Shape[p])], [], ("perm", order.Select(p => (long)p).ToArray()));

    private Tensor Transpose(Tensor x)
    {
        int[] order = [.. Enumerable.Range(0, x.Rank)];
        _random.Shuffle(order);
        return _random.Next(5) == 0 ? Moved("Transpose", x, [.. x.Shape.Reverse()], []) : Transposed(x, order);
    }

    private Tensor? Reshape(Tensor x)
    {
        if (_random.Next(4) == 0)
        {
            int axis = _random.Next(x.Rank + 1);
            int[] flat = [x.Shape[..axis].Aggregate(1, (a, b) => a * b), x.Shape[axis..].Aggregate(1, (a, b) => a * b)];
            return Moved("Flatten", x, flat, [],
                ("axis", Opset >= 11 && axis < x.Rank && _random.Next(2) == 0 ? axis - x.Rank : axis));
        }
        int[] shape = Choose<int[]>([x.Size], [1, x.Size], [1, x.Size, 1], [1, .. x.Shape],
            [.. x.Shape.Where(d => d != 1)], [x.Size, 1]);
        long[] target = [.. shape.Select(d => (long)d)];
        if (target.Length > 0 && _random.Next(3) == 0)
            target[Array.IndexOf(shape, shape.Max())] = -1;
        return Moved("Reshape", x, shape, [Longs(target)]);
    }

    private Tensor? Squeezed(Tensor x)
    {
        if (_random.Next(2) == 0)
        {
            int at = _random.Next(x.Rank + 1);
            long axis = Opset >= 11 && _random.Next(2) == 0 ? at - x.Rank - 1 : at;
            int[] shape = [.. x.Shape[..at], 1, .. x.Shape[at..]];
            return Opset < 13 ? Moved("Unsqueeze", x, shape, [], ("axes", new[] { axis }))
                : Moved("Unsqueeze", x, shape, [Longs(axis)]);
        }
        int[] ones = [.. Enumerable.Range(0, x.Rank).Where(a => x.Shape[a] == 1)];
        if (ones.Length == 0)
            return null;
        int one = ones[_random.Next(ones.Length)];
        if (_random.Next(4) == 0)
            return Moved("Squeeze", x, [.. x.Shape.Where(d => d != 1)], []);
        int[] rest = [.. x.Shape[..one], .. x.Shape[(one + 1)..]];
        return Opset < 13 ? Moved("Squeeze", x, rest, [], ("axes", new[] { (long)one }))
            : Moved("Squeeze", x, rest, [Longs(one)]);
    }

    private Tensor? Slice(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int axis = _random.Next(x.Rank), size = x.Shape[axis];
        if (Opset < 10)
        {
            int from = _random.Next(size), to = _random.Next(from + 1, size + 3);
            return Moved("Slice", x, With(x.Shape, axis, Math.Min(to, size) - from), [],
                ("starts", new[] { (long)from }), ("ends", new[] { (long)to }), ("axes", new[] { (long)axis }));
        }
        int step = Choose(1, 1, 2, -1, -2), start = _random.Next(size);
        int count = _random.Next(1, 1 + ((step > 0 ? size - 1 - start : start) / Math.Abs(step)) + 1),
            end = start + (count * step);
        return Moved("Slice", x, With(x.Shape, axis, count),
            [Longs(_random.Next(2) == 0 ? start : start - size), Longs(end < 0 ? -1000 : end),
                Longs(_random.Next(2) == 0 ? axis : axis - x.Rank), Longs(step)]);
    }

    private Tensor? Gather(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int axis = _random.Next(x.Rank), size = x.Shape[axis];
        long[] indices = [.. Enumerable.Range(0, _random.Next(1, 4))
            .Select(_ => (long)_random.Next(Opset >= 11 ? -size : 0, size))];
        switch (_random.Next(4))
        {
            case 0:
                string one = _model.Fresh("i");
                _model.Graph.Initializer.Add(
                    new TensorProto { Name = one, DataType = (int)DataType.Int64, Int64Data = { indices[0] } });
                return Moved("Gather", x, [.. x.Shape[..axis], .. x.Shape[(axis + 1)..]], [one], ("axis", axis));
            case 1 when Opset >= 11:
                string all = _model.Fresh("i");
                TensorProto table = ModelBuilder.IntegerTensor(all,
                    [.. Enumerable.Range(0, x.Size).Select(_ => (long)_random.Next(size))]);
                table.Dims.Clear();
                table.Dims.AddRange(x.Shape.Select(d => (long)d));
                _model.Graph.Initializer.Add(table);
                return Moved("GatherElements", x, x.Shape, [all], ("axis", axis));
            case 2 when Opset >= 9:
                string kept = _model.Fresh("b");
                bool[] mask = [.. Enumerable.Range(0, size).Select(k => k == 0 || _random.Next(2) == 0)];
                TensorProto condition = new()
                {
                    Name = kept,
                    DataType = (int)DataType.Bool,
                    RawData = ByteString.CopyFrom([.. mask.Select(m => (byte)(m ? 1 : 0))]),
                    Dims = { size }
                };
                _model.Graph.Initializer.Add(condition);
                return Moved("Compress", x, With(x.Shape, axis, mask.Count(m => m)), [kept], ("axis", axis));
            default:
                return Moved("Gather", x, With(x.Shape, axis, indices.Length), [Longs(indices)], ("axis", axis));
        }
    }

    private Tensor? Pad(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int axis = _random.Next(x.Rank), size = x.Shape[axis];
        string mode = Choose("constant", "constant", "edge", "reflect");
        int before = _random.Next(mode == "reflect" ? size : 3), after = _random.Next(mode == "reflect" ? size : 3);
        long[] pads = new long[2 * x.Rank];
        (pads[axis], pads[axis + x.Rank]) = (before, after);
        int[] shape = With(x.Shape, axis, size + before + after);
        double fill = Choose(0, 1.5, -2);
        if (Opset < 11)
            return Node("Pad", shape, Math.Max(x.Magnitude, 2), Math.Max(x.Digits, 1), [x.Name], ("mode", mode),
                ("pads", pads), ("value", (float)fill));
        return Node("Pad", shape, Math.Max(x.Magnitude, 2), Math.Max(x.Digits, 1),
            mode == "constant" ? [x.Name, Longs(pads), Number(fill)] : [x.Name, Longs(pads)], ("mode", mode));
    }

    private Tensor? Repeated(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int axis = _random.Next(x.Rank), times = _random.Next(1, 4);
        int[] ones = [.. x.Shape.Select(_ => 1)];
        if (Opset >= 8 && x.Shape[axis] == 1 && _random.Next(2) == 0)
            return Moved("Expand", x, [2, .. With(x.Shape, axis, times)],
                [Longs([2, .. With(x.Shape, axis, times).Select(d => (long)d)])]);
        return Moved("Tile", x, With(x.Shape, axis, x.Shape[axis] * times),
            [Longs([.. With(ones, axis, times).Select(d => (long)d)])]);
    }

    private Tensor? Concat(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int axis = _random.Next(x.Rank);
        List<Tensor> parts = [x, .. _values.Where(v => v.Rank == x.Rank
            && With(v.Shape, axis, 0).SequenceEqual(With(x.Shape, axis, 0))).Take(2)];
        if (_random.Next(2) == 0)
            parts.Insert(_random.Next(2), Constant(With(x.Shape, axis, 2)));
        return Node("Concat", With(x.Shape, axis, parts.Sum(p => p.Shape[axis])), parts.Max(p => p.Magnitude),
            parts.Max(p => p.Digits),
            [.. parts.Select(p => p.Name)], ("axis", Opset >= 11 && _random.Next(2) == 0 ? axis - x.Rank : axis));
    }

    private Tensor? Split(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int axis = _random.Next(x.Rank), size = x.Shape[axis];
        if (size < 2)
            return null;
        int first = _random.Next(1, size), which = _random.Next(2);
        long[] sizes = [first, size - first];
        Tensor y = Opset < 13 ? Moved("Split", x, With(x.Shape, axis, (int)sizes[which]), [], ("axis", axis),
            ("split", sizes))
            : Moved("Split", x, With(x.Shape, axis, (int)sizes[which]), [Longs(sizes)], ("axis", axis));
        _model.Last.Output.Insert(1 - which, $"{y.Name}_other");
        return y;
    }

    private static int[] With(int[] shape, int axis, int size) => [.. shape.Select((d, a) => a == axis ? size : d)];

    private int[] Broadcastable(int[] shape) =>
        _random.Next(8) == 0 ? [1, .. shape] : [.. shape.Select(d => _random.Next(3) == 0 ? 1 : d)
            .Skip(_random.Next(3) == 0 ? _random.Next(shape.Length + 1) : 0)];

    private static int[]? Broadcast(int[] a, int[] b)
    {
        int[] result = new int[Math.Max(a.Length, b.Length)];
        for (int i = 1; i <= result.Length; i++)
        {
            int da = i <= a.Length ? a[^i] : 1, db = i <= b.Length ? b[^i] : 1;
            if (da != db && da != 1 && db != 1)
                return null;
            result[^i] = Math.Max(da, db);
        }
        return result;
    }

    // Multiples of a quarter up to two, in an initializer or a node.
    private Tensor Constant(int[] shape)
    {
        string name = _model.Fresh("c");
        double common = _random.Next(-8, 9) / 4.0;
        bool equal = _random.Next(4) == 0;
        double[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b))
            .Select(_ => equal ? common : _random.Next(-8, 9) / 4.0)];
        _ = _random.Next(4) == 0 ? _model.ConstantNode(name, shape, values) : _model.Weights(name, shape, values);
        return new Tensor(name, shape, 2, 2);
    }

    private string Number(double value)
    {
        string name = _model.Fresh("c");
        _model.Weights(name, [], value);
        return name;
    }

    private string Longs(params long[] values)
    {
        string name = _model.Fresh("s");
        _model.Integers(name, values);
        return name;
    }

    private T Choose<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
