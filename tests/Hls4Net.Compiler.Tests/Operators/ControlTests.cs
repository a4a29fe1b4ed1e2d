using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;
using static Hls4Net.Tests.Onnx.ModelBuilder;

namespace Hls4Net.Tests.Operators;

/// <summary>Branches and loops whose course constants and shapes decide.</summary>
public sealed class ControlTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 6);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void If_takes_the_branch_of_a_constant(bool condition) => OperatorTest.Expect(
        new ModelBuilder(17).Input("x", 1, 6).Output("y").Weights("k", [], 3).Weights("c", [], condition ? 1 : 0)
            .Node("Cast", ["c"], "condition", ("to", (int)TensorProto.Types.DataType.Bool))
            .Node("If", ["condition"], "y", ("then_branch", Body([], ["t"], Part("Mul", ["x", "k"], ["t"]))),
                ("else_branch", Body([], ["e"], Part("Strange", ["x"], ["m"]), Part("Relu", ["m"], ["e"]))
                    .Fixed(condition))),
        s_x.Map(v => condition ? 3 * v : Math.Max(-v, 0)),
        s_x);

    [Fact]
    public void If_on_a_shape_and_inside_another_captures_what_is_around() => OperatorTest.Expect(
        new ModelBuilder(17).Input("x", 1, 6).Output("y").Integers("two", 2).Integers("one", 1)
            .Node("Shape", ["x"], "s").Node("Shape", ["s"], "rank").Node("Equal", ["rank", "two"], "matrix")
            .Node("Less", ["rank", "one"], "scalar")
            .Node("Neg", ["x"], "minus")
            .Node("If", ["matrix"], "y",
                ("then_branch",
                    Body([], ["t"], Part("Exp", ["minus"], ["inner"]),
                        Part("If", ["scalar"], ["t"], ("then_branch", Body([], ["a"], Part("Identity", ["x"], ["a"]))),
                            ("else_branch", Body([], ["b"], Part("Add", ["inner", "x"], ["b"])))))),
                ("else_branch", Body([], ["x"]))),
        s_x.Map(v => Math.Exp(-v) + v),
        s_x);

    [Fact]
    public void If_of_a_computed_condition_selects() => OperatorTest.Expect(
        new ModelBuilder(17).Input("x", 1, 6).Output("y").Weights("zero", [], 0)
            .Node("ReduceSum", ["x"], "sum", ("keepdims", 0)).Node("Less", ["sum", "zero"], "negative")
            .Node("If", ["negative"], "y", ("then_branch", Body([], ["t"], Part("Neg", ["x"], ["t"]))),
                ("else_branch", Body([], ["x"]))),
        s_x.Map(v => s_x.Values.Sum() < 0 ? -v : v),
        s_x);

    [Fact]
    public void Branches_of_a_computed_condition_must_agree() => OperatorTest.Fails(
        Descriptors.UnsupportedForm,
        new ModelBuilder(17).Input("x", 1, 6).Output("y").Weights("zero", [], 0)
            .Node("ReduceSum", ["x"], "sum", ("keepdims", 0)).Node("Less", ["sum", "zero"], "negative")
            .Node("If", ["negative"], "y", ("then_branch", Body([], ["t"], Part("ReduceMax", ["x"], ["t"]))),
                ("else_branch", Body([], ["e"], Part("Flatten", ["x"], ["e"], ("axis", 0))))));

    [Fact]
    public void Nodes_that_a_branch_reads_may_stand_behind_it()
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 6).Output("y").Weights("c", [], 1)
            .Node("If", ["c"], "y", ("then_branch", Body([], ["t"], Part("Relu", ["late"], ["t"]))),
                ("else_branch", Body([], ["x"])))
            .Node("Neg", ["x"], "late");
        OperatorTest.Expect(model, s_x.Map(v => Math.Max(-v, 0)), s_x);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public void Loop_hands_values_on_and_stacks_rows(int trips)
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 6).Output("y").Integers("n", trips)
            .Weights("half", [], 0.5)
            .Node("Loop", ["n", "", "x"], "last", ("body", Body(["i", "go", "v"], ["go_on", "w", "row"],
                Part("Identity", ["go"], ["go_on"]), Part("Cast", ["i"], ["f"], ("to", 1)),
                Part("Mul", ["v", "half"], ["h"]), Part("Add", ["h", "f"], ["w"]),
                Part("ReduceSum", ["w"], ["row"], ("keepdims", 0)))))
            .Node("Add", ["last", "last"], "y");
        double[] v = s_x.Values;
        for (int i = 0; i < trips; i++)
            v = [.. v.Select(e => (e / 2) + i)];
        OperatorTest.Expect(model, new NdArray([1, 6], [.. v.Select(e => 2 * e)]), s_x);
    }

    [Fact]
    public void Rows_of_a_loop_are_a_tensor()
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 6).Output("y").Integers("n", 6).Integers("minus", -1)
            .Node("Loop", ["n", "",], "rows",
                ("body", Body(["i", "go"], ["go", "row"], Part("Sub", ["minus", "i"], ["at"]),
                    Part("Gather", ["x", "at"], ["g"], ("axis", 1)), Part("Exp", ["g"], ["row"]))))
            .Node("Flatten", ["rows"], "y", ("axis", 0));
        OperatorTest.Expect(model, new NdArray([1, 6], [.. s_x.Values.Reverse().Select(Math.Exp)]), s_x);
    }

    [Fact]
    public void Loop_goes_on_while_a_condition_of_constants_holds()
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 6).Output("y").Integers("zero", 0).Integers("five", 5)
            .Integers("two", 2).Weights("true", [], 1)
            .Node("Loop", ["", "true", "zero", "x"], "count",
                ("body", Body(["i", "go", "k", "v"], ["go_on", "next", "w"],
                Part("Add", ["k", "two"], ["next"]), Part("Less", ["next", "five"], ["go_on"]),
                    Part("Neg", ["v"], ["m"]), Part("Relu", ["m"], ["r"]), Part("Sub", ["r", "v"], ["w"]))));
        model.Last.Output.Add("y");
        OperatorTest.Expect(model, s_x.Map(v => Step(Step(Step(v)))), s_x);

        static double Step(double v) => Math.Max(-v, 0) - v;
    }

    [Fact]
    public void Loops_that_data_end_or_nothing_ends_are_refused()
    {
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            Looping(Part("ReduceSum", ["v"], ["s"], ("keepdims", 0)), Part("Less", ["s", "true"], ["go_on"])));
        OperatorTest.Fails(Descriptors.UnsupportedForm, Looping(Part("Identity", ["go"], ["go_on"])));

        static ModelBuilder Looping(params NodeProto[] condition) => new ModelBuilder(17).Input("x", 1, 6).Output("y")
            .Weights("true", [], 1)
            .Node("Loop", ["", "true", "x"], "y",
                ("body", Body(["i", "go", "v"], ["go_on", "w"], [.. condition, Part("Identity", ["v"], ["w"])])));
    }

    [Fact]
    public void Layers_of_iterations_have_names_of_their_own()
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 6).Output("y").Integers("n", 3)
            .Weights("w", [6, 6], new double[36])
            .Node("Loop", ["n", "", "x"], "y",
                ("body", Body(["i", "go", "v"], ["go", "r"], Part("MatMul", ["v", "w"], ["m"]).Named("/cell/MatMul"),
                    Part("Relu", ["m"], ["r"]).Named("act"))));
        using TempFolder folder = new();
        Assert.Equal(["cell_0", "act_0", "cell_1", "act_1", "cell_2", "act_2"],
            OperatorTest.Import(model.Save(folder)).Nodes.Select(n => n.Name));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(1, 1, 1)]
    public void Scan_takes_apart_and_stacks(int backwards, int prepended, int axis)
    {
        NdArray x = NdArray.Random(new Random(3), 1, 4, 3);
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 4, 3).Output("y").Weights("zero", [1, 3], 0, 0, 0)
            .Node("Scan", ["zero", "x"], "sum",
                ("body", Body(["s", "e"], ["t", "row"], Part("Add", ["s", "e"], ["t"]), Part("Neg", ["t"], ["row"]))),
                ("num_scan_inputs", 1), ("scan_input_axes", new long[] { 1 }),
                    ("scan_input_directions", new long[] { backwards }),
                    ("scan_output_directions", new long[] { prepended }), ("scan_output_axes", new long[] { axis }));
        model.Last.Output.Add("y");
        List<double[]> rows = [];
        double[] sum = new double[3];
        foreach (int i in backwards == 0 ? Enumerable.Range(0, 4) : Enumerable.Range(0, 4).Reverse())
        {
            sum = [.. sum.Select((v, c) => v + x[0, i, c])];
            rows.Add(sum);
        }
        if (prepended == 1)
            rows.Reverse();
        NdArray stacked = NdArray.Make([4, 1, 3], i => -rows[i[0]][i[2]]);
        OperatorTest.Expect(model, axis == 0 ? stacked : stacked.Transpose(1, 0, 2), x);
    }

    // Two samples of four steps, each with a state of its own.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Scan_of_set_8_runs_each_sample(int backwards)
    {
        NdArray x = NdArray.Random(new Random(4), 1, 8, 3);
        ModelBuilder model = new ModelBuilder(8).Input("x", 1, 8, 3).Output("y").Integers("shape", 2, 4, 3)
            .Weights("zero", [2, 3], 0, 0, 0, 1, 1, 1).Node("Reshape", ["x", "shape"], "samples")
            .Node("Scan", ["", "zero", "samples"], "sum",
                ("body", Body(["s", "e"], ["t", "row"], Part("Add", ["s", "e"], ["t"]), Part("Neg", ["t"], ["row"]))),
                ("num_scan_inputs", 1), ("directions", new long[] { backwards }));
        model.Last.Output.Add("y");
        NdArray expected = new(2, 4, 3);
        for (int s = 0; s < 2; s++)
        {
            double[] sum = [s, s, s];
            for (int i = 0; i < 4; i++)
            {
                int step = backwards == 0 ? i : 3 - i;
                sum = [.. sum.Select((v, c) => v + x[0, (4 * s) + step, c])];
                for (int c = 0; c < 3; c++)
                    expected[s, i, c] = -sum[c];
            }
        }
        OperatorTest.Expect(model, expected, x);
    }
}

internal static class ControlTestExtensions
{
    public static NodeProto Named(this NodeProto node, string name)
    {
        node.Name = name;
        return node;
    }

    // What is not taken is not read: it may be beyond us.
    public static GraphProto Fixed(this GraphProto body, bool strange)
    {
        if (!strange)
            body.Node[0].OpType = "Neg";
        return body;
    }
}
