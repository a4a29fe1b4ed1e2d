using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Numerics;

/// <summary>
/// What a user gets of every non-linear function: a network of one node with automatic types, at every input of its
/// type.
/// </summary>
public sealed class FunctionAccuracyTests(ITestOutputHelper output)
{
    // ONNX's operators without attributes; where the domain ends inside the type, the type of the input.
    private static readonly (string Op, string[] Inputs)[] s_operators =
    [
        .. new[] { "Celu", "Elu", "Erf", "Gelu", "HardSwish", "Mish", "Selu", "Sigmoid", "Softplus", "Softsign",
            "Swish", "Tanh", "Sin", "Cos", "Atan", "Asinh" }
            .Select(op => (op, new[] { "fixed(8,4)", "fixed(12,4)", "fixed(16,6)", "fixed(16,3)", "ufixed(14,2)" })),
        .. new[] { "Exp", "Sinh", "Cosh" }.Select(op =>
            (op, new[] { "fixed(8,3)", "fixed(16,3)", "fixed(16,4)", "ufixed(14,2)" })),
        .. new[] { "Log", "Sqrt", "Reciprocal" }.Select(op => (op,
            new[] { "ufixed(8,4)", "ufixed(12,4)", "ufixed(16,6)", "fixed(16,6)", "ufixed(16,16)", "ufixed(16,-2)" })),
        .. new[] { "Asin", "Acos", "Atanh" }.Select(op => (op, new[] { "fixed(8,1)", "fixed(16,1)", "fixed(16,2)" })),
        ("Acosh", ["ufixed(8,4)", "ufixed(16,6)", "fixed(16,6)"]),
        ("Tan", ["fixed(8,1)", "fixed(16,1)", "fixed(14,2)"]),
    ];

    [Fact]
    public void Every_function_is_within_one_unit_at_every_input()
    {
        foreach ((string op, string[] inputs) in s_operators)
        {
            double worst = 0;
            foreach (string input in inputs)
            {
                (CompiledModel model, ElementwiseFunction function, Value x, Value y) = Compiled(op, input);
                ManagedSimulator simulator = new(model.Model.Network);
                long min = (long)x.Type.MinMantissa, count = (long)(x.Type.MaxMantissa - x.Type.MinMantissa) + 1;
                double low = (double)y.Type.MinMantissa, high = (double)y.Type.MaxMantissa;
                for (long start = 0; start < count; start += x.Shape.Size)
                {
                    simulator.RunRaw([.. Enumerable.Range(0, x.Shape.Size)
                        .Select(i => min + Math.Min(start + i, count - 1))]);
                    for (int i = 0; i < x.Shape.Size; i++)
                    {
                        // Where the function has no finite value, or none in its type, the nearest that the type has.
                        double exact = Math.Clamp(function.Function.Evaluate(simulator[x][i] * x.Type.Ulp) / y.Type.Ulp,
                            low, high);
                        double error = Math.Abs(simulator[y][i] - exact);
                        Assert.True(error <= 1,
                            $"{op} of {input} in {y.Type} at {simulator[x][i]}: {simulator[y][i]}, not {exact}");
                        worst = Math.Max(worst, error);
                    }
                }
            }
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{op}: {worst:F3} units in the last place at most ({string.Join(", ", inputs)})"));
        }
    }

    [Theory]
    [InlineData("fixed(24,6)")]
    [InlineData("fixed(32,8)")]
    [InlineData("fixed(40,12)")]
    [InlineData("ufixed(48,4)")]
    public void Wide_inputs_are_within_two_units_or_refused(string input)
    {
        Random random = new(1);
        List<string> refused = [];
        foreach ((string op, _) in s_operators)
        {
            // At the ends of their domains these are steeper than any input is fine.
            if (op is "Asin" or "Acos" or "Atanh" or "Acosh" or "Tan")
                continue;
            using TempFolder folder = new();
            if (ModelCompiler.Compile(Options(op, input, folder), new DiagnosticBag("")) is null)
            {
                Assert.Contains(ModelHarness.CompileFailing(Options(op, input, folder)),
                    d => d.Descriptor == Descriptors.TooWide);
                refused.Add(op);
                continue;
            }
            (CompiledModel model, ElementwiseFunction function, Value x, Value y) = Compiled(op, input);
            ManagedSimulator simulator = new(model.Model.Network);
            for (int n = 0; n < 20; n++)
            {
                simulator.RunRaw([.. Enumerable.Range(0, x.Shape.Size)
                    .Select(_ => random.NextInt64((long)x.Type.MinMantissa,
                        (long)x.Type.MaxMantissa) >> random.Next(x.Type.Width))]);
                for (int i = 0; i < x.Shape.Size; i++)
                {
                    double exact = Math.Clamp(function.Function.Evaluate(simulator[x][i] * x.Type.Ulp) / y.Type.Ulp,
                        (double)y.Type.MinMantissa, (double)y.Type.MaxMantissa);
                    // A unit and the rounding of the input.
                    Assert.True(Math.Abs(simulator[y][i] - exact) <= 3,
                        $"{op} of {input} in {y.Type} at {simulator[x][i]}: {simulator[y][i]}, not {exact}");
                }
            }
        }
        string[] allowed = input switch
        {
            "fixed(32,8)" => ["Softsign", "Exp", "Sinh", "Cosh"],
            "fixed(40,12)" => ["Softsign", "Sin", "Cos", "Atan", "Asinh", "Exp", "Sinh", "Cosh"],
            _ => [],
        };
        Assert.Empty(refused.Except(allowed));
    }

    private static (CompiledModel Model, ElementwiseFunction Function, Value Input, Value Output) Compiled(string op,
        string input)
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(Options(op, input, folder));
        Network network = model.Model.Network;
        return (model, network.Nodes.Select(n => n.Operation).OfType<ElementwiseFunction>().Single(), network.Inputs[0],
            network.Outputs[0].Value);
    }

    private static ModelOptions Options(string op, string input, TempFolder folder) => new ModelBuilder(24)
        .Input("x", 1, 4096).Node(op, ["x"], "y").Output("y").Save(folder) with
    {
        Layers = [new LayerOverride("x", LayerSettings.Unset with { Precision = ModelHarness.Precision(input) })],
    };
}
