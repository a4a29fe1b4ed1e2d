using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Normalizations.</summary>
internal static class NormalizationLayers
{
    /// <summary>Keras' layer, or QKeras', whose parameters have quantizers.</summary>
    public static KerasTensor Batch(LayerCall call)
    {
        (Constant gamma, Constant beta, Constant mean, Constant variance) = Parameters(call);
        gamma = QKerasLayer.Quantized(call, "gamma_quantizer", gamma, isKernel: true);
        beta = QKerasLayer.Quantized(call, "beta_quantizer", beta, isKernel: false);
        mean = QKerasLayer.Quantized(call, "mean_quantizer", mean, isKernel: false);
        variance = QKerasLayer.Quantized(call, "variance_quantizer", variance, isKernel: true);
        double epsilon = call.Number("epsilon", 1e-3);
        Constant factor = gamma.Zip(variance, (g, v) => g / Math.Sqrt(v + epsilon));
        return Affine(call, call.Input, factor, beta.Zip(mean.Zip(factor, (m, s) => m * s), (b, d) => b - d));
    }

    /// <summary>HGQ2's layer, which quantizes the factor and the addend.</summary>
    public static KerasTensor HgqBatch(LayerCall call)
    {
        if (!HgqLayer.Is(call))
            return Batch(call);
        int place = 0;
        bool center = call.Flag("center", true);
        Constant? gamma = call.Flag("scale", true) ? HgqLayer.Tensor(call, "gamma", place++) : null;
        Constant? beta = center ? HgqLayer.Tensor(call, "beta", place++) : null;
        Constant mean = HgqLayer.Tensor(call, "moving_mean", place++),
            variance = HgqLayer.Tensor(call, "moving_variance", place);
        float epsilon = (float)call.Number("epsilon", 1e-3);
        Constant factor = (gamma ?? mean.Map(_ => 1)).Zip(variance,
            (g, v) => (float)g / MathF.Sqrt((float)v + epsilon));
        // Without a center the library begins at one.
        Constant offset = (beta ?? mean.Map(_ => 1)).Zip(mean.Zip(factor, (m, s) => (float)m * (float)s),
            (b, d) => (float)b - (float)d);
        KerasTensor y = Affine(call, HgqLayer.Input(call, call.Input), HgqLayer.Kernel(call, factor),
            HgqLayer.BiasOf(call, offset));
        return HgqLayer.Output(call, y);
    }

    public static KerasTensor Rescaling(LayerCall call) => call.Pair("Add", "offset", call.Pair("Mul", null, call.Input,
        call.Constant("factor", call.Number("scale", 1))), call.Constant("addend", call.Number("offset", 0)));

    public static KerasTensor Layer(LayerCall call)
    {
        KerasTensor x = call.Input;
        int axis = call.Ints("axis") is { Length: 1 } one ? call.Axis(one[0], x.Rank)
            : Json.Get(call.Config, "axis") is null ? x.Rank - 1
            : throw call.Unsupported("normalizes several axes; the last one is read");
        if (axis != x.Rank - 1)
            throw call.Unsupported($"normalizes axis {axis}; the last one is read");
        if (call.Flag("rms_scaling", false))
            throw call.Unsupported("has rms_scaling, which is not read");
        int size = x.Shape[^1], place = 0;
        Constant gamma = call.Flag("scale", true) ? call.Weight("gamma", place++, size) : Ones(size);
        Constant? beta = call.Flag("center", true) ? call.Weight("beta", place, size) : null;
        return call.Emit("LayerNormalization", null, x.Shape,
            [x, call.Constant("gamma", gamma), beta is null ? null : call.Constant("beta", beta)],
            ("axis", -1), ("epsilon", (float)call.Number("epsilon", 1e-3)));
    }

    private static Constant Ones(int size) => new(new Shape(size), [.. Enumerable.Repeat(1.0, size)]);

    private static (Constant Gamma, Constant Beta, Constant Mean, Constant Variance) Parameters(LayerCall call)
    {
        int place = 0;
        Constant? gamma = call.Flag("scale", true) ? call.Weight("gamma", place++) : null,
            beta = call.Flag("center", true) ? call.Weight("beta", place++) : null;
        Constant mean = call.Weight("moving_mean", place++), variance = call.Weight("moving_variance", place);
        return (gamma ?? mean.Map(_ => 1), beta ?? mean.Map(_ => 0), mean, variance);
    }

    // A factor and an addend along an axis.
    private static KerasTensor Affine(LayerCall call, KerasTensor x, Constant factor, Constant offset)
    {
        int axis = call.Ints("axis") is { Length: 1 } one ? call.Axis(one[0], x.Rank)
            : Json.Get(call.Config, "axis") is null ? x.Rank - 1
            : throw call.Unsupported("normalizes several axes");
        if (factor.Values.Length != x.Shape[axis])
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has {factor.Values.Length} factors for an axis of {x.Shape[axis]}");
        Shape along = new([x.Shape[axis], .. Enumerable.Repeat(1, x.Rank - axis - 1)]);
        return call.Pair("Add", "offset", call.Pair("Mul", null, x, call.Constant("factor", factor.Reshape(along))),
            call.Constant("addend", offset.Reshape(along)));
    }
}
