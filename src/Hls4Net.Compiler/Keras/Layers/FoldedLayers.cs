using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>
/// QKeras' layers with a batch normalization inside: the normalization is folded into kernel and bias, which are
/// quantized then.
/// </summary>
internal static class FoldedLayers
{
    public static KerasTensor Convolution(LayerCall call)
    {
        (Constant kernel, Constant bias) = Folded(call, "kernel_quantizer");
        return DenseLayers.Activated(call, ConvolutionLayers.Product(call, call.Input, kernel, bias));
    }

    public static KerasTensor Dense(LayerCall call)
    {
        (Constant kernel, Constant bias) = Folded(call, "kernel_quantizer");
        return DenseLayers.Activated(call, DenseLayers.Product(call, call.Input, kernel, bias));
    }

    private static (Constant Kernel, Constant Bias) Folded(LayerCall call, string quantizer)
    {
        int place = 0;
        Constant kernel = call.Weight("kernel", place++);
        int filters = kernel.Shape[kernel.Shape.Rank - 1];
        Constant none = new(new Shape(filters), [.. new double[filters]]);
        Constant bias = call.Flag("use_bias", true) ? call.Weight("bias", place++) : none;
        // The normalization is an object of its own in some files.
        WeightGroup norm = call.Weights;
        foreach ((string name, WeightGroup part) in call.Weights.Parts)
        {
            if (name.StartsWith("batch", StringComparison.Ordinal))
                (norm, place) = (part, 0);
        }
        Constant gamma = call.Flag("scale", true) ? call.Weight("gamma", place++, norm) : none.Map(_ => 1);
        Constant beta = call.Flag("center", true) ? call.Weight("beta", place++, norm) : none;
        Constant mean = call.Weight("moving_mean", place++, norm),
            variance = call.Weight("moving_variance", place, norm);
        float epsilon = (float)call.Number("epsilon", 1e-3);
        // In float32, as the library does.
        Constant factor = gamma.Zip(variance, (g, v) => (float)g * (1 / MathF.Sqrt((float)v + epsilon)));
        Constant scaled = kernel.Zip(factor.BroadcastTo(kernel.Shape), (w, s) => (float)w * (float)s);
        Constant offset = bias.Zip(mean, (b, m) => (float)b - (float)m).Zip(factor, (d, s) => (float)d * (float)s)
            .Zip(beta, (d, b) => (float)d + (float)b);
        return (QKerasLayer.Kernel(call, quantizer, scaled), QKerasLayer.Bias(call, offset));
    }
}
