using System.Collections.Immutable;

namespace Hls4Net.Keras.Layers;

/// <summary>Layers of several inputs, of which HGQ2's have a quantizer for each.</summary>
internal static class MergeLayers
{
    public static Func<LayerCall, KerasTensor> Of(string operatorType) => call =>
        Output(call, Folded(call, operatorType, Operands(call), null));

    public static KerasTensor Average(LayerCall call)
    {
        ImmutableArray<KerasTensor> operands = Operands(call);
        return Output(call, call.Pair("Mul", null, Folded(call, "Add", operands, "sum"),
            call.Constant("factor", 1.0 / operands.Length)));
    }

    /// <summary>HGQ2's mean with the power of two that is nearest to its factor.</summary>
    public static KerasTensor AveragePowerOfTwo(LayerCall call)
    {
        ImmutableArray<KerasTensor> operands = Operands(call);
        double factor = Math.ScaleB(1, (int)Math.Round(Math.Log2(1.0 / operands.Length), MidpointRounding.ToEven));
        return Output(call, call.Pair("Mul", null, Folded(call, "Add", operands, "sum"),
            call.Constant("factor", factor)));
    }

    public static KerasTensor Concatenate(LayerCall call)
    {
        ImmutableArray<KerasTensor> all = call.Inputs;
        if (all.IsEmpty)
            throw call.Fail(Diagnostics.Descriptors.InvalidLayer, "reads no tensor");
        int axis = call.Axis(call.Number("axis", -1), all[0].Rank);
        if (all.Any(t => t.Rank != all[0].Rank || t.Shape.Where((d, a) => a != axis && d != all[0].Shape[a]).Any()))
            throw call.Fail(Diagnostics.Descriptors.InvalidShape,
                "puts tensors of different shapes beside one another");
        return call.Emit("Concat", null, all[0].Shape.SetItem(axis, all.Sum(t => t.Shape[axis])), all.AsSpan(),
            ("axis", axis));
    }

    public static KerasTensor Einsum(LayerCall call)
    {
        ImmutableArray<KerasTensor> operands = Operands(call);
        return Output(call, Equations.Emit(call, call.Text("equation", ""), null, operands));
    }

    public static KerasTensor Dot(LayerCall call)
    {
        ImmutableArray<KerasTensor> operands = Operands(call);
        if (operands is not [KerasTensor a, KerasTensor b] || call.Flag("normalize", false))
            throw call.Unsupported("has not two inputs, or normalizes them");
        ImmutableArray<int> axes = call.Ints("axes", 2) ?? throw call.Unsupported("has no axes");
        if (axes.Length != 2)
            throw call.Unsupported("has not one axis for each input");
        int left = call.Axis(axes[0], a.Rank), right = call.Axis(axes[1], b.Rank);
        // Letters: z is the sample, y what is summed over.
        string first = Term(a.Rank, left, 'a'), second = Term(b.Rank, right, 'm');
        string result = "z" + string.Concat((first + second).Where(c => c is not ('z' or 'y')));
        KerasTensor y = Equations.Emit(call, $"{first},{second}->{result}", null, operands);
        return Output(call, y.Rank == 1 ? call.Reshape(y, "axis", [1, 1]) : y);

        static string Term(int rank, int summed, char from) => string.Concat(Enumerable.Range(0, rank)
            .Select(i => i == 0 ? 'z' : i == summed ? 'y' : (char)(from + i)));
    }

    private static ImmutableArray<KerasTensor> Operands(LayerCall call) => HgqLayer.Is(call)
        ? [.. call.Inputs.Select((_, i) => HgqLayer.Input(call, i))] : call.Inputs;

    private static KerasTensor Output(LayerCall call, KerasTensor y) =>
        HgqLayer.Is(call) ? HgqLayer.Output(call, y) : y;

    private static KerasTensor Folded(LayerCall call, string operatorType, ImmutableArray<KerasTensor> operands,
        string? part)
    {
        if (operands.Length < 2)
            throw call.Fail(Diagnostics.Descriptors.InvalidLayer, $"reads {operands.Length} tensors, not two or more");
        KerasTensor y = operands[0];
        for (int i = 1; i < operands.Length; i++)
            y = call.Pair(operatorType, i == operands.Length - 1 ? part : $"step{i}", y, operands[i]);
        return y;
    }
}
