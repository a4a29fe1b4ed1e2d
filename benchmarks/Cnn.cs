namespace Hls4Net.Benchmarks;

/// <summary>Convolutional networks.</summary>
internal static class Cnn
{
    /// <summary>Side of the images, and their channels.</summary>
    public const int SvhnSide = 32, SvhnChannels = 3;

    /// <summary>
    /// Outputs of the three convolutions of the network for street view house numbers, 3 × 3 and unpadded, each with
    /// ReLU and 2 × 2 max pooling.
    /// </summary>
    public static int[] SvhnFilters => [16, 16, 24];

    /// <summary>Outputs of its dense layers, with ReLU between them.</summary>
    public static int[] SvhnUnits => [42, 64, 10];

    /// <summary>
    /// Writes the network for street view house numbers of Aarrestad et al., 2021, with random weights.
    /// </summary>
    public static void WriteSvhn(string path)
    {
        OnnxGraph graph = new(seed: 1, SvhnChannels, SvhnSide, SvhnSide);
        string value = "x";
        (int channels, int side) = (SvhnChannels, SvhnSide);
        foreach ((int i, int filters) in SvhnFilters.Index())
        {
            value = Convolution(graph, $"conv{i + 1}", value, channels, filters, padded: false);
            value = graph.Add("MaxPool", $"pool{i + 1}", [value], ("kernel_shape", [2, 2]), ("strides", [2, 2]));
            (channels, side) = (filters, (side - 2) / 2);
        }
        value = graph.Add("Flatten", "flatten", [value]);
        int inputs = channels * side * side;
        foreach ((int i, int units) in SvhnUnits.Index())
        {
            value = graph.Add("Gemm", $"fc{i + 1}",
                [value, graph.Weights($"fw{i + 1}", inputs, inputs, units), graph.Biases($"fb{i + 1}", units)]);
            if (i < SvhnUnits.Length - 1)
                value = graph.Add("Relu", $"frelu{i + 1}", [value]);
            inputs = units;
        }
        graph.Write(path, value, SvhnUnits[^1]);
    }

    /// <summary>Writes a chain of padded 3 × 3 convolutions with ReLU: as many layers as there are asked for.</summary>
    public static void WriteDeep(string path, int layers, int side, int channels)
    {
        OnnxGraph graph = new(seed: 1, channels, side, side);
        string value = "x";
        for (int i = 1; i <= layers; i++)
            value = Convolution(graph, $"conv{i}", value, channels, channels, padded: true);
        graph.Write(path, value, channels, side, side);
    }

    /// <summary>
    /// Writes a U-Net for grey images: two padded 3 × 3 convolutions with ReLU a level, max pooling down, transposed
    /// convolutions up, one output by sigmoid.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="side">Of the image, in pixels.</param>
    /// <param name="filters">Of the first level; each level has twice as many as the one above.</param>
    /// <param name="levels">How often the image is halved.</param>
    public static void WriteUnet(string path, int side, int filters, int levels)
    {
        OnnxGraph graph = new(seed: 1, 1, side, side);
        string value = "x";
        int channels = 1;
        Stack<(string Value, int Channels)> kept = [];
        for (int level = 0; level <= levels; level++)
        {
            value = Pair(graph, $"down{level}", value, channels, filters << level);
            channels = filters << level;
            if (level == levels)
                break;
            kept.Push((value, channels));
            value = graph.Add("MaxPool", $"pool{level}", [value], ("kernel_shape", [2, 2]), ("strides", [2, 2]));
        }
        for (int level = levels - 1; level >= 0; level--)
        {
            (string beside, int half) = kept.Pop();
            value = graph.Add("ConvTranspose", $"up{level}",
                [value, graph.Weights($"up{level}_w", channels, channels, half, 2, 2),
                    graph.Biases($"up{level}_b", half)], ("kernel_shape", [2, 2]), ("strides", [2, 2]));
            value = graph.AddChannels($"joined{level}", beside, value);
            value = Pair(graph, $"right{level}", value, 2 * half, half);
            channels = half;
        }
        value = graph.Add("Conv", "mask", [value, graph.Weights("mask_w", channels, 1, channels, 1, 1),
            graph.Biases("mask_b", 1)], ("kernel_shape", [1, 1]));
        graph.Write(path, graph.Add("Sigmoid", "probability", [value]), 1, side, side);
    }

    private static string Pair(OnnxGraph graph, string name, string value, int channels, int filters) =>
        Convolution(graph, $"{name}b", Convolution(graph, $"{name}a", value, channels, filters, padded: true), filters,
            filters, padded: true);

    private static string Convolution(OnnxGraph graph, string name, string value, int channels, int filters,
        bool padded)
    {
        const int Side = 3;
        string weights = graph.Weights($"{name}_w", channels * Side * Side, filters, channels, Side, Side);
        long[] pads = padded ? [1, 1, 1, 1] : [0, 0, 0, 0];
        value = graph.Add("Conv", name, [value, weights, graph.Biases($"{name}_b", filters)],
            ("kernel_shape", [Side, Side]), ("pads", pads));
        return graph.Add("Relu", $"{name}_relu", [value]);
    }
}
