using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// An ONNX model of random operations on random shapes, the same for the same seed. Every operator that becomes an operation of the
/// network occurs, values are shared, and outputs lie in the middle as well as at the ends.
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
            1 or 2 => [1, _random.Next(1, 4), _random.Next(2, 7), _random.Next(2, 7)],
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
        int[]? result = _random.Next(22) switch
        {
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
            17 or 18 => Convolution(x, shape, y),
            19 or 20 => Pool(x, shape, y),
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
            _model.Node("Gemm", _random.Next(3) == 0 ? [x, weights] : [x, weights, Constant(Pick<int[]>([units], [1], [], [1, units]))], y);
        else if (_random.Next(2) == 0)
            _model.Node("MatMul", [x, weights], y);
        else
            _model.Node("MatMul", [x, weights], $"{y}_product").Node("Add", [$"{y}_product", Constant([units])], y);
        return result;
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
        _model.Weights(variance, [shape[1]], [.. Enumerable.Range(0, shape[1]).Select(_ => _random.NextDouble() + 0.1)]);
        _model.Node("BatchNormalization", [x, Constant([shape[1]]), Constant([shape[1]]), Constant([shape[1]]), variance], y);
        return shape;
    }

    private int[] PRelu(string x, int[] shape, string y)
    {
        _model.Node("PRelu", [x, Constant(Broadcastable(shape))], y);
        return shape;
    }

    private int[]? Clip(string x, int[] shape, string y)
    {
        string[] bounds = [.. Enumerable.Range(0, _random.Next(1, 3)).Select(_ => _random.Next(3) == 0 ? "" : Constant([]))];
        _model.Node("Clip", [x, .. bounds], y);
        return shape;
    }

    private int[] Softmax(string x, int[] shape, string y)
    {
        int axis = _random.Next(-shape.Length, shape.Length);
        _model.Node(Pick("Softmax", "LogSoftmax"), [x], y, ("axis", axis));
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
        _ = Opset == 11 ? _model.ConstantNode(name, shape, values).Weights(_model.Fresh("unused"), shape, values) : _model.Weights(name, shape, values);
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
