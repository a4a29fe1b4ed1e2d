using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// A random quantized network as trainers of quantized networks write them, the same for the same seed: products with
/// quantized weights, and between a product and the next quantizer any of what usually stands there. Scales fit the
/// values that flow, so that quantizers work in their middle, at their ends and beyond.
/// </summary>
internal sealed class RandomQuantizedMlp
{
    private static readonly string[] s_roundings = ["ROUND", "CEIL", "FLOOR", "UP", "DOWN", "ROUND_TO_ZERO", "HALF_UP",
        "HALF_DOWN", "HALF_EVEN"];

    private readonly Random _random;
    private readonly int _maxBits;
    private readonly ModelBuilder _model = new(17);
    private string _at = "x";
    private int _length;

    // How far from zero the values at this point are, roughly.
    private double _spread = 8;

    private RandomQuantizedMlp(Random random, int maxBits) => (_random, _maxBits) = (random, maxBits);

    /// <param name="random">The source of all choices.</param>
    /// <param name="maxBits">The widest quantizer.</param>
    public static ModelBuilder Make(Random random, int maxBits)
    {
        RandomQuantizedMlp mlp = new(random, maxBits);
        mlp.AddInput();
        for (int layers = random.Next(1, 4); layers > 0; layers--)
            mlp.AddLayer(last: layers == 1);
        mlp._model.Output(mlp._at);
        return mlp._model;
    }

    private void AddInput()
    {
        _length = _random.Next(1, 7);
        _model.Input("x", 1, _length);
        if (Chance(0.2))
            AddArithmetic();
        if (Chance(0.8))
            AddQuantizer(perChannel: false);
    }

    private void AddLayer(bool last)
    {
        AddProduct();
        for (int count = _random.Next(4); count > 0; count--)
            AddBetween();
        AddQuantizer(perChannel: last && Chance(0.5));
        if (Chance(0.1) && _maxBits <= 8)
            AddTrunc();
        if (Chance(0.15))
            AddShapes();
        if (!last && Chance(0.1))
            _model.Output(_at);
    }

    private void AddProduct()
    {
        int units = _random.Next(1, 6);
        bool gemm = Chance(0.5), transposed = Chance(0.5);
        int[] shape = transposed ? [units, _length] : [_length, units];
        string weights = Weights(shape, transposed ? 0 : 1);
        string y = _model.Fresh("v");
        if (gemm)
        {
            _model.Node("Gemm", Chance(0.5) ? [_at, weights] : [_at, weights, Bias(units)], y,
                ("transB", transposed ? 1 : 0));
        }
        else
        {
            if (transposed)
            {
                string straight = _model.Fresh("w");
                _model.Node("Transpose", [weights], straight, ("perm", new long[] { 1, 0 }));
                weights = straight;
            }
            _model.Node("MatMul", [_at, weights], y);
        }
        _spread *= Math.Sqrt(_length);
        _length = units;
        _at = y;
    }

    // Scales for the tensor or for each output unit, whose axis is given.
    private string Weights(int[] shape, int unitAxis)
    {
        double[] values = [.. Enumerable.Range(0, shape[0] * shape[1]).Select(_ => Chance(0.2) ? 0 : Gaussian())];
        string stored = _model.Constant(shape, values), quantized = _model.Fresh("w");
        int[] perUnit = [.. shape.Select((size, axis) => axis == unitAxis ? size : 1)];
        int[] scaleShape = Chance(0.5) ? perUnit : [];
        if (Chance(0.15))
        {
            _model.Custom("qonnx.custom_op.general", "BipolarQuant",
                [stored, _model.Constant(scaleShape, Scales(scaleShape, 1))], quantized);
            return quantized;
        }
        double bits = Chance(0.2) ? 2 : _random.Next(1, Math.Min(_maxBits, 10) + 1);
        bool signed = Chance(0.9);
        QuantSpec spec = new(Scales(scaleShape, 3 / Math.Pow(2, bits)), scaleShape,
            Chance(0.1) ? _random.Next(-3, 4) : 0, bits, signed, Chance(0.5), Rounding());
        if (bits == 1 && signed)
            spec = spec with { ZeroPoint = 0 };
        spec.AddTo(_model, stored, quantized, Chance(0.5) ? "Quant" : "IntQuant");
        return quantized;
    }

    private string Bias(int units)
    {
        string stored = _model.Constant([units], Numbers(units, _spread));
        if (Chance(0.5))
            return stored;
        string quantized = _model.Fresh("b");
        new QuantSpec(Scale(_spread / 64), _random.Next(2, 17), rounding: Rounding()).AddTo(_model, stored, quantized);
        return quantized;
    }

    private void AddBetween()
    {
        switch (_random.Next(4))
        {
            case 0:
                AddBatchNormalization();
                break;
            case 1:
                string relu = _model.Fresh("v");
                _model.Node("Relu", [_at], relu);
                _at = relu;
                break;
            case 2:
                string clip = _model.Fresh("v");
                string low = Chance(0.2) ? "" : _model.Scalar((float)(-_spread * _random.NextDouble())),
                    high = Chance(0.2) ? "" : _model.Scalar((float)(_spread * _random.NextDouble()));
                _model.Node("Clip", [_at, low, high], clip);
                _at = clip;
                break;
            default:
                AddArithmetic();
                break;
        }
    }

    private void AddBatchNormalization()
    {
        string y = _model.Fresh("v");
        // Means that values can meet exactly, factors of either sign, and channels that training has switched off.
        double[] mean = [.. Numbers(_length, _spread).Select(m => Chance(0.3) ? Math.Round(m) : m)];
        double[] gamma = [.. Numbers(_length, 2).Select(g => Chance(0.05) ? 0 : g)],
            beta = [.. Numbers(_length, 1).Select(b => Chance(0.3) ? 0 : b)];
        double[] variance = [.. Enumerable.Range(0, _length)
            .Select(_ => _spread * _spread * (0.1 + _random.NextDouble()))];
        _model.Node("BatchNormalization", [_at, _model.Constant([_length], gamma), _model.Constant([_length], beta),
            _model.Constant([_length], mean), _model.Constant([_length], variance)], y);
        _spread = 2;
        _at = y;
    }

    private void AddArithmetic()
    {
        string y = _model.Fresh("v");
        string op = Pick("Add", "Sub", "Mul", "Div");
        int[] shape = Chance(0.5) ? [] : [_length];
        double[] values = [.. Numbers(_length, op is "Add" or "Sub" ? _spread : 3).Take(shape.Length == 0 ? 1 : _length)
            .Select(v => Chance(0.3) ? Math.Ceiling(Math.Abs(v)) : v)];
        if (op is "Div")
            values = [.. values.Select(v => Math.Abs(v) < 0.1 ? 3 : v)];
        string constant = _model.Constant(shape, values);
        _model.Node(op, op is not "Div" && Chance(0.3) ? [constant, _at] : [_at, constant], y);
        _at = y;
    }

    private void AddQuantizer(bool perChannel)
    {
        string y = _model.Fresh("q");
        int[] shape = perChannel ? [_length] : [];
        if (Chance(0.1))
        {
            double[] scales = Scales(shape, 1);
            _model.Custom("qonnx.custom_op.general", "BipolarQuant", [_at, _model.Constant(shape, scales)], y);
            (_at, _spread) = (y, scales.Max());
            return;
        }
        double bits = _random.Next(1, _maxBits + 1) - (Chance(0.1) ? 0.4 : 0);
        bits = Math.Max(bits, 1);
        bool signed = Chance(0.6);
        double levels = Math.Pow(2, bits);
        double zeroPoint = Chance(0.25) ? Math.Round((_random.NextDouble() - 0.5) * levels) : 0;
        QuantSpec spec = new(Scales(shape, 2 * _spread / levels), shape, signed && bits == 1 ? 0 : zeroPoint, bits,
            signed, Chance(0.3), Rounding());
        spec.AddTo(_model, _at, y, Chance(0.5) ? "Quant" : "IntQuant");
        (_at, _spread) = (y, spec.Scale.Max() * levels / 2);
    }

    private void AddTrunc()
    {
        string y = _model.Fresh("t");
        double scale = Scale(_spread / 16);
        string rounding = Rounding();
        if (Chance(0.5))
        {
            _model.Custom("qonnx.custom_op.general", "Trunc",
                [_at, _model.Scalar(scale), _model.Scalar(_random.Next(-2, 3)), _model.Scalar(8),
                    _model.Scalar(_random.Next(4, 8))], y, ("rounding_mode", rounding));
        }
        else
        {
            double outputScale = scale * Math.Pow(2, _random.Next(0, 4));
            _model.Custom(
                "qonnx.custom_op.general",
                "Trunc",
                [_at, _model.Scalar(scale), _model.Scalar(_random.Next(-2, 3)), _model.Scalar(8),
                    _model.Scalar(outputScale), _model.Scalar(_random.Next(2, 8))],
                y,
                ("rounding_mode", rounding),
                ("signed", Chance(0.5) ? 1 : 0),
                ("narrow", Chance(0.5) ? 1 : 0));
        }
        _at = y;
    }

    private void AddShapes()
    {
        string there = _model.Fresh("s"), back = _model.Fresh("s");
        if (Chance(0.5))
        {
            string shape = _model.Fresh("i");
            _model.Integers(shape, 1, 1, -1).Node("Reshape", [_at, shape], there).Node("Flatten", [there], back);
        }
        else
        {
            _model.Node("Transpose", [_at], there, ("perm", new long[] { 1, 0 })).Node("Transpose", [there], back);
        }
        _at = back;
    }

    private double[] Scales(int[] shape, double about) => shape.Length == 0 ? [Scale(about)]
        : [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => Scale(about))];

    private double Scale(double about)
    {
        double scale = about * Math.Pow(2, (_random.NextDouble() * 2) - 1);
        return Chance(0.5) ? Math.ScaleB(1, Math.ILogB(scale)) : (float)scale;
    }

    private double[] Numbers(int count, double spread) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)(Gaussian() * spread / 2))];

    private double Gaussian() =>
        (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    private string Rounding() => Chance(0.4) ? "ROUND" : Pick(s_roundings);

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
