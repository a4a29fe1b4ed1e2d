using System.Globalization;
using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Estimation;
using Hls4Net.Onnx.Proto;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;

namespace Hls4Net.Benchmarks;

/// <summary>
/// Random layers as Verilog, beside what Yosys makes of them: how many LUTs a bit of each kind of operation takes is fitted on one half, and checked on the
/// other. <see cref="RtlCost"/> has the figures.
/// </summary>
internal static class VerilogFit
{
    // Of fewer LUTs or registers a relative error says nothing.
    private const int Least = 16;

    private sealed record Sample(string Kind, int Seed, RtlWork Work, int Latency, SynthesisFigures Figures)
    {
        public Cost Estimate => RtlCost.Of(Work, Latency);
    }

    /// <summary>Synthesizes the layers of so many networks and prints what was found.</summary>
    /// <param name="count">How many networks.</param>
    /// <param name="folder">A folder to work in.</param>
    /// <param name="kept">Where figures are kept from run to run.</param>
    public static string Measure(int count, string folder, string kept)
    {
        List<Sample> samples = [];
        LayerSynthesis synthesis = new(kept);
        for (int seed = 0; seed < count; seed++)
        {
            string model = Path.Combine(folder, $"fit{seed}.onnx");
            (string kind, ModelOptions options) = RandomLayer.Write(seed, model);
            DiagnosticBag diagnostics = new(kind);
            RtlDesign design = (ModelCompiler.Compile(options, diagnostics) ?? throw new InvalidOperationException(string.Join('\n', diagnostics.Items))).Verilog;
            foreach (LayerFigures layer in synthesis.Run(design))
                samples.Add(new Sample(layer.Layer!.Layer.Operation.Kind, seed, layer.Layer.Datapath.Work.Value, layer.Layer.Latency, layer.Figures));
        }
        Sample[] fitted = [.. samples.Where(s => s.Seed % 2 == 0)], checkedOn = [.. samples.Where(s => s.Seed % 2 == 1)];
        double[] coefficients = Fit([.. fitted.Where(s => s.Figures.Lut >= Least)]);
        List<string> lines =
        [
            FormattableString.Invariant($"{DateTime.UtcNow:yyyy-MM-dd}, Yosys {Yosys.Version()}, `synth_xilinx -family xcup`: {fitted.Length} layers of {(count + 1) / 2} random networks were fitted, {checkedOn.Length} of {count / 2} others are checked."),
            "",
            $"LUTs a bit, fitted: {string.Join(", ", RtlCost.Kinds.Zip(coefficients, (k, c) => FormattableString.Invariant($"{k.Name} {c:F2}")))}.",
            "",
            "| layers | LUT: median error | largest tenth from | FF: median error | largest tenth from | DSP: sum | estimated |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            Row("all", checkedOn, coefficients),
            .. checkedOn.GroupBy(s => s.Kind).OrderByDescending(g => g.Count()).Select(g => Row($"{g.Key} ({g.Count()})", [.. g], coefficients)),
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static string Row(string what, Sample[] samples, double[] coefficients)
    {
        double[] lut = Errors(samples, s => RtlCost.Kinds.Zip(coefficients, (k, c) => k.Of(s.Work) * Math.Round(c, 2)).Sum(), s => s.Figures.Lut), ff = Errors(samples, s => s.Estimate.Ff, s => s.Figures.Ff);
        return FormattableString.Invariant($"| {what} | {Quantile(lut, 0.5)} | {Quantile(lut, 0.9)} | {Quantile(ff, 0.5)} | {Quantile(ff, 0.9)} | {samples.Sum(s => s.Figures.Dsp)} | {samples.Sum(s => s.Estimate.Dsp)} |");
    }

    private static double[] Errors(Sample[] samples, Func<Sample, double> estimate, Func<Sample, long> figure) =>
        [.. samples.Where(s => figure(s) >= Least).Select(s => Math.Abs(estimate(s) - figure(s)) / (double)figure(s)).Order()];

    private static string Quantile(double[] sorted, double part) =>
        sorted.Length == 0 ? "—" : (sorted[(int)(part * (sorted.Length - 1))] * 100).ToString("F1", CultureInfo.InvariantCulture) + " %";

    // Least squares of relative errors, coordinate by coordinate, none below zero.
    private static double[] Fit(Sample[] samples)
    {
        double[][] rows = [.. samples.Select(s => RtlCost.Kinds.Select(k => k.Of(s.Work) / s.Figures.Lut).ToArray())];
        double[] c = new double[RtlCost.Kinds.Length], rest = [.. samples.Select(_ => 1.0)];
        for (int pass = 0; pass < 2000; pass++)
        {
            for (int k = 0; k < c.Length; k++)
            {
                double norm = rows.Sum(r => r[k] * r[k]);
                double next = norm == 0 ? 0 : Math.Max(0, c[k] + (Enumerable.Range(0, rows.Length).Sum(i => rows[i][k] * rest[i]) / norm));
                for (int i = 0; i < rows.Length; i++)
                    rest[i] -= rows[i][k] * (next - c[k]);
                c[k] = next;
            }
        }
        return c;
    }
}

/// <summary>Small random networks of one or two layers, of every kind that has a cost.</summary>
internal static class RandomLayer
{
    private static readonly string[] s_kinds = ["Dense", "Dense", "Dense", "DenseRelu", "DenseRelu", "Conv", "Sigmoid", "Softmax", "Add", "Mul", "MaxPool", "Clip", "ReduceMax", "ArgMax", "LeakyRelu", "TopK"];

    public static (string Kind, ModelOptions Options) Write(int seed, string path)
    {
        Random random = new(seed);
        string kind = s_kinds[random.Next(RtlCost.Kinds.Length)];
        GraphProto graph = new() { Name = "layer" };
        int n = random.Next(3, 14), m = random.Next(2, 12);
        int[] output = [1, n];
        void Input(string name, params int[] shape) => graph.Input.Add(OnnxGraph.Port(name, shape));
        string Node(string op, string[] inputs, params AttributeProto[] attributes)
        {
            NodeProto node = new() { OpType = op, Name = $"layer{graph.Node.Count}" };
            node.Input.AddRange(inputs);
            node.Output.Add($"y{graph.Node.Count}");
            node.Attribute.AddRange(attributes);
            graph.Node.Add(node);
            return node.Output[0];
        }
        string Weights(params int[] shape)
        {
            double density = random.Next(3) == 0 ? 0.4 : 1;
            graph.Initializer.Add(OnnxGraph.Tensor($"w{graph.Initializer.Count}", shape, () => random.NextDouble() < density ? OnnxGraph.Normal(random) : 0));
            return $"w{graph.Initializer.Count - 1}";
        }
        switch (kind)
        {
            case "Dense" or "DenseRelu":
                Input("x", 1, n);
                output = [1, m];
                string sum = Node("Gemm", ["x", Weights(n, m), Weights(m)]);
                if (kind == "DenseRelu")
                    Node("Relu", [sum]);
                break;
            case "Conv":
                Input("x", 1, 2, 4, 4);
                output = [1, 2, 3, 3];
                Node("Conv", ["x", Weights(2, 2, 2, 2)]);
                break;
            case "Add" or "Mul":
                Input("x", 1, n);
                Input("z", 1, n);
                Node(kind, ["x", "z"]);
                break;
            case "MaxPool":
                Input("x", 1, 2, 4, 4);
                output = [1, 2, 2, 2];
                Node("MaxPool", ["x"], Ints("kernel_shape", 2, 2), Ints("strides", 2, 2));
                break;
            case "ReduceMax" or "ArgMax":
                Input("x", 1, n);
                output = [1, 1];
                Node(kind, ["x"], kind == "ArgMax" ? new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 } : Ints("axes", 1));
                break;
            case "TopK":
                Input("x", 1, n);
                output = [1, 2];
                graph.Initializer.Add(new TensorProto { Name = "k", DataType = 7, Dims = { 1 }, RawData = ByteString.CopyFrom(BitConverter.GetBytes(2L)) });
                Node("TopK", ["x", "k"]);
                graph.Node[0].Output.Add("places");
                break;
            default:
                Input("x", 1, n);
                Node(kind, kind == "Clip" ? ["x", Scalar("low", -0.75f), Scalar("high", 1.5f)] : ["x"]);
                break;
        }
        graph.Output.Add(OnnxGraph.Port(graph.Node[^1].Output[0], output));
        ModelProto model = new() { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 13 });
        File.WriteAllBytes(path, model.ToByteArray());
        int width = random.Next(6, 14), fraction = random.Next(3, width - 1);
        string modes = new[] { ",RND,SAT", ",RND,SAT", ",TRN,WRAP", ",RND_CONV,SAT" }[random.Next(4)];
        return (kind, new ModelOptions
        {
            ModelPath = path,
            Source = Path.GetFileName(path),
            ModelName = "fit",
            ClassName = "Fit",
            ClockPeriod = new[] { 2.5, 5, 10 }[random.Next(3)],
            Defaults = LayerSettings.Unset with { Precision = PrecisionSpec.TryParse($"fixed({width},{width - fraction}{modes})", out _) },
        });

        string Scalar(string name, float value)
        {
            graph.Initializer.Add(new TensorProto { Name = name, DataType = 1, RawData = ByteString.CopyFrom(BitConverter.GetBytes(value)) });
            return name;
        }
    }

    private static AttributeProto Ints(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }
}
