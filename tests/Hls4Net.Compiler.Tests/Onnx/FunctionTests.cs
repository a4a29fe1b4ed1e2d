using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Operators;
using static Hls4Net.Tests.Onnx.ModelBuilder;

namespace Hls4Net.Tests.Onnx;

/// <summary>Functions that a model defines itself are read in the places of their calls.</summary>
public sealed class FunctionTests
{
    private const string Own = "pkg.own";

    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 6);

    [Fact]
    public void Attributes_are_the_callers_or_the_functions_defaults_or_none()
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 6).Output("y")
            .Function(Own, "act", ["a"], ["b"], ["slope"], Part("LeakyRelu", ["a"], ["c"], ("alpha", "@slope")),
                Part("Elu", ["c"], ["b"], ("alpha", "@steep")))
            .Call(Own, "act", ["x"], "one", ("slope", 0.5), ("steep", 2.0))
            .Call(Own, "act", ["one"], "y");
        model.Proto.Functions[0].AttributeProto.Add(Attribute("steep", 0.25));
        OperatorTest.Expect(model, s_x.Map(v => Act(Act(v, 0.5, 2), 0.01f, 0.25)), s_x);

        static double Act(double v, double slope, double steep)
        {
            v = v < 0 ? slope * v : v;
            return v < 0 ? steep * (Math.Exp(v) - 1) : v;
        }
    }

    [Fact]
    public void Functions_call_functions_and_leave_out_inputs_and_outputs()
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 6).Output("y")
            .Function(Own, "clip", ["v", "low", "high"], ["clipped", "rest"], [],
                Part("Clip", ["v", "low", "high"], ["clipped"]), Part("Sub", ["v", "clipped"], ["rest"]))
            .Function(Own, "outer", ["v"], ["w"], [], Part("Constant", [], ["one"], ("value_float", 1.0)),
                Inner("clip", ["v", "", "one"], ["", "r"]), Part("Neg", ["r"], ["w"]))
            .Call(Own, "outer", ["x"], "y");
        OperatorTest.Expect(model, s_x.Map(v => -Math.Max(v - 1, 0)), s_x);
    }

    [Fact]
    public void A_functions_nodes_follow_its_own_operator_set()
    {
        // Set 12: all axes from the first on are one; set 13: one axis.
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 2, 3).Output("y")
            .Function(Own, "old", ["v"], ["w"], [], Part("Softmax", ["v"], ["w"], ("axis", 1)))
            .Call(Own, "old", ["x"], "y");
        model.Proto.Functions[0].OpsetImport.Clear();
        model.Proto.Functions[0].OpsetImport.Add(new OperatorSetIdProto { Version = 12 });
        NdArray x = NdArray.Random(new Random(2), 1, 2, 3), e = x.Map(Math.Exp);
        OperatorTest.Expect(model, e.Map(v => v / e.Values.Sum()), x);
    }

    /// <summary>
    /// What PyTorch's exporter of operator set 18 writes: a linear layer whose addend depends on the rank, types by
    /// CastLike.
    /// </summary>
    [Fact]
    public void Linear_layers_as_torchlib_writes_them()
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 6).Output("y").Weights("fc.weight", [2, 6],
            [.. Enumerable.Range(0, 12).Select(i => (i - 5) / 8.0)]).Weights("fc.bias", [2], 0.5, -1)
            .Function("pkg.onnxscript.torch_lib.common", "Rank", ["input"], ["rank"], [],
                Part("Shape", ["input"], ["shape"]), Part("Size", ["shape"], ["rank"]))
            .Function("pkg.onnxscript.torch_lib", "aten_t", ["self"], ["result"], [],
                Inner("Rank", ["self"], ["rank"], "pkg.onnxscript.torch_lib.common"),
                Part("Constant", [], ["two"], ("value_int", 2)),
                Part("CastLike", ["two", "rank"], ["two_cast"]),
                Part("Equal", ["rank", "two_cast"], ["is_matrix"]),
                Part("If", ["is_matrix"], ["result"],
                    ("then_branch", Body([], ["t"], Part("Transpose", ["self"], ["t"], ("perm", new long[] { 1, 0 })))),
                    ("else_branch", Body([], ["s"], Part("Identity", ["self"], ["s"])))))
            .Function("pkg.onnxscript.torch_lib", "aten_addmm", ["self", "mat1", "mat2"], ["result"], ["alpha", "beta"],
                Part("MatMul", ["mat1", "mat2"], ["product"]),
                Part("Constant", [], ["alpha_value"], ("value_float", "@alpha")),
                Part("CastLike", ["alpha_value", "product"], ["alpha_cast"]),
                Part("Mul", ["alpha_cast", "product"], ["scaled"]),
                Part("Constant", [], ["beta_value"], ("value_float", "@beta")),
                Part("CastLike", ["beta_value", "self"], ["beta_cast"]),
                Part("Mul", ["beta_cast", "self"], ["addend"]),
                Part("Add", ["scaled", "addend"], ["result"]))
            .Call("pkg.onnxscript.torch_lib", "aten_t", ["fc.weight"], "wt")
            .Call("pkg.onnxscript.torch_lib", "aten_addmm", ["fc.bias", "x", "wt"], "y", ("alpha", 2.0), ("beta", 3.0));
        NdArray expected = NdArray.Make([1, 2],
            i => (2 * Enumerable.Range(0, 6).Sum(k => s_x.Values[k] * ((i[1] * 6) + k - 5) / 8.0))
                + (3 * (i[1] == 0 ? 0.5 : -1)));
        OperatorTest.Expect(model, expected, s_x);
    }

    [Fact]
    public void Layers_are_named_after_the_call()
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 6).Output("y").Weights("w", [6, 2], new double[12])
            .Function(Own, "linear", ["v", "m"], ["r"], [], Part("MatMul", ["v", "m"], ["p"]),
                Part("Relu", ["p"], ["r"]))
            .Call(Own, "linear", ["x", "w"], "y");
        model.Last.Name = "fc1";
        model.Proto.Functions[0].Node[0].Name = "n0";
        using TempFolder folder = new();
        Network network = OperatorTest.Import(model.Save(folder));
        Assert.Equal(["fc1", "fc1_Relu"], network.Nodes.Select(n => n.Name));
    }

    [Fact]
    public void An_operator_comes_before_a_function_of_its_name_and_a_function_before_a_missing_operator()
    {
        ModelBuilder known = new ModelBuilder(18).Input("x", 1, 6).Output("y")
            .Function("com.microsoft", "QuickGelu", ["v"], ["w"], ["alpha"], Part("Neg", ["v"], ["w"]))
            .Call("com.microsoft", "QuickGelu", ["x"], "y", ("alpha", 1.0));
        OperatorTest.Expect(known, s_x.Map(v => v / (1 + Math.Exp(-v))), s_x);
        ModelBuilder lacking = new ModelBuilder(18).Input("x", 1, 6).Output("y")
            .Function("", "Gelu", ["v"], ["w"], [], Part("Neg", ["v"], ["w"])).Node("Gelu", ["x"], "y");
        OperatorTest.Expect(lacking, s_x.Map(v => -v), s_x);
    }

    [Fact]
    public void Unread_operators_of_functions_are_named_with_the_function()
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 6).Output("y")
            .Function(Own, "f", ["v"], ["w"], [], Part("Strange", ["v"], ["w"])).Call(Own, "f", ["x"], "u")
            .Call(Own, "f", ["u"], "y");
        using TempFolder folder = new();
        Diagnostic only = Assert.Single(Models.ModelHarness.CompileFailing(model.Save(folder)));
        Assert.Equal(Descriptors.UnsupportedOperator, only.Descriptor);
        Assert.Contains("of the function pkg.own.f", only.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_functions_are_errors()
    {
        OperatorTest.Fails(Descriptors.Cycle, Calling("f", "f"));
        OperatorTest.Fails(Descriptors.Cycle, Calling("f", "g", "f"));
        OperatorTest.Fails(Descriptors.InvalidGraph,
            Calling("f").Function(Own, "f", ["v"], ["w"], [], Part("Neg", ["v"], ["w"])));
        OperatorTest.Fails(Descriptors.UndefinedValue, new ModelBuilder(18).Input("x", 1, 6).Output("y")
            .Function(Own, "f", ["v"], ["w"], [], Part("Neg", ["x"], ["w"])).Call(Own, "f", ["x"], "y"));
        OperatorTest.Fails(Descriptors.UndefinedValue, new ModelBuilder(18).Input("x", 1, 6).Output("y")
            .Function(Own, "f", ["v"], ["w"], [], Part("Neg", ["v"], ["u"])).Call(Own, "f", ["x"], "y"));
        OperatorTest.Fails(Descriptors.InvalidGraph, Calling("f").Call(Own, "f", ["x", "x"], "z"));
        OperatorTest.Fails(Descriptors.UnsupportedForm, Calling("f").Call(Own, "f", ["x"], "z", ("unknown", 1)));
    }

    [Fact]
    public void Calls_that_double_and_calls_that_nest_end()
    {
        ModelBuilder doubling = new ModelBuilder(18).Input("x", 1, 6).Output("y").Call(Own, "f0", ["x"], "y");
        for (int i = 0; i < 40; i++)
            doubling.Function(Own, $"f{i}", ["v"], ["w"], [], Inner($"f{i + 1}", ["v"], ["u"]),
                Inner($"f{i + 1}", ["u"], ["w"]));
        doubling.Function(Own, "f40", ["v"], ["w"], [], Part("Identity", ["v"], ["w"]));
        OperatorTest.Fails(Descriptors.UnsupportedForm, doubling);
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            Calling([.. Enumerable.Range(0, 5000).Select(i => $"f{i}"), "end"]));
    }

    // Functions of which each calls the next; the last one's callee is one of them, or else a negation.
    private static ModelBuilder Calling(params string[] names)
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 6).Output("y").Call(Own, names[0], ["x"], "y");
        for (int i = 0; i + 1 < names.Length; i++)
            model.Function(Own, names[i], ["v"], ["w"], [], Inner(names[i + 1], ["v"], ["w"]));
        if (Array.IndexOf(names, names[^1]) == names.Length - 1)
            model.Function(Own, names[^1], ["v"], ["w"], [], Part("Neg", ["v"], ["w"]));
        return model;
    }

    private static NodeProto Inner(string name, string[] inputs, string[] outputs, string domain = Own)
    {
        NodeProto node = Part(name, inputs, outputs);
        node.Domain = domain;
        return node;
    }
}
