using Hls4Net.Configuration;
using Hls4Net.Interfaces;
using Hls4Net.Numerics;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Interfaces;

/// <summary>The ports of a design as data.</summary>
public sealed class DesignInterfaceTests
{
    private const int Channels = 2, Units = 4, Height = 2, Width = 3;

    [Fact]
    public void In_io_parallel_a_port_is_one_transfer_of_all_elements_in_the_callers_order()
    {
        using TempFolder folder = new();
        ModelOptions options = new ModelBuilder().Input("x", 1, 3).Input("while", 1, 2)
            .Weights("w", [3, 2], 1, 2, -1, 0.5, 3, -2).Node("MatMul", ["x", "w"], "p").Node("Add", ["p", "while"], "y")
            .Node("Relu", ["p"], "z")
            .Output("y", "z").Save(folder);
        DesignInterface design = ModelHarness.Compile(options).Interface;

        Assert.Equal(["x", "while", "y", "z"], design.Ports.Select(p => p.Name));
        // A keyword of C++ is no identifier.
        Assert.Equal(["x", "layer_while", "y", "z"], design.Ports.Select(p => p.Identifier));
        Assert.Equal([PortDirection.Input, PortDirection.Input, PortDirection.Output, PortDirection.Output],
            design.Ports.Select(p => p.Direction));
        Assert.Equal([3, 2, 2, 2], design.Ports.Select(p => p.Size));
        Assert.Equal([0, 3, 0, 2], design.Ports.Select(p => p.Start));
        Assert.Equal((5, 4), (design.InputSize, design.OutputSize));
        Assert.Empty(design.Memories);
        foreach (DesignPort port in design.Ports)
        {
            Assert.Null(port.Stream);
            Assert.Null(port.PlanarChannels);
            Assert.Equal((1, port.Size, 1), (port.Items, port.ItemElements, port.Pixels));
            Assert.Equal(port.Size * port.Type.Width, port.ItemBits);
            Assert.Equal(Enumerable.Range(0, port.Size), Enumerable.Range(0, port.Size).Select(port.ElementAt));
        }
        Assert.Equal(new FixedPointType(16, 6, Signed: true, Rounding.Rnd, Overflow.Sat), design.Inputs[0].Type);
    }

    [Fact]
    public void In_io_stream_a_channels_first_image_travels_pixel_by_pixel()
    {
        using TempFolder folder = new();
        DesignInterface design = ModelHarness.Compile(Image(folder)).Interface;
        DesignPort x = Assert.Single(design.Inputs), y = Assert.Single(design.Outputs);

        Assert.Equal<int>([1, Channels, Height, Width], x.Shape.Dimensions);
        Assert.Equal<int>([1, Units, Height, Width], y.Shape.Dimensions);
        Assert.Equal((Channels, Units), (x.PlanarChannels, y.PlanarChannels));
        Assert.Equal((Height * Width, Channels, 1), (x.Items, x.ItemElements, x.Pixels));
        Assert.Equal((Height * Width, Units, 1), (y.Items, y.ItemElements, y.Pixels));
        Assert.Equal((Channels * x.Type.Width, Units * y.WireType.Width), (x.ItemBits, y.ItemBits));
        AssertPixels(x, Channels);
        AssertPixels(y, Units);
    }

    [Fact]
    public void A_channels_last_port_has_the_callers_order_and_several_pixels_a_transfer_where_layers_take_as_many()
    {
        using TempFolder folder = new();
        DesignInterface design = ModelHarness.Compile(
            Image(folder) with { TransposeInputs = true, TargetInterval = Height * Width / 3 }).Interface;
        DesignPort x = Assert.Single(design.Inputs), y = Assert.Single(design.Outputs);

        Assert.Equal<int>([1, Height, Width, Channels], x.Shape.Dimensions);
        Assert.Null(x.PlanarChannels);
        Assert.Equal(Enumerable.Range(0, x.Size), Enumerable.Range(0, x.Size).Select(x.ElementAt));
        Assert.InRange(y.Pixels, 2, Height * Width);
        Assert.Equal((Height * Width, y.Pixels * Units), (y.Items * y.Pixels, y.ItemElements));
        Assert.Equal(Units, y.PlanarChannels);
        AssertPixels(y, Units);
    }

    [Fact]
    public void Weights_behind_a_port_are_memories_of_the_interface()
    {
        using TempFolder folder = new();
        ModelOptions options = Image(folder) with
        {
            IOType = IOType.IoParallel,
            Defaults = LayerSettings.Unset with
            {
                Strategy = Strategy.Resource,
                ReuseFactor = 4,
                WeightStorage = WeightStorage.External
            },
        };
        DesignMemory memory = Assert.Single(ModelHarness.Compile(options).Interface.Memories);
        Assert.Equal((4, Channels * Units, 0, Channels * Units),
            (memory.Memory.Words, memory.Size, memory.Start, memory.Memory.Words * memory.Memory.Elements));
    }

    // A convolution of single pixels.
    private static ModelOptions Image(TempFolder folder) => new ModelBuilder().Input("x", 1, Channels, Height, Width)
        .Weights("w", [Units, Channels, 1, 1], 1, 2, -1, 0.5, 3, -2, 0.25, 1).Node("Conv", ["x", "w"], "y").Output("y")
        .Save(folder)
        with
    { IOType = IOType.IoStream };

    private static void AssertPixels(DesignPort port, int channels)
    {
        int place = 0;
        for (int row = 0; row < Height; row++)
        {
            for (int column = 0; column < Width; column++)
            {
                for (int channel = 0; channel < channels; channel++)
                    Assert.Equal((((channel * Height) + row) * Width) + column, port.ElementAt(place++));
            }
        }
        Assert.Equal(port.Size, place);
    }
}
