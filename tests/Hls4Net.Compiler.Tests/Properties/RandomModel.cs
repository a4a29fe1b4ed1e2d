using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// An ONNX model of random operations on random shapes, the same for the same seed. Every operator that becomes an
/// operation of the network occurs, values are shared, and outputs lie in the middle as well as at the ends.
/// </summary>
internal sealed partial class RandomModel
{
    private readonly Random _random;
    private readonly ModelBuilder _model;
    private readonly List<(string Name, int[] Shape)> _values = [];
    private readonly HashSet<string> _read = [];

    private RandomModel(Random random)
    {
        _random = random;
        _model = new ModelBuilder(random.Next(2) == 0 ? 11 : 17);
    }

    private int Opset => (int)_model.Proto.OpsetImport[0].Version;

    public static ModelBuilder Make(Random random)
    {
        RandomModel model = new(random);
        for (int i = random.Next(5) == 0 ? random.Next(2, 4) : 1; i > 0; i--)
            model.AddInput();
        for (int i = random.Next(1, 7); i > 0; i--)
            model.AddNode();
        model.AddOutputs();
        return model._model;
    }

    private void AddInput()
    {
        int[] shape = _random.Next(8) switch
        {
            0 => [_random.Next(1, 7)],
            1 or 2 => [1, _random.Next(1, 5), _random.Next(2, 7), _random.Next(2, 7)],
            3 => [1, _random.Next(1, 4), _random.Next(1, 5)],
            4 => [1, _random.Next(1, 3), _random.Next(1, 4), _random.Next(1, 4)],
            _ => [1, _random.Next(1, 9)],
        };
        string name = _model.Fresh("x");
        _model.Input(name, [.. shape.Select(d => (Dim)d)]);
        _values.Add((name, shape));
    }

    private void AddNode()
    {
        (string x, int[] shape) = _values[_random.Next(3) == 0 ? _random.Next(_values.Count) : _values.Count - 1];
        string y = _model.Fresh("v");
        int[]? result = _random.Next(50) switch
        {
            25 or 26 or 27 => Combined(Pick("Add", "Sub", "Mul", "Div"), x, shape, y),
            28 => Combined(Pick("Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"), x,
                shape, y),
            29 => Several(x, shape, y),
            30 => Where(x, shape, y),
            31 => Plain(Pick("Abs", "Sign", "Floor", "Ceil", "Round", "Not", "Neg"), x, shape, y),
            32 => Plain(Pick("Exp", "Log", "Sqrt", "Reciprocal", "Erf", "Sin", "Atan", "Gelu", "HardSwish", "Mish",
                "Swish"), x, shape, y),
            33 => Plain("Shrink", x, shape, y, ("lambd", Weight()), ("bias", Weight())),
            34 => MatMul(x, shape, y),
            35 => Normalized(x, shape, y),
            36 => Powers(x, shape, y),
            0 or 1 or 2 or 3 => Dense(x, shape, y),
            4 => Arithmetic(x, shape, y),
            5 => Arithmetic(x, shape, y),
            6 => BatchNormalization(x, shape, y),
            7 => Plain(Pick("Relu", "LeakyRelu", "HardSigmoid", "Identity"), x, shape, y),
            8 => Plain("ThresholdedRelu", x, shape, y, ("alpha", Weight())),
            9 => Plain("LeakyRelu", x, shape, y, ("alpha", Weight())),
            10 or 11 => PRelu(x, shape, y),
            12 => Clip(x, shape, y),
            13 => Plain(Pick("Sigmoid", "Tanh", "Softplus", "Softsign", "Elu", "Selu", "Celu"), x, shape, y),
            14 => Plain(Pick("Elu", "Celu"), x, shape, y, ("alpha", (_random.NextDouble() * 3) + 0.1)),
            15 => Softmax(x, shape, y),
            16 => Reshape(x, shape, y),
            17 => Slice(x, shape, y),
            18 => Gather(x, shape, y),
            19 => Pad(x, shape, y),
            20 => Tile(x, shape, y),
            21 => Resize(x, shape, y),
            22 => Concat(x, shape, y),
            23 => Reduce(x, shape, y),
            24 => Select(x, shape, y),
            38 or 39 => Convolution(x, shape, y),
            40 or 41 => Pool(x, shape, y),
            42 or 43 => Resampled(x, shape, y),
            44 => Blocks(x, shape, y),
            45 or 46 => Contracted(x, shape, y),
            47 => NormalizedTogether(x, shape, y),
            48 or 49 => Moved(x, shape, y),
            _ => Transpose(x, shape, y),
        };
        if (result is null)
            return;
        _read.Add(x);
        _values.Add((y, result));
    }

    private void AddOutputs()
    {
        foreach ((string name, _) in _values)
        {
            bool input = name.StartsWith('x');
            if (input ? _values.All(v => v.Name.StartsWith('x')) : !_read.Contains(name) || _random.Next(4) == 0)
                _model.Output(name);
        }
    }

    private int[]? Dense(string x, int[] shape, string y)
    {
        int units = _random.Next(1, 7);
        int[] result = [.. shape[..^1], units];
        string weights = Constant([shape[^1], units]);
        if (shape.Length == 2 && _random.Next(2) == 0)
            _model.Node("Gemm", _random.Next(3) == 0 ? [x, weights]
                : [x, weights, Constant(Pick<int[]>([units], [1], [], [1, units]))], y);
        else if (_random.Next(2) == 0)
            _model.Node("MatMul", [x, weights], y);
        else
            _model.Node("MatMul", [x, weights], $"{y}_product").Node("Add", [$"{y}_product", Constant([units])], y);
        return result;
    }

    // A value of a shape that broadcasts to another's, computed where there is one.
    private (string Name, int[] Shape) Operand(int[] shape)
    {
        (string Name, int[] Shape)[] fitting = [.. _values.Where(v => Broadcast(v.Shape, shape) is not null)];
        if (fitting.Length == 0 || _random.Next(4) == 0)
        {
            int[] own = Broadcastable(shape);
            return (Constant(own), own);
        }
        (string name, int[] found) = fitting[_random.Next(fitting.Length)];
        _read.Add(name);
        return (name, found);
    }

    private static int[]? Broadcast(int[] a, int[] b)
    {
        int rank = Math.Max(a.Length, b.Length);
        int[] result = new int[rank];
        for (int i = 1; i <= rank; i++)
        {
            int da = i <= a.Length ? a[^i] : 1, db = i <= b.Length ? b[^i] : 1;
            if (da != db && da != 1 && db != 1)
                return null;
            result[^i] = Math.Max(da, db);
        }
        return result;
    }

    private int[]? Combined(string op, string x, int[] shape, string y)
    {
        (string other, int[] otherShape) = Operand(shape);
        bool first = _random.Next(2) == 0;
        // A constant divisor may be zero, which the importer refuses.
        if (op == "Div" && first && other.StartsWith('c'))
            return null;
        _model.Node(op, first ? [x, other] : [other, x], y);
        return Broadcast(shape, otherShape);
    }

    private int[] Several(string x, int[] shape, string y)
    {
        List<string> operands = [x];
        for (int i = _random.Next(4); i > 0; i--)
        {
            (string other, int[] otherShape) = Operand(shape);
            operands.Add(other);
            shape = Broadcast(shape, otherShape)!;
        }
        _model.Node(Pick("Sum", "Mean", "Min", "Max"), [.. operands], y);
        return shape;
    }

    private int[] Where(string x, int[] shape, string y)
    {
        (string a, int[] aShape) = Operand(shape);
        shape = Broadcast(shape, aShape)!;
        (string b, int[] bShape) = Operand(shape);
        _model.Node("Where", Pick<string[]>([x, a, b], [a, x, b], [a, b, x]), y);
        return Broadcast(shape, bShape)!;
    }

    private int[]? MatMul(string x, int[] shape, string y)
    {
        if (shape.Length < 2)
            return null;
        // With itself, transposed.
        int[] permutation = [.. Enumerable.Range(0, shape.Length - 2), shape.Length - 1, shape.Length - 2];
        _model.Node("Transpose", [x], $"{y}_columns", ("perm", permutation.Select(p => (long)p).ToArray()))
            .Node("MatMul", [x, $"{y}_columns"], y);
        return [.. shape[..^1], shape[^2]];
    }

    private int[]? Normalized(string x, int[] shape, string y)
    {
        int axis = _random.Next(1, shape.Length + 1) - 1;
        switch (_random.Next(4))
        {
            case 0:
                _model.Node("LayerNormalization", [x, Constant(shape[axis..]), Constant(shape[axis..])], y,
                    ("axis", axis), ("epsilon", _random.NextDouble() / 100));
                return shape;
            case 1:
                return Plain("LpNormalization", x, shape, y, ("axis", axis), ("p", _random.Next(1, 3)));
            case 2:
                _model.Node("RMSNormalization", [x, Constant(shape[axis..])], y, ("axis", axis));
                return shape;
            default:
                if (shape.Length < 3)
                    return null;
                _model.Node("InstanceNormalization", [x, Constant([shape[1]]), Constant([shape[1]])], y);
                return shape;
        }
    }

    private int[] Powers(string x, int[] shape, string y)
    {
        string exponent = _model.Fresh("c");
        _model.Weights(exponent, [], Pick(-1, -0.5, 0.5, 1, 1.5, 2, 3)).Node("Pow", [x, exponent], y);
        return shape;
    }

    private int[] Arithmetic(string x, int[] shape, string y)
    {
        // Sometimes the constant is the larger one.
        bool grows = shape[^1] == 1 && _random.Next(2) == 0;
        string constant = Constant(grows ? [_random.Next(1, 5)] : Broadcastable(shape));
        int[] result = grows ? [.. shape[..^1], (int)_model.Graph.Initializer[^1].Dims[0]] : shape;
        string op = Pick("Add", "Sub", "Mul", "Mul");
        _model.Node(op, _random.Next(2) == 0 ? [x, constant] : [constant, x], y);
        return result;
    }

    private int[]? BatchNormalization(string x, int[] shape, string y)
    {
        if (shape.Length < 2)
            return null;
        string variance = _model.Fresh("c");
        _model.Weights(variance, [shape[1]],
            [.. Enumerable.Range(0, shape[1]).Select(_ => _random.NextDouble() + 0.1)]);
        _model.Node("BatchNormalization",
            [x, Constant([shape[1]]), Constant([shape[1]]), Constant([shape[1]]), variance], y);
        return shape;
    }

    private int[] PRelu(string x, int[] shape, string y)
    {
        _model.Node("PRelu", [x, Constant(Broadcastable(shape))], y);
        return shape;
    }

    private int[]? Clip(string x, int[] shape, string y)
    {
        string[] bounds = [.. Enumerable.Range(0, _random.Next(1, 3))
            .Select(_ => _random.Next(3) == 0 ? "" : Constant([]))];
        _model.Node("Clip", [x, .. bounds], y);
        return shape;
    }

    private int[] Softmax(string x, int[] shape, string y)
    {
        int axis = _random.Next(-shape.Length, shape.Length);
        _model.Node(Pick("Softmax", "LogSoftmax", "Hardmax"), [x], y, ("axis", axis));
        return shape;
    }

    private int[] Reshape(string x, int[] shape, string y)
    {
        int size = shape.Aggregate(1, (a, b) => a * b);
        int[] result = Pick<int[]>([size], [1, size], [1, size, 1], [1, .. shape]);
        string target = _model.Fresh("s");
        _model.Integers(target, [.. result.Select(d => (long)d)]).Node("Reshape", [x, target], y);
        return result;
    }

    private int[] Transpose(string x, int[] shape, string y)
    {
        int[] permutation = [.. Enumerable.Range(0, shape.Length)];
        _random.Shuffle(permutation.AsSpan(1));
        _model.Node("Transpose", [x], y, ("perm", permutation.Select(p => (long)p).ToArray()));
        return [.. permutation.Select(p => shape[p])];
    }

    private int[] Slice(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length), size = shape[axis], step = Pick(1, 1, 2, -1, -2),
            start = _random.Next(size);
        int count = _random.Next(1, 1 + ((step > 0 ? size - 1 - start : start) / Math.Abs(step)) + 1),
            end = start + (count * step);
        _model.Node("Slice", [x, Integers(start), Integers(end < 0 ? -1000 : end), Integers(axis), Integers(step)], y);
        return With(shape, axis, count);
    }

    private int[] Gather(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length);
        if (_random.Next(2) == 0)
        {
            long[] indices = [.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => (long)_random.Next(shape[axis]))];
            _model.Node("Gather", [x, Integers(indices)], y, ("axis", axis));
            return With(shape, axis, indices.Length);
        }
        // A table for the whole tensor.
        string all = _model.Fresh("c");
        int size = shape.Aggregate(1, (a, b) => a * b);
        _model.Weights(all, shape, [.. Enumerable.Range(0, size).Select(_ => (double)_random.Next(shape[axis]))])
            .Node("GatherElements", [x, all], y, ("axis", axis));
        return shape;
    }

    private int[] Pad(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length), before = _random.Next(3),
            after = _random.Next(shape[axis] > 1 ? -1 : 0, 3);
        long[] pads = new long[2 * shape.Length];
        (pads[axis], pads[axis + shape.Length]) = (before, after);
        _model.Node("Pad", _random.Next(2) == 0 ? [x, Integers(pads)] : [x, Integers(pads), Constant([])], y,
            ("mode", Pick("constant", "constant", "edge", "reflect")));
        return With(shape, axis, shape[axis] + before + after);
    }

    private int[] Tile(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length), times = _random.Next(1, 4);
        if (shape[axis] == 1 && _random.Next(2) == 0)
            _model.Node("Expand", [x, Integers([.. With(shape, axis, times).Select(d => (long)d)])], y);
        else
            _model.Node("Tile",
                [x, Integers([.. With([.. shape.Select(_ => 1)], axis, times).Select(d => (long)d)])], y);
        return With(shape, axis, shape[axis] * times);
    }

    private int[] Resize(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length), size = _random.Next(1, 7);
        string sizes = Integers([.. With(shape, axis, size).Select(d => (long)d)]);
        _model.Node("Resize", [x, "", "", sizes], y, ("mode", Pick("nearest", "linear")),
            ("coordinate_transformation_mode",
                Pick("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel")));
        return With(shape, axis, size);
    }

    private int[] Concat(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length);
        List<(string Name, int[] Shape)> parts = [(x, shape), .. _values.Where(v => v.Shape.Length == shape.Length
            && With(v.Shape, axis, 0).SequenceEqual(With(shape, axis, 0))).Take(2)];
        if (_random.Next(2) == 0)
            parts.Add((Constant(With(shape, axis, 2)), With(shape, axis, 2)));
        _read.UnionWith(parts.Select(p => p.Name));
        _model.Node("Concat", [.. parts.Select(p => p.Name)], y, ("axis", axis));
        return With(shape, axis, parts.Sum(p => p.Shape[axis]));
    }

    private int[] Reduce(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length), second = _random.Next(shape.Length);
        long[] axes = [.. new[] { axis, second }.Distinct().Select(a => (long)a)];
        string op = Pick("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceSumSquare",
            "ReduceProd", "ReduceLogSumExp");
        bool input = op == "ReduceSum" && Opset >= 13;
        _model.Node(op, input ? [x, Integers(axes)] : [x], y, input ? [] : [("axes", axes)]);
        return With(With(shape, axis, 1), second, 1);
    }

    private int[] Select(string x, int[] shape, string y)
    {
        int axis = _random.Next(shape.Length), count = _random.Next(1, shape[axis] + 1);
        switch (_random.Next(4))
        {
            case 0:
                _model.Node(Pick("ArgMax", "ArgMin"), [x], y,
                    Opset >= 12 ? [("axis", axis), ("select_last_index", _random.Next(2))] : [("axis", axis)]);
                return With(shape, axis, 1);
            case 1:
                string axisName = _model.Fresh("c");
                _model.Weights(axisName, [], axis)
                    .Node("CumSum", [x, axisName], y, ("exclusive", _random.Next(2)), ("reverse", _random.Next(2)));
                return shape;
            default:
                _model.Node("TopK", [x, Integers(count)], y, ("axis", axis), ("largest", _random.Next(2)));
                if (_random.Next(2) == 0)
                    _model.Last.Output.Insert(0, $"{y}_other");
                return With(shape, axis, count);
        }
    }

    private static int[] With(int[] shape, int axis, int size) => [.. shape.Select((d, a) => a == axis ? size : d)];

    private string Integers(params long[] values)
    {
        string name = _model.Fresh("s");
        _model.Integers(name, values);
        return name;
    }

    private int[] Plain(string op, string x, int[] shape, string y, params (string, object)[] attributes)
    {
        // Celu and ThresholdedRelu came with sets 12 and 10; the importer reads them in all.
        _model.Node(op, [x], y, attributes);
        return shape;
    }

    /// <summary>Some axes of a shape made 1, some leading ones left out.</summary>
    private int[] Broadcastable(int[] shape) =>
        [.. shape.Select(d => _random.Next(3) == 0 ? 1 : d).Skip(_random.Next(shape.Length + 1))];

    private string Constant(int[] shape)
    {
        string name = _model.Fresh("c");
        Func<double> value = Distribution();
        double[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => value())];
        _ = Opset == 11 ? _model.ConstantNode(name, shape, values).Weights(_model.Fresh("unused"), shape, values)
            : _model.Weights(name, shape, values);
        return name;
    }

    private double Weight() => Distribution()();

    private Func<double> Distribution()
    {
        int scale = _random.Next(-12, 13);
        double constant = (_random.NextDouble() * 4) - 2;
        return _random.Next(9) switch
        {
            0 => () => 0,
            1 => () => Math.ScaleB(_random.Next(2) == 0 ? 1 : -1, _random.Next(-4, 5)),
            2 => () => Math.ScaleB((_random.NextDouble() * 2) - 1, scale),
            3 => () => constant,
            4 => () => _random.Next(-7, 8),
            5 => () => _random.Next(3) == 0 ? (_random.NextDouble() * 2) - 1 : 0,
            6 => () => _random.NextDouble(),
            7 => () => -_random.NextDouble(),
            _ => () => (_random.NextDouble() * 4) - 2,
        };
    }

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
