using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;

namespace Hls4Net.Reports;

/// <summary>What is rounded between the quantizers of a model.</summary>
internal static class Exactness
{
    /// <summary>
    /// The layer before a quantizer whose result is not exactly the model's, as a report names it; null where there is
    /// none.
    /// </summary>
    public static string? Lost(TypedModel model, Layer quantizer)
    {
        Dictionary<Value, Layer> makers = model.Layers.ToDictionary(l => l.Output);
        HashSet<Value> visited = [];
        Stack<Value> waiting = new(quantizer.Inputs);
        while (waiting.TryPop(out Value? value))
        {
            value = model.Storage(value);
            if (!visited.Add(value) || !makers.TryGetValue(value, out Layer? maker)
                || maker.Operation is Requantize or ElementwiseFunction { Table.MaxErrorUlp: 0 })
                continue;
            if (Rounds(maker) is string what)
                return $"layer {maker.Name} {what}";
            foreach (Value input in maker.Inputs)
                waiting.Push(input);
        }
        return null;
    }

    private static string? Rounds(Layer layer) => layer.Operation switch
    {
        ElementwiseFunction or Softmax or LogSoftmax or Divide { Truncates: false } =>
            $"is computed to {layer.Output.Type}",
        _ when layer.Rounding?.Operation is Quantize { Unseen: false } cut
            && cut.To.Fraction < layer.Main.Output.Type.Fraction => $"is rounded to {cut.To}",
        _ when layer.Operation.Constants.Any(c => IsRounded(c.Constant)) => "has rounded constants",
        _ => null,
    };

    private static bool IsRounded(Constant constant)
    {
        double unit = constant.Type!.Value.Ulp;
        for (int i = 0; i < constant.Values.Length; i++)
        {
            if (constant.Mantissas[i] * unit != constant.Values[i])
                return true;
        }
        return false;
    }
}
