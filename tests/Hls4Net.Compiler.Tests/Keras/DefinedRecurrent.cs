namespace Hls4Net.Tests.Keras;

/// <summary>Recurrent layers of Keras, four steps of three numbers and two units, by their equations.</summary>
internal static class DefinedRecurrent
{
    private const int Steps = 4, Inputs = 3, Units = 2;

    private static readonly int[][] s_shape = [[Steps, Inputs]];

    private sealed record Cell(string Kind, DefinedTensor[] Weights, Func<double, double> Gate,
        Func<double, double> Function, bool ResetAfter = false);

    public static IEnumerable<(string Name, DefinedLayer Layer)> Make(Random random)
    {
        Cell lstm = new("LSTM", Weights(4, 1), HardSigmoid, Math.Tanh);
        yield return ("lstm backwards", new DefinedLayer("LSTM", "\"units\": 2, \"return_sequences\": true, "
            + "\"go_backwards\": true, \"activation\": \"tanh\", \"recurrent_activation\": \"hard_sigmoid\"", s_shape,
            [("cell", lstm.Weights)], x => Rows(Run(lstm, x[0], backwards: true))));
        Cell before = new("GRU", Weights(3, 1), Sigmoid, Math.Tanh);
        yield return ("gru, reset before", new DefinedLayer("GRU", "\"units\": 2, \"reset_after\": false, "
            + "\"activation\": \"tanh\", \"recurrent_activation\": \"sigmoid\"", s_shape, [("cell", before.Weights)],
            x => Last(Run(before, x[0], backwards: false))));
        Cell after = new("GRU", Weights(3, 2), Sigmoid, v => Math.Max(v, 0), ResetAfter: true);
        yield return ("gru, reset after", new DefinedLayer("GRU", "\"units\": 2, \"reset_after\": true, "
            + "\"activation\": \"relu\", \"recurrent_activation\": \"sigmoid\", \"return_sequences\": true", s_shape,
            [("cell", after.Weights)], x => Rows(Run(after, x[0], backwards: false))));
        Cell inside = new("LSTM", Weights(4, 1), Sigmoid, v => v / (1 + Math.Abs(v)));
        yield return ("lstm's cell", new DefinedLayer("RNN", "\"cell\": {\"module\": \"keras.layers\", "
            + "\"class_name\": \"LSTMCell\", \"config\": {\"name\": \"cell\", \"units\": 2, \"activation\": "
            + "\"softsign\", \"recurrent_activation\": \"sigmoid\"}}", s_shape, [("cell", inside.Weights)],
            x => Last(Run(inside, x[0], backwards: false))));
        Cell forward = new("SimpleRNN", Weights(1, 1), Sigmoid, Math.Tanh),
            backward = new("SimpleRNN", Weights(1, 1), Sigmoid, Math.Tanh);
        yield return ("both directions", new DefinedLayer("Bidirectional", "\"merge_mode\": \"sum\", \"layer\": "
            + "{\"module\": \"keras.layers\", \"class_name\": \"SimpleRNN\", \"config\": {\"name\": \"rnn\", "
            + "\"units\": 2, \"activation\": \"tanh\", \"return_sequences\": true}}", s_shape,
            [("forward_layer", forward.Weights), ("backward_layer", backward.Weights)], x =>
            {
                double[][] a = Run(forward, x[0], backwards: false), b = Run(backward, x[0], backwards: true);
                // Both in the order of the steps.
                return DefinedTensor.Of([Steps, Units], at => a[at[0]][at[1]] + b[Steps - 1 - at[0]][at[1]]);
            }));
        yield return ("flattened steps", new DefinedLayer("TimeDistributed", "\"layer\": {\"module\": "
            + "\"keras.layers\", \"class_name\": \"Flatten\", \"config\": {\"name\": \"flat\"}}", [[3, 2, 2]], [],
            x => new DefinedTensor([3, 4], x[0].Values)));

        DefinedTensor[] Weights(int gates, int biases) => [DefinedTensor.Random(random, Inputs, gates * Units),
            DefinedTensor.Random(random, Units, gates * Units),
            biases == 1 ? DefinedTensor.Random(random, gates * Units)
                : DefinedTensor.Random(random, biases, gates * Units)];
    }

    // The states behind the steps, in the order in which they run.
    private static double[][] Run(Cell cell, DefinedTensor x, bool backwards)
    {
        double[] h = new double[Units], c = new double[Units];
        double[][] all = new double[Steps][];
        for (int i = 0; i < Steps; i++)
        {
            int step = backwards ? Steps - 1 - i : i;
            double[] row = [.. Enumerable.Range(0, Inputs).Select(k => x[step, k])];
            (h, c) = Step(cell, row, h, c);
            all[i] = h;
        }
        return all;
    }

    private static (double[] H, double[] C) Step(Cell cell, double[] x, double[] h, double[] c)
    {
        double[] next = new double[Units], kept = new double[Units];
        double[] weak = [.. h.Select((v, u) => v * (cell.Kind == "GRU" ? cell.Gate(Sum(1, u)) : 0))];
        for (int u = 0; u < Units; u++)
        {
            if (cell.Kind == "LSTM")
            {
                // Gates i, f, c, o.
                kept[u] = (cell.Gate(Sum(1, u)) * c[u]) + (cell.Gate(Sum(0, u)) * cell.Function(Sum(2, u)));
                next[u] = cell.Gate(Sum(3, u)) * cell.Function(kept[u]);
            }
            else if (cell.Kind == "GRU")
            {
                double z = cell.Gate(Sum(0, u)), own = cell.ResetAfter
                    ? OfInput(2, u) + (cell.Gate(Sum(1, u)) * OfState(2, u, h)) : OfInput(2, u) + OfState(2, u, weak);
                next[u] = (z * h[u]) + ((1 - z) * cell.Function(own));
            }
            else
            {
                next[u] = cell.Function(Sum(0, u));
            }
        }
        return (next, kept);

        double Sum(int gate, int unit) => OfInput(gate, unit) + OfState(gate, unit, h);

        double OfInput(int gate, int unit) => Bias(0, (gate * Units) + unit)
            + x.Select((v, k) => v * cell.Weights[0][k, (gate * Units) + unit]).Sum();

        double OfState(int gate, int unit, double[] state) => (cell.ResetAfter ? Bias(1, (gate * Units) + unit) : 0)
            + state.Select((v, k) => v * cell.Weights[1][k, (gate * Units) + unit]).Sum();

        double Bias(int row, int place) => cell.Weights[2].Shape.Length == 1 ? cell.Weights[2][place]
            : cell.Weights[2][row, place];
    }

    private static DefinedTensor Rows(double[][] all) =>
        DefinedTensor.Of([Steps, Units], at => all[at[0]][at[1]]);

    private static DefinedTensor Last(double[][] all) => new([Units], all[^1]);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double HardSigmoid(double x) => Math.Clamp((x / 6) + 0.5, 0, 1);
}
