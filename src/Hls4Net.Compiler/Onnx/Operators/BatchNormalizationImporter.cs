using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Batch normalization in inference: a factor and an addend for every channel.</summary>
internal static class BatchNormalizationImporter
{
    public static Operand Import(ImportNode node)
    {
        Operand x = node.Input(0);
        if (node.Int("training_mode", 0) != 0)
            throw node.Fail(Descriptors.UnsupportedForm, "is in training mode; export the model for inference");
        if (node.Opset < 9 && node.Int("spatial", 1) != 1)
            throw node.Fail(Descriptors.UnsupportedForm, "normalizes every element on its own (spatial = 0)");
        node.Ignore("momentum", "is_test");
        double epsilon = node.Float("epsilon", 1e-5f);
        Constant gamma = node.RequireConstant(1, "scale"), beta = node.RequireConstant(2, "bias");
        Constant mean = node.RequireConstant(3, "mean"), variance = node.RequireConstant(4, "variance");
        node.RequireFinite(variance);
        if (x.Shape.Rank < 2 || new[] { gamma, beta, mean, variance }.Any(c => c.Values.Length != x.Shape[1]))
            throw node.Fail(Descriptors.InvalidShape, $"has parameters for {gamma.Values.Length} channels, but its input is {x.Shape}");

        // Channels are axis 1: parameters broadcast over what follows it.
        int[] dimensions = new int[x.Shape.Rank - 1];
        Array.Fill(dimensions, 1);
        dimensions[0] = x.Shape[1];
        Shape channels = new(dimensions);
        Constant scale = gamma.Reshape(channels).Zip(variance.Reshape(channels), (g, v) => g / Math.Sqrt(v + epsilon));
        // The mean is taken off by itself: mean · scale would have to be rounded, and a value that equals the mean could miss a quantizer's tie.
        Operand centred = node.Emit(new Affine(null, mean.Reshape(channels).Map(m => -m)), x);
        return node.Emit(new Affine(scale, beta.Reshape(channels)), centred);
    }
}
