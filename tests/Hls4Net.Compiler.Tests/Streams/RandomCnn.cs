using Hls4Net.Configuration;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Streams;

/// <summary>A small random convolutional network, with a random TargetInterval from a sixth of its pixels to one and a half times as many; the same for the same seed.</summary>
internal sealed class RandomCnn
{
    private readonly Random _random;
    private readonly ModelBuilder _model = new();
    private string _at = "x";
    private int _channels, _height, _width;

    private RandomCnn(int seed)
    {
        _random = new Random(seed);
        (_channels, _height, _width) = (_random.Next(1, 4), _random.Next(1, 7), Pick(4, 6, 8, 8, 9, 12));
        Target = Math.Max(4, _height * _width * _random.Next(2, 19) / 12);
        _model.Input("x", 1, _channels, _height, _width);
        for (int layers = _random.Next(1, 5); layers > 0; layers--)
            AddLayer();
        AddEnd();
    }

    private int Target { get; }

    /// <summary>The network, compiled in io_stream, and in io_parallel with the same settings.</summary>
    public static (CompiledModel Stream, CompiledModel Parallel) Compile(int seed)
    {
        using TempFolder folder = new();
        RandomCnn cnn = new(seed);
        ModelOptions options = cnn._model.Save(folder, $"cnn{(uint)seed}");
        ModelOptions stream = options with { IOType = IOType.IoStream, TargetInterval = cnn.Target };
        // Some take their reuse factors from the interval in loops.
        if (seed % 4 == 3)
            stream = stream with { Defaults = LayerSettings.Unset with { Strategy = Strategy.Resource } };
        return (Models.ModelHarness.Compile(stream), Models.ModelHarness.Compile(options));
    }

    private void AddLayer()
    {
        string y = _model.Fresh("v");
        switch (_random.Next(8))
        {
            case 0:
                _model.Node(Pick("Relu", "Tanh"), [_at], y);
                break;
            case 1:
                int rows = Math.Min(_height, 2), columns = Math.Min(_width, Pick(1, 2, 2, 3));
                _model.Node(Pick("MaxPool", "AveragePool"), [_at], y, ("kernel_shape", new long[] { rows, columns }), ("strides", new long[] { rows, columns }));
                (_height, _width) = (_height / rows, _width / columns);
                break;
            case 2:
                _model.Node("MaxPool", [_at], y, ("kernel_shape", new long[] { 3, 3 }), ("pads", new long[] { 1, 1, 1, 1 }));
                break;
            case 3:
                // Branches that part and meet.
                string left = _model.Fresh("v"), right = _model.Fresh("v");
                int before = _channels;
                Convolution(_at, left, 3, 1, 1, 1, before);
                _model.Node("Relu", [_at], right);
                _model.Node(Pick("Add", "Concat"), [left, right], y);
                if (_model.Last.OpType == "Concat")
                    _model.Last.Attribute.Add(ModelBuilder.Attribute("axis", 1));
                _channels = _model.Last.OpType == "Concat" ? 2 * before : before;
                break;
            case 4:
                _model.Weights($"{y}_s", [_channels, 1, 1], Weights(_channels)).Node("Mul", [_at, $"{y}_s"], y);
                break;
            default:
                int kernel = Pick(1, 2, 3, 3, 3), dilation = kernel == 2 && _random.Next(2) == 0 ? 2 : 1, stride = Pick(1, 1, 1, 2, 3), pad = _random.Next(3) == 0 ? 0 : (kernel - 1) * dilation / 2;
                if (_height + (2 * pad) < ((kernel - 1) * dilation) + 1 || _width + (2 * pad) < ((kernel - 1) * dilation) + 1)
                    return;
                Convolution(_at, y, kernel, stride, pad, dilation, _random.Next(1, 4));
                break;
        }
        _at = y;
    }

    private void Convolution(string x, string y, int kernel, int stride, int pad, int dilation, int units)
    {
        bool depthwise = units == _channels && _random.Next(2) == 0;
        int channels = depthwise ? 1 : _channels;
        _model.Weights($"{y}_w", [units, channels, kernel, kernel], Weights(units * channels * kernel * kernel));
        _model.Node(
            "Conv", [x, $"{y}_w"], y, ("kernel_shape", new long[] { kernel, kernel }), ("strides", new long[] { stride, stride }),
            ("pads", new long[] { pad, pad, pad, pad }), ("dilations", new long[] { dilation, dilation }), ("group", depthwise ? _channels : 1));
        int extent = ((kernel - 1) * dilation) + 1;
        (_channels, _height, _width) = (units, ((_height + (2 * pad) - extent) / stride) + 1, ((_width + (2 * pad) - extent) / stride) + 1);
    }

    private void AddEnd()
    {
        switch (_random.Next(4))
        {
            case 0:
                _model.Output(_at);
                break;
            case 1:
                _model.Node(Pick("GlobalMaxPool", "GlobalAveragePool"), [_at], "mean").Output("mean");
                break;
            case 2:
                _model.Node("Softmax", [_at], "soft", ("axis", 1)).Output("soft");
                break;
            default:
                int size = _channels * _height * _width, units = _random.Next(1, 5);
                _model.Node("Flatten", [_at], "flat").Weights("m", [size, units], Weights(size * units)).Node("MatMul", ["flat", "m"], "y").Output("y");
                break;
        }
    }

    private double[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.NextDouble() - 0.5)];

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
