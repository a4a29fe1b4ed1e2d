using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using Hls4Net.Pipeline;
using Hls4Net.Simulation;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>What a model means on real numbers, before and after the transforms, held against a definition.</summary>
internal static class OperatorTest
{
    /// <summary>
    /// Runs a model of one output on the concatenation of its inputs; shape and values must be those expected.
    /// </summary>
    public static void Expect(ModelBuilder model, NdArray expected, params NdArray[] inputs)
    {
        using TempFolder folder = new();
        Network network = Import(model.Save(folder));
        Assert.Equal(expected.Shape, network.Outputs[0].Value.Shape.Dimensions);
        double[] sample = [.. inputs.SelectMany(i => i.Values)];
        AssertClose(expected.Values, Run(network, sample));
        AssertClose(expected.Values, Run(Passes.Simplified(network), sample));
    }

    /// <summary>One node from x to y; further inputs are initializers, and in a second model Constant nodes.</summary>
    public static void ExpectNode(int opset, string op, NdArray x, (string Name, object Value)[] attributes,
        NdArray expected, params NdArray?[] constants)
    {
        foreach (bool asNodes in new[] { false, true })
        {
            ModelBuilder model = new ModelBuilder(opset).Input("x", [.. x.Shape.Select(d => (Dim)d)]).Output("y");
            string[] names = [.. constants.Select(c => Constant(model, c, asNodes))];
            Expect(model.Node(op, ["x", .. names], "y", attributes), expected, x);
        }
    }

    /// <summary>The same node on constants alone is folded: adding its result to zeros gives it back.</summary>
    public static void ExpectFolded(int opset, string op, NdArray x, (string Name, object Value)[] attributes,
        NdArray expected, params NdArray?[] constants)
    {
        ModelBuilder model = new ModelBuilder(opset).Input("zero", [.. expected.Shape.Select(d => (Dim)d)]).Output("y");
        string[] names = [Constant(model, x, false), .. constants.Select(c => Constant(model, c, false))];
        model.Node(op, names, "folded", attributes).Node("Add", ["zero", "folded"], "y");
        Expect(model, expected, expected.Map(_ => 0));
    }

    /// <summary>The diagnostics of a model that must not build.</summary>
    public static void Fails(DiagnosticDescriptor expected, ModelBuilder model)
    {
        using TempFolder folder = new();
        IReadOnlyList<Diagnostic> diagnostics = Models.ModelHarness.CompileFailing(model.Save(folder));
        Assert.True(diagnostics.Any(d => d.Descriptor == expected),
            $"{expected.Code} expected:\n{string.Join('\n', diagnostics)}");
    }

    public static Network Import(ModelOptions options) => Importer.Import(options, new DiagnosticBag(options.Source));

    private static double[] Run(Network network, double[] sample)
    {
        ReferenceSimulator simulator = new(network);
        simulator.Run(sample);
        return [.. simulator[network.Outputs[0].Value]];
    }

    private static string Constant(ModelBuilder model, NdArray? constant, bool asNode)
    {
        if (constant is null)
            return "";
        string name = model.Fresh("c");
        _ = asNode ? model.ConstantNode(name, constant.Shape, constant.Values)
            : model.Weights(name, constant.Shape, constant.Values);
        return name;
    }

    // Attributes and weights are float32 in the model; sums of a few products stay within this.
    private static void AssertClose(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-6 * Math.Max(1, Math.Abs(expected[i])));
    }
}
