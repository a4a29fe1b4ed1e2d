using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Onnx;
using Hls4Net.Pipeline;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Quantization;
using Hls4Net.Transforms;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Transforms;

/// <summary>What readers cannot see is cut off, and the network's outputs keep every bit.</summary>
public sealed class UnseenBitsTests(ITestOutputHelper output)
{
    private const string Domain = "qonnx.custom_op.general";

    [Fact]
    public void Outputs_of_random_networks_keep_every_bit()
    {
        int cut = 0, saturated = 0, dropped = 0, networks = 0;
        for (int seed = 0; seed < 600; seed++)
        {
            Random random = new(seed);
            if (Typed(RandomQuantizedMlp.Make(random, 8)) is not (Network before, Network after))
                continue;
            networks++;
            Quantize[] cuts = [.. after.Nodes.Select(n => n.Operation).OfType<Quantize>().Where(q => q.Unseen)];
            cut += cuts.Length;
            saturated += cuts.Count(q => q.To.Overflow == Overflow.Sat);
            dropped += before.Nodes.Sum(n => n.Operation.Multiplications) > after.Nodes.Sum(n =>
                n.Operation.Multiplications) ? 1 : 0;
            string? difference = Difference(before, after, random, 30);
            Assert.True(difference is null, $"seed {seed}: {difference}");
        }
        output.WriteLine(
            $"{networks} networks: {cut} sums cut, {saturated} of them saturated; {dropped} networks with fewer "
            + "multiplications");
        Assert.InRange(cut, 50, int.MaxValue);
        Assert.InRange(saturated, 5, int.MaxValue);
        Assert.InRange(dropped, 5, int.MaxValue);
    }

    [Theory]
    [InlineData("FLOOR", 4)]
    [InlineData("HALF_UP", 3)]
    [InlineData("ROUND", 0)]
    public void Low_bits_below_every_threshold_are_cut(string rounding, int bits)
    {
        // Sums of 2^-6; levels of 2^-2, from zero on.
        Layer layer = Product(Quantized(0.25, 2.5, signed: false, rounding));
        Assert.Equal(bits, layer.Main.Output.Type.Fraction - layer.Output.Type.Fraction);
    }

    [Fact]
    public void What_a_multiplication_does_not_see_is_saturated()
    {
        Layer layer = Product(Quantized(0.03f, 4, signed: true, "ROUND"));
        Assert.Equal(Overflow.Sat, layer.Output.Type.Overflow);
        // Sixteen levels of two sums each.
        Assert.InRange(layer.Output.Type.Width, 5, 7);
    }

    [Fact]
    public void Zeros_at_the_end_of_sums_of_signs_are_cut()
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 6).Output("y");
        model.Custom(Domain, "BipolarQuant", ["x", model.Scalar(1)], "q")
            .Custom(Domain, "BipolarQuant",
                [model.Constant([6, 2], 1, -1, 1, 1, -1, -1, 1, 1, 1, -1, -1, 1), model.Scalar(1)], "w")
            .Node("MatMul", ["q", "w"], "p")
            .Custom(Domain, "Quant", ["p", model.Scalar(0.7f), model.Scalar(0), model.Scalar(4)], "y");
        using TempFolder folder = new();
        VerificationOutcome outcome = ModelHarness.Verify(ModelHarness.Compile(model.Save(folder)));
        // -6 to 6 in steps of two.
        Assert.Equal("fixed<3,4>", outcome.Report.Layers.Single(l => l.Op == "Dense").ResultType);
        Assert.Equal("1 of 4 bits of the sums make no difference to what reads them: the low ones are cut off",
            outcome.Report.Layers.Single(l => l.Op == "Dense").Notes!.Value[^1]);
    }

    [Fact]
    public void Units_without_readers_and_constant_units_cost_nothing()
    {
        // Of four hidden units the second is read by nobody, and the third is always the quantizer's largest number.
        ModelBuilder model = new ModelBuilder().Input("x", 1, 3).Output("y");
        model.Custom(Domain, "Quant", ["x", model.Scalar(0.25), model.Scalar(0), model.Scalar(4)], "q")
            .Custom(Domain, "Quant", [model.Constant([3, 4], 1, 2, 0, -1, 3, -2, 0, 1, -1, 1, 0, 2), model.Scalar(1),
                model.Scalar(0), model.Scalar(3)], "w")
            .Node("MatMul", ["q", "w"], "p").Node("Add", ["p", model.Constant([4], 0, 0, 100, 0)], "s")
            .Custom(Domain, "Quant", ["s", model.Scalar(0.5), model.Scalar(0), model.Scalar(5)], "h")
            .Custom(Domain, "Quant", [model.Constant([4, 2], 1, 2, 0, 0, 3, 0, -1, 1), model.Scalar(1), model.Scalar(0),
                model.Scalar(3)], "v")
            .Node("MatMul", ["h", "v"], "y");
        using TempFolder folder = new();
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder));
        Assert.Equal([6, 4], compiled.Model.Layers.Select(l => l.Operation).OfType<Dense>()
            .Select(d => (int)d.Multiplications));
        ExactComparison comparison = new(model.Proto, compiled);
        Random random = new(1);
        for (int i = 0; i < 100; i++)
            Assert.Null(comparison.Difference(comparison.Sample(random)));
        ModelHarness.Verify(compiled);
    }

    [Fact]
    public void Saturation_that_nobody_sees_is_no_overflow()
    {
        using TempFolder folder = new();
        VerificationOutcome outcome = ModelHarness.Verify(
            ModelHarness.Compile(Quantized(0.03f, 4, signed: true, "ROUND").Save(folder)));
        Assert.All(outcome.Report.Layers, l => Assert.Equal(0, l.Overflows));
        Assert.Contains(outcome.Report.Layers.Single(l => l.Op == "Dense").Notes!.Value,
            n => n.EndsWith("the high ones are saturated", StringComparison.Ordinal));
    }

    [Fact]
    public void A_result_that_is_asked_for_exactly_keeps_its_bits()
    {
        using TempFolder folder = new();
        ModelOptions options = Quantized(0.25, 2.5, signed: false, "FLOOR").Save(folder) with
        {
            Layers = [new LayerOverride("Dense",
                LayerSettings.Unset with { ResultPrecision = new PrecisionSpec.Exact() })],
        };
        Assert.Null(ModelHarness.Compile(options).Model.Layers.Single(l => l.Operation is Dense).Rounding);
    }

    // A product of sums in steps of 2^-6, and a quantizer.
    private static ModelBuilder Quantized(double scale, double bits, bool signed, string rounding)
    {
        ModelBuilder model = new ModelBuilder().Input("x", 1, 8).Output("y");
        model.Custom(Domain, "Quant", ["x", model.Scalar(0.125), model.Scalar(0), model.Scalar(6)], "q")
            .Custom(Domain, "Quant", [model.Constant([8, 1], 0.125, 0.25, -0.375, 0.5, 0.125, -0.125, 0.25, 0.375),
                model.Scalar(0.125), model.Scalar(0), model.Scalar(4)], "w")
            .Node("MatMul", ["q", "w"], "p");
        return model.Custom(Domain, "Quant", ["p", model.Scalar(scale), model.Scalar(0), model.Scalar(bits)], "y",
            ("rounding_mode", rounding), ("signed", signed ? 1 : 0));
    }

    private static Layer Product(ModelBuilder model)
    {
        using TempFolder folder = new();
        return ModelHarness.Compile(model.Save(folder)).Model.Layers.Single(l => l.Operation is Dense);
    }

    private static (Network Before, Network After)? Typed(ModelBuilder model)
    {
        using TempFolder folder = new();
        ModelOptions options = model.Save(folder);
        DiagnosticBag diagnostics = new("model.onnx");
        try
        {
            Network real = Passes.Simplified(Importer.Import(options, diagnostics));
            TypedNetwork typed = AssignTypes.Apply(real, new LayerSettingsResolver(options).Asked(real), null,
                diagnostics);
            return (typed.Network, DropUnseenBits.Apply(DropUnreadElements.Apply(typed.Network), typed.Point));
        }
        catch (ModelException)
        {
            return null;
        }
    }

    private static string? Difference(Network before, Network after, Random random, int samples)
    {
        ManagedSimulator whole = new(before), cut = new(after);
        for (int i = 0; i < samples; i++)
        {
            long[] sample = [.. before.Inputs.SelectMany(v => v.Typing!.Range)
                .Select(r => random.NextInt64((long)r.Min, (long)r.Max + 1))];
            whole.RunRaw(sample);
            cut.RunRaw(sample);
            foreach ((NetworkOutput was, NetworkOutput now) in before.Outputs.Zip(after.Outputs))
            {
                if (was.Value.Type != now.Value.Type || !whole[was.Value].SequenceEqual(cut[now.Value]))
                    return $"{was.Name}: {string.Join(", ", whole[was.Value].ToArray())} became "
                        + $"{string.Join(", ", cut[now.Value].ToArray())}";
            }
        }
        return null;
    }
}
