using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Hls.Emitters;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Hls;

/// <summary>
/// Strategy=DistributedArithmetic: what is printed and estimated, and what is refused. Random networks compare its
/// bits.
/// </summary>
public sealed class DistributedArithmeticTests
{
    [Fact]
    public void Every_value_of_a_network_is_one_statement_of_its_own_bits()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(Dense(folder, 12, 9, 1));
        Layer layer = model.Model.Layers[0];
        IntegerProgram program = ProgramEmitter.Kernel(layer);
        string text = model.EmitFirmware().Single(f => f.Path == "net.cpp").Text;
        for (int n = 0; n < program.Values.Length; n++)
        {
            if (program.Values[n] is { Operation: not IntegerOperation.Constant } value)
                Assert.Contains($"const hls4net::{(value.Signed ? "" : "u")}bits<{value.Width}> v{n} = ", text,
                    StringComparison.Ordinal);
        }
        Assert.DoesNotContain("weights", string.Join(' ', model.EmitFirmware().Select(f => f.Path)),
            StringComparison.Ordinal);
        // The program is the layer's matrix.
        ManagedSimulator simulator = new(model.Model.Network);
        simulator.RunRaw([.. Enumerable.Range(0, 12).Select(i => (i * 37L % 256) - 128)]);
        long[] sums = new long[9];
        new ProgramEvaluator(program).Run(simulator[layer.Input], sums);
        Assert.Equal(simulator[layer.Main.Output].ToArray(), sums);
    }

    // Where some rows have elements that are zero, those of the others being signs, an element of whatever row is none
    // of two values.
    [Fact]
    public void Signs_beside_zeros_are_not_taken_for_signs()
    {
        using TempFolder folder = new();
        Layer layer = ModelHarness.Compile(Dense(folder, 4, 3, 1)).Model.Layers[0];
        Typing signs = new(new FixedPointType(2, 2, true),
            [.. Enumerable.Repeat(new Interval(-1, 1), 4), .. Enumerable.Repeat(new Interval(0, 0), 4)], 2);
        IntegerProgram program = ProgramEmitter.Kernel(
            layer with { Main = layer.Main with { Inputs = [new Value("x", new Shape(2, 4), signs)] } });
        long[] zeros = new long[3], sums = new long[3];
        new ProgramEvaluator(program).Run([0, 0, 0, 0], zeros);
        Assert.Equal(new long[3], zeros);
        new ProgramEvaluator(program).Run([1, 0, -1, 0], sums);
        long[] weights = [.. layer.Operation.Matrix!.Weights.Mantissas];
        Assert.Equal(Enumerable.Range(0, 3).Select(unit => weights[unit] - weights[6 + unit]), sums);
    }

    [Theory]
    [InlineData(16, 24, 3)]
    [InlineData(32, 16, 4)]
    [InlineData(40, 40, 5)]
    public void The_estimate_is_near_what_the_network_costs(int inputs, int outputs, int seed)
    {
        using TempFolder folder = new();
        Layer layer = ModelHarness.Compile(Dense(folder, inputs, outputs, seed)).Model.Layers[0];
        IntegerProgram program = ProgramEmitter.Kernel(layer);
        long bits = program.Values.Where(v => v.Operation is IntegerOperation.Sum { Terms.Length: > 1 })
            .Sum(v => (long)v.Width);
        Cost estimate = Estimator.For(layer with { Rounding = null }, 5);
        Assert.Equal((0, 1, 0), ((int)estimate.Dsp, estimate.Interval, (int)estimate.Bram18));
        Assert.InRange(estimate.Lut, bits * 0.6, bits * 1.2);
    }

    [Theory]
    [InlineData(8, 8, 2, "ReuseFactor 2 asks for shared multipliers")]
    [InlineData(130, 130, 1, "multiplications by constants are too many; up to 16384 are supported")]
    public void What_makes_no_network_is_refused(int inputs, int outputs, int reuseFactor, string text)
    {
        using TempFolder folder = new();
        ModelOptions options = Dense(folder, inputs, outputs, 1);
        DiagnosticBag diagnostics = new("net.onnx");
        Assert.Null(ModelCompiler.Compile(
            options with { Defaults = options.Defaults with { ReuseFactor = reuseFactor } }, diagnostics));
        Diagnostic refused = Assert.Single(diagnostics.Items, d => d.Descriptor.Severity == Severity.Error);
        Assert.Equal(Descriptors.OptionNotAvailable, refused.Descriptor);
        Assert.Contains(text, refused.Text, StringComparison.Ordinal);
    }

    private static ModelOptions Dense(TempFolder folder, int inputs, int outputs, int seed)
    {
        Random random = new(seed);
        double[] weights = [.. Enumerable.Range(0, inputs * outputs)
            .Select(_ => (random.Next(-31, 31) is var w && w < 0 ? w : w + 1) / 16.0)];
        ModelOptions options = new ModelBuilder().Input("x", 1, inputs).Weights("w", [inputs, outputs], weights)
            .Node("MatMul", ["x", "w"], "y").Output("y").Save(folder);
        return options with
        {
            ModelName = "net",
            Defaults = LayerSettings.Unset with
            {
                Precision = ModelHarness.Precision("fixed(8,4)"),
                ResultPrecision = ModelHarness.Precision("fixed(20,10,RND,SAT)"),
                Strategy = Strategy.DistributedArithmetic,
            },
        };
    }
}
