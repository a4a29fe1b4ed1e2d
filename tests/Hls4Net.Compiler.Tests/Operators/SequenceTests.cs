using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;
using static Hls4Net.Tests.Onnx.ModelBuilder;

namespace Hls4Net.Tests.Operators;

/// <summary>Sequences and optionals of which everything but the elements is known.</summary>
public sealed class SequenceTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 6, 2);

    [Fact]
    public void Parts_of_a_tensor_by_number()
    {
        Expect(Split("two").Integers("i", -1).Node("SequenceAt", ["s", "i"], "y"), s_x.Take(1, 4, 5));
        Expect(Split("four").Integers("i", 1).Node("SequenceAt", ["s", "i"], "y"), s_x.Take(1, 4, 5));
        Expect(Split("parts").Integers("i", 1).Node("SequenceAt", ["s", "i"], "y"), s_x.Take(1, 1, 2, 3));
        Expect(Split(null).Integers("i", 4).Node("SequenceAt", ["s", "i"], "y"), s_x.Take(1, 4));
        Expect(Split(null, ("keepdims", 0)).Integers("i", 4).Node("SequenceAt", ["s", "i"], "y"),
            s_x.Take(1, 4).Reshape(1, 2));
        Expect(Split("two").Node("SequenceLength", ["s"], "n").Node("Cast", ["n"], "f", ("to", 1))
            .Node("Mul", ["x", "f"], "y"), s_x.Map(v => 3 * v));
    }

    [Fact]
    public void Sequences_are_made_changed_and_joined()
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 6, 2).Output("y").Integers("zero", 0)
            .Node("Neg", ["x"], "minus").Node("Abs", ["x"], "size")
            .Node("SequenceEmpty", [], "none").Node("SequenceInsert", ["none", "x"], "one")
                .Node("SequenceInsert", ["one", "minus", "zero"], "two")
            .Node("SequenceConstruct", ["size", "x", "minus"], "three").Node("SequenceErase", ["three"], "last")
                .Node("SequenceErase", ["last", "zero"], "only")
            .Node("SequenceAt", ["only", "zero"], "again").Node("SequenceInsert", ["two", "again"], "all")
            .Node("ConcatFromSequence", ["all"], "y", ("axis", 1));
        Expect(model, NdArray.Make([1, 18, 2], i => (i[1] < 6 ? -1 : 1) * s_x[0, i[1] % 6, i[2]]));
        ModelBuilder stacked = new ModelBuilder(17).Input("x", 1, 6, 2).Output("y").Node("Neg", ["x"], "minus")
            .Node("SequenceConstruct", ["x", "minus"], "s")
            .Node("ConcatFromSequence", ["s"], "y", ("axis", -1), ("new_axis", 1));
        Expect(stacked, NdArray.Make([1, 6, 2, 2], i => (i[3] == 0 ? 1 : -1) * s_x[0, i[1], i[2]]));
    }

    [Fact]
    public void A_graph_for_each_element_and_sequences_in_loops()
    {
        Expect(
            Split("two").Weights("k", [], 2)
                .Node("SequenceMap", ["s", "k"], "t",
                    ("body", Body(["e", "f"], ["g"], Part("Mul", ["e", "f"], ["m"]), Part("Neg", ["m"], ["g"]))))
                        .Node("ConcatFromSequence", ["t"], "y", ("axis", 1)),
            s_x.Map(v => -2 * v));
        ModelBuilder loop = Split("two").Integers("n", 3).Node("SequenceEmpty", [], "none")
            .Node("Loop", ["n", "", "none"], "t",
                ("body", Body(["i", "go", "q"], ["go", "r"], Part("SequenceAt", ["s", "i"], ["e"]),
                    Part("Exp", ["e"], ["f"]), Part("SequenceInsert", ["q", "f"], ["r"]))))
            .Node("ConcatFromSequence", ["t"], "y", ("axis", 1));
        Expect(loop, s_x.Map(Math.Exp));
    }

    [Fact]
    public void Optionals()
    {
        Expect(
            new ModelBuilder(18).Input("x", 1, 6, 2).Output("y").Node("Optional", ["x"], "o")
                .Node("OptionalHasElement", ["o"], "has")
                .Node("If", ["has"], "y", ("then_branch", Body([], ["t"], Part("OptionalGetElement", ["o"], ["t"]))),
                    ("else_branch", Body([], ["e"], Part("Neg", ["x"], ["e"])))),
            s_x);
        Expect(
            new ModelBuilder(18).Input("x", 1, 6, 2).Output("y").Node("Optional", [], "o")
                .Node("OptionalHasElement", ["o"], "has")
                .Node("If", ["has"], "y", ("then_branch", Body([], ["t"], Part("OptionalGetElement", ["o"], ["t"]))),
                    ("else_branch", Body([], ["e"], Part("Neg", ["x"], ["e"])))),
            s_x.Map(v => -v));
        Expect(
            new ModelBuilder(18).Input("x", 1, 6, 2).Output("y").Node("OptionalHasElement", [], "has")
                .Node("If", ["has"], "y", ("then_branch", Body([], ["x"])),
                    ("else_branch", Body([], ["e"], Part("Neg", ["x"], ["e"])))),
            s_x.Map(v => -v));
    }

    [Fact]
    public void What_is_no_sequence_or_ends_as_one_is_an_error()
    {
        OperatorTest.Fails(Descriptors.InvalidGraph, Split("two").Node("Relu", ["s"], "y"));
        OperatorTest.Fails(Descriptors.InvalidGraph,
            new ModelBuilder(17).Input("x", 1, 6, 2).Output("y").Integers("i", 0).Node("SequenceAt", ["x", "i"], "y"));
        OperatorTest.Fails(Descriptors.InvalidShape, Split("two").Integers("i", 3).Node("SequenceAt", ["s", "i"], "y"));
        OperatorTest.Fails(Descriptors.InvalidShape,
            Split("wrong").Integers("i", 0).Node("SequenceAt", ["s", "i"], "y"));
        OperatorTest.Fails(Descriptors.InvalidGraph, new ModelBuilder(17).Input("x", 1, 6, 2).Output("y")
            .Node("SequenceEmpty", [], "s").Node("ConcatFromSequence", ["s"], "y", ("axis", 0)));
        OperatorTest.Fails(Descriptors.InvalidGraph, new ModelBuilder(18).Input("x", 1, 6, 2).Output("y")
            .Node("Optional", [], "o").Node("OptionalGetElement", ["o"], "y"));
        ModelBuilder ends = Split("two");
        ends.Graph.Output[0].Name = "s";
        OperatorTest.Fails(Descriptors.UnsupportedForm, ends);
    }

    private static ModelBuilder Split(string? parts, params (string, object)[] attributes)
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 6, 2).Output("y").Integers("parts", 1, 3, 2)
            .Integers("wrong", 1, 2);
        foreach ((string name, int value) in new[] { ("two", 2), ("four", 4) })
            model.Graph.Initializer.Add(
                new TensorProto
                {
                    Name = name,
                    DataType = (int)TensorProto.Types.DataType.Int64,
                    Int64Data = { value }
                });
        return model.Node("SplitToSequence", parts is null ? ["x"] : ["x", parts], "s", [("axis", 1), .. attributes]);
    }

    private static void Expect(ModelBuilder model, NdArray expected) => OperatorTest.Expect(model, expected, s_x);
}
