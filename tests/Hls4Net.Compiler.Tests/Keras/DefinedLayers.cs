using PureHDF;

namespace Hls4Net.Tests.Keras;

/// <summary>A tensor of the definitions, without the axis of samples.</summary>
internal sealed record DefinedTensor(int[] Shape, double[] Values)
{
    public double this[params ReadOnlySpan<int> at]
    {
        get
        {
            int place = 0;
            for (int a = 0; a < Shape.Length; a++)
                place = (place * Shape[a]) + at[a];
            return Values[place];
        }
    }

    /// <summary>The tensor of a function of places.</summary>
    public static DefinedTensor Of(int[] shape, Func<int[], double> value)
    {
        double[] values = new double[shape.Aggregate(1, (s, d) => s * d)];
        for (int e = 0; e < values.Length; e++)
        {
            int[] at = new int[shape.Length];
            for (int a = shape.Length - 1, rest = e; a >= 0; rest /= shape[a--])
                at[a] = rest % shape[a];
            values[e] = value(at);
        }
        return new DefinedTensor(shape, values);
    }

    public static DefinedTensor Random(Random random, params int[] shape) =>
        Of(shape, _ => (float)((random.NextDouble() * 2) - 1));

    public H5Dataset Written => KerasWriter.Tensor(Values, [.. Shape.Select(d => (ulong)d)]);

    /// <summary>As an image whose channels come last, and back.</summary>
    public DefinedTensor ChannelsLast => Of([.. Shape[1..], Shape[0]], at => this[[at[^1], .. at[..^1]]]);

    public DefinedTensor ChannelsFirst => Of([Shape[^1], .. Shape[..^1]], at => this[[.. at[1..], at[0]]]);
}

/// <summary>A layer of Keras with random weights, and what Keras' documentation says that it computes.</summary>
/// <param name="Class">Its class.</param>
/// <param name="Settings">Its configuration, in JSON.</param>
/// <param name="Inputs">Shapes of what it reads.</param>
/// <param name="Weights">Its weights, for a path in the file.</param>
/// <param name="Value">Its definition.</param>
internal sealed record DefinedLayer(string Class, string Settings, int[][] Inputs,
    (string Path, DefinedTensor[] Tensors)[] Weights, Func<DefinedTensor[], DefinedTensor> Value)
{
    private static readonly int[] s_image = [5, 4, 3];

    private const string First = "\"data_format\": \"channels_first\"";

    public static IReadOnlyDictionary<string, DefinedLayer> All { get; } =
        Make(new Random(7)).Concat(DefinedRecurrent.Make(new Random(8)))
            .ToDictionary(l => l.Name, l => l.Layer, StringComparer.Ordinal);

    private static IEnumerable<(string Name, DefinedLayer Layer)> Make(Random random)
    {
        yield return ("attention", Attention(random));
        yield return ("dot", new DefinedLayer("Dot", "\"axes\": [2, 1]", [[4, 3], [3, 5]], [],
            x => DefinedTensor.Of([4, 5], at => Sum(3, i => x[0][at[0], i] * x[1][i, at[1]]))));
        yield return ("dot of rows", new DefinedLayer("Dot", "\"axes\": 2", [[4, 3], [5, 3]], [],
            x => DefinedTensor.Of([4, 5], at => Sum(3, i => x[0][at[0], i] * x[1][at[1], i]))));
        yield return ("dot of vectors", new DefinedLayer("Dot", "\"axes\": 1", [[6], [6]], [],
            x => DefinedTensor.Of([1], _ => Sum(6, i => x[0][i] * x[1][i]))));
        yield return ("upsampling", Image("UpSampling2D", "\"size\": [2, 3]",
            x => DefinedTensor.Of([10, 12, 3], at => x[at[0] / 2, at[1] / 3, at[2]])));
        yield return ("bilinear", Image("UpSampling2D", "\"size\": [2, 2], \"interpolation\": \"bilinear\"",
            x => DefinedTensor.Of([10, 8, 3], at => Bilinear(x, at))));
        yield return ("upsampled line", new DefinedLayer("UpSampling1D", "\"size\": 3", [[4, 2]], [],
            x => DefinedTensor.Of([12, 2], at => x[0][at[0] / 3, at[1]])));
        yield return ("cropping", Image("Cropping2D", "\"cropping\": [[1, 0], [0, 2]]",
            x => DefinedTensor.Of([4, 2, 3], at => x[at[0] + 1, at[1], at[2]])));
        yield return ("cropped line", new DefinedLayer("Cropping1D", "\"cropping\": [1, 2]", [[6, 2]], [],
            x => DefinedTensor.Of([3, 2], at => x[0][at[0] + 1, at[1]])));
        yield return ("padding", Image("ZeroPadding2D", "\"padding\": [[0, 1], [2, 0]]",
            x => DefinedTensor.Of([6, 6, 3], at => at[0] < 5 && at[1] >= 2 ? x[at[0], at[1] - 2, at[2]] : 0)));
        DefinedTensor gamma = DefinedTensor.Random(random, 3), beta = DefinedTensor.Random(random, 3);
        yield return ("layer normalization", Image("LayerNormalization", "\"axis\": [-1], \"epsilon\": 0.01",
            x => DefinedTensor.Of(s_image, at => Normalized(x, at, 0.01, gamma, beta)), gamma, beta));
        yield return ("shift alone", new DefinedLayer("LayerNormalization", "\"axis\": -1, \"scale\": false", [s_image],
            [("", [beta])],
            x => DefinedTensor.Of(s_image, at => Normalized(x[0], at, 1e-3, null, beta))));
        DefinedTensor kernel = DefinedTensor.Random(random, 3, 2, 3, 4), bias = DefinedTensor.Random(random, 4);
        yield return ("convolution", Image("Conv2D", "\"strides\": [2, 1], \"padding\": \"same\"",
            x => Convolved(x, kernel, bias), kernel, bias));
        DefinedTensor depthwise = DefinedTensor.Random(random, 2, 2, 3, 2);
        yield return ("depthwise", Image("DepthwiseConv2D", "\"use_bias\": false",
            x => DefinedTensor.Of([4, 3, 6], at => Sum(4, i => x[at[0] + (i / 2), at[1] + (i % 2), at[2] / 2]
                * depthwise[i / 2, i % 2, at[2] / 2, at[2] % 2])), depthwise));
        yield return ("pooling", Image("MaxPooling2D", "\"pool_size\": [2, 2], \"padding\": \"same\"",
            x => DefinedTensor.Of([3, 2, 3], at => Window(x, at, 2).Max())));
        yield return ("average", Image("AveragePooling2D", "\"pool_size\": [2, 2], \"padding\": \"same\"",
            x => DefinedTensor.Of([3, 2, 3], at => Window(x, at, 2).Average())));
        yield return ("global average", Image("GlobalAveragePooling2D", "\"keepdims\": false",
            x => DefinedTensor.Of([3], at => Sum(20, i => x[i / 4, i % 4, at[0]]) / 20)));
        yield return ("flatten", Image("Flatten", "\"name\": \"fc\"", x => new DefinedTensor([60], x.Values)));
        foreach ((string name, DefinedLayer layer) in Make(random, gamma, beta))
            yield return (name, layer);
    }

    private static IEnumerable<(string, DefinedLayer)> Make(Random random, DefinedTensor gamma, DefinedTensor beta)
    {
        DefinedTensor mean = DefinedTensor.Random(random, 3),
            variance = DefinedTensor.Of([3], _ => (float)(random.NextDouble() + 0.5));
        yield return ("first: normalization", new DefinedLayer("BatchNormalization", "\"axis\": 1, \"epsilon\": 0.01",
            [[3, 5, 4]], [("", [gamma, beta, mean, variance])], x => DefinedTensor.Of([3, 5, 4], at => beta[at[0]]
                + ((x[0][at] - mean[at[0]]) / Math.Sqrt(variance[at[0]] + 0.01) * gamma[at[0]]))));
    }

    // The same with the channels first, from what it is with the channels last.
    public DefinedLayer? WithChannelsFirst => Inputs is not [[5, 4, 3]] || Class == "LayerNormalization" ? null
        : this with
        {
            Settings = $"{Settings}, {First}",
            Inputs = [[3, 5, 4]],
            Value = x => Value([x[0].ChannelsLast]) is { Shape.Length: 3 } y ? y.ChannelsFirst
                : Value([x[0].ChannelsLast]),
        };

    private static DefinedLayer Image(string layer, string settings, Func<DefinedTensor, DefinedTensor> value,
        params DefinedTensor[] weights) =>
        new(layer, settings, [s_image], weights.Length == 0 ? [] : [("", weights)], x => value(x[0]));

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);

    private static double Normalized(DefinedTensor x, int[] at, double epsilon, DefinedTensor? gamma,
        DefinedTensor beta)
    {
        double[] row = [.. Enumerable.Range(0, 3).Select(c => x[at[0], at[1], c])];
        double mean = row.Average(), variance = row.Average(v => (v - mean) * (v - mean));
        return ((x[at] - mean) / Math.Sqrt(variance + epsilon) * (gamma?[at[2]] ?? 1)) + beta[at[2]];
    }

    // Corners lie half a pixel apart.
    private static double Bilinear(DefinedTensor x, int[] at)
    {
        (int, int, double) Between(int place, int size)
        {
            double p = Math.Clamp(((place + 0.5) / 2) - 0.5, 0, size - 1);
            int below = Math.Min((int)p, size - 1);
            return (below, Math.Min(below + 1, size - 1), p - below);
        }
        (int top, int bottom, double v) = Between(at[0], 5);
        (int left, int right, double h) = Between(at[1], 4);
        return ((1 - v) * (((1 - h) * x[top, left, at[2]]) + (h * x[top, right, at[2]])))
            + (v * (((1 - h) * x[bottom, left, at[2]]) + (h * x[bottom, right, at[2]])));
    }

    private static IEnumerable<double> Window(DefinedTensor x, int[] at, int size) =>
        from i in Enumerable.Range(at[0] * size, size)
        from j in Enumerable.Range(at[1] * size, size)
        where i < x.Shape[0] && j < x.Shape[1]
        select x[i, j, at[2]];

    // Rows by twos, a border of one above and one below, one pixel to the right.
    private static DefinedTensor Convolved(DefinedTensor x, DefinedTensor kernel, DefinedTensor bias) =>
        DefinedTensor.Of([3, 4, 4], at => bias[at[2]] + Sum(3 * 2 * 3, t =>
        {
            int row = (2 * at[0]) + (t / 6) - 1, column = at[1] + (t / 3 % 2), channel = t % 3;
            return row is >= 0 and < 5 && column < 4
                ? x[row, column, channel] * kernel[t / 6, t / 3 % 2, channel, at[2]] : 0;
        }));

    private static DefinedLayer Attention(Random random)
    {
        const int Heads = 2, Size = 3, Width = 4, Wanted = 5, Given = 6, Channels = 7;
        DefinedTensor[] query = [Any(Channels, Heads, Size), Any(Heads, Size)],
            key = [Any(Channels, Heads, Size), Any(Heads, Size)],
            value = [Any(Channels, Heads, Width), Any(Heads, Width)],
            output = [Any(Heads, Width, Channels), Any(Channels)];
        return new DefinedLayer("MultiHeadAttention",
            "\"num_heads\": 2, \"key_dim\": 3, \"value_dim\": 4, \"use_bias\": true",
            [[Wanted, Channels], [Given, Channels]],
            [("query_dense", query), ("key_dense", key), ("value_dense", value), ("output_dense", output)], x =>
            {
                double Projected(DefinedTensor from, DefinedTensor[] by, int step, int head, int place) =>
                    by[1][head, place] + Sum(Channels, c => from[step, c] * by[0][c, head, place]);
                double[] Attended(int step, int head)
                {
                    double[] powers = [.. Enumerable.Range(0, Given).Select(g => Math.Exp(Sum(Size, i =>
                        Projected(x[0], query, step, head, i) * Projected(x[1], key, g, head, i)) / Math.Sqrt(Size)))];
                    return [.. powers.Select(p => p / powers.Sum())];
                }
                return DefinedTensor.Of([Wanted, Channels], at => output[1][at[1]] + Sum(Heads, h =>
                {
                    double[] attended = Attended(at[0], h);
                    return Sum(Width, v => output[0][h, v, at[1]]
                        * Sum(Given, g => attended[g] * Projected(x[1], value, g, h, v)));
                }));
            });

        DefinedTensor Any(params int[] shape) => DefinedTensor.Random(random, shape);
    }
}
