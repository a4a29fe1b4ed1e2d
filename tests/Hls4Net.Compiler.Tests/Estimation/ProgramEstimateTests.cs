using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Rtl;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Rtl;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Estimation;

/// <summary>
/// Estimates of layers without a formula are those of their integer programs, as their own Verilog has them.
/// </summary>
public sealed class ProgramEstimateTests(ITestOutputHelper output)
{
    // Verilog has no values so wide, C++ does.
    [Fact]
    public void Hardmax_of_values_too_wide_for_a_program_is_estimated()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(new ModelBuilder().Input("x", 1, 6).Node("Hardmax", ["x"], "y")
            .Output("y").Save(folder) with
        {
            Defaults =
                LayerSettings.Unset with
                {
                    Precision = new PrecisionSpec.Pinned(
                    new FixedPointType(62, 10, Signed: true))
                },
        });
        Assert.InRange(DesignCost.Of(model.Options, model.Model, null).Total.Lut, 6 * 62 / 2, 6 * 62 * 8);
    }

    [Theory]
    [InlineData(1, 64, -1L)]
    [InlineData(4, 10, -1L)]
    [InlineData(8, 6, 1L)]
    public void Hardmax_costs_what_its_verilog_does(int rows, int columns, long axis)
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(new ModelBuilder().Input("x", 1, rows, columns)
            .Node("Hardmax", ["x"], "y", ("axis", axis)).Output("y").Save(folder) with
        {
            Part = "xcvu13p-flga2577-2-e",
            Defaults =
                LayerSettings.Unset with
                {
                    Precision = new PrecisionSpec.Pinned(
                    new FixedPointType(16, 6, Signed: true))
                },
        });
        Cost own = RtlCost.Of(model.Verilog).Total, estimate = DesignCost.Of(model.Options, model.Model, null).Total;
        Assert.True(own.Lut > 0 && own.LatencyCycles > 0);
        Assert.InRange(estimate.Lut, own.Lut * 0.75, own.Lut * 1.25);
        Assert.InRange(estimate.Ff, own.Ff * 0.75, own.Ff * 1.25);
        // The call of a function that takes several cycles costs one more.
        Assert.InRange(estimate.LatencyCycles, own.LatencyCycles, own.LatencyCycles + 1);
    }

    [Fact]
    public void Layers_without_a_formula_cost_what_their_verilog_does()
    {
        List<(string Layer, double Ratio)> ratios = [];
        foreach ((RandomNetwork network, RtlDesign design) in RtlNetworks.From(640_000, Soak.Count(120, 1200),
            Family.UltraScalePlus, IOType.IoParallel, unrolled: true))
        {
            foreach (RtlLayer rtl in design.Layers.Where(l => HasNoFormula(l.Layer.Operation)))
            {
                (long own, long estimate) = (RtlCost.Of(rtl, design.Target.Family).Lut,
                    Estimator.For(rtl.Layer, design.Target.ClockPeriodNs).Lut);
                if (own + estimate > 0)
                    ratios.Add(
                        ($"seed {network.Seed}, {rtl.Layer.Name} ({rtl.Layer.Operation.Kind}): {estimate} for {own}",
                            (double)estimate / Math.Max(1, own)));
            }
        }
        double[] sorted = [.. ratios.Select(r => r.Ratio).Order()];
        output.WriteLine(
            $"{sorted.Length} layers: estimate by Verilog {sorted[sorted.Length / 10]:F2} to "
            + $"{sorted[sorted.Length * 9 / 10]:F2}, median {sorted[sorted.Length / 2]:F2}");
        output.WriteLine(string.Join('\n', ratios.OrderByDescending(r => Math.Abs(Math.Log(Math.Max(r.Ratio, 0.01))))
            .Take(20).Select(r => r.Layer)));
        Assert.InRange(sorted.Length, 50, int.MaxValue);
        Assert.InRange(sorted[sorted.Length / 2], 0.75, 1.25);
    }

    private static bool HasNoFormula(Operation operation) => operation is Hardmax or Select or ExactFunction
        or Elementwise
    {
        Function: not (ElementwiseKind.Add or ElementwiseKind.Sub or ElementwiseKind.Mul
            or ElementwiseKind.Remainder or ElementwiseKind.Modulo)
    };
}
