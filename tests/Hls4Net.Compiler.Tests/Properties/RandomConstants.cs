using Hls4Net.Configuration;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// A random chain of operators with constants of odd scales on integer or one-bit inputs, and what it means on real
/// numbers. An exact part comes first, so that what is decided there has one right answer.
/// </summary>
internal sealed class RandomConstants
{
    private const int Width = 5, Samples = 40;

    private static readonly DataType[] s_types = [DataType.Bool, DataType.Uint8, DataType.Int8, DataType.Int16,
        DataType.Uint4];

    private readonly Random _random;
    private readonly ModelBuilder _model = new(17);
    private string _last = "real";

    public RandomConstants(int seed)
    {
        _random = new Random(seed);
        DataType type = s_types[_random.Next(s_types.Length)];
        _model.Input("x", type, [1, Width]).Node("Cast", ["x"], "real", ("to", (int)DataType.Float));
        (int least, int most) = type switch
        {
            DataType.Bool => (0, 1),
            DataType.Uint4 => (0, 15),
            DataType.Uint8 => (0, 255),
            DataType.Int8 => (-128, 127),
            _ => (-32768, 32767),
        };
        double[][] inputs = [.. Enumerable.Range(0, Samples)
            .Select(_ => (double[])[.. Enumerable.Range(0, Width).Select(_ => (double)_random.Next(least, most + 1))])];
        double[][] values = inputs;
        double reach = most - least;
        if (_random.Next(2) == 0)
        {
            double scale = Math.ScaleB(1, _random.Next(-6, 3));
            values = Step(values, "Mul", scale, v => v * scale);
            reach *= scale;
        }
        bool decides = _random.Next(2) == 0;
        values = Constant(values, reach);
        if (decides)
            values = Decision(values);
        Decides = decides;
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            values = Constant(values, decides ? 2 : reach);
            Steps++;
        }
        (Inputs, Expected) = (inputs, values);
        _model.Output(_last);
    }

    public double[][] Inputs { get; }

    public double[][] Expected { get; }

    /// <summary>True where a sign or a rounding to integers stands in the chain.</summary>
    public bool Decides { get; }

    /// <summary>Operators behind the first constant.</summary>
    public int Steps { get; } = 1;

    public ModelOptions Save(TempFolder folder, string name = "model") => _model.Save(folder, name) with
    {
        TestInputs = [folder.Write($"{name}.npy", Npy.Doubles([Samples, Width], [.. Inputs.SelectMany(i => i)]))],
    };

    private double[][] Constant(double[][] values, double reach)
    {
        // Anything from far below a unit of the data to beyond their reach; a float, as models have them.
        double c = (float)((_random.Next(2) == 0 ? -1 : 1) * Math.Pow(10, (_random.NextDouble() * 5) - 4) * reach),
            d = (float)(c + (reach * _random.NextDouble()));
        return _random.Next(6) switch
        {
            0 => Step(values, "Add", c, v => v + c),
            1 => Step(values, "Sub", c, v => v - c),
            2 => Step(values, "Max", c, v => Math.Max(v, c)),
            3 => Step(values, "Min", c, v => Math.Min(v, c)),
            4 => Clip(values, c, d),
            _ => Padded(values, c),
        };
    }

    private double[][] Decision(double[][] values)
    {
        (string op, Func<double, double> function) = _random.Next(4) switch
        {
            0 => ("Sign", v => Math.Sign(v)),
            1 => ("Floor", Math.Floor),
            2 => ("Ceil", Math.Ceiling),
            _ => ("Round", (Func<double, double>)(v => Math.Round(v, MidpointRounding.ToEven))),
        };
        string result = _model.Fresh(op);
        _model.Node(op, [_last], result);
        _last = result;
        return [.. values.Select(v => v.Select(function).ToArray())];
    }

    private double[][] Step(double[][] values, string op, double constant, Func<double, double> function)
    {
        string name = _model.Fresh("constant"), result = _model.Fresh(op);
        _model.Weights(name, [], constant).Node(op, [_last, name], result);
        _last = result;
        return [.. values.Select(v => v.Select(function).ToArray())];
    }

    private double[][] Clip(double[][] values, double lower, double upper)
    {
        string low = _model.Fresh("lower"), high = _model.Fresh("upper"), result = _model.Fresh("Clip");
        _model.Weights(low, [], lower).Weights(high, [], upper).Node("Clip", [_last, low, high], result);
        _last = result;
        return [.. values.Select(v => v.Select(x => Math.Min(Math.Max(x, lower), upper)).ToArray())];
    }

    private double[][] Padded(double[][] values, double fill)
    {
        string pads = _model.Fresh("pads"), name = _model.Fresh("fill"), result = _model.Fresh("Pad");
        _model.Integers(pads, 0, 1, 0, 2).Weights(name, [], fill).Node("Pad", [_last, pads, name], result);
        _last = result;
        return [.. values.Select(v => (double[])[fill, .. v, fill, fill])];
    }
}
