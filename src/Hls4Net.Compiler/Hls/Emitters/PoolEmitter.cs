using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Hls.Emitters;

/// <summary>A pooling on arrays: for each output pixel the largest element under its window, or their sum.</summary>
internal static class PoolEmitter
{
    public static void Emit(LayerSource source, Pool pool)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        Shape output = source.Layer.Output.Shape;
        int channels = output[output.Rank - 1];
        bool max = pool.Function == PoolKind.Max;
        string type = max ? source.InputType : source.Typedef("accum_t", source.Layer.AccumulatorType!.Value, "holds every partial sum exactly");
        ConstantArray? scale = pool.Scale is null ? null : source.Array("weights", source.Typedef("weight_t", pool.Scale.Type!.Value, ""), pool.Scale, pool.Scale.Values.Length);
        if (scale is not null)
            body.Pragmas(dialect.Partition(scale.Name));
        int[] factors = pool.Scale?.Shape.BroadcastIndices(output) ?? [];
        WindowEmitter.Pixels(source, pool.Window, unrolled: true, pixel =>
        {
            body.Line($"{type} acc[{channels}];");
            body.Pragmas(dialect.Partition("acc"));
            using (body.Loop("Start", "j", channels, dialect.Unroll()))
                body.Line(max ? $"acc[j].range() = {Lowest(dialect, source.Layer.Input.Type)};" : "acc[j] = 0;");
            WindowEmitter.Taps(source, pool.Window, (_, inside, element) =>
            {
                string x = $"x[{element} * {channels} + j]";
                CppWriter.Scope? guard = inside is null ? null : body.Block($"if ({inside})");
                using (body.Loop(null, "j", channels, dialect.Unroll()))
                {
                    if (max)
                        body.Line($"acc[j] = {x} > acc[j] ? {x} : acc[j];");
                    else
                        body.Line($"hls4net::accumulate(acc[j], {x});");
                }
                guard?.Dispose();
            });
            using (body.Loop("Result", "j", channels, dialect.Unroll()))
            {
                string at = $"{pixel} * {channels} + j";
                string factor = scale is null ? "" : $" * {scale[BroadcastIndex.Expression(source, "scale_index", factors, pool.Scale!.Values.Length, $"({at})")]}";
                body.Line($"y[{at}] = acc[j]{factor};");
            }
        });
    }

    /// <summary>The lowest mantissa of a type, which no element is below.</summary>
    public static string Lowest(Dialect dialect, FixedPointType type) =>
        $"{dialect.Integer(type.Width, type.Signed)}({(type.Signed ? $"-{(Int128.One << (type.Width - 1)) - 1} - 1" : "0")})";
}
