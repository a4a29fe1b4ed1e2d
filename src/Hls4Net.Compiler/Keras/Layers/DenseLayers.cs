using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Layers that multiply the last axis with a matrix.</summary>
internal static class DenseLayers
{
    public static KerasTensor Dense(LayerCall call)
    {
        Constant kernel = call.Weight("kernel", 0);
        Constant? bias = call.Flag("use_bias", true) ? call.Weight("bias", 1) : null;
        return Activated(call, Product(call, call.Input, kernel, bias));
    }

    /// <summary>QKeras' layer, or HGQ2's of the same name, which has a quantizer of its input.</summary>
    public static KerasTensor QuantizedDense(LayerCall call)
    {
        if (HgqLayer.Is(call))
            return HgqLayer.Result(call, Product(call, HgqLayer.Input(call, call.Input), HgqLayer.Kernel(call,
                call.Weight("kernel", 0)), HgqLayer.Bias(call, 1)));
        Constant kernel = QKerasLayer.Kernel(call, "kernel_quantizer", call.Weight("kernel", 0));
        Constant? bias = call.Flag("use_bias", true) ? QKerasLayer.Bias(call, call.Weight("bias", 1)) : null;
        return Activated(call, Product(call, call.Input, kernel, bias));
    }

    /// <summary>x · kernel + bias under the layer's name.</summary>
    public static KerasTensor Product(LayerCall call, KerasTensor x, Constant kernel, Constant? bias)
    {
        if (kernel.Shape.Rank != 2 || kernel.Shape[0] != x.Shape[^1])
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has a kernel of shape {kernel.Shape} for inputs of {x.Shape[^1]} elements");
        if (call.Number("units", kernel.Shape[1]) is double units && units != kernel.Shape[1])
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                $"has units = {units} and a kernel of shape {kernel.Shape}: is this the file of its trained weights?");
        ImmutableArray<int> shape = x.Shape.SetItem(x.Rank - 1, kernel.Shape[1]);
        KerasTensor weights = call.Constant("kernel", kernel);
        if (x.Rank == 2)
            return call.Emit("Gemm", null, shape, [x, weights, bias is null ? null : call.Constant("bias_values",
                bias)]);
        KerasTensor y = call.Emit("MatMul", null, shape, [x, weights]);
        return bias is null ? y : call.Pair("Add", "bias", y, call.Constant("bias_values", bias));
    }

    /// <summary>The result of a layer behind its activation.</summary>
    public static KerasTensor Activated(LayerCall call, KerasTensor y) =>
        Activations.Apply(call, Json.Get(call.Config, "activation"), y, "activation");
}
