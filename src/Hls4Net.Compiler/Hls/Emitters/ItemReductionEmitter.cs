using Hls4Net.Graph.Operations;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>Sums and extremes of a stream's items as they come.</summary>
internal static class ItemReductionEmitter
{
    private static readonly string[] s_names = ["plane", "row", "column"];

    /// <summary>Writes the whole body of the layer's process, from stream x to stream y.</summary>
    public static void Emit(LayerSource source, Reduce reduce, ItemReduction reduction, string inputPack,
        string outputPack)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        bool sum = reduce.Function == ReduceKind.Sum;
        string type = sum ? source.Typedef("accum_t", source.Layer.AccumulatorType!.Value,
            "holds every partial sum exactly") : source.InputType;
        int axes = reduction.Axes.Length, elements = reduction.Output.Pack, kept = reduction.Accumulators;
        string Name(int axis) => axes > s_names.Length ? $"axis{axis}" : axes == 1 ? "item"
            : s_names[axis + s_names.Length - axes];
        string accumulators = sum ? "acc" : "best";
        body.Line(
            $"{(kept > 1 ? Firmware.Local(kept * elements) : "")}{type} "
            + $"{accumulators}{(kept > 1 ? $"[{kept}]" : "")}[{elements}];");
        body.Pragmas(kept > 1 ? dialect.ReshapeRows(accumulators) : dialect.Partition(accumulators));
        Stack<CppWriter.Scope> loops = [];
        for (int axis = 0; axis < axes; axis++)
            loops.Push(body.Loop(axis == 0 ? "Item" : null, Name(axis), reduction.Axes[axis].Size,
                axis == axes - 1 ? [dialect.StreamPipeline(1)] : []));
        IEnumerable<int> reduced = Enumerable.Range(0, axes).Where(axis => reduction.Axes[axis].Reduced);
        string first = string.Join(" && ", reduced.Select(axis => $"{Name(axis)} == 0")),
            last = string.Join(" && ", reduced.Select(axis => $"{Name(axis)} == {reduction.Axes[axis].Size - 1}"));
        string place = reduction.Kept.Aggregate("",
            (p, axis) => p.Length == 0 ? Name(axis) : $"({p}) * {reduction.Axes[axis].Size} + {Name(axis)}");
        body.Line($"const {inputPack} x_item = {dialect.Read("x")};");
        body.Line($"{type} value[{elements}];").Pragmas(dialect.Partition("value"));
        string own = $"{accumulators}{(kept > 1 ? $"[{place}]" : "")}[j]",
            start = sum ? $"{type}(0)" : $"x_item.data[{(reduction.Elements ? "0" : "j")}]";
        using (body.Loop(null, "j", elements, dialect.Unroll()))
            body.Line($"value[j] = {first} ? {start} : {own};");
        using (body.Loop(null, "j", reduction.Elements ? source.Layer.Input.Shape[source.Layer.Input.Shape.Rank - 1]
            : elements, dialect.Unroll()))
        {
            string value = reduction.Elements ? "value[0]" : "value[j]", x = "x_item.data[j]";
            if (sum)
                body.Line($"hls4net::accumulate({value}, {x});");
            else
                body.Line($"if ({x} {(reduce.Function == ReduceKind.Max ? ">" : "<")} {value})")
                    .Line($"    {value} = {x};");
        }
        using (body.Loop(null, "j", elements, dialect.Unroll()))
            body.Line($"{own} = value[j];");
        using (body.Block($"if ({last})"))
        {
            body.Line($"{outputPack} y_item;").Pragmas(dialect.Aggregate("y_item"));
            using (body.Loop(null, "j", elements, dialect.Unroll()))
                body.Line("y_item.data[j] = value[j];");
            body.Line(dialect.Write("y", "y_item"));
        }
        while (loops.TryPop(out CppWriter.Scope scope))
            scope.Dispose();
    }
}
