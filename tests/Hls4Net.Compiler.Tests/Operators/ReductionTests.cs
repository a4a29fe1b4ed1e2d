using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>
/// Reductions, places of extremes, the largest few and cumulative sums, against their definitions over the elements of
/// each line.
/// </summary>
public sealed class ReductionTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 3, 4, 5);

    private static readonly Dictionary<string, Func<double[], double>> s_functions = new()
    {
        ["ReduceSum"] = v => v.Sum(),
        ["ReduceMean"] = v => v.Average(),
        ["ReduceMax"] = v => v.Max(),
        ["ReduceMin"] = v => v.Min(),
        ["ReduceL1"] = v => v.Sum(Math.Abs),
        ["ReduceL2"] = v => Math.Sqrt(v.Sum(x => x * x)),
        ["ReduceSumSquare"] = v => v.Sum(x => x * x),
        ["ReduceProd"] = v => v.Aggregate(1.0, (a, b) => a * b),
        ["ReduceLogSumExp"] = v => Math.Log(v.Sum(Math.Exp)),
    };

    public static TheoryData<string, int[]?> Reductions
    {
        get
        {
            TheoryData<string, int[]?> data = [];
            foreach (string op in s_functions.Keys)
            {
                foreach (int[]? axes in new int[]?[] { null, [1], [-1], [1, 3], [2, -3], [0], [0, 1, 2, 3], [3, -1] })
                    data.Add(op, axes);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void Reduction(string op, int[]? axes)
    {
        int[] all = axes is null ? [0, 1, 2, 3] : [.. axes.Select(a => a < 0 ? a + 4 : a)];
        NdArray kept = s_x.Reduce(all, s_functions[op]);
        NdArray dropped = kept.Reshape([.. kept.Shape.Where((_, a) => !all.Contains(a))]);
        int byInput = op == "ReduceSum" ? 13 : 18;
        foreach (int opset in new[] { 6, 11, 13, 18 })
        {
            bool input = opset >= byInput;
            (string, object)[] attributes = axes is null
                || input ? [] : [("axes", axes.Select(a => (long)a).ToArray())];
            NdArray?[] constants = axes is null
                || !input ? [] : [new NdArray([axes.Length], [.. axes.Select(a => (double)a)])];
            OperatorTest.ExpectNode(opset, op, s_x, attributes, kept, constants);
            if (dropped.Rank > 0)
                OperatorTest.ExpectNode(opset, op, s_x, [.. attributes, ("keepdims", 0)], dropped, constants);
            OperatorTest.ExpectFolded(opset, op, s_x, attributes, kept, constants);
        }
    }

    [Fact]
    public void Logarithms_of_sums()
    {
        NdArray x = s_x.Map(Math.Abs);
        OperatorTest.ExpectNode(13, "ReduceLogSum", x, [("axes", new[] { 1L, 2 })],
            x.Reduce([1, 2], v => Math.Log(v.Sum())));
        OperatorTest.ExpectNode(18, "ReduceLogSum", x, [("keepdims", 0)],
            x.Reduce([3], v => Math.Log(v.Sum())).Reshape(1, 3, 4), new NdArray([1], [-1]));
    }

    [Fact]
    public void No_axes_can_mean_none()
    {
        OperatorTest.ExpectNode(13, "ReduceSum", s_x, [("noop_with_empty_axes", 1)], s_x);
        OperatorTest.ExpectNode(18, "ReduceMax", s_x, [("noop_with_empty_axes", 1)], s_x, new NdArray([0], []));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    public void Places_of_extremes(int keep, int last)
    {
        Random random = new(2);
        // Few values, so that there are ties.
        NdArray x = NdArray.Make([1, 3, 4, 5], _ => random.Next(3));
        foreach (string op in new[] { "ArgMax", "ArgMin" })
        {
            for (int axis = 0; axis < 4; axis++)
            {
                NdArray expected = x.Reduce([axis], v =>
                {
                    double best = op == "ArgMax" ? v.Max() : v.Min();
                    return last == 1 ? Array.LastIndexOf(v, best) : Array.IndexOf(v, best);
                });
                if (keep == 0)
                    expected = expected.Reshape([.. expected.Shape.Where((_, a) => a != axis)]);
                OperatorTest.ExpectNode(13, op, x,
                    [("axis", axis - (4 * (axis % 2))), ("keepdims", keep), ("select_last_index", last)], expected);
                if (last == 0)
                    OperatorTest.ExpectNode(11, op, x, [("axis", axis), ("keepdims", keep)], expected);
            }
        }
    }

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(3, 5, 1)]
    [InlineData(-1, 2, 0)]
    public void The_largest_few(int axis, int count, int largest)
    {
        int at = axis < 0 ? axis + 4 : axis;
        Random random = new(3);
        NdArray x = NdArray.Make([1, 3, 4, 5], _ => random.Next(4));
        for (int output = 0; output < 2; output++)
        {
            NdArray expected = NdArray.Make([.. x.Shape.Select((d, a) => a == at ? count : d)], index =>
            {
                double[] line = [.. Enumerable.Range(0, x.Shape[at])
                    .Select(i => x[[.. index.Select((v, a) => a == at ? i : v)]])];
                int[] order = [.. Enumerable.Range(0, line.Length).OrderBy(i => largest == 1 ? -line[i] : line[i])
                    .ThenBy(i => i)];
                return output == 0 ? line[order[index[at]]] : order[index[at]];
            });
            ModelBuilder model = new ModelBuilder(11).Input("x", 1, 3, 4, 5).Integers("k", count);
            model.Node("TopK", ["x", "k"], "values", ("axis", axis), ("largest", largest));
            model.Last.Output.Add("indices");
            OperatorTest.Expect(model.Output(output == 0 ? "values" : "indices"), expected, x);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void Cumulative_sums(int exclusive, int reverse)
    {
        for (int axis = -1; axis < 4; axis++)
        {
            int at = axis < 0 ? 3 : axis;
            NdArray expected = NdArray.Make(s_x.Shape, index => Enumerable.Range(0, s_x.Shape[at])
                .Where(i => reverse == 1 ? i >= index[at] + exclusive : i <= index[at] - exclusive)
                .Sum(i => s_x[[.. index.Select((v, a) => a == at ? i : v)]]));
            OperatorTest.ExpectNode(14, "CumSum", s_x, [("exclusive", exclusive), ("reverse", reverse)], expected,
                new NdArray([], [axis]));
        }
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        Fails(Node("ReduceSum", [], new NdArray([1], [4])));
        Fails(Node("ReduceMax", [], new NdArray([1], [-5])));
        Fails(Node("ReduceMean", [], new NdArray([1], [0.5])));
        Fails(Node("ArgMax", [("axis", 4)]));
        Fails(Node("TopK", [], new NdArray([1], [6])));
        Fails(Node("TopK", [], new NdArray([1], [0])));
        Fails(Node("TopK", [], new NdArray([2], [1, 1])));
        Fails(Node("CumSum", [], new NdArray([], [4])));
        OperatorTest.Fails(Descriptors.UnsupportedForm,
            new ModelBuilder(18).Input("x", 4).Input("k", 1).Node("TopK", ["x", "k"], "y").Output("y"));

        static void Fails(ModelBuilder model) => OperatorTest.Fails(Descriptors.InvalidShape, model);
    }

    private static ModelBuilder Node(string op, (string, object)[] attributes, params NdArray[] constants)
    {
        ModelBuilder model = new ModelBuilder(18).Input("x", 1, 3, 4, 5).Output("y");
        for (int i = 0; i < constants.Length; i++)
            model.Weights($"c{i}", constants[i].Shape, constants[i].Values);
        return model.Node(op, ["x", .. constants.Select((_, i) => $"c{i}")], "y", attributes);
    }
}
