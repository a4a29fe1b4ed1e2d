using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// A random network of ONNX's own quantizers, the same for the same seed, layer by layer in one of the forms that
/// exporters write: quantizers and dequantizers around real products, QLinearMatMul, MatMulInteger with its scale
/// behind it, and ONNX Runtime's QGemm.
/// </summary>
internal sealed class RandomQdqMlp
{
    private static readonly DataType[] s_types = [DataType.Int8, DataType.Uint8, DataType.Int8, DataType.Uint8,
        DataType.Int4, DataType.Uint4, DataType.Int16, DataType.Uint16];

    private readonly Random _random;
    private readonly ModelBuilder _model = new(21);

    // What flows: stored integers, their scale, zero-point and type.
    private string _at = "x";
    private double _scale;
    private string _scaleName = "", _zeroName = "";
    private DataType _type;
    private int _length;

    private RandomQdqMlp(Random random) => _random = random;

    public static ModelBuilder Make(Random random)
    {
        RandomQdqMlp mlp = new(random);
        mlp.AddInput();
        for (int layers = random.Next(1, 4); layers > 0; layers--)
            mlp.AddLayer();
        mlp.AddOutput();
        return mlp._model;
    }

    private void AddInput()
    {
        _length = _random.Next(1, 7);
        if (Chance(0.5))
        {
            _type = Pick(s_types);
            _model.Input("x", _type, [1, _length]);
            Parameters(1.0 / Levels(_type));
        }
        else
        {
            _model.Input("x", 1, _length);
            Quantize("x", 4, Pick(s_types));
        }
    }

    private void AddLayer()
    {
        bool bytes = _type is DataType.Int8 or DataType.Uint8;
        switch (bytes ? _random.Next(5) : 0)
        {
            case 2:
                QLinearMatMul();
                break;
            case 3:
                MatMulInteger();
                break;
            case 4:
                QGemm();
                break;
            default:
                Dequantized();
                break;
        }
    }

    private void AddOutput()
    {
        if (Chance(0.4))
        {
            _model.Node("DequantizeLinear", [_at, _scaleName, _zeroName], "y");
            _at = "y";
        }
        _model.Output(_at);
    }

    private void Dequantized()
    {
        string x = _model.Fresh("v"), y = _model.Fresh("v");
        _model.Node("DequantizeLinear", [_at, _scaleName, _zeroName], x);
        bool gemm = Chance(0.5), transposed = gemm && Chance(0.5);
        int units = _random.Next(1, 6), unitAxis = transposed ? 0 : 1;
        (string weights, string scale, string zero, double about) =
            Weights(Pick(DataType.Int8, DataType.Int8, DataType.Uint8, DataType.Int4), units, transposed);
        string real = _model.Fresh("w");
        _model.Node("DequantizeLinear", [weights, scale, zero], real, ("axis", unitAxis));
        if (gemm)
            _model.Node("Gemm", Chance(0.7) ? [x, real, Bias(units, about)] : [x, real], y,
                ("transB", transposed ? 1 : 0));
        else
            _model.Node("MatMul", [x, real], y);
        if (!gemm && Chance(0.7))
        {
            string sum = _model.Fresh("v");
            _model.Node("Add", [y, Bias(units, about)], sum);
            y = sum;
        }
        Finish(y, units, about);
    }

    private void QLinearMatMul()
    {
        int units = _random.Next(1, 6);
        (string weights, string scale, string zero, double about) = Weights(Pick(DataType.Int8, DataType.Uint8), units,
            false);
        string y = _model.Fresh("v"), x = _at, xScale = _scaleName, xZero = _zeroName;
        double spread = Spread(about);
        _type = Pick(DataType.Int8, DataType.Uint8);
        Parameters(spread / Levels(_type));
        _model.Node("QLinearMatMul", [x, xScale, xZero, weights, scale, zero, _scaleName, _zeroName], y);
        (_at, _length) = (y, units);
    }

    private void MatMulInteger()
    {
        int units = _random.Next(1, 6);
        (string weights, _, string zero, double about) = Weights(Pick(DataType.Int8, DataType.Uint8), units, false);
        string product = _model.Fresh("v"), real = _model.Fresh("v"), scaled = _model.Fresh("v");
        _model.Node("MatMulInteger", [_at, weights, _zeroName, zero], product)
            .Node("Cast", [product], real, ("to", (int)DataType.Float))
            .Node("Mul", [real, _model.Constant(Chance(0.5) ? [] : [1], Number(_scale * about))], scaled);
        if (Chance(0.5))
        {
            string sum = _model.Fresh("v");
            _model.Node("Add", [scaled,
                _model.Constant([units], [.. Enumerable.Range(0, units).Select(_ => Number(Spread(about) / 4))])], sum);
            scaled = sum;
        }
        Finish(scaled, units, about);
    }

    private void QGemm()
    {
        int units = _random.Next(1, 6);
        bool transposed = Chance(0.5);
        (string weights, string scale, string zero, double about) = Weights(Pick(DataType.Int8, DataType.Uint8), units,
            transposed);
        string y = _model.Fresh("v"), x = _at, xScale = _scaleName, xZero = _zeroName;
        string addend = Chance(0.7) ? _model.Stored(DataType.Int32, [units], Integers(units, -3000, 3000)) : "";
        double spread = Spread(about);
        _type = Pick(DataType.Int8, DataType.Uint8);
        Parameters(spread / Levels(_type));
        _model.Custom("com.microsoft", "QGemm", [x, xScale, xZero, weights, scale, zero, addend, _scaleName, _zeroName],
            y, ("transB", transposed ? 1 : 0), ("alpha", Pick(1.0, 1.0, 0.5)));
        (_at, _length) = (y, units);
    }

    private void Finish(string y, int units, double about)
    {
        if (Chance(0.5))
        {
            string relu = _model.Fresh("v");
            _model.Node("Relu", [y], relu);
            y = relu;
        }
        double spread = Spread(about);
        _length = units;
        Quantize(y, spread, Pick(s_types));
    }

    private void Quantize(string x, double spread, DataType type)
    {
        _type = type;
        Parameters(spread / Levels(type));
        _at = _model.Fresh("q");
        _model.Node("QuantizeLinear", [x, _scaleName, _zeroName], _at);
    }

    // Weights, the names of their scale and zero-point, and about how large the scale is.
    private (string Weights, string Scale, string Zero, double About) Weights(DataType type, int units, bool transposed)
    {
        (long min, long max) = ExactQuantizers.Range(type);
        double about = 1.0 / max;
        int[] shape = transposed ? [units, _length] : [_length, units];
        bool byUnit = Chance(0.5);
        string weights = _model.Stored(type, shape, Integers(units * _length, min, max));
        string scale = _model.Constant(byUnit ? [units] : [],
            [.. Enumerable.Range(0, byUnit ? units : 1).Select(_ => Scale(about))]);
        long[] zeros = [.. Enumerable.Range(0, byUnit ? units : 1)
            .Select(_ => Chance(0.7) ? 0 : _random.NextInt64(min, max + 1))];
        return (weights, scale, _model.Stored(type, byUnit ? [units] : [], zeros), about);
    }

    // An addend of 32 bits whose scale is that of the product, or nearly.
    private string Bias(int units, double about)
    {
        string real = _model.Fresh("b");
        _model.Node("DequantizeLinear", [_model.Stored(DataType.Int32, [units], Integers(units, -5000, 5000)),
            _model.Scalar((float)(_scale * about))], real);
        return real;
    }

    private void Parameters(double scale)
    {
        _scale = Scale(scale);
        (long min, long max) = ExactQuantizers.Range(_type);
        _scaleName = _model.Scalar(_scale);
        _zeroName = _model.Stored(_type, [], Chance(0.5) ? (min + max + 1) / 2 : _random.NextInt64(min, max + 1));
    }

    private double Spread(double weightScale) => _scale * Levels(_type) * weightScale * 64 * Math.Sqrt(_length);

    private static double Levels(DataType type) => ExactQuantizers.Range(type) is (long min, long max) ? max - min : 0;

    private double Scale(double about) => Chance(0.3) ? Math.ScaleB(1, Math.ILogB(about))
        : (float)(about * (0.5 + _random.NextDouble()));

    private double Number(double about) => (float)(about * ((_random.NextDouble() * 2) - 0.5));

    private long[] Integers(int count, long min, long max) =>
        [.. Enumerable.Range(0, count).Select(_ => Chance(0.2) ? 0 : _random.NextInt64(min, max + 1))];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
