using Hls4Net.Diagnostics;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Operators;

/// <summary>Resize and Upsample against ONNX's formulas, written element by element.</summary>
public sealed class ResizeTests
{
    private static readonly NdArray s_x = NdArray.Random(new Random(1), 1, 2, 4, 3);

    private static readonly string[] s_coordinates = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel",
        "align_corners", "asymmetric"];

    public static TheoryData<string, string, bool> Cases
    {
        get
        {
            TheoryData<string, string, bool> cases = [];
            foreach (string coordinates in s_coordinates)
            {
                foreach (
                    string mode in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "linear",
                        "cubic" })
                {
                    cases.Add(coordinates, mode, true);
                    cases.Add(coordinates, mode, false);
                }
            }
            return cases;
        }
    }

    // Sizes that are the scales' exactly, so that both forms mean the same.
    private static readonly (double Height, double Width)[] s_scales = [(2, 3), (0.5, 1), (1.5, 2), (0.25, 1), (1, 1)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resize(string coordinates, string mode, bool bySizes)
    {
        foreach ((double height, double width) in s_scales)
        {
            int rows = (int)(4 * height), columns = (int)(3 * width);
            bool nearest = mode is not ("linear" or "cubic");
            NdArray expected = NdArray.Make([1, 2, rows, columns], i =>
                Taps(coordinates, mode, i[2], 4, rows, height)
                    .Sum(r => Taps(coordinates, mode, i[3], 3, columns, width)
                        .Sum(c => r.Weight * c.Weight * s_x[0, i[1], r.At, c.At])));
            (string, object)[] attributes = [("mode", nearest ? "nearest" : mode),
                ("coordinate_transformation_mode", coordinates), ("nearest_mode", nearest ? mode : "floor")];
            NdArray?[] operands = bySizes ? [null, null, new NdArray([4], [1, 2, rows, columns])]
                : [null, new NdArray([4], [1, 1, height, width])];
            OperatorTest.ExpectNode(19, "Resize", s_x, attributes, expected, operands);
        }
    }

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    public void Upsample_and_the_first_Resize(string mode)
    {
        NdArray expected = NdArray.Make([1, 2, 8, 9], i =>
            Taps("asymmetric", mode == "nearest" ? "floor" : mode, i[2], 4, 8, 2)
                .Sum(r => Taps("asymmetric", mode == "nearest" ? "floor" : mode, i[3], 3, 9, 3)
                    .Sum(c => r.Weight * c.Weight * s_x[0, i[1], r.At, c.At])));
        NdArray scales = new([4], [1, 1, 2, 3]);
        OperatorTest.ExpectNode(7, "Upsample", s_x, [("mode", mode), ("scales", new[] { 1f, 1f, 2f, 3f })], expected);
        OperatorTest.ExpectNode(9, "Upsample", s_x, [("mode", mode)], expected, scales);
        OperatorTest.ExpectNode(10, "Resize", s_x, [("mode", mode)], expected, scales);
    }

    [Fact]
    public void Axes_and_what_lies_outside()
    {
        NdArray x = NdArray.Make([1, 1, 1, 4], i => i[3] + 1);
        // From -0.5 to 1.5 of the last element: -1.5, 0.75, 3 and so on.
        NdArray expected = new([1, 1, 1, 3], [9, 2.5, 9]);
        (string, object)[] attributes = [("mode", "linear"), ("coordinate_transformation_mode", "tf_crop_and_resize"),
            ("extrapolation_value", 9f), ("axes", new[] { 3L })];
        OperatorTest.ExpectNode(18, "Resize", x, attributes, expected, new NdArray([2], [-0.5, 1.5]), null,
            new NdArray([1], [3]));
        NdArray nearest = new([1, 1, 1, 3], [9, 2, 9]);
        attributes[0] = ("mode", "nearest");
        OperatorTest.ExpectNode(18, "Resize", x, attributes, nearest, new NdArray([2], [-0.5, 1.5]), null,
            new NdArray([1], [3]));
    }

    [Fact]
    public void What_does_not_fit_is_an_error()
    {
        Fails(Descriptors.InvalidShape, [], null, new NdArray([3], [1, 1, 2]));
        Fails(Descriptors.InvalidShape, [], null, new NdArray([4], [1, 1, 0, 2]));
        Fails(Descriptors.InvalidShape, [], null, new NdArray([4], [1, 1, -1, 2]));
        Fails(Descriptors.InvalidShape, [], null, new NdArray([4], [1, 1, 1e9, 2]));
        Fails(Descriptors.InvalidShape, [], null, new NdArray([4], [1, 1, double.NaN, 2]));
        Fails(Descriptors.InvalidShape, [], null, new NdArray([4], [1, 1, 0.1, 2]));
        Fails(Descriptors.InvalidShape, [], null, null, new NdArray([4], [1, 2, 1e9, 2]));
        Fails(Descriptors.InvalidShape, [("mode", "linear")], null, null, new NdArray([4], [1, 2, 1 << 23, 1]));
        Fails(Descriptors.InvalidShape, [("coordinate_transformation_mode", "tf_crop_and_resize")], null,
            new NdArray([4], [1, 1, 1, 2]));
        Fails(Descriptors.InvalidGraph, []);
        Fails(Descriptors.UnsupportedForm, [("mode", "odd")], null, new NdArray([4], [1, 1, 1, 2]));
        Fails(Descriptors.UnsupportedForm, [("nearest_mode", "odd")], null, new NdArray([4], [1, 1, 1, 2]));
        Fails(Descriptors.UnsupportedForm, [("coordinate_transformation_mode", "odd")], null,
            new NdArray([4], [1, 1, 1, 2]));
        Fails(Descriptors.UnsupportedForm, [("keep_aspect_ratio_policy", "odd")], null, null,
            new NdArray([4], [1, 2, 1, 2]));

        static void Fails(DiagnosticDescriptor code, (string, object)[] attributes, params NdArray?[] constants)
        {
            ModelBuilder model = new ModelBuilder(18).Input("x", 1, 2, 4, 3).Output("y");
            for (int i = 0; i < constants.Length; i++)
            {
                if (constants[i] is NdArray c)
                    model.Weights($"c{i}", c.Shape, c.Values);
            }
            OperatorTest.Fails(code,
                model.Node("Resize", ["x", .. constants.Select((c, i) => c is null ? "" : $"c{i}")], "y", attributes));
        }
    }

    // Which elements of a line make element i, and with what weights: the specification's formulas.
    private static (int At, double Weight)[] Taps(string coordinates, string mode, int i, int size, int result,
        double scale)
    {
        double x = coordinates switch
        {
            "half_pixel" or "half_pixel_symmetric" => ((i + 0.5) / scale) - 0.5,
            "pytorch_half_pixel" => result > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
            "align_corners" => result > 1 ? (double)i * (size - 1) / (result - 1) : 0,
            _ => i / scale,
        };
        int Held(double at) => (int)Math.Min(Math.Max(at, 0), size - 1);
        double floor = Math.Floor(x), part = x - floor;
        return mode switch
        {
            "floor" => [(Held(floor), 1)],
            "ceil" => [(Held(Math.Ceiling(x)), 1)],
            "round_prefer_floor" => [(Held(part <= 0.5 ? floor : floor + 1), 1)],
            "round_prefer_ceil" => [(Held(part < 0.5 ? floor : floor + 1), 1)],
            "linear" => [(Held(floor), 1 - part), (Held(floor + 1), part)],
            _ => [(Held(floor - 1), Far(part + 1)), (Held(floor), Near(part)), (Held(floor + 1), Near(1 - part)),
                (Held(floor + 2), Far(2 - part))],
        };

        // Keys' kernel with a = -0.75.
        static double Near(double d) => (1.25 * d * d * d) - (2.25 * d * d) + 1;
        static double Far(double d) => (-0.75 * d * d * d) + (3.75 * d * d) - (6 * d) + 3;
    }
}
