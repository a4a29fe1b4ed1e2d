namespace Hls4Net.Benchmarks;

/// <summary>A multilayer perceptron with ReLU between its layers.</summary>
internal static class Mlp
{
    /// <summary>The jet tagger's layers: 16 features, 5 classes.</summary>
    public static int[] JetTagger => [16, 64, 32, 32, 5];

    /// <summary>Writes the network to <paramref name="path"/>.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="sizes">Width of the input, of every hidden layer, and of the output.</param>
    /// <param name="softmax">True to end in a softmax.</param>
    /// <param name="seed">What the weights are made from.</param>
    public static void Write(string path, int[] sizes, bool softmax = false, int seed = 1)
    {
        OnnxGraph graph = new(seed, sizes[0]);
        string value = "x";
        for (int i = 1; i < sizes.Length; i++)
        {
            value = graph.Add("Gemm", $"fc{i}",
                [value, graph.Weights($"w{i}", sizes[i - 1], sizes[i - 1], sizes[i]), graph.Biases($"b{i}", sizes[i])]);
            if (i < sizes.Length - 1)
                value = graph.Add("Relu", $"relu{i}", [value]);
        }
        if (softmax)
            value = graph.Add("Softmax", "softmax", [value]);
        graph.Write(path, value, sizes[^1]);
    }

    /// <summary>Weights of a network of such sizes, without the biases.</summary>
    public static long Weights(int[] sizes) => sizes.Zip(sizes.Skip(1), (a, b) => (long)a * b).Sum();
}
