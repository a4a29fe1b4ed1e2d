using System.Globalization;
using System.Text;
using PureHDF;

namespace Hls4Net.Tests.Keras;

/// <summary>
/// A random sequence of QKeras' QDense and QActivation layers in a file of Keras 3 or of Keras 2, and what it makes of
/// numbers by the library's definitions, in double precision, which is exact for its few bits.
/// </summary>
internal sealed class RandomQKerasNetwork
{
    private readonly List<Layer> _layers = [];
    private readonly bool _legacy;

    public RandomQKerasNetwork(Random random)
    {
        _legacy = random.Next(2) == 0;
        Inputs = random.Next(1, 6);
        int width = Inputs, count = random.Next(1, 4);
        for (int l = 0; l < count; l++)
        {
            int units = random.Next(1, 5);
            // A bias as it is has few bits, so that sums are exact.
            RandomQKerasQuantizer? bias = random.Next(4) == 0 ? null : RandomQKerasQuantizer.OfBias(random);
            double[] biases = Numbers(random, units);
            _layers.Add(new Layer(width, units, RandomQKerasQuantizer.OfKernel(random), bias,
                RandomQKerasQuantizer.OfData(random), random.Next(2) == 0, Numbers(random, width * units),
                bias is null ? [.. biases.Select(b => Math.Round(b * 64) / 64)] : biases));
            width = units;
        }
    }

    public int Inputs { get; }

    /// <summary>The file's name: .h5 as Keras 2 writes it, or .keras.</summary>
    public string File => _legacy ? "net.h5" : "net.keras";

    /// <summary>The kinds of its quantizers.</summary>
    public IEnumerable<string> Kinds => _layers.SelectMany(l => new[] { $"kernel {l.Kernel.Kind}", l.Activation.Kind });

    private static double[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (double)(float)((random.NextDouble() * 3) - 1.5))];

    /// <summary>The network as a file.</summary>
    public byte[] ToBytes()
    {
        StringBuilder config = new();
        string shape = _legacy ? "batch_input_shape" : "batch_shape";
        config.Append(CultureInfo.InvariantCulture, $$$"""
            {"class_name": "Sequential", "config": {"name": "net", "layers": [
            {{{Module("keras.layers")}}} "class_name": "InputLayer",
            "config": {"name": "x", "{{{shape}}}": [null, {{{Inputs}}}]}}
            """);
        for (int l = 0; l < _layers.Count; l++)
        {
            Layer layer = _layers[l];
            config.Append(CultureInfo.InvariantCulture, $$$"""
                , {{{Module("qkeras.qlayers")}}} "class_name": "QDense",
                "config": {"name": "fc{{{l}}}", "units": {{{layer.Units}}},
                "activation": {{{(layer.Apart ? "\"linear\"" : layer.Activation.Config())}}}, "use_bias": true,
                "kernel_quantizer": {{{layer.Kernel.Config()}}},
                "bias_quantizer": {{{layer.Bias?.Config() ?? "null"}}} }}
                """);
            if (layer.Apart)
                config.Append(CultureInfo.InvariantCulture, $$$"""
                    , {{{Module("qkeras.qlayers")}}} "class_name": "QActivation", "config": {"name": "act{{{l}}}",
                    "activation": {{{layer.Activation.Config()}}} }}
                    """);
        }
        config.Append("]}}");
        return _legacy ? Legacy(config.ToString()) : KerasWriter.Zip(config.ToString(), KerasWriter.Hdf(Groups()));
    }

    private string Module(string name) => _legacy ? "{" : $$"""{"module": "{{name}}",""";

    private H5Group Groups()
    {
        H5Group groups = [];
        for (int l = 0; l < _layers.Count; l++)
            groups[l == 0 ? "q_dense" : $"q_dense_{l}"] = new H5Group
            {
                ["vars"] = KerasWriter.Variables($"fc{l}", Kernel(_layers[l]), Bias(_layers[l])),
            };
        return groups;
    }

    private byte[] Legacy(string config)
    {
        H5Group weights = new() { Attributes = { ["layer_names"] = _layers.Select((_, l) => $"fc{l}").ToArray() } };
        for (int l = 0; l < _layers.Count; l++)
            weights[$"fc{l}"] = new H5Group
            {
                Attributes = { ["weight_names"] = new[] { $"fc{l}/kernel:0", $"fc{l}/bias:0" } },
                [$"fc{l}"] = new H5Group { ["kernel:0"] = Kernel(_layers[l]), ["bias:0"] = Bias(_layers[l]) },
            };
        H5File file = new()
        {
            Attributes = { ["model_config"] = config, ["keras_version"] = "2.9.0" },
            ["model_weights"] = weights,
        };
        using MemoryStream stream = new();
        file.Write(stream);
        return stream.ToArray();
    }

    private static H5Dataset Kernel(Layer layer) =>
        KerasWriter.Tensor(layer.Weights, (ulong)layer.Width, (ulong)layer.Units);

    private static H5Dataset Bias(Layer layer) => KerasWriter.Tensor(layer.Biases, (ulong)layer.Units);

    /// <summary>What the library computes.</summary>
    public double[] Evaluate(double[] x)
    {
        foreach (Layer layer in _layers)
        {
            double[] kernel = layer.Kernel.Weights(layer.Weights, layer.Units),
                bias = layer.Bias?.Weights(layer.Biases, layer.Units) ?? layer.Biases, input = x;
            x =
            [
                .. Enumerable.Range(0, layer.Units).Select(j => layer.Activation.Data(bias[j]
                    + input.Select((v, i) => v * kernel[(i * layer.Units) + j]).Sum())),
            ];
        }
        return x;
    }

    /// <summary>A layer.</summary>
    /// <param name="Width">Its inputs.</param>
    /// <param name="Units">Its outputs.</param>
    /// <param name="Kernel">The quantizer of its kernel.</param>
    /// <param name="Bias">That of its bias; null for a bias as it is.</param>
    /// <param name="Activation">What becomes of its sums.</param>
    /// <param name="Apart">True where that is a layer of its own.</param>
    /// <param name="Weights">The kernel.</param>
    /// <param name="Biases">The bias.</param>
    private sealed record Layer(int Width, int Units, RandomQKerasQuantizer Kernel, RandomQKerasQuantizer? Bias,
        RandomQKerasQuantizer Activation, bool Apart, double[] Weights, double[] Biases);
}
