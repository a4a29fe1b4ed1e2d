using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

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
