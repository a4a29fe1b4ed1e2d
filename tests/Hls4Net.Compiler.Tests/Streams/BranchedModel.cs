using Hls4Net.Configuration;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Streams;

/// <summary>
/// A random network of convolutions and poolings whose branches part and meet again, the same for the same seed.
/// </summary>
internal sealed class BranchedModel
{
    private readonly Random _random;
    private readonly ModelBuilder _model = new();
    private readonly List<(string Name, int Channels)> _open = [];

    private BranchedModel(int seed)
    {
        _random = new Random(seed);
        int size = _random.Next(5, 9), channels = _random.Next(1, 4);
        _model.Input("x", 1, channels, size, size + _random.Next(3));
        _open.Add(("x", channels));
        // Branches that keep the image's size can meet; each round lets one part and joins two.
        for (int round = _random.Next(1, 4); round > 0; round--)
        {
            (string from, int width) = _open[_random.Next(_open.Count)];
            (string Name, int Channels) left = Branch(from, width, _random.Next(1, 4)),
                right = Branch(from, width, _random.Next(0, 3));
            string joined = _model.Fresh("join");
            if (left.Channels == right.Channels)
            {
                _model.Node("Add", [left.Name, right.Name], joined);
                _open.Add((joined, left.Channels));
                continue;
            }
            _model.Node("Concat", [left.Name, right.Name], joined, ("axis", 1));
            _open.Add((joined, left.Channels + right.Channels));
        }
        _model.Output(_open[^1].Name);
        if (_random.Next(3) == 0)
        {
            _model.Node("GlobalAveragePool", [_open[^1].Name], "mean");
            _model.Output("mean");
        }
    }

    /// <summary>The model, compiled in io_stream.</summary>
    public static CompiledModel Compile(int seed) => Compile(seed, null);

    /// <summary>The same with a precision.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="precision">The type of every value; null for automatic ones.</param>
    public static CompiledModel Compile(int seed, string? precision)
    {
        using TempFolder folder = new();
        return Models.ModelHarness.Compile(new BranchedModel(seed)._model.Save(folder, $"branched{seed}") with
        {
            IOType = IOType.IoStream,
            Defaults =
                LayerSettings.Unset with
                {
                    Precision = precision is null ? null
                    : Models.ModelHarness.Precision(precision)
                },
        });
    }

    private (string, int) Branch(string x, int channels, int length)
    {
        for (; length > 0; length--)
        {
            string y = _model.Fresh("v");
            switch (_random.Next(4))
            {
                case 0:
                    _model.Node("Relu", [x], y);
                    break;
                case 1:
                    int pool = _random.Next(2) == 0 ? 3 : 5;
                    _model.Node("MaxPool", [x], y, ("kernel_shape", new long[] { pool, pool }), ("pads", Pads(pool)));
                    break;
                default:
                    int kernel = (_random.Next(3) * 2) + 1, units = _random.Next(1, 4);
                    string weights = _model.Fresh("w");
                    _model.Weights(weights, [units, channels, kernel, kernel],
                        [.. Enumerable.Range(0, units * channels * kernel * kernel)
                            .Select(_ => _random.NextDouble() - 0.5)]);
                    _model.Node("Conv", [x, weights], y, ("kernel_shape", new long[] { kernel, kernel }),
                        ("pads", Pads(kernel)));
                    channels = units;
                    break;
            }
            x = y;
        }
        return (x, channels);
    }

    private static long[] Pads(int size) => [.. Enumerable.Repeat((long)size / 2, 4)];
}
