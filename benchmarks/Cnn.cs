namespace Hls4Net.Benchmarks;

/// <summary>Convolutional networks.</summary>
internal static class Cnn
{
    /// <summary>Side of the images, and their channels.</summary>
    public const int SvhnSide = 32, SvhnChannels = 3;

    /// <summary>Outputs of the three convolutions of the network for street view house numbers, 3 × 3 and unpadded, each with ReLU and 2 × 2 max pooling.</summary>
    public static int[] SvhnFilters => [16, 16, 24];

    /// <summary>Outputs of its dense layers, with ReLU between them.</summary>
    public static int[] SvhnUnits => [42, 64, 10];

    /// <summary>Writes the network for street view house numbers of Aarrestad et al., 2021, with random weights.</summary>
    public static void WriteSvhn(string path)
    {
        OnnxGraph graph = new(SvhnChannels, SvhnSide, SvhnSide);
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
            value = graph.Add("Gemm", $"fc{i + 1}", [value, graph.Weights($"fw{i + 1}", inputs, inputs, units), graph.Biases($"fb{i + 1}", units)]);
            if (i < SvhnUnits.Length - 1)
                value = graph.Add("Relu", $"frelu{i + 1}", [value]);
            inputs = units;
        }
        graph.Write(path, value, SvhnUnits[^1]);
    }

    /// <summary>Writes a chain of padded 3 × 3 convolutions with ReLU: as many layers as there are asked for.</summary>
    public static void WriteDeep(string path, int layers, int side, int channels)
    {
        OnnxGraph graph = new(channels, side, side);
        string value = "x";
        for (int i = 1; i <= layers; i++)
            value = Convolution(graph, $"conv{i}", value, channels, channels, padded: true);
        graph.Write(path, value, channels, side, side);
    }

    private static string Convolution(OnnxGraph graph, string name, string value, int channels, int filters, bool padded)
    {
        const int Side = 3;
        string weights = graph.Weights($"{name}_w", channels * Side * Side, filters, channels, Side, Side);
        long[] pads = padded ? [1, 1, 1, 1] : [0, 0, 0, 0];
        value = graph.Add("Conv", name, [value, weights, graph.Biases($"{name}_b", filters)], ("kernel_shape", [Side, Side]), ("pads", pads));
        return graph.Add("Relu", $"{name}_relu", [value]);
    }
}
