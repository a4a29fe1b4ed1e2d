using System.Globalization;
using System.Text;
using PureHDF;

namespace Hls4Net.Tests.Keras;

/// <summary>
/// A random sequence of HGQ2's QDense layers, each element of weights, biases and inputs with bits of its own, and what
/// it makes of numbers by the library's definition, in exact arithmetic of its own.
/// </summary>
internal sealed class RandomHgqNetwork
{
    private static readonly string[] s_rounding = ["TRN", "RND", "RND_CONV", "TRN_ZERO", "RND_ZERO", "RND_MIN_INF",
        "RND_INF", "S_RND"];

    private static readonly string[] s_overflow = ["WRAP", "SAT", "SAT_SYM"];

    private readonly List<Layer> _layers = [];

    public RandomHgqNetwork(Random random)
    {
        Inputs = random.Next(1, 6);
        int width = Inputs, count = random.Next(1, 4);
        for (int l = 0; l < count; l++)
        {
            int units = random.Next(1, 5);
            Quantizer input = Quantizer.Make(random, width, "kif", "datalane"),
                kernel = Quantizer.Make(random, width * units, random.Next(2) == 0 ? "kif" : "kbi", "weight"),
                bias = Quantizer.Make(random, units, "kbi", "bias");
            _layers.Add(new Layer(width, units, random.Next(2) == 0, input, kernel, bias,
                [.. Enumerable.Range(0, width * units).Select(_ => (double)(float)((random.NextDouble() * 6) - 3))],
                [.. Enumerable.Range(0, units).Select(_ => (double)(float)((random.NextDouble() * 6) - 3))]));
            width = units;
        }
    }

    public int Inputs { get; }

    /// <summary>
    /// True where a type of the port follows from the first quantizer: not where it rounds by the sign of what wraps.
    /// </summary>
    public bool SaysPort => _layers[0].Input is not
    { Overflow: "WRAP", Rounding: "TRN_ZERO" or "RND_ZERO" or "RND_INF" };

    /// <summary>The network as a .keras file.</summary>
    public byte[] ToBytes()
    {
        StringBuilder config = new();
        config.Append(CultureInfo.InvariantCulture, $$$"""
            {"module": "keras", "class_name": "Sequential", "config": {"name": "net", "layers": [
            {"module": "keras.layers", "class_name": "InputLayer", "config": {"name": "x",
            "batch_shape": [null, {{{Inputs}}}]}}
            """);
        H5Group groups = [];
        for (int l = 0; l < _layers.Count; l++)
        {
            Layer layer = _layers[l];
            string name = $"fc{l}";
            config.Append(CultureInfo.InvariantCulture, $$$"""
                , {"module": "hgq.layers.core.dense", "class_name": "QDense", "config": {"name": "{{{name}}}",
                "units": {{{layer.Units}}}, "activation": "{{{(layer.Rectifies ? "relu" : "linear")}}}",
                "use_bias": true, "enable_iq": true, "enable_oq": false, "iq_conf": {{{layer.Input.Config()}}},
                "kq_conf": {{{layer.Kernel.Config()}}}, "bq_conf": {{{layer.Bias.Config()}}} }}
                """);
            ulong n = (ulong)layer.Width, m = (ulong)layer.Units;
            groups[l == 0 ? "q_dense" : $"q_dense_{l}"] = new H5Group
            {
                ["vars"] = KerasWriter.Variables(name, KerasWriter.Tensor(layer.Weights, n, m),
                    KerasWriter.Tensor(layer.Biases, m)),
                ["iq"] = layer.Input.Group(1, n),
                ["kq"] = layer.Kernel.Group(n, m),
                ["bq"] = layer.Bias.Group(m),
            };
        }
        config.Append("]}}");
        return KerasWriter.Zip(config.ToString(), KerasWriter.Hdf(groups));
    }

    /// <summary>What the library computes, exactly.</summary>
    public double[] Evaluate(double[] x)
    {
        foreach (Layer layer in _layers)
        {
            double[] input = [.. x.Select((v, e) => layer.Input.Apply(v, e))];
            x = new double[layer.Units];
            for (int j = 0; j < x.Length; j++)
            {
                double sum = layer.Bias.Apply(layer.Biases[j], j);
                for (int i = 0; i < layer.Width; i++)
                    sum += input[i] * layer.Kernel.Apply(layer.Weights[(i * layer.Units) + j], (i * layer.Units) + j);
                x[j] = layer.Rectifies ? Math.Max(sum, 0) : sum;
            }
        }
        return x;
    }

    private sealed record Layer(int Width, int Units, bool Rectifies, Quantizer Input, Quantizer Kernel, Quantizer Bias,
        double[] Weights, double[] Biases);

    private sealed record Quantizer(string Type, string Place, string Rounding, string Overflow, int[] K, int[] I,
        int[] F)
    {
        public static Quantizer Make(Random random, int count, string type, string place) => new(type, place,
            s_rounding[random.Next(s_rounding.Length)], s_overflow[random.Next(s_overflow.Length)],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(2))],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(-3, 4))],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(-2, 6))]);

        public string Config() => string.Create(CultureInfo.InvariantCulture, $$$"""
            {"module": "hgq.quantizer.config", "class_name": "QuantizerConfig", "config": {
            "q_type": "{{{Type}}}", "place": "{{{Place}}}", "round_mode": "{{{Rounding}}}",
            "overflow_mode": "{{{Overflow}}}", "i_decay_speed": Infinity,
            "is_weight": {{{(Place == "datalane" ? "false" : "true")}}}, "trainable": true}}
            """);

        public H5Group Group(params ulong[] shape)
        {
            // Bits that are trained are near whole numbers, and ties go to the even one.
            H5Dataset k = KerasWriter.Tensor([.. K.Select(v => (double)v)], shape),
                i = KerasWriter.Tensor([.. I.Select(v => v + 0.25)], shape),
                f = KerasWriter.Tensor([.. F.Select(v => v - 0.25)], shape),
                b = KerasWriter.Tensor([.. F.Select((v, e) => v + I[e] + 0.25)], shape);
            bool wraps = Overflow == "WRAP";
            H5Dataset[] variables = (Type, wraps) switch
            {
                ("kbi", true) => [b, k, i],
                ("kbi", false) => [b, i, k],
                (_, true) => [f, k, i],
                _ => [i, f, k],
            };
            return new H5Group
            {
                ["quantizer"] = new H5Group { ["vars"] = KerasWriter.Variables("quantizer", variables) },
            };
        }

        public double Apply(double x, int e)
        {
            int k = K[e], i = I[e], f = F[e];
            double unit = Math.ScaleB(1, -f);
            bool wraps = Overflow == "WRAP";
            // Weights that wrap are only rounded, those by their width if they round half up.
            if (wraps && Place != "datalane" && (Type == "kif" || Rounding is "RND" or "S_RND"))
                return Rounded(x / unit) * unit;
            if (k + i + f <= 0)
                return 0;
            if (!wraps)
            {
                double high = Math.ScaleB(1, i) - unit,
                    low = k == 0 ? 0 : Overflow == "SAT" ? -Math.ScaleB(1, i) : -high;
                return Rounded(Math.Clamp(x, low, high) / unit) * unit;
            }
            double period = Math.ScaleB(1, k + i + f), shift = k == 0 ? 0 : period / 2, v = Rounded(x / unit) + shift;
            return (v - (Math.Floor(v / period) * period) - shift) * unit;
        }

        private double Rounded(double v) => Rounding switch
        {
            "TRN" => Math.Floor(v),
            "RND" or "S_RND" => Math.Floor(v + 0.5),
            "RND_CONV" => Math.Round(v, MidpointRounding.ToEven),
            "TRN_ZERO" => Math.Truncate(v),
            "RND_ZERO" => v < 0 ? Math.Floor(v + 0.5) : Math.Ceiling(v - 0.5),
            "RND_MIN_INF" => Math.Ceiling(v - 0.5),
            "RND_INF" => Math.Round(v, MidpointRounding.AwayFromZero),
            _ => throw new ArgumentException(Rounding),
        };
    }
}
