using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>Sums and extremes along axes: one tree for each element of the result.</summary>
internal static class ReduceEmitter
{
    public static void Emit(LayerSource source, Reduce reduce)
    {
        CppWriter body = source.Body;
        bool sum = reduce.Function == ReduceKind.Sum;
        string type = sum ? source.Typedef("accum_t", source.Layer.AccumulatorType!.Value,
            "holds every partial sum exactly") : source.InputType;
        (LoopNest lines, LoopNest elements) = Along(source.Layer.Input.Shape, source.Layer.Output.Shape,
            axis => reduce.Axes.Contains(axis));
        lines.Write(source, "Line", (y, first) =>
        {
            body.Line($"{type} {(sum ? "acc" : "best")} = {(sum ? "0" : $"x[{first}]")};");
            elements.Write(source, lines.Depth == 0 ? "Element" : null, "0", first, lines.Depth, (_, x) => body.Line(
                sum ? $"hls4net::accumulate(acc, x[{x}]);"
                    : $"best = x[{x}] {(reduce.Function == ReduceKind.Max ? ">" : "<")} best ? x[{x}] : best;"));
            body.Line($"y[{y}] = {(sum ? "acc" : "best")};");
        });
    }

    /// <summary>The loops over the axes that stay, and those inside them over the axes that do not.</summary>
    public static (LoopNest Lines, LoopNest Elements) Along(Shape input, Shape output, Func<int, bool> reduced)
    {
        int[] from = input.Strides(), to = output.Strides();
        LoopNest lines = new(), elements = new();
        for (int axis = 0; axis < input.Rank; axis++)
            (reduced(axis) ? elements : lines).Add(input[axis], reduced(axis) ? 0 : to[axis], from[axis]);
        return (lines, elements);
    }
}
