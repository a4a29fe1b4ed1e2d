using Hls4Net.Configuration;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// A small random convolutional network, the same for the same seed: windows of any stride, dilation, groups and
/// padding, functions, branches that part and meet, movements of pixels and reductions along axes; then a product of
/// the flattened image, a global pooling, a softmax over channels or none of these.
/// </summary>
internal sealed class RandomCnn
{
    private readonly Random _random;
    private readonly ModelBuilder _model = new();
    private string _at = "x";
    private int _channels, _height, _width;

    private RandomCnn(Random random, bool wide)
    {
        _random = random;
        (_channels, _height, _width) = (_random.Next(1, 4), _random.Next(1, 7),
            wide ? Pick(4, 6, 8, 8, 9, 12) : _random.Next(1, 7));
        _model.Input("x", 1, _channels, _height, _width);
        for (int layers = _random.Next(1, 5); layers > 0; layers--)
            AddLayer();
        AddEnd();
    }

    /// <summary>A network of images of up to 6 x 6 pixels.</summary>
    public static ModelBuilder Make(Random random) => new RandomCnn(random, wide: false)._model;

    /// <summary>A network of images of up to 6 x 12 pixels, whose rows mostly fall into parts.</summary>
    public static ModelBuilder Wide(Random random) => new RandomCnn(random, wide: true)._model;

    /// <summary>
    /// A cycle or a fraction of one for each pixel: a TargetInterval from a sixth of an image's pixels to one and a
    /// half times as many.
    /// </summary>
    public static int Target(Random random, int pixels) => Math.Max(4, pixels * random.Next(2, 19) / 12);

    /// <summary>
    /// A network of wide rows, compiled in io_stream with a random TargetInterval, and in io_parallel.
    /// </summary>
    public static (CompiledModel Stream, CompiledModel Parallel) Compile(int seed)
    {
        using TempFolder folder = new();
        RandomCnn cnn = new(new Random(seed), wide: true);
        ModelOptions options = cnn._model.Save(folder, $"cnn{(uint)seed}");
        Google.Protobuf.Collections.RepeatedField<Hls4Net.Onnx.Proto.TensorShapeProto.Types.Dimension> dims =
            cnn._model.Graph.Input[0].Type.TensorType.Shape.Dim;
        ModelOptions stream = options with
        {
            IOType = IOType.IoStream,
            TargetInterval = Target(cnn._random, (int)(dims[2].DimValue * dims[3].DimValue))
        };
        // Some take their reuse factors from the interval in loops.
        if (seed % 4 == 3)
            stream = stream with { Defaults = LayerSettings.Unset with { Strategy = Strategy.Resource } };
        return (ModelHarness.Compile(stream), ModelHarness.Compile(options));
    }

    private void AddLayer()
    {
        string y = _model.Fresh("v");
        switch (_random.Next(16))
        {
            case 0 or 1:
                _model.Node(Pick("Relu", "Relu", "Tanh", "Sigmoid", "Sqrt", "Log", "Reciprocal"), [_at], y);
                break;
            case 2 or 3 or 4:
                if (!Pool(y))
                    return;
                break;
            case 5:
                _model.Node("MaxPool", [_at], y, ("kernel_shape", new long[] { 3, 3 }),
                    ("pads", new long[] { 1, 1, 1, 1 }));
                break;
            case 6 or 7:
                Branches(y);
                break;
            case 8:
                _model.Weights($"{y}_s", [_channels, 1, 1], Weights(_channels)).Node("Mul", [_at, $"{y}_s"], y);
                break;
            case 9:
                Moved(y);
                break;
            case 10:
                Reduced(y);
                break;
            default:
                if (!Convolution(y))
                    return;
                break;
        }
        _at = y;
    }

    private bool Convolution(string y)
    {
        // What is called "same" as often as anything.
        int size = Pick(1, 2, 3, 3), stride = Pick(1, 1, 1, 2, 3), dilation = size == 2 && _random.Next(2) == 0 ? 2 : 1,
            pad = (size - 1) * dilation / 2;
        (Axis Row, Axis Column) axes = _random.Next(2) == 0
            ? (new Axis(size, stride, dilation, pad, pad), new Axis(size, stride, dilation, pad, pad))
            : (RandomAxis(_random.Next(3) == 0), RandomAxis(_random.Next(3) == 0));
        if (Outputs(axes) is not (int, int) outputs)
            return false;
        int groups = _channels > 1 && _random.Next(3) == 0 ? _channels : 1,
            units = groups * _random.Next(1, groups > 1 ? 3 : 4);
        AddConvolution(_at, y, axes, groups, units, _random.Next(2) == 0);
        (_channels, _height, _width) = (units, outputs.Item1, outputs.Item2);
        return true;
    }

    private bool Pool(string y)
    {
        int rows = Math.Min(_height, 2), columns = Math.Min(_width, Pick(1, 2, 2, 3));
        (Axis Row, Axis Column) axes = _random.Next(2) == 0 ? (new Axis(rows, rows, 1, 0, 0),
            new Axis(columns, columns, 1, 0, 0)) : (RandomAxis(dilated: false), RandomAxis(dilated: false));
        if (Outputs(axes) is not (int, int) outputs)
            return false;
        _model.Node(Pick("MaxPool", "AveragePool"), [_at], y, [.. Attributes(axes).Where(a => a.Name != "dilations")]);
        (_height, _width) = outputs;
        return true;
    }

    // Branches that part and meet.
    private void Branches(string y)
    {
        string left = _model.Fresh("v"), right = _model.Fresh("v");
        Axis same = new(3, 1, 1, 1, 1);
        AddConvolution(_at, left, (same, same), _channels > 3 ? _channels : 1, _channels, bias: false);
        _model.Node("Relu", [_at], right);
        switch (_random.Next(4))
        {
            case 0:
                _model.Node("Concat", [left, right], y, ("axis", 1));
                _channels *= 2;
                break;
            case 1:
                _model.Node("Concat", [left, right], y, ("axis", 2));
                _height *= 2;
                break;
            default:
                _model.Node("Add", [left, right], y);
                break;
        }
    }

    private void Moved(string y)
    {
        switch (_random.Next(3))
        {
            case 0:
                int rows = _random.Next(1, 3), columns = _random.Next(1, 3);
                _model.Weights($"{y}_s", [4], 1, 1, rows, columns)
                    .Node("Resize", [_at, "", $"{y}_s"], y, ("mode", "nearest"));
                (_height, _width) = (_height * rows, _width * columns);
                break;
            case 1:
                int left = _random.Next(0, _width), right = _random.Next(left + 1, _width + 1);
                _model.Integers($"{y}_a", left).Integers($"{y}_b", right).Integers($"{y}_c", 3)
                    .Node("Slice", [_at, $"{y}_a", $"{y}_b", $"{y}_c"], y);
                _width = right - left;
                break;
            default:
                int before = _random.Next(3);
                _model.Integers($"{y}_p", 0, 0, 1, before, 0, 0, 0, 1).Node("Pad", [_at, $"{y}_p"], y);
                (_height, _width) = (_height + 1, _width + before + 1);
                break;
        }
    }

    // What is left of the axes, or what differs from it.
    private void Reduced(string y)
    {
        long[] axes = Pick<long[]>([2], [3], [2, 3], [1, 2], [1, 3]);
        string reduced = _model.Fresh("v");
        _model.Node(Pick("ReduceMax", "ReduceMin", "ReduceMean", "ReduceL1"), [_at], reduced, ("axes", axes));
        if (_random.Next(2) == 0)
        {
            _model.Node("Sub", [_at, reduced], y);
            return;
        }
        _model.Node("Relu", [reduced], y);
        (_channels, _height, _width) = (axes.Contains(1) ? 1 : _channels, axes.Contains(2) ? 1 : _height,
            axes.Contains(3) ? 1 : _width);
    }

    private void AddEnd()
    {
        int units = _random.Next(1, 7), size = _channels * _height * _width;
        switch (_random.Next(5))
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
                _model.Weights("m", [size, units], Weights(size * units)).Weights("b", [units], Weights(units));
                _model.Node("Flatten", [_at], "flat")
                    .Node("Gemm", _random.Next(2) == 0 ? ["flat", "m"] : ["flat", "m", "b"], "y").Output("y");
                break;
        }
    }

    private void AddConvolution(string x, string y, (Axis Row, Axis Column) axes, int groups, int units, bool bias)
    {
        int taps = axes.Row.Size * axes.Column.Size;
        _model.Weights($"{y}_w", [units, _channels / groups, axes.Row.Size, axes.Column.Size],
            Weights(units * _channels / groups * taps)).Weights($"{y}_b", [units], Weights(units));
        _model.Node("Conv", bias ? [x, $"{y}_w", $"{y}_b"] : [x, $"{y}_w"], y,
            [.. Attributes(axes), ("group", groups)]);
    }

    private static IEnumerable<(string Name, object Value)> Attributes((Axis Row, Axis Column) axes) =>
    [
        ("kernel_shape", new long[] { axes.Row.Size, axes.Column.Size }),
            ("strides", new long[] { axes.Row.Stride, axes.Column.Stride }),
        ("pads", new long[] { axes.Row.Before, axes.Column.Before, axes.Row.After, axes.Column.After }),
            ("dilations", new long[] { axes.Row.Dilation, axes.Column.Dilation }),
    ];

    // Padding smaller than the window, as poolings demand.
    private Axis RandomAxis(bool dilated)
    {
        int size = _random.Next(1, 4);
        return new Axis(size, _random.Next(1, 3), dilated ? _random.Next(1, 3) : 1, _random.Next(size),
            _random.Next(size));
    }

    // Null where a window is larger than the image.
    private (int, int)? Outputs((Axis Row, Axis Column) axes) =>
        (axes.Row.Outputs(_height), axes.Column.Outputs(_width)) is ( > 0, > 0) outputs ? outputs : null;

    private double[] Weights(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Round((_random.NextDouble() * 2) - 1, 2))];

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private readonly record struct Axis(int Size, int Stride, int Dilation, int Before, int After)
    {
        public int Outputs(int elements)
        {
            int positions = elements + Before + After - ((Size - 1) * Dilation) - 1;
            return positions < 0 ? 0 : (positions / Stride) + 1;
        }
    }
}
