using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Estimation;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Scheduling;
using Hls4Net.Simulation;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Rtl;
using Hls4Net.Vectors;

namespace Hls4Net.Tests.Architecture;

/// <summary>
/// Every operation of the typed network is answered by every stage: importer, types, integer program, C++, Verilog,
/// streams, estimate.
/// </summary>
public sealed class OperationCoverageTests
{
    private const string Qonnx = "qonnx.custom_op.general";

    /// <summary>What no layer computes: transforms and typing put other operations in their place.</summary>
    private static readonly Type[] s_untyped = [typeof(Exclude), typeof(IntegerQuantize), typeof(QuantizedFunction),
        typeof(Quotient), typeof(ToInteger)];

    /// <summary>What only moves or names elements, and is free.</summary>
    private static readonly Type[] s_wiring = [typeof(Align), typeof(Concatenate), typeof(Literal), typeof(Rearrange),
        typeof(Reshape), typeof(Transpose)];

    /// <summary>
    /// A network of an image [1, 4, 6] and for each operation that layers compute; several where it computes several
    /// functions.
    /// </summary>
    private static readonly (Type Operation, string Variant, Func<ModelBuilder, ModelBuilder> Add)[] s_samples =
    [
        (typeof(Affine), "", m => m.Weights("w", [6], 1, -2, 0.5, 3, -0.25, 1.5)
            .Weights("b", [6], 0.5, 1, -1, 0.25, 2, -3).Node("Mul", ["x", "w"], "p").Node("Add", ["p", "b"], "y")),
        (typeof(Align), "", m => m.Weights("w", [6, 2], 0.01, -0.01, 1, 0.5, 100, -70, 0.1, 0.2, -3, 4, 0.02, 0.05)
            .Node("MatMul", ["x", "w"], "y")),
        (typeof(ArgExtreme), "", m => m.Node("ArgMax", ["x"], "y", ("axis", -1L))),
        (typeof(ArgExtreme), "outer", m => m.Node("ArgMin", ["x"], "y", ("axis", 1L))),
        (typeof(Clip), "", m => m.Weights("low", [], -1.5).Weights("high", [], 2)
            .Node("Clip", ["x", "low", "high"], "y")),
        (typeof(Concatenate), "", m => m.Node("Concat", ["x", "z"], "y", ("axis", -1L))),
        (typeof(Convolution), "", m => m.Weights("w", [2, 4, 3],
            [.. Enumerable.Range(0, 24).Select(i => ((i * 7 % 11) - 5) / 4.0)]).Node("Conv", ["x", "w"], "y")),
        (typeof(Dense), "", m => m.Weights("w", [6, 3],
            [.. Enumerable.Range(0, 18).Select(i => ((i * 5 % 13) - 6) / 8.0)]).Node("MatMul", ["x", "w"], "y")),
        (typeof(Divide), "", m => m.Node("Div", ["x", "z"], "y")),
        (typeof(ElementwiseFunction), "", m => m.Node("Sigmoid", ["x"], "y")),
        (typeof(FixedQuantize), "", m => Bits(m, "RND_CONV", "SAT_SYM")),
        (typeof(FixedQuantize), "wrap", m => Bits(m, "TRN", "WRAP")),
        (typeof(FixedQuantize), "rectified", m => Bits(m.Node("Relu", ["x"], "r"), "RND", "SAT", from: "r")),
        (typeof(FixedQuantize), "rectifiedWrap", m => Bits(m.Node("Relu", ["x"], "r"), "TRN", "WRAP", from: "r")),
        (typeof(FixedTable), "", m => Bits(m, "RND", "WRAP", "q").Weights("t", [3, 16],
                [.. Enumerable.Range(0, 48).Select(i => ((i * 7 % 23) - 11) / 4.0)])
            .Weights("which", [6], 0, 1, 2, 2, 1, 0)
            .Call("hls4net", "Table", ["q", "k", "i", "f", "t", "which"], "y")),
        (typeof(Forest), "", m => Trees(m, "SUM")),
        (typeof(Forest), "largest", m => Trees(m, "MAX")),
        (typeof(Hardmax), "", m => m.Node("Hardmax", ["x"], "y", ("axis", -1L))),
        (typeof(Literal), "", m => m.Weights("c", [1, 4, 1], 1, 2, -3, 0.5)
            .Node("Concat", ["x", "c"], "y", ("axis", -1L))),
        (typeof(LogSoftmax), "", m => m.Node("LogSoftmax", ["x"], "y", ("axis", -1L))),
        (typeof(MatrixProduct), "", m => m.Node("Transpose", ["z"], "t", ("perm", (long[])[0, 2, 1]))
            .Node("MatMul", ["x", "t"], "y")),
        (typeof(Pool), "", m => m.Node("MaxPool", ["x"], "y", ("kernel_shape", (long[])[2]), ("strides", (long[])[2]))),
        (typeof(Pool), "mean",
            m => m.Node("AveragePool", ["x"], "y", ("kernel_shape", (long[])[2]), ("strides", (long[])[2]))),
        (typeof(Quantize), "", m => m.Node("Cast", ["x"], "y", ("to", 2L))),
        (typeof(Rearrange), "", m => m.Integers("start", 1).Integers("end", 5).Integers("axis", 2)
            .Node("Slice", ["x", "start", "end", "axis"], "y")),
        (typeof(Recurrence), "", m => Recurrent(m, "GRU", 3)),
        (typeof(Recurrence), "reverse", m => Recurrent(m, "RNN", 1, ("direction", "reverse"))),
        (typeof(Rectifier), "", m => m.Node("LeakyRelu", ["x"], "y", ("alpha", 0.25f))),
        (typeof(Reduce), "", m => m.Node("ReduceMax", ["x"], "y", ("axes", (long[])[2]))),
        (typeof(Reduce), "sum", m => m.Node("ReduceMean", ["x"], "y", ("axes", (long[])[1]))),
        (typeof(Requantize), "", m => m.Weights("s", [], 0.25).Weights("o", [], 0).Weights("n", [], 4).Call(Qonnx,
            "Quant", ["x", "s", "o", "n"], "y", ("signed", 1L), ("narrow", 0L), ("rounding_mode", "ROUND"))),
        (typeof(Reshape), "", m => m.Integers("shape", 1, 24).Node("Reshape", ["x", "shape"], "y")),
        (typeof(Softmax), "", m => m.Node("Softmax", ["x"], "y", ("axis", -1L))),
        (typeof(TopK), "", m => m.Integers("k", 2).Node("TopK", ["x", "k"], "y", ("axis", -1L))),
        (typeof(Transpose), "", m => m.Node("Transpose", ["x"], "y", ("perm", (long[])[0, 2, 1]))),
        (typeof(Select), "", m => m.Weights("c", [1], 0.5).Node("Greater", ["x", "c"], "g")
            .Node("Where", ["g", "x", "z"], "y")),
        .. Enum.GetValues<BitwiseKind>()
            .Select(kind => (typeof(Bitwise), kind.ToString(), (Func<ModelBuilder, ModelBuilder>)(m => Bits(m, kind)))),
        .. Enum.GetValues<ElementwiseKind>().Select(kind =>
            (typeof(Elementwise), kind.ToString(), (Func<ModelBuilder, ModelBuilder>)(m => Elementwise(m, kind)))),
        .. Enum.GetValues<ExactFunctionKind>().Select(kind =>
            (typeof(ExactFunction), kind.ToString(), (Func<ModelBuilder, ModelBuilder>)(m => Exact(m, kind)))),
    ];

    private static readonly Lazy<(string Name, Type Operation, CompiledModel Model)[]> s_models = new(() =>
        [.. from s in s_samples from io in new[] { IOType.IoParallel, IOType.IoStream }
            select ($"{s.Operation.Name} {s.Variant} {io}", s.Operation,
                Compile(s.Operation, s.Add, io, $"{s.Operation.Name}{s.Variant}{io}"))]);

    [Fact]
    public void Every_operation_has_a_sample_or_no_typed_meaning()
    {
        Type[] all = [.. typeof(Operation).Assembly.GetTypes()
            .Where(t => t.IsSubclassOf(typeof(Operation)) && !t.IsAbstract)];
        Assert.Equal(all.Except(s_untyped).OrderBy(t => t.Name, StringComparer.Ordinal),
            s_samples.Select(s => s.Operation).Distinct().OrderBy(t => t.Name, StringComparer.Ordinal));
        Assert.All(s_models.Value,
            m => Assert.True(m.Model.Model.Network.Nodes.Any(n => n.Operation.GetType() == m.Operation),
                $"{m.Name}: {string.Join(", ", m.Model.Model.Network.Nodes.Select(n => n.Operation.Kind))}"));
        Assert.All(s_models.Value.SelectMany(m => m.Model.Model.Network.Nodes),
            n => Assert.DoesNotContain(n.Operation.GetType(), s_untyped));
    }

    [Fact]
    public void Every_operation_is_an_integer_program_with_the_simulators_bits()
    {
        foreach ((string name, _, CompiledModel model) in s_models.Value)
        {
            ManagedSimulator simulator = new(model.Model.Network);
            foreach (long[] sample in Samples(model))
            {
                simulator.RunRaw(sample);
                foreach (Layer layer in model.Model.Layers)
                {
                    long[] y = new long[layer.Output.Shape.Size];
                    new ProgramEvaluator(LayerLowering.Lower(layer, new Fabric(3)))
                        .Run([.. layer.Inputs.SelectMany(v => simulator[v].ToArray())], y);
                    Assert.True(simulator[layer.Output].SequenceEqual(y), $"{name}: {layer.Name}");
                }
            }
        }
    }

    [SkippableFact]
    public void Every_operation_is_the_same_in_cpp() =>
        FirmwareBatch.Execute([.. s_models.Value.Select(m => Expectation.Of(m.Model, Samples(m.Model)))], "-O0");

    [SkippableFact]
    public void Every_operation_is_the_same_in_verilog()
    {
        VerilogTools.Require("iverilog");
        RtlDesign[] designs =
            [.. s_models.Value.Select(m => RtlNetworks.Build(m.Model, new Target(Family.UltraScalePlus, 5)))];
        Cosimulation cosimulation = new(designs);
        foreach ((_, _, CompiledModel model) in s_models.Value)
            cosimulation.Add([.. Samples(model)]);
        using TempFolder folder = new();
        CosimulationResult[] results = cosimulation.Run(VerilogSimulator.Icarus, folder.Path);
        Assert.All(results, r => Assert.Equal(10, r.Samples));
        Assert.All(results.Zip(s_models.Value),
            r => Assert.True(r.First.Mismatches == 0, $"{r.Second.Name}: {r.First.FirstMismatch}"));
    }

    [Fact]
    public void Every_operation_has_an_estimate_or_is_free()
    {
        foreach ((string name, Type operation, CompiledModel model) in s_models.Value)
        {
            DesignCost cost = DesignCost.Of(model.Options, model.Model, model.Streams);
            foreach ((Layer layer, Cost c) in model.Model.Layers.Zip(cost.Layers)
                .Where(l => l.First.Operation.GetType() == operation))
            {
                Assert.True(c.Lut + c.Ff + c.Dsp > 0 || IsFree(LayerLowering.Lower(layer, new Fabric(3))),
                    $"{name}: {layer.Name} takes {c}");
                // On streams, items that move wait in memories.
                if (model.Streams is null && s_wiring.Contains(operation))
                    Assert.Equal(new Cost(0, 1, 0, 0, 0, 0), c);
            }
        }
    }

    // Wiring, inverters, and carry chains of one value and a constant: inverters are no look-up tables to Yosys.
    private static bool IsFree(IntegerProgram program)
    {
        return program.Values.All(v => v.Operation switch
        {
            IntegerOperation.Sum sum => sum.Terms.Count(t => !IsConstant(t.Value)) == 1,
            IntegerOperation.Select select => IsConstant(select.IfSet) && IsConstant(select.IfClear),
            IntegerOperation.AtLeast compare => program.Values[compare.A].Width == 1 && IsConstant(compare.B),
            IntegerOperation.Product or IntegerOperation.Table => false,
            _ => true,
        });

        bool IsConstant(int value) => program.Values[value].Operation is IntegerOperation.Constant;
    }

    private static ModelBuilder Elementwise(ModelBuilder m, ElementwiseKind kind) => kind switch
    {
        ElementwiseKind.Add or ElementwiseKind.Sub or ElementwiseKind.Mul or ElementwiseKind.Min or ElementwiseKind.Max
            or ElementwiseKind.Equal or ElementwiseKind.Less or ElementwiseKind.Greater =>
            m.Node(kind.ToString(), ["x", "z"], "y"),
        ElementwiseKind.LessOrEqual or ElementwiseKind.GreaterOrEqual => m.Node(kind.ToString(), ["x", "z"], "y"),
        ElementwiseKind.Remainder => m.Node("Mod", ["x", "z"], "y", ("fmod", 1L)),
        ElementwiseKind.Modulo => m.Node("Mod", ["x", "z"], "y"),
        _ => m.Node("Cast", ["x"], "a", ("to", 9L)).Node("Cast", ["z"], "b", ("to", 9L))
            .Node(kind.ToString(), ["a", "b"], "y"),
    };

    // Elements of their own types, one of them without bits.
    private static ModelBuilder Bits(ModelBuilder m, string rounding, string overflow, string output = "y",
        string from = "x") =>
        m.Weights("k", [6], 1, 0, 1, 1, 0, 1).Weights("i", [6], 1, 2, 2, 0, -1, -3).Weights("f", [6], 2, 1, -1, 3, 3, 2)
            .Call("hls4net", "FixedQuant", [from, "k", "i", "f"], output,
                ("rounding", rounding), ("overflow", overflow));

    private static ModelBuilder Bits(ModelBuilder m, BitwiseKind kind) =>
        m.Node("Cast", ["x"], "a", ("to", 3L)).Node("Cast", ["z"], "b", ("to", 3L))
            .Node($"Bitwise{kind}", ["a", "b"], "y");

    // Four steps of six numbers, and two units.
    private static ModelBuilder Recurrent(ModelBuilder m, string op, int gates,
        params (string Name, object Value)[] attributes) =>
        m.Integers("shape", 4, 1, 6).Node("Reshape", ["x", "shape"], "s")
            .Weights("w", [1, 2 * gates, 6], [.. Enumerable.Range(0, 12 * gates).Select(i => ((i * 7 % 11) - 5) / 8.0)])
            .Weights("r", [1, 2 * gates, 2], [.. Enumerable.Range(0, 4 * gates).Select(i => ((i * 5 % 7) - 3) / 4.0)])
            .Node(op, ["s", "w", "r"], "y", attributes);

    // A tree of three leaves and a set, each of which votes for one of two targets or both.
    private static ModelBuilder Trees(ModelBuilder m, string aggregate) =>
        m.Call("ai.onnx.ml", "TreeEnsembleRegressor", ["x"], "y",
            ("nodes_treeids", (long[])[0, 0, 0, 0, 0, 1, 1, 1]), ("nodes_nodeids", (long[])[0, 1, 2, 3, 4, 0, 1, 2]),
            ("nodes_featureids", (long[])[0, 5, 0, 0, 0, 3, 0, 0]),
            ("nodes_modes",
                (string[])["BRANCH_LEQ", "BRANCH_GT", "LEAF", "LEAF", "LEAF", "BRANCH_EQ", "LEAF", "LEAF"]),
            ("nodes_values", (float[])[0.4f, -1.5f, 0, 0, 0, 2, 0, 0]),
            ("nodes_truenodeids", (long[])[1, 3, 0, 0, 0, 1, 0, 0]),
            ("nodes_falsenodeids", (long[])[2, 4, 0, 0, 0, 2, 0, 0]), ("n_targets", 2L),
            ("target_treeids", (long[])[0, 0, 0, 0, 1, 1]), ("target_nodeids", (long[])[2, 3, 4, 4, 1, 2]),
            ("target_ids", (long[])[0, 1, 0, 1, 0, 1]),
            ("target_weights", (float[])[0.5f, -1.25f, 3, 2, 0.75f, -0.5f]), ("base_values", (float[])[0.5f, 0]),
            ("aggregate_function", aggregate));

    private static ModelBuilder Exact(ModelBuilder m, ExactFunctionKind kind) => kind switch
    {
        ExactFunctionKind.Not => m.Node("Cast", ["x"], "a", ("to", 9L)).Node("Not", ["a"], "y"),
        ExactFunctionKind.Truncate => m.Node("Cast", ["x"], "y", ("to", 6L)),
        ExactFunctionKind.IsNonzero => m.Node("Cast", ["x"], "y", ("to", 9L)),
        _ => m.Node(kind.ToString(), ["x"], "y"),
    };

    private static CompiledModel Compile(Type operation, Func<ModelBuilder, ModelBuilder> add, IOType io, string name)
    {
        using TempFolder folder = new();
        ModelBuilder model = add(new ModelBuilder(operation == typeof(Bitwise) ? 18 : 17).Input("x", 1, 4, 6));
        if (model.Graph.Node.Any(n => n.Input.Contains("z")))
            model.Input("z", 1, 4, 6);
        ModelOptions options = model.Output("y").Save(folder, name) with { IOType = io, Part = "xcvu13p-flga2577-2-e" };
        if (operation != typeof(Align))
            return ModelHarness.Compile(
                options with
                {
                    Defaults =
                    LayerSettings.Unset with
                    {
                        Precision = new PrecisionSpec.Pinned(
                        new FixedPointType(8, 4, Signed: true))
                    }
                });
        // Features of different scale are seen in vectors.
        double[] scales = [200, 3, 0.01, 40, 0.5, 70],
            values = [.. Enumerable.Range(0, 50 * 24).Select(i => Math.Sin(i * 1.7) * scales[i % 6])];
        return ModelHarness.Compile(
            options with { TestInputs = [folder.Write($"{name}.npy", Npy.Doubles([50, 4, 6], values))] });
    }

    private static IEnumerable<long[]> Samples(CompiledModel model)
    {
        Random random = new(1);
        Value[] inputs = [.. model.Model.Network.Inputs];
        return ExtremeVectors.Of(model.Model.Network).Take(4).Concat(Enumerable.Range(0, 6).Select(_ =>
            (long[])[.. inputs.SelectMany(v => v.Typing!.Range)
                .Select(r => (long)(r.Min + (random.NextInt64() % (r.Max - r.Min + 1))))]));
    }
}
