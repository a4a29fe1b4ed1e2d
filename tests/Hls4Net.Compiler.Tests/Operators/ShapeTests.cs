using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Computations on shapes, as exporters write them, disappear.</summary>
public sealed class ShapeTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 2, 3, 4);

    [Fact]
    public void Flatten_as_PyTorch_writes_a_view()
    {
        // x.view(x.size(0), -1)
        ModelBuilder model = Model().Node("Shape", ["x"], "shape").Integers("zero", 0)
            .Node("Gather", ["shape", "zero"], "batch", ("axis", 0)).Integers("rest", -1)
            .Node("Concat", ["batch", "rest"], "target", ("axis", 0)).Node("Reshape", ["x", "target"], "y").Output("y");
        OperatorTest.Expect(model, s_x.Reshape(1, 24), s_x);
    }

    [Fact]
    public void Halves_by_integer_division()
    {
        // x[:, :, : x.size(2) // 2], and the size of all by two others: a quotient of two computed sizes.
        ModelBuilder model = Model().Node("Shape", ["x"], "shape").Integers("two", 2).Integers("three", 3)
            .Node("Slice", ["shape", "two", "three"], "height").Node("Div", ["height", "two"], "half")
            .Integers("zero", 0).Node("Slice", ["x", "zero", "half", "two"], "y").Output("y");
        OperatorTest.Expect(model, s_x.Take(2, 0), s_x);
        model = Model().Node("Size", ["x"], "size").Node("Shape", ["x"], "shape").Integers("from", 2).Integers("to", 4)
            .Node("Slice", ["shape", "from", "to"], "image")
            .Integers("first", 0).Node("Gather", ["image", "first"], "height").Integers("five", 5)
                .Node("Add", ["height", "five"], "eight").Node("Unsqueeze", ["size", "first"], "sizes")
            .Node("Div", ["sizes", "eight"], "three").Integers("rest", -1).Node("Concat", ["three", "rest"], "target",
                ("axis", 0)).Node("Reshape", ["x", "target"], "y").Output("y");
        OperatorTest.Expect(model, s_x.Reshape(3, 8), s_x);
    }

    [Fact]
    public void Upsampling_by_computed_sizes()
    {
        ModelBuilder model = Model().Node("Shape", ["x"], "shape").Integers("from", 2).Integers("to", 4)
            .Integers("none", 0).Node("Slice", ["shape", "from", "to", "none"], "image")
            .Weights("factor", [], 2).Node("Cast", ["image"], "real", ("to", (int)TensorProto.Types.DataType.Float))
                .Node("Mul", ["real", "factor"], "twice")
                .Node("Cast", ["twice"], "sizes", ("to", (int)TensorProto.Types.DataType.Int64))
            .Node("Slice", ["shape", "none", "from", "none"], "batch")
                .Node("Concat", ["batch", "sizes"], "target", ("axis", 0)).Node("Resize", ["x", "", "", "target"], "y",
                    ("nearest_mode", "floor"), ("coordinate_transformation_mode", "asymmetric")).Output("y");
        OperatorTest.Expect(model, NdArray.Make([1, 2, 6, 8], i => s_x[0, i[1], i[2] / 2, i[3] / 2]), s_x);
    }

    [Fact]
    public void Constants_of_shapes_and_ranges()
    {
        // Ones of x's last axis, times the positions along it.
        ModelBuilder model = Model().Node("Shape", ["x"], "shape", ("start", -1))
            .Node("ConstantOfShape", ["shape"], "two", ("value", ModelBuilder.Tensor("", [1], 2)))
            .Weights("zero", [], 0).Weights("four", [], 4).Weights("one", [], 1).Node("Range", ["zero", "four", "one"],
                "positions").Node("Mul", ["two", "positions"], "c").Node("Add", ["x", "c"], "y").Output("y");
        OperatorTest.Expect(model, NdArray.Make(s_x.Shape, i => s_x[i] + (2 * i[3])), s_x);
    }

    [Fact]
    public void Places_of_constants_that_are_not_zero()
    {
        ModelBuilder model = Model().Weights("c", [4], 0, 1, 0, 2).Node("NonZero", ["c"], "places").Integers("first", 0)
            .Node("Squeeze", ["places", "first"], "list").Node("Gather", ["x", "list"], "y", ("axis", 3)).Output("y");
        OperatorTest.Expect(model, s_x.Take(3, 1, 3), s_x);
    }

    [Fact]
    public void An_eye()
    {
        NdArray x = NdArray.Random(new Random(2), 3, 3);
        ModelBuilder model = new ModelBuilder(13).Input("x", 1, 3).Weights("m", [3, 3], x.Values)
            .Node("EyeLike", ["m"], "eye", ("k", 1)).Node("MatMul", ["x", "eye"], "y").Output("y");
        OperatorTest.Expect(model, new NdArray([1, 3], [0, 5, 6]), new NdArray([1, 3], [5, 6, 7]));
    }

    [Fact]
    public void An_output_that_no_input_changes_is_a_port_of_its_own()
    {
        ModelBuilder model = Model().Node("Relu", ["x"], "r").Node("Shape", ["x"], "y").Output("y", "r");
        OperatorTest.Expect(model, new NdArray([4], [1, 2, 3, 4]), s_x);
        OperatorTest.Fails(Descriptors.NonFiniteWeight,
            Model().Weights("w", [1], double.NaN).Node("Relu", ["x"], "r").Output("r", "w"));
        OperatorTest.Fails(Descriptors.InvalidShape,
            Model().Weights("w", [0]).Node("Relu", ["x"], "r").Output("r", "w"));
    }

    [Fact]
    public void Sizes_that_cannot_be_are_errors()
    {
        Fails("Range", new NdArray([], [0]), new NdArray([], [1e12]), new NdArray([], [1]));
        Fails("Range", new NdArray([], [0]), new NdArray([], [4]), new NdArray([], [0]));
        Fails("Range", new NdArray([2], [0, 1]), new NdArray([], [4]), new NdArray([], [1]));
        Fails("ConstantOfShape", new NdArray([2], [1 << 20, 1 << 20]));
        Fails("ConstantOfShape", new NdArray([1], [-2]));
        Fails("ConstantOfShape", new NdArray([1], [double.NaN]));

        static void Fails(string op, params NdArray[] constants)
        {
            ModelBuilder model = Model();
            for (int i = 0; i < constants.Length; i++)
                model.Weights($"c{i}", constants[i].Shape, constants[i].Values);
            OperatorTest.Fails(Descriptors.InvalidShape, model.Node(op, [.. constants.Select((_, i) => $"c{i}")],
                "made").Node("Add", ["x", "made"], "y").Output("y"));
        }
    }

    private static ModelBuilder Model() => new ModelBuilder(13).Input("x", 1, 2, 3, 4);
}
