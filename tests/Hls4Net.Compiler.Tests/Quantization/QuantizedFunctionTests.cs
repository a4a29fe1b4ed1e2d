using Hls4Net.Graph.Operations;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Quantization;

/// <summary>Functions with a quantizer behind them, and what the report says of those that cannot be exact.</summary>
public sealed class QuantizedFunctionTests
{
    private const string Domain = "qonnx.custom_op.general";

    [Theory]
    [InlineData("Sigmoid", 1 / 256.0, 8)]
    [InlineData("Sigmoid", 0.1, 3)]
    [InlineData("Tanh", 1 / 128.0, 8)]
    [InlineData("Softplus", 0.05, 6)]
    [InlineData("Elu", 0.03, 7)]
    public void A_quantizer_behind_a_function_of_a_quantized_input_is_exact(string function, double scale, int bits)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 8).Output("y");
        model.Custom(Domain, "Quant", ["x", model.Scalar(0.0625), model.Scalar(0), model.Scalar(8)], "q")
            .Node(function, ["q"], "f")
            .Custom(Domain, "Quant", ["f", model.Scalar(scale), model.Scalar(0), model.Scalar(bits)], "y");
        CompiledModel compiled = Compile(model, folder, [.. Enumerable.Range(-128, 256).Select(i => i * 0.0625)]);
        for (int i = -128; i < 128; i++)
        {
            double x = i * 0.0625, real = function switch
            {
                "Sigmoid" => 1 / (1 + Math.Exp(-x)),
                "Tanh" => Math.Tanh(x),
                "Softplus" => Math.Log(1 + Math.Exp(x)),
                _ => x >= 0 ? x : Math.Exp(x) - 1,
            };
            double step = (float)scale, expected = Math.Clamp(Math.Round(real / step, MidpointRounding.ToEven),
                -Math.ScaleB(1, bits - 1), Math.ScaleB(1, bits - 1) - 1);
            Simulation.ManagedSimulator simulator = new(compiled.Model.Network);
            simulator.Run(Enumerable.Repeat(x, 8).ToArray());
            Graph.Value table = compiled.Model.Layers.First(l => l.Operation is ElementwiseFunction).Output;
            Assert.Equal((long)expected, simulator[table][i & 7]);
        }
        Assert.Contains(Notes(compiled), n => n.Contains("each in double precision", StringComparison.Ordinal));
    }

    [Fact]
    public void A_quantizer_of_what_was_rounded_says_so()
    {
        using TempFolder folder = new();
        ModelBuilder softmax = new ModelBuilder().Input("x", 1, 8).Output("y");
        softmax.Custom(Domain, "Quant", ["x", softmax.Scalar(0.0625), softmax.Scalar(0), softmax.Scalar(8)], "q")
            .Node("Softmax", ["q"], "f")
            .Custom(Domain, "Quant", ["f", softmax.Scalar(1 / 256.0), softmax.Scalar(0), softmax.Scalar(8)], "y",
                ("signed", 0));
        CompiledModel compiled = Compile(softmax, folder,
            [.. Enumerable.Range(0, 80).Select(i => ((i * 37) % 250 * 0.0625) - 8)]);
        Assert.Contains(Notes(compiled),
            n => n.Contains("not exactly the model's: layer node_f", StringComparison.Ordinal));
        Assert.Equal(22, compiled.Model.Layers.First(l => l.Operation is Softmax).Output.Type.Fraction);

        ModelBuilder exact = new ModelBuilder().Input("x", 1, 8).Output("y");
        exact.Custom(Domain, "Quant", ["x", exact.Scalar(0.0625), exact.Scalar(0), exact.Scalar(8)], "q")
            .Node("LeakyRelu", ["q"], "f", ("alpha", 0.1f))
            .Custom(Domain, "Quant", ["f", exact.Scalar(0.1), exact.Scalar(0), exact.Scalar(8)], "y");
        Assert.DoesNotContain(Notes(Compile(exact, folder, [.. Enumerable.Range(0, 80).Select(i => i * 0.1)])),
            n => n.Contains("not exactly", StringComparison.Ordinal));
        ExactComparison comparison = new(exact.Proto, ModelHarness.Compile(exact.Save(folder)));
        Random random = new(1);
        for (int i = 0; i < 100; i++)
            Assert.Null(comparison.Difference(comparison.Sample(random)));
    }

    [Fact]
    public void A_type_that_is_asked_of_the_function_is_kept()
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 8).Output("y");
        model.Custom(Domain, "Quant", ["x", model.Scalar(0.0625), model.Scalar(0), model.Scalar(8)], "q")
            .Node("Sigmoid", ["q"], "f")
            .Custom(Domain, "Quant", ["f", model.Scalar(1 / 256.0), model.Scalar(0), model.Scalar(8)], "y",
                ("signed", 0));
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder) with
        {
            Layers = [new Configuration.LayerOverride("Sigmoid",
                Configuration.LayerSettings.Unset with { ResultPrecision =
                    ModelHarness.Precision("ufixed(12,0,RND,SAT)") })],
        });
        Assert.Equal("ufixed<12,0,RND,SAT>",
            compiled.Model.Layers.First(l => l.Operation is ElementwiseFunction).Output.Type.ToString());
    }

    [SkippableFact]
    public void The_shared_softmax_differs_next_to_ties_alone()
    {
        CompiledModel compiled = ModelHarness.Compile(SharedCases.Options("quant-softmax-quant"));
        double error = compiled.Verify(null, new("case")).Result.MeanAbsError;
        // 59 of 32,000 at 16 bits; a step of the quantizer where one is left.
        Assert.InRange(error * 32000 * 256, 0, 3);
        Assert.Contains(Notes(compiled),
            n => n.Contains("not exactly the model's: layer sm", StringComparison.Ordinal));
    }

    private static CompiledModel Compile(ModelBuilder model, TempFolder folder, double[] x) =>
        ModelHarness.Compile(
            model.Save(folder) with { TestInputs = [folder.Write("x.npy", Npy.Doubles([x.Length / 8, 8], x))] });

    private static IEnumerable<string> Notes(CompiledModel model) =>
        model.Verify(null, new("model")).Report.Layers.SelectMany(l => l.Notes ?? []);
}
