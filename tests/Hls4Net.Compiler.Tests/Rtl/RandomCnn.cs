using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Rtl;

/// <summary>A small random convolutional network: windows of any stride, dilation, groups and padding, then a product of the flattened image or a global pooling.</summary>
internal static class RandomCnn
{
    public static ModelBuilder Make(Random random)
    {
        ModelBuilder model = new();
        int channels = random.Next(1, 4), height = random.Next(1, 7), width = random.Next(1, 7);
        model.Input("x", 1, channels, height, width);
        string x = "x";
        for (int layer = random.Next(1, 4); layer > 0; layer--)
        {
            (long[] kernel, long[] strides, long[] dilations, long[] pads, int[] sizes) = Window(random, height, width);
            string y = model.Fresh("v");
            if (random.Next(3) == 0)
            {
                model.Node(
                    random.Next(2) == 0 ? "MaxPool" : "AveragePool", [x], y, ("kernel_shape", kernel), ("strides", strides), ("pads", pads));
                sizes = [Outputs(height, kernel[0], strides[0], 1, pads[0] + pads[2]), Outputs(width, kernel[1], strides[1], 1, pads[1] + pads[3])];
            }
            else
            {
                int groups = channels > 1 && random.Next(3) == 0 ? channels : 1, units = groups * random.Next(1, 4);
                model.Weights($"{y}_w", [units, channels / groups, (int)kernel[0], (int)kernel[1]], Weights(random, units * channels / groups * (int)(kernel[0] * kernel[1])));
                model.Weights($"{y}_b", [units], Weights(random, units));
                model.Node("Conv", random.Next(2) == 0 ? [x, $"{y}_w"] : [x, $"{y}_w", $"{y}_b"], y, ("kernel_shape", kernel), ("strides", strides), ("dilations", dilations), ("pads", pads), ("group", (long)groups));
                channels = units;
            }
            (height, width) = (sizes[0], sizes[1]);
            x = y;
            if (random.Next(3) != 0)
                continue;
            model.Node("Relu", [x], $"{x}_relu");
            x = $"{x}_relu";
        }
        switch (random.Next(4))
        {
            case 0:
                model.Node(random.Next(2) == 0 ? "GlobalAveragePool" : "GlobalMaxPool", [x], "y");
                break;
            case 1:
                model.Node("Identity", [x], "y");
                break;
            default:
                int units = random.Next(1, 7), size = channels * height * width;
                model.Weights("dense_w", [size, units], Weights(random, size * units)).Weights("dense_b", [units], Weights(random, units));
                model.Node("Flatten", [x], "flat").Node("Gemm", random.Next(2) == 0 ? ["flat", "dense_w"] : ["flat", "dense_w", "dense_b"], "y");
                break;
        }
        return model.Output("y");
    }

    private static (long[] Kernel, long[] Strides, long[] Dilations, long[] Pads, int[] Sizes) Window(Random random, int height, int width)
    {
        while (true)
        {
            long[] kernel = [random.Next(1, 4), random.Next(1, 4)], strides = [random.Next(1, 3), random.Next(1, 3)], dilations = random.Next(3) == 0 ? [random.Next(1, 3), random.Next(1, 3)] : [1, 1];
            // Padding smaller than the window, as poolings demand.
            long[] pads = [random.Next((int)kernel[0]), random.Next((int)kernel[1]), random.Next((int)kernel[0]), random.Next((int)kernel[1])];
            int[] sizes = [Outputs(height, kernel[0], strides[0], dilations[0], pads[0] + pads[2]), Outputs(width, kernel[1], strides[1], dilations[1], pads[1] + pads[3])];
            if (sizes.All(s => s > 0))
                return (kernel, strides, dilations, pads, sizes);
        }
    }

    private static int Outputs(int elements, long kernel, long stride, long dilation, long pads)
    {
        long positions = elements + pads - ((kernel - 1) * dilation) - 1;
        return positions < 0 ? 0 : (int)(positions / stride) + 1;
    }

    private static double[] Weights(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => Math.Round((random.NextDouble() * 4) - 2, 2))];
}
