using System.Globalization;

namespace Hls4Net.Tests.Keras;

/// <summary>A quantizer of QKeras at random, and its definition.</summary>
/// <param name="Kind">Its name.</param>
/// <param name="Settings">Its settings by name.</param>
/// <param name="IsCall">True where the file has it as a call, with its settings by name.</param>
internal sealed record RandomQKerasQuantizer(string Kind, IReadOnlyDictionary<string, double> Settings, bool IsCall)
{
    private const double Epsilon = 1e-7;

    private static readonly string[] s_bare =
        ["binary_tanh", "binary_sigmoid", "hard_tanh", "hard_sigmoid", "smooth_tanh", "smooth_sigmoid"];

    /// <summary>False for functions that round nothing.</summary>
    public static bool IsQuantizer(string kind) => kind is not ("hard_tanh" or "hard_sigmoid" or "smooth_tanh"
        or "smooth_sigmoid");

    private double this[string name] => Settings.GetValueOrDefault(name);

    public static RandomQKerasQuantizer OfKernel(Random random) => random.Next(6) switch
    {
        // Without alpha the layer makes it a power of two for each channel.
        0 => Make(random, "quantized_bits", ("bits", random.Next(2, 7)), ("integer", random.Next(0, 3))),
        1 => Make(random, "quantized_linear", ("bits", random.Next(1, 7)), ("integer", random.Next(0, 3))),
        2 => Make(random, "ternary", ("alpha", 0.5), ("threshold", 0.25)),
        3 => Make(random, "binary", ("alpha", 2), ("use_01", random.Next(2))),
        4 => Make(random, "quantized_po2", ("bits", random.Next(2, 5)), ("max_value", random.Next(1, 3))),
        _ => Make(random, random.Next(2) == 0 ? "quantized_bits" : "quantized_linear", ("bits", random.Next(1, 7)),
            ("integer", random.Next(0, 3)), ("symmetric", random.Next(2)),
            ("alpha", Math.ScaleB(1, random.Next(-2, 3)))),
    };

    public static RandomQKerasQuantizer OfBias(Random random) => (random.Next(2) == 0
        ? Make(random, "quantized_bits", ("bits", random.Next(1, 7)), ("integer", random.Next(0, 3)))
        : Make(random, "quantized_linear", ("bits", random.Next(1, 7)), ("integer", random.Next(0, 3)),
            ("symmetric", random.Next(2)))) with
    { IsBias = true };

    public static RandomQKerasQuantizer OfData(Random random) => random.Next(11) switch
    {
        0 => Make(random, "quantized_bits", ("bits", random.Next(2, 9)), ("integer", random.Next(0, 4)),
            ("symmetric", random.Next(2)), ("keep_negative", random.Next(2)), ("alpha", random.Next(1, 4))),
        1 => Make(random, "quantized_linear", ("bits", random.Next(1, 9)), ("integer", random.Next(0, 4)),
            ("symmetric", random.Next(2)), ("alpha", Math.ScaleB(1, random.Next(-1, 2)))),
        2 => Make(random, "quantized_relu", ("bits", random.Next(1, 8)), ("integer", random.Next(0, 4))),
        3 => Make(random, "quantized_relu", ("bits", random.Next(2, 8)), ("integer", random.Next(0, 4)),
            ("negative_slope", Math.ScaleB(1, -random.Next(1, 4)))),
        4 => Make(random, "quantized_relu", ("bits", random.Next(1, 8)), ("integer", random.Next(0, 3)),
            ("use_sigmoid", 1)),
        5 => Make(random, "quantized_tanh", ("bits", random.Next(2, 8)), ("symmetric", random.Next(2))),
        6 => Make(random, "quantized_sigmoid", ("bits", random.Next(1, 8)), ("symmetric", random.Next(2))),
        7 => Make(random, "ternary", ("alpha", 2), ("threshold", 0.5)),
        8 => Make(random, "quantized_po2", ("bits", random.Next(2, 5)), ("max_value", random.Next(1, 5))),
        9 => Make(random, "quantized_relu_po2", ("bits", random.Next(1, 4)), ("max_value", random.Next(1, 5)),
            ("negative_slope", random.Next(2) == 0 ? 0 : 0.25)),
        _ => Make(random, s_bare[random.Next(s_bare.Length)]),
    };

    private static RandomQKerasQuantizer Make(Random random, string kind,
        params (string Name, double Value)[] settings) =>
        new(kind, settings.ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal), random.Next(2) == 0);

    public string Config()
    {
        if (s_bare.Contains(Kind))
            return $"\"{Kind}\"";
        string[] settings = [.. Settings.Select(s => string.Create(CultureInfo.InvariantCulture,
            $"{(IsCall ? s.Key : $"\"{s.Key}\"")}{(IsCall ? "=" : ": ")}{s.Value}"))];
        string all = string.Join(", ", settings);
        return IsCall ? $"\"{Kind}({all})\""
            : $$"""{"class_name": "{{Kind}}", "config": { {{all}} }, "registered_name": "{{Kind}}"}""";
    }

    /// <summary>What becomes of a number that flows.</summary>
    public double Data(double x)
    {
        double bits = this["bits"], reach = Math.Pow(2, this["integer"]), m = Math.Pow(2, bits);
        switch (Kind)
        {
            case "quantized_bits" or "quantized_linear":
                return Fixed(x, this["alpha"]);
            case "quantized_relu" when this["use_sigmoid"] != 0:
                return reach * Math.Clamp((2 * Even(HardSigmoid(x / reach) * m) / m) - 1, 0, 1 - (1 / m));
            case "quantized_relu":
                double slope = this["negative_slope"];
                if (slope == 0)
                    return reach * Math.Clamp(Even(x * m / reach) / m, 0, 1 - (1 / m));
                m /= 2;
                return (reach * Math.Clamp(Even(x * m / reach) / m, 0, 1 - (1 / m)))
                    + (reach / m * Math.Clamp(Even(x * m * slope / reach), -m * slope, 0));
            case "quantized_tanh":
                m /= 2;
                return Math.Clamp(Even(m * ((2 * HardSigmoid(x)) - 1)) / m, -1 + (this["symmetric"] / m), 1 - (1 / m));
            case "quantized_sigmoid":
                return Math.Clamp(Even(m * HardSigmoid(x)) / m, this["symmetric"] / m, 1 - (1 / m));
            case "ternary":
                return Math.Abs(x) >= this["threshold"] ? this["alpha"] * Math.Sign(x) : 0;
            case "quantized_po2":
                return (x < 0 ? -1 : 1) * Power(Math.Abs(x), bits - 1);
            case "quantized_relu_po2":
                return x >= 0 || this["negative_slope"] == 0 ? Power(Math.Max(x, 0), bits)
                    : -Power(-x * this["negative_slope"], bits);
            case "binary_tanh":
                return (2 * Even(HardSigmoid(x))) - 1;
            case "binary_sigmoid":
                return Even(HardSigmoid(x));
            case "hard_tanh":
                return (2 * HardSigmoid(x)) - 1;
            case "hard_sigmoid":
                return HardSigmoid(x);
            case "smooth_tanh":
                return (2 * Math.Clamp((0.1875 * x) + 0.5, 0, 1)) - 1;
            case "smooth_sigmoid":
                return Math.Clamp((0.1875 * x) + 0.5, 0, 1);
            default:
                throw new ArgumentException(Kind);
        }
    }

    /// <summary>What becomes of weights, whose last axis has so many channels.</summary>
    public double[] Weights(double[] weights, int channels)
    {
        bool given = Settings.ContainsKey("alpha");
        switch (Kind)
        {
            case "quantized_bits" or "quantized_linear" when !given && !IsBias:
                double[] result = new double[weights.Length];
                for (int c = 0; c < channels; c++)
                {
                    int[] at = [.. Enumerable.Range(0, weights.Length / channels).Select(i => (i * channels) + c)];
                    double[] of = Automatic([.. at.Select(a => weights[a])]);
                    for (int i = 0; i < at.Length; i++)
                        result[at[i]] = of[i];
                }
                return result;
            case "quantized_bits" or "quantized_linear":
                return [.. weights.Select(w => Fixed(w, given ? this["alpha"] : 1))];
            case "ternary":
                return [.. weights.Select(Data)];
            case "binary":
                return [.. weights.Select(w => this["alpha"] * (w >= 0 ? 1 : this["use_01"] != 0 ? 0 : -1))];
            case "quantized_po2":
                return [.. weights.Select(Data)];
            default:
                throw new ArgumentException(Kind);
        }
    }

    /// <summary>True for the quantizer of a bias, which has no scale of its own.</summary>
    public bool IsBias { get; init; }

    // The scale divides what quantized_linear rounds, and multiplies what quantized_bits has rounded.
    private double Fixed(double x, double alpha)
    {
        bool linear = Kind == "quantized_linear",
            keep = !Settings.TryGetValue("keep_negative", out double k) || k != 0,
            symmetric = Settings.TryGetValue("symmetric", out double s) ? s != 0 : linear;
        double m = Math.Pow(2, this["bits"] - (keep ? 1 : 0)), reach = Math.Pow(2, this["integer"]);
        if (this["bits"] == 1 && keep)
            return (x >= 0 ? 1 : -1) * alpha * (linear ? reach / 2 : 1);
        double unit = reach / m * (linear ? alpha : 1);
        return Math.Clamp(Even(x / unit), keep ? symmetric ? 1 - m : -m : 0, m - 1) * unit * (linear ? 1 : alpha);
    }

    private double[] Automatic(double[] w)
    {
        bool linear = Kind == "quantized_linear", sign = this["bits"] == 1;
        double last = sign ? 0.5 : Math.Pow(2, this["bits"] - 1) - 1, reach = linear ? 1 : Math.Pow(2, this["integer"]);
        double[] x = [.. w.Select(v => v / reach)];
        double scale = Nearest(Math.Max(x.Max(Math.Abs) / last, linear ? Epsilon : 0));
        for (int i = 0; i < (sign ? 1 : 5); i++)
        {
            double[] z = Levels();
            scale = Nearest(x.Zip(z, (a, b) => a * b).Average() / (z.Average(b => b * b) + Epsilon));
        }
        return [.. Levels().Select(z => z * scale * reach)];

        double[] Levels() => [.. x.Select(v => sign ? v >= 0 ? 0.5 : -0.5
            : linear ? Even(Math.Clamp(v / scale, -last, last))
            : Math.Sign(v) * Math.Min(Math.Floor((Math.Abs(v) / scale) + 0.5), last))];

        static double Nearest(double s) => Math.Pow(2, Even(Math.Log2(s + Epsilon)));
    }

    private double Power(double size, double bits)
    {
        double most = this["max_value"], own = bits - (most > 1 ? 1 : 0), low = -Math.Pow(2, own);
        return Math.Pow(2, size < Epsilon ? low
            : Math.Clamp(Even(Math.Log2(Math.Min(size, most))), low, Math.Pow(2, own) - 1));
    }

    private static double HardSigmoid(double x) => Math.Clamp((x / 2) + 0.5, 0, 1);

    private static double Even(double x) => Math.Round(x, MidpointRounding.ToEven);
}
