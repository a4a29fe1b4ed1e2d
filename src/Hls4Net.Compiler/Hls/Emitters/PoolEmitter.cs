using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>A pooling on arrays: for each output pixel the largest element under its window, or their sum.</summary>
internal static class PoolEmitter
{
    public static void Emit(LayerSource source, Pool pool)
    {
        CppWriter body = source.Body;
        Parts parts = new(source, pool);
        WindowEmitter.Pixels(source, pool.Window, unrolled: true, pixel =>
        {
            parts.Start();
            WindowEmitter.Taps(source, pool.Window, (_, inside, element) =>
            {
                CppWriter.Scope? guard = inside is null ? null : body.Block($"if ({inside})");
                parts.Join($"x[{element} * {parts.Channels} + j]");
                guard?.Dispose();
            });
            parts.Finish(j => $"y[{pixel} * {parts.Channels} + {j}]", $"({pixel} * {parts.Channels} + j)");
        });
    }

    /// <summary>The pooling of a whole image whose pixels come one after another.</summary>
    public static void Items(LayerSource source, Pool pool, int items, int pixels, IEnumerable<string> pipeline,
        Func<Func<string, string>> item, Func<string, string> y)
    {
        Parts parts = new(source, pool);
        parts.Start();
        using (source.Body.Loop("Item", "item", items, pipeline))
        {
            Func<string, string> x = item();
            CppWriter.Scope? pixel = pixels == 1 ? null
                : source.Body.Loop(null, "pixel", pixels, source.Dialect.Unroll());
            parts.Join(x(pixels == 1 ? "j" : $"pixel * {parts.Channels} + j"));
            pixel?.Dispose();
        }
        parts.Finish(y, "j");
    }

    /// <summary>The steps of one output pixel, all channels together.</summary>
    private sealed class Parts
    {
        private readonly LayerSource _source;
        private readonly bool _max;
        private readonly string _type;
        private readonly Constant? _factors;
        private readonly ConstantArray? _scale;

        public Parts(LayerSource source, Pool pool)
        {
            Shape output = source.Layer.Output.Shape;
            (_source, _max, _factors, Channels) = (source, pool.Function == PoolKind.Max, pool.Scale,
                output[output.Rank - 1]);
            _type = _max ? source.InputType
                : source.Typedef("accum_t", source.Layer.AccumulatorType!.Value, "holds every partial sum exactly");
            _scale = pool.Scale is null ? null : source.Array("weights",
                source.Typedef("weight_t", pool.Scale.Type!.Value, ""), pool.Scale, pool.Scale.Values.Length);
            if (_scale is not null)
                source.Body.Pragmas(source.Dialect.Partition(_scale.Name));
        }

        public int Channels { get; }

        public void Start()
        {
            CppWriter body = _source.Body;
            body.Line($"{_type} acc[{Channels}];");
            body.Pragmas(_source.Dialect.Partition("acc"));
            using (body.Loop("Start", "j", Channels, _source.Dialect.Unroll()))
                body.Line(_max ? $"hls4net::set_bits(acc[j], {Lowest(_source.Dialect, _source.Layer.Input.Type)});"
                    : "acc[j] = 0;");
        }

        public void Join(string x)
        {
            using (_source.Body.Loop(null, "j", Channels, _source.Dialect.Unroll()))
            {
                // A local rather than a choice between two references, which keeps g++ from vectorising the loop.
                if (_max)
                    _source.Body.Line($"{_type} largest = acc[j];").Line($"if ({x} > largest)")
                        .Line($"    largest = {x};").Line("acc[j] = largest;");
                else
                    _source.Body.Line($"hls4net::accumulate(acc[j], {x});");
            }
        }

        public void Finish(Func<string, string> y, string at)
        {
            int[] factors = _factors?.Shape.BroadcastIndices(_source.Layer.Output.Shape) ?? [];
            using (_source.Body.Loop("Result", "j", Channels, _source.Dialect.Unroll()))
            {
                string factor = _scale is null ? ""
                    : $" * {_scale[BroadcastIndex.Expression(_source, "scale_index", factors, _factors!.Values.Length, at)]}";
                _source.Body.Line($"{y("j")} = acc[j]{factor};");
            }
        }
    }

    /// <summary>The lowest mantissa of a type, which no element is below.</summary>
    public static string Lowest(Dialect dialect, FixedPointType type) =>
        $"{dialect.Integer(type.Width, type.Signed)}({(type.Signed ? $"-{(Int128.One << (type.Width - 1)) - 1} - 1" : "0")})";
}
