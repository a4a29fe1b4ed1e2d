using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Numerics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Operators of models that ONNX Runtime has optimized and saved.</summary>
public sealed class FusedTests
{
    private const string Microsoft = "com.microsoft";

    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 4),
        s_w = NdArray.Random(new Random(2), 4, 3), s_b = NdArray.Random(new Random(3), 3);

    public static TheoryData<string, (string Name, object Value)[]> Activations => new()
    {
        { "", [] },
        { "Relu", [] },
        { "LeakyRelu", [("activation_alpha", 0.25)] },
        { "LeakyRelu", [] },
        { "ThresholdedRelu", [("activation_alpha", 0.5)] },
        { "Tanh", [] },
        { "Sigmoid", [] },
        { "Softplus", [] },
        { "Softsign", [] },
        { "Elu", [("activation_alpha", 0.5)] },
        { "Selu", [("activation_alpha", 1.5), ("activation_gamma", 2.0)] },
        { "HardSigmoid", [("activation_alpha", 0.25), ("activation_beta", 0.75)] },
        { "HardSigmoid", [] },
    };

    [Theory]
    [MemberData(nameof(Activations))]
    public void FusedGemm(string activation, (string Name, object Value)[] parameters)
    {
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 4).Output("y")
            .Weights("w", s_w.Transpose(1, 0).Shape, s_w.Transpose(1, 0).Values).Weights("b", [3], s_b.Values)
            .Call(Microsoft, "FusedGemm", ["x", "w", "b"], "y",
                [("alpha", 0.5), ("beta", 2.0), ("transB", 1), ("activation", activation), .. parameters]);
        OperatorTest.Expect(model, NdArray.Make([1, 3],
            i => Act(activation, parameters, (0.5 * Product(i[1])) + (2 * s_b.Values[i[1]]))), s_x);
    }

    [Fact]
    public void Unknown_activations_are_refused() => OperatorTest.Fails(
        Descriptors.UnsupportedForm,
        new ModelBuilder(13).Input("x", 1, 4).Output("y").Weights("w", [4, 3], s_w.Values)
            .Call(Microsoft, "FusedGemm", ["x", "w"], "y", ("activation", "Strange")));

    [Theory]
    [InlineData("LeakyRelu", new float[] { 0.25f })]
    [InlineData("Clip", new float[] { -0.5f, 0.75f })]
    [InlineData("HardSigmoid", new float[] { 0.25f, 0.75f })]
    [InlineData("Relu", new float[0])]
    public void FusedConv_adds_and_activates(string activation, float[] parameters)
    {
        NdArray x = NdArray.Random(new Random(4), 1, 2, 5), w = NdArray.Random(new Random(5), 3, 2, 3),
            z = NdArray.Random(new Random(6), 1, 3, 3);
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 2, 5).Input("z", 1, 3, 3).Output("y")
            .Weights("w", w.Shape, w.Values).Weights("b", [3], s_b.Values)
            .Call(Microsoft, "FusedConv", ["x", "w", "b", "z"], "y", ("activation", activation),
                ("activation_params", parameters), ("kernel_shape", new long[] { 3 }));
        NdArray expected = NdArray.Make([1, 3, 3], i =>
        {
            double sum = s_b.Values[i[1]] + z[0, i[1], i[2]];
            for (int c = 0; c < 2; c++)
            {
                for (int t = 0; t < 3; t++)
                    sum += x[0, c, i[2] + t] * w[i[1], c, t];
            }
            return activation switch
            {
                "Clip" => Math.Clamp(sum, parameters[0], parameters[1]),
                "LeakyRelu" => sum < 0 ? parameters[0] * sum : sum,
                "HardSigmoid" => Math.Clamp((parameters[0] * sum) + parameters[1], 0, 1),
                _ => Math.Max(sum, 0),
            };
        });
        OperatorTest.Expect(model, expected, x, z);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(1, 0, 0, 0)]
    [InlineData(0, 1, 0, 0)]
    [InlineData(1, 1, 1, 0)]
    [InlineData(0, 1, 0, 1)]
    [InlineData(1, 0, 1, 1)]
    public void FusedMatMul_transposes_rows_and_batches(int transA, int transB, int batchA, int batchB)
    {
        // Both are [2, 3, 4] · [2, 4, 5] before their axes are moved.
        NdArray a = NdArray.Random(new Random(7), 2, 3, 4), b = NdArray.Random(new Random(8), 2, 4, 5);
        NdArray storedA = Stored(a, transA, batchA), storedB = Stored(b, transB, batchB);
        ModelBuilder model = new ModelBuilder(13).Input("one", 1, 1).Input("x", storedA.Shape[0], storedA.Shape[1],
            storedA.Shape[2]).Output("y").Weights("b", storedB.Shape, storedB.Values)
            .Call(Microsoft, "FusedMatMul", ["x", "b"], "y", ("alpha", 0.5), ("transA", transA), ("transB", transB),
                ("transBatchA", batchA), ("transBatchB", batchB));
        model.Graph.Input.RemoveAt(0);
        NdArray expected = NdArray.Make([2, 3, 5], i => 0.5 * Enumerable.Range(0, 4)
            .Sum(k => a[i[0], i[1], k] * b[i[0], k, i[2]]));
        using TempFolder folder = new();
        Graph.Network network = Hls4Net.Onnx.Importer.Import(
            model.Save(
                folder) with
            {
                InputShapes =
                    ImmutableDictionary<string, ImmutableArray<int>>.Empty.Add(
                        "x", [.. storedA.Shape])
            }, new DiagnosticBag(""));
        Simulation.ReferenceSimulator simulator = new(network);
        simulator.Run(storedA.Values);
        Assert.Equal(expected.Shape, network.Outputs[0].Value.Shape.Dimensions);
        Assert.All(expected.Values.Zip(simulator[network.Outputs[0].Value].ToArray()),
            p => Assert.Equal(p.First, p.Second, 1e-6));

        // [b, r, c] as [b, c, r], and [b, r, c] as [r, b, c]: what the attributes undo, the batches first.
        static NdArray Stored(NdArray x, int matrix, int batch)
        {
            NdArray rows = matrix == 1 ? x.Transpose(0, 2, 1) : x;
            return batch == 1 ? rows.Transpose(1, 0, 2) : rows;
        }
    }

    [Theory]
    [InlineData("Gelu", FunctionKind.Gelu, false)]
    [InlineData("BiasGelu", FunctionKind.Gelu, true)]
    [InlineData("FastGelu", FunctionKind.GeluTanh, false)]
    [InlineData("FastGelu", FunctionKind.GeluTanh, true)]
    public void Gelus(string op, FunctionKind function, bool biased)
    {
        double[] b = [0.5, -1, 0, 2];
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 4).Output("y").Weights("b", [4], b)
            .Call(Microsoft, op, biased ? ["x", "b"] : ["x"], "y");
        UnaryFunction gelu = new(function);
        OperatorTest.Expect(model,
            new NdArray([1, 4], [.. s_x.Values.Select((v, i) => gelu.Evaluate(v + (biased ? b[i] : 0)))]), s_x);
    }

    [Fact]
    public void QuickGelu() => OperatorTest.Expect(
        new ModelBuilder(13).Input("x", 1, 4).Output("y").Call(Microsoft, "QuickGelu", ["x"], "y"),
            s_x.Map(v => v / (1 + Math.Exp(-1.702f * v))), s_x);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Normalizations_of_sums(bool rms)
    {
        NdArray skip = NdArray.Random(new Random(9), 1, 4);
        double[] gamma = [1, 2, 0.5, -1], beta = [0, 1, -1, 0.5], bias = [0.25, 0, -0.5, 1];
        string[] inputs = rms ? ["x", "skip", "gamma", "bias"] : ["x", "skip", "gamma", "beta", "bias"];
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 4).Input("skip", 1, 4).Output("z")
            .Weights("gamma", [4], gamma).Weights("beta", [4], beta).Weights("bias", [4], bias)
            .Call(Microsoft, rms ? "SkipSimplifiedLayerNormalization" : "SkipLayerNormalization", inputs, "y",
                ("epsilon", 0.125));
        model.Last.Output.AddRange(["", "", "sum"]);
        model.Node("Add", ["y", "sum"], "z");
        double[] sum = [.. s_x.Values.Select((v, i) => v + skip.Values[i] + bias[i])];
        double mean = rms ? 0 : sum.Average(), root = Math.Sqrt(sum.Average(v => (v - mean) * (v - mean)) + 0.125);
        OperatorTest.Expect(model, new NdArray([1, 4],
            [.. sum.Select((v, i) => ((v - mean) / root * gamma[i]) + (rms ? 0 : beta[i]) + v)]), s_x, skip);
    }

    [Fact]
    public void Normalizations_of_before_they_were_onnxs() => OperatorTest.Expect(
        new ModelBuilder(11).Input("x", 1, 4).Output("y").Weights("gamma", [4], 1, 2, 3, 4)
            .Node("SimplifiedLayerNormalization", ["x", "gamma"], "y", ("epsilon", 0.125)),
        new NdArray([1, 4],
            [.. s_x.Values.Select((v, i) => v / Math.Sqrt(s_x.Values.Average(u => u * u) + 0.125) * (i + 1))]),
        s_x);

    private static double Product(int column) => Enumerable.Range(0, 4).Sum(k => s_x.Values[k] * s_w[k, column]);

    private static double Act(string activation, (string Name, object Value)[] parameters, double v)
    {
        return activation switch
        {
            "Relu" => Math.Max(v, 0),
            "LeakyRelu" => v < 0 ? Parameter("alpha", 0.01f) * v : v,
            "ThresholdedRelu" => v > Parameter("alpha", 1) ? v : 0,
            "Tanh" => Math.Tanh(v),
            "Sigmoid" => 1 / (1 + Math.Exp(-v)),
            "Softplus" => Math.Log(1 + Math.Exp(v)),
            "Softsign" => v / (1 + Math.Abs(v)),
            "Elu" => v < 0 ? Parameter("alpha", 1) * (Math.Exp(v) - 1) : v,
            "Selu" => Parameter("gamma", 1) * (v < 0 ? Parameter("alpha", 1) * (Math.Exp(v) - 1) : v),
            "HardSigmoid" => Math.Clamp((Parameter("alpha", 0.2f) * v) + Parameter("beta", 0.5f), 0, 1),
            _ => v,
        };

        double Parameter(string name, double otherwise) =>
            parameters.FirstOrDefault(p => p.Name == $"activation_{name}").Value is double given ? given : otherwise;
    }
}
