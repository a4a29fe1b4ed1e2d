using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

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
