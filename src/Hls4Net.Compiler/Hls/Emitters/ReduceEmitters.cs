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

/// <summary>The place of the largest or smallest element of every line.</summary>
internal static class ArgExtremeEmitter
{
    public static void Emit(LayerSource source, ArgExtreme extreme)
    {
        CppWriter body = source.Body;
        Shape input = source.Layer.Input.Shape;
        int length = input[extreme.Axis], stride = input.Strides()[extreme.Axis];
        (LoopNest lines, _) = ReduceEmitter.Along(input, source.Layer.Output.Shape, axis => axis == extreme.Axis);
        string better = (extreme.Largest ? ">" : "<") + (extreme.Last ? "=" : "");
        lines.Write(source, "Line", (y, first) =>
        {
            body.Line($"{source.InputType} best = x[{first}];").Line($"{source.OutputType} place = 0;");
            using (body.Loop(lines.Depth == 0 ? "Element" : null, "at", length, source.Dialect.Unroll()))
            {
                body.Line($"const {source.InputType} value = x[{Offset(first, "at", stride)}];");
                using (body.Block($"if (value {better} best)"))
                    body.Line("best = value;").Line("place = at;");
            }
            body.Line($"y[{y}] = place;");
        });
    }

    /// <summary>The index so many strides behind another.</summary>
    public static string Offset(string first, string variable, int stride)
    {
        string step = stride == 1 ? variable : $"{variable} * {stride}";
        return first == "0" ? step : $"{first} + {step}";
    }
}

/// <summary>The largest or smallest elements of every line, each put where it belongs among those before it.</summary>
internal static class TopKEmitter
{
    public static void Emit(LayerSource source, TopK top)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        Shape input = source.Layer.Input.Shape, output = source.Layer.Output.Shape;
        int length = input[top.Axis], from = input.Strides()[top.Axis], to = output.Strides()[top.Axis];
        (LoopNest lines, _) = ReduceEmitter.Along(input, output, axis => axis == top.Axis);
        lines.Write(source, "Line", (y, first) =>
        {
            body.Line($"{source.InputType} best[{top.Count}];");
            body.Pragmas(dialect.Partition("best"));
            if (top.Places)
            {
                body.Line($"{source.OutputType} place[{top.Count}];");
                body.Pragmas(dialect.Partition("place"));
            }
            using (body.Loop(null, "rank", top.Count, dialect.Unroll()))
            {
                body.Line($"best[rank] = x[{first}];");
                if (top.Places)
                    body.Line("place[rank] = 0;");
            }
            using (body.Loop(lines.Depth == 0 ? "Element" : null, "at", length, dialect.Unroll()))
            {
                body.Line($"{source.InputType} value = x[{ArgExtremeEmitter.Offset(first, "at", from)}];");
                if (top.Places)
                    body.Line($"{source.OutputType} from = at;");
                body.Line("bool moves = false; // whatever stands behind the place of a new element moves on by one");
                using (body.Loop(null, "rank", top.Count, dialect.Unroll()))
                using (body.Block(
                    $"if (rank <= at && (rank == at || moves || value {(top.Largest ? ">" : "<")} best[rank]))"))
                {
                    body.Line($"const {source.InputType} next = best[rank];").Line("best[rank] = value;")
                        .Line("value = next;");
                    if (top.Places)
                        body.Line($"const {source.OutputType} next_from = place[rank];").Line("place[rank] = from;")
                            .Line("from = next_from;");
                    body.Line("moves = true;");
                }
            }
            using (body.Loop(null, "rank", top.Count, dialect.Unroll()))
                body.Line($"y[{ArgExtremeEmitter.Offset(y, "rank", to)}] = {(top.Places ? "place" : "best")}[rank];");
        });
    }
}
