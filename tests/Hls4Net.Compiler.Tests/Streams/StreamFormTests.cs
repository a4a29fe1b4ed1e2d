using Hls4Net.Configuration;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Streams;

/// <summary>Layers between convolutions that keep an image a stream of pixels: none reads all of it first.</summary>
public sealed class StreamFormTests
{
    // x [1, 2, 6, 4] -> convolution -> c [1, 8, 6, 4] -> what is tested -> d -> convolution -> y.
    private static readonly (string Name, int Channels, Action<ModelBuilder> Add)[] s_cases =
    [
        ("nearest", 8, m => Resize(m, [1, 1, 2, 2], ("mode", "nearest"))),
        ("nearest3", 8, m => Resize(m, [1, 1, 3, 1], ("mode", "nearest"))),
        ("nearest_odd", 8, m => Resize(m, [1, 1, 1.5f, 1.75f], ("mode", "nearest"))),
        ("shrunk", 8, m => Resize(m, [1, 1, 0.5f, 0.5f], ("mode", "nearest"))),
        ("linear", 8, m => Resize(m, [1, 1, 2, 2], ("mode", "linear"))),
        ("linear_asymmetric", 8,
            m => Resize(m, [1, 1, 1, 3], ("mode", "linear"), ("coordinate_transformation_mode", "asymmetric"))),
        ("cubic", 8, m => Resize(m, [1, 1, 2, 1], ("mode", "cubic"))),
        ("crop", 8, m => m.Integers("a", 1, 1).Integers("b", 5, 3).Integers("s", 2, 3)
            .Node("Slice", ["c", "a", "b", "s"], "d")),
        ("crop_all", 3, m => m.Integers("a", 2, 1, 1).Integers("b", 5, 5, 3).Integers("s", 1, 2, 3)
            .Node("Slice", ["c", "a", "b", "s"], "d")),
        ("strided", 8, m => m.Integers("a", 0, 1).Integers("b", 6, 4).Integers("s", 2, 3).Integers("t", 2, 2)
            .Node("Slice", ["c", "a", "b", "s", "t"], "d")),
        ("reversed", 8, m => m.Integers("a", -1).Integers("b", -100).Integers("s", 3).Integers("t", -1)
            .Node("Slice", ["c", "a", "b", "s", "t"], "d")),
        ("pad", 8, m => m.Integers("p", 0, 0, 2, 1, 0, 0, 1, 3).Weights("v", [], 1.5)
            .Node("Pad", ["c", "p", "v"], "d")),
        ("pad_channels", 11, m => m.Integers("p", 0, 1, 2, 1, 0, 2, 1, 3).Weights("v", [], -1.5)
            .Node("Pad", ["c", "p", "v"], "d")),
        ("edge", 8, m => m.Integers("p", 0, 0, 2, 1, 0, 0, 1, 3).Node("Pad", ["c", "p"], "d", ("mode", "edge"))),
        ("reflect", 8, m => m.Integers("p", 0, 0, 2, 1, 0, 0, 1, 3).Node("Pad", ["c", "p"], "d", ("mode", "reflect"))),
        ("tile", 8, m => m.Integers("r", 1, 1, 2, 3).Node("Tile", ["c", "r"], "d")),
        ("rows_joined", 8, m => m.Node("Relu", ["c"], "r").Node("Concat", ["c", "r"], "d", ("axis", 2))),
        ("columns_joined", 8, m => m.Node("Relu", ["c"], "r").Node("Concat", ["r", "c", "r"], "d", ("axis", 3))),
        ("excited", 8, m => m.Node("GlobalAveragePool", ["c"], "g").Weights("f", [8, 8, 1, 1], Weights(64))
            .Node("Conv", ["g", "f"], "h").Node("Sigmoid", ["h"], "s").Node("Mul", ["c", "s"], "d")),
        ("attention", 8, m => m.Weights("f", [1, 8, 1, 1], Weights(8)).Node("Conv", ["c", "f"], "h")
            .Node("Sigmoid", ["h"], "s").Node("Mul", ["c", "s"], "d")),
        ("rows_scaled", 8, m => m.Node("ReduceMax", ["c"], "s", ("axes", new long[] { 3 }))
            .Node("Sub", ["c", "s"], "d")),
        ("columns_scaled", 8, m => m.Node("ReduceMax", ["c"], "s", ("axes", new long[] { 2 }))
            .Node("Min", ["c", "s"], "d")),
        ("summed", 8, m => m.Node("ReduceL1", ["c"], "s", ("axes", new long[] { 2, 3 })).Node("Add", ["c", "s"], "d")),
        ("summed_rows", 8, m => m.Node("ReduceMean", ["c"], "s", ("axes", new long[] { 1, 2 }))
            .Node("Sub", ["c", "s"], "d")),
        ("smallest", 8, m => m.Node("ReduceMin", ["c"], "s", ("axes", new long[] { 1, 2, 3 }))
            .Node("Sub", ["c", "s"], "d")),
        ("transposed", 4, m => Transposed(m, 3, 4, 1, [2, 2])),
        ("transposed_wide", 4, m => Transposed(m, 2, 4, 1, [3, 2])),
        ("transposed_padded", 4, m => Transposed(m, 4, 4, 1, [2, 2], ("pads", new long[] { 1, 1, 1, 1 }))),
        ("transposed_groups", 8, m => Transposed(m, 3, 4, 2, [2, 1], ("pads", new long[] { 1, 0, 0, 1 }),
            ("output_padding", new long[] { 1, 0 }))),
        ("transposed_depthwise", 8, m => Transposed(m, 3, 1, 8, [2, 2], ("dilations", new long[] { 2, 1 }))),
        ("depth_to_space", 2, m => m.Node("DepthToSpace", ["c"], "d", ("blocksize", 2))),
        ("depth_to_space_crd", 2, m => m.Node("DepthToSpace", ["c"], "r", ("blocksize", 2), ("mode", "CRD"))
            .Node("Relu", ["r"], "d")),
        ("space_to_depth", 32, m => m.Node("SpaceToDepth", ["c"], "d", ("blocksize", 2))),
        ("shuffled", 8, m => m.Integers("s", 1, 2, 4, 6, 4).Integers("t", 1, 8, 6, 4).Node("Reshape", ["c", "s"], "a")
            .Node("Transpose", ["a"], "b", ("perm", new long[] { 0, 2, 1, 3, 4 })).Node("Reshape", ["b", "t"], "d")),
    ];

    internal static IEnumerable<string> Names => s_cases.Select(c => c.Name).Append("one_channel")
        .Append("subpixel_output");

    public static TheoryData<string> Cases => [.. Names];

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_layer_reads_all_items_first(string name)
    {
        CompiledModel model = Compile(name);
        foreach (Layer layer in model.Model.Layers)
            Assert.False(model.Streams!.Plan.Form(layer) is StreamForm.Whole,
                $"{layer.Name} ({layer.Operation.Kind}) reads all of {layer.Input.Shape}");
    }

    [SkippableFact]
    public void Compiled_firmware_equals_the_managed_simulator_on_every_bit_of_every_layer() =>
        StreamFirmware.AssertEqual([.. Names.Select(n => Compile(n))]);

    internal static CompiledModel Compile(string name, string? precision = null)
    {
        if (name is "one_channel")
            return OneChannel(name);
        if (name is "subpixel_output")
            return SubpixelOutput(name);
        (_, int channels, Action<ModelBuilder> add) = s_cases.Single(c => c.Name == name);
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 2, 6, 4).Weights("k", [8, 2, 3, 3], Weights(144))
            .Node("Conv", ["x", "k"], "c", ("pads", new long[] { 1, 1, 1, 1 }));
        add(model);
        model.Weights("e", [3, channels, 2, 2], Weights(12 * channels))
            .Node("Conv", ["d", "e"], "y", ("pads", new long[] { 1, 0, 0, 1 })).Output("y");
        using TempFolder folder = new();
        return ModelHarness.Compile(model.Save(folder, name) with
        {
            IOType = IOType.IoStream,
            Defaults =
                LayerSettings.Unset with { Precision = precision is null ? null : ModelHarness.Precision(precision) },
        });
    }

    // Whose port is channels-first and channels-last in one: scaled, then a convolution.
    private static CompiledModel OneChannel(string name)
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 1, 6, 4).Weights("f", [], 0.3)
            .Node("Mul", ["x", "f"], "m").Node("Tanh", ["m"], "t");
        model.Weights("e", [3, 1, 2, 2], Weights(12)).Node("Conv", ["t", "e"], "y").Output("y");
        using TempFolder folder = new();
        return ModelHarness.Compile(model.Save(folder, name) with { IOType = IOType.IoStream });
    }

    // Super-resolution: the last convolution's channels are the pixels of a block.
    private static CompiledModel SubpixelOutput(string name)
    {
        ModelBuilder model = new ModelBuilder(17).Input("x", 1, 3, 6, 4).Weights("e", [8, 3, 2, 2], Weights(96))
            .Node("Conv", ["x", "e"], "c").Node("DepthToSpace", ["c"], "d", ("blocksize", 2)).Node("Relu", ["d"], "y")
            .Output("y");
        using TempFolder folder = new();
        return ModelHarness.Compile(model.Save(folder, name) with { IOType = IOType.IoStream });
    }

    private static void Resize(ModelBuilder model, float[] scales, params (string, object)[] attributes) =>
        model.Weights("s", [4], [.. scales.Select(s => (double)s)]).Node("Resize", ["c", "", "s"], "d", attributes);

    private static void Transposed(ModelBuilder model, int kernel, int units, int groups, long[] strides,
        params (string, object)[] attributes) =>
        model.Weights("f", [8, units, kernel, kernel], Weights(8 * units * kernel * kernel))
            .Weights("o", [units * groups], Weights(units * groups))
            .Node("ConvTranspose", ["c", "f", "o"], "d", [("strides", strides), ("group", groups), .. attributes]);

    private static double[] Weights(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }
}
