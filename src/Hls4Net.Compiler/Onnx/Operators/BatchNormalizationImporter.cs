using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>Batch normalization in inference: a factor and an addend for every channel.</summary>
internal static class BatchNormalizationImporter
{
    /// <summary>Channels are axis 1.</summary>
    public static Operand Import(ImportNode node) => Import(node, 1);

    /// <summary>Channels are the last axis.</summary>
    public static Operand ImportChannelsLast(ImportNode node) => Import(node, node.Input(0).Shape.Rank - 1);

    private static Operand Import(ImportNode node, int axis)
    {
        Operand x = node.Input(0);
        if (IsTraining(node))
            throw node.Fail(Descriptors.UnsupportedForm,
                "is in training mode, which normalizes by the batch and not by stored statistics; export the model for "
                + "inference");
        if (node.Opset < 9 && node.Int("spatial", 1) != 1)
            throw node.Fail(Descriptors.UnsupportedForm, "normalizes every element on its own (spatial = 0)");
        node.Ignore("momentum");
        double epsilon = node.Float("epsilon", 1e-5f);
        Constant gamma = node.RequireConstant(1, "scale"), beta = node.RequireConstant(2, "bias");
        Constant mean = node.RequireConstant(3, "mean"), variance = node.RequireConstant(4, "variance");
        node.RequireFinite(variance);
        if (x.Shape.Rank < 2 || new[] { gamma, beta, mean, variance }.Any(c => c.Values.Length != x.Shape[axis]))
            throw node.Fail(Descriptors.InvalidShape,
                $"has parameters for {gamma.Values.Length} channels, but its input is {x.Shape}");

        // Parameters broadcast over what follows the channels.
        int[] dimensions = new int[x.Shape.Rank - axis];
        Array.Fill(dimensions, 1);
        dimensions[0] = x.Shape[axis];
        Shape channels = new(dimensions);
        Constant scale = gamma.Reshape(channels).Zip(variance.Reshape(channels), (g, v) => g / Math.Sqrt(v + epsilon));
        // The mean is taken off by itself: mean · scale would have to be rounded, and a value that equals the mean
        // could miss a quantizer's tie.
        Operand centred = node.Emit(new Affine(null, mean.Reshape(channels).Map(m => -m)), x);
        return node.Emit(new Affine(scale, beta.Reshape(channels)), centred);
    }

    // Set 6 says it by is_test, sets 7 to 13 by the outputs: only training gives the statistics of the batch.
    private static bool IsTraining(ImportNode node) =>
        node.Int("training_mode", 0) != 0
        || (node.Opset < 7 && node.Int("is_test", 0) == 0)
        || Enumerable.Range(1, Math.Max(0, node.Proto.Output.Count - 1)).Any(node.HasOutput);
}
