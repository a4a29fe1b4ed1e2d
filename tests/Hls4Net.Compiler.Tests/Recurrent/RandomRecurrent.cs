using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Recurrent;

/// <summary>
/// A recurrent layer with random attributes and weights, and its meaning by the equations of the ONNX specification,
/// one number after another.
/// </summary>
internal sealed class RandomRecurrent
{
    private static readonly string[] s_bounded = ["Sigmoid", "HardSigmoid", "Tanh", "Softsign"];
    private static readonly string[] s_any = [.. s_bounded, "Relu", "LeakyRelu", "ScaledTanh", "Elu", "Softplus",
        "ThresholdedRelu", "Affine"];

    private readonly Random _random;
    private readonly string[]? _activations;
    private readonly List<float> _alphas = [], _betas = [];
    private readonly (float Alpha, float Beta)[] _parameters;
    private readonly double? _clip;
    private readonly bool _couples, _resetsProduct;
    private readonly double[] _w, _r;
    private readonly double[]? _b, _p, _h0, _c0;
    private readonly int[]? _lengths;
    private readonly string[] _functions;

    public RandomRecurrent(int seed)
    {
        _random = new Random(seed);
        Operator = Pick("RNN", "GRU", "LSTM");
        (Steps, Samples) = (_random.Next(1, 6), Chance(4) ? 2 : 1);
        (Inputs, Units) = (_random.Next(1, 5), _random.Next(1, 5));
        Direction = Pick("forward", "reverse", "bidirectional");
        BatchFirst = Chance(4);
        _clip = Chance(4) ? 0.25 + _random.Next(4) : null;
        _couples = Operator == "LSTM" && Chance(4);
        _resetsProduct = Operator == "GRU" && Chance(2);
        int directions = Directions, gates = Gates;
        _w = Numbers(directions * gates * Units * Inputs);
        _r = Numbers(directions * gates * Units * Units);
        _b = Chance(4) ? null : Numbers(directions * 2 * gates * Units);
        _p = Operator == "LSTM" && Chance(3) ? Numbers(directions * 3 * Units) : null;
        _h0 = Chance(3) ? Numbers(directions * Samples * Units) : null;
        _c0 = Operator == "LSTM" && _h0 is not null ? Numbers(directions * Samples * Units) : null;
        _lengths = Chance(4) ? [.. Enumerable.Range(0, Samples).Select(_ => _random.Next(1, Steps + 1))] : null;
        string[] usual = Operator switch
        {
            "RNN" => ["Tanh"],
            "GRU" => ["Sigmoid", "Tanh"],
            _ => ["Sigmoid", "Tanh", "Tanh"]
        };
        _functions = [.. Enumerable.Range(0, directions).SelectMany(_ => usual)];
        if (Chance(2))
            _activations = _functions = [.. _functions.Select((_, k) => Pick(k % usual.Length == 0 && Operator != "RNN"
                ? ["Sigmoid", "HardSigmoid"] : Steps < 4 ? s_any : s_bounded))];
        _parameters = [.. _functions.Select(Parameters)];
        HasSequence = Chance(3) || Chance(2);
        HasFinal = !HasSequence || Chance(2);
    }

    public string Operator { get; }

    public int Steps { get; }

    public int Samples { get; }

    public int Inputs { get; }

    public int Units { get; }

    public string Direction { get; }

    public bool BatchFirst { get; }

    public bool HasSequence { get; }

    public bool HasFinal { get; }

    private int Directions => Direction == "bidirectional" ? 2 : 1;

    private int Gates => Operator switch { "RNN" => 1, "GRU" => 3, _ => 4 };

    public int[] InputShape => BatchFirst ? [Samples, Steps, Inputs] : [Steps, Samples, Inputs];

    public override string ToString() =>
        $"{Operator} {Direction}, {Steps} steps, {Samples} samples, {Inputs} inputs, {Units} units, layout "
        + $"{BatchFirst}, clip {_clip}, {string.Join(' ', _functions)}, lengths {string.Join(' ', _lengths ?? [])}, "
        + $"initial {_h0 is not null}, peepholes {_p is not null}, couples {_couples}, resets product {_resetsProduct}";

    public double[] Sample() => Numbers(Steps * Samples * Inputs);

    public ModelBuilder Model()
    {
        int rows = Gates * Units;
        int[] states = BatchFirst ? [Samples, Directions, Units] : [Directions, Samples, Units];
        ModelBuilder model = new ModelBuilder(17).Input("x", [.. InputShape.Select(d => (Dim)d)])
            .Weights("w", [Directions, rows, Inputs], _w).Weights("r", [Directions, rows, Units], _r);
        if (_b is not null)
            model.Weights("b", [Directions, 2 * rows], _b);
        if (_lengths is not null)
        {
            model.Integers("lengths", [.. _lengths.Select(l => (long)l)]);
            var tensor = model.Graph.Initializer[^1];
            tensor.DataType = (int)Hls4Net.Onnx.Proto.TensorProto.Types.DataType.Int32;
            tensor.Int64Data.Clear();
            tensor.Int32Data.Add(_lengths);
        }
        if (_h0 is not null)
            model.Weights("h0", states, Laid(_h0));
        if (_c0 is not null)
            model.Weights("c0", states, Laid(_c0));
        if (_p is not null)
            model.Weights("p", [Directions, 3 * Units], _p);
        string[] inputs = ["x", "w", "r", _b is null ? "" : "b", _lengths is null ? "" : "lengths",
            _h0 is null ? "" : "h0", .. Operator == "LSTM" ? [_c0 is null ? "" : "c0", _p is null ? "" : "p"]
                : Array.Empty<string>()];
        List<(string, object)> attributes = [("hidden_size", Units), ("direction", Direction)];
        if (BatchFirst)
            attributes.Add(("layout", 1));
        if (_clip is double clip)
            attributes.Add(("clip", (float)clip));
        if (_activations is not null)
            attributes.AddRange([("activations", _activations), ("activation_alpha", _alphas.ToArray()),
                ("activation_beta", _betas.ToArray())]);
        if (_couples)
            attributes.Add(("input_forget", 1));
        if (_resetsProduct)
            attributes.Add(("linear_before_reset", 1));
        model.Node(Operator, inputs, "y", [.. attributes]);
        model.Last.Output.Clear();
        model.Last.Output.AddRange(HasSequence ? ["y"] : [""]);
        if (HasSequence)
            model.Output("y");
        foreach (string state in Operator == "LSTM" ? ["y_h", "y_c"] : new[] { "y_h" })
        {
            if (!HasFinal)
                break;
            model.Last.Output.Add(state);
            model.Output(state);
        }
        return model;
    }

    /// <summary>The outputs, one after another.</summary>
    public double[][] Evaluate(double[] x)
    {
        int h = Units;
        double[] y = new double[Steps * Directions * Samples * h], yh = new double[Directions * Samples * h],
            yc = new double[yh.Length];
        for (int d = 0; d < Directions; d++)
        {
            for (int s = 0; s < Samples; s++)
            {
                int at = ((d * Samples) + s) * h, length = _lengths?[s] ?? Steps;
                double[] state = _h0?[at..(at + h)] ?? new double[h], cell = _c0?[at..(at + h)] ?? new double[h];
                for (int i = 0; i < length; i++)
                {
                    int t = Direction == "reverse" || d == 1 ? length - 1 - i : i;
                    double[] row = new double[Inputs];
                    for (int k = 0; k < Inputs; k++)
                        row[k] = x[((BatchFirst ? (s * Steps) + t : (t * Samples) + s) * Inputs) + k];
                    (state, cell) = Step(d, row, state, cell);
                    for (int u = 0; u < h; u++)
                        y[((BatchFirst ? (((s * Steps) + t) * Directions) + d
                            : (((t * Directions) + d) * Samples) + s) * h) + u] = state[u];
                }
                state.CopyTo(yh, at);
                cell.CopyTo(yc, at);
            }
        }
        return [.. HasSequence ? [y] : Array.Empty<double[]>(), .. HasFinal ? [Laid(yh)] : Array.Empty<double[]>(),
            .. HasFinal && Operator == "LSTM" ? [Laid(yc)] : Array.Empty<double[]>()];
    }

    private (double[] State, double[] Cell) Step(int d, double[] x, double[] h, double[] c)
    {
        double[] next = new double[Units], cell = new double[Units];
        if (Operator == "RNN")
            return ([.. next.Select((_, u) => F(d, 0, Clip(X(d, 0, u, x) + R(d, 0, u, h))))], c);
        if (Operator == "GRU")
        {
            double[] reset = [.. next.Select((_, u) => F(d, 0, Clip(X(d, 1, u, x) + R(d, 1, u, h))))];
            double[] weak = [.. h.Select((v, u) => v * reset[u])];
            for (int u = 0; u < Units; u++)
            {
                double z = F(d, 0, Clip(X(d, 0, u, x) + R(d, 0, u, h)));
                double own = F(d, 1, Clip(X(d, 2, u, x) + (_resetsProduct ? reset[u] * R(d, 2, u, h)
                    : R(d, 2, u, weak))));
                next[u] = ((1 - z) * own) + (z * h[u]);
            }
            return (next, c);
        }
        for (int u = 0; u < Units; u++)
        {
            double i = F(d, 0, Clip(X(d, 0, u, x) + R(d, 0, u, h) + (P(d, 0, u) * c[u])));
            double f = _couples ? 1 - i : F(d, 0, Clip(X(d, 2, u, x) + R(d, 2, u, h) + (P(d, 2, u) * c[u])));
            cell[u] = (f * c[u]) + (i * F(d, 1, Clip(X(d, 3, u, x) + R(d, 3, u, h))));
            double o = F(d, 0, Clip(X(d, 1, u, x) + R(d, 1, u, h) + (P(d, 1, u) * cell[u])));
            next[u] = o * F(d, 2, cell[u]);
        }
        return (next, cell);
    }

    private double X(int d, int gate, int unit, double[] x)
    {
        int row = (((d * Gates) + gate) * Units) + unit;
        double sum = B(d, (gate * Units) + unit);
        for (int k = 0; k < x.Length; k++)
            sum += _w[(row * Inputs) + k] * x[k];
        return sum;
    }

    private double R(int d, int gate, int unit, double[] h)
    {
        int row = (((d * Gates) + gate) * Units) + unit;
        double sum = B(d, ((Gates + gate) * Units) + unit);
        for (int k = 0; k < h.Length; k++)
            sum += _r[(row * Units) + k] * h[k];
        return sum;
    }

    private double B(int d, int place) => _b?[(d * 2 * Gates * Units) + place] ?? 0;

    private double P(int d, int gate, int unit) => _p?[(((d * 3) + gate) * Units) + unit] ?? 0;

    private double Clip(double x) => _clip is double c ? Math.Clamp(x, -c, c) : x;

    private double F(int d, int function, double x)
    {
        int place = (d * _functions.Length / Directions) + function;
        (float alpha, float beta) = _parameters[place];
        return _functions[place] switch
        {
            "Sigmoid" => 1 / (1 + Math.Exp(-x)),
            "HardSigmoid" => Math.Clamp((alpha * x) + beta, 0, 1),
            "Tanh" => Math.Tanh(x),
            "Softsign" => x / (1 + Math.Abs(x)),
            "Relu" => Math.Max(x, 0),
            "LeakyRelu" => x < 0 ? alpha * x : x,
            "ScaledTanh" => alpha * Math.Tanh(beta * x),
            "Elu" => x < 0 ? alpha * (Math.Exp(x) - 1) : x,
            "Softplus" => Math.Log(1 + Math.Exp(x)),
            "ThresholdedRelu" => x > alpha ? x : 0,
            "Affine" => (alpha * x) + beta,
            string other => throw new InvalidOperationException(other),
        };
    }

    // A function takes the next numbers of the lists, if it takes any.
    private (float, float) Parameters(string function)
    {
        float alpha = 0.125f * _random.Next(1, 9), beta = 0.125f * _random.Next(1, 9);
        if (function is "HardSigmoid" or "LeakyRelu" or "ScaledTanh" or "Elu" or "ThresholdedRelu" or "Affine")
            _alphas.Add(alpha);
        if (function is "HardSigmoid" or "ScaledTanh" or "Affine")
            _betas.Add(beta);
        return (alpha, beta);
    }

    // [directions, samples, units] as the layout has it.
    private double[] Laid(double[] states)
    {
        if (!BatchFirst)
            return states;
        double[] result = new double[states.Length];
        for (int d = 0; d < Directions; d++)
        {
            for (int s = 0; s < Samples; s++)
                Array.Copy(states, ((d * Samples) + s) * Units, result, ((s * Directions) + d) * Units, Units);
        }
        return result;
    }

    private double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(-16, 17) / 16.0)];

    private bool Chance(int of) => _random.Next(of) == 0;

    private string Pick(params string[] all) => all[_random.Next(all.Length)];
}
