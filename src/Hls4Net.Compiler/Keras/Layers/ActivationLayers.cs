using Hls4Net.Graph;

namespace Hls4Net.Keras.Layers;

/// <summary>Layers that are functions of single elements.</summary>
internal static class ActivationLayers
{
    public static KerasTensor Activation(LayerCall call) =>
        Activations.Apply(call, Json.Get(call.Config, "activation"), call.Input, null);

    public static Func<LayerCall, KerasTensor> Named(string name) => call =>
        Activations.Function(call, name, call.Input, null);

    public static KerasTensor Relu(LayerCall call)
    {
        KerasTensor x = call.Input;
        double slope = call.Number("negative_slope", 0), threshold = call.Number("threshold", 0);
        double? most = Json.Get(call.Config, "max_value") is null ? null : call.Number("max_value", 0);
        if (threshold != 0 && (slope != 0 || most is not null))
            throw call.Unsupported("has a threshold beside a slope or a largest value");
        if (threshold != 0)
            return call.Map("ThresholdedRelu", null, x, ("alpha", (float)threshold));
        if (slope == 0 && most is double limit)
            return call.Emit("Clip", null, x.Shape, [x, call.Constant("least", 0), call.Constant("most", limit)]);
        KerasTensor y = slope == 0 ? call.Map("Relu", null, x)
            : call.Map("LeakyRelu", null, x, ("alpha", (float)slope));
        return most is double upper ? call.Emit("Clip", "limit", y.Shape, [y, null, call.Constant("most", upper)]) : y;
    }

    public static KerasTensor LeakyRelu(LayerCall call) => call.Map("LeakyRelu", null, call.Input,
        ("alpha", (float)call.Number("negative_slope", call.Number("alpha", 0.3))));

    public static KerasTensor PRelu(LayerCall call)
    {
        Constant alpha = call.Weight("alpha", 0);
        return call.Emit("PRelu", null, call.Input.Shape, [call.Input, call.Constant("alpha", alpha)]);
    }

    public static KerasTensor Elu(LayerCall call) => call.Map("Elu", null, call.Input,
        ("alpha", (float)call.Number("alpha", 1)));

    public static KerasTensor ThresholdedRelu(LayerCall call) => call.Map("ThresholdedRelu", null, call.Input,
        ("alpha", (float)call.Number("theta", 1)));

    public static KerasTensor Softmax(LayerCall call)
    {
        KerasTensor x = call.Input;
        int axis = call.Ints("axis") is { Length: 1 } one ? one[0] : Json.Get(call.Config, "axis") is null ? -1
            : throw call.Unsupported("has several axes; one is read");
        return call.Map("Softmax", null, x, ("axis", call.Axis(axis, x.Rank)));
    }

    /// <summary>A layer that does nothing at inference.</summary>
    public static KerasTensor Nothing(LayerCall call) => call.Input;
}
