using Hls4Net.Graph.Operations;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>Rows of a result that add up, or compare, the items of a stream as they come.</summary>
internal static class AccumulateEmitter
{
    /// <summary>Writes the whole body of the layer's process, from stream x to stream y.</summary>
    public static void Emit(LayerSource source, int items, StreamLayout input, string inputPack, string outputPack)
    {
        CppWriter body = source.Body;
        string[] pipeline = [source.Dialect.StreamPipeline(source.Layer.ReuseFactor)];
        Func<string, string> Item()
        {
            body.Line($"const {inputPack} x_item = {source.Dialect.Read("x")};");
            return i => $"x_item.data[{i}]";
        }
        switch (source.Layer.Operation)
        {
            case Dense dense:
                ProductEmitter product = new(source, dense, dense.IsBinary(source.Layer.Input), groups: 1,
                    dense.Columns, items);
                int rows = input.Items / items;
                CppWriter.Scope? row = rows > 1 ? body.Loop("Row", "row", rows) : null;
                body.Line($"{outputPack} y_item;").Pragmas(source.Dialect.Aggregate("y_item"));
                product.Items(pipeline, Item, j => $"y_item.data[{j}]");
                body.Line(source.Dialect.Write("y", "y_item"));
                row?.Dispose();
                break;
            case Pool pool:
                body.Line($"{outputPack} y_item;").Pragmas(source.Dialect.Aggregate("y_item"));
                PoolEmitter.Items(source, pool, items, input.Pixels, pipeline, Item, j => $"y_item.data[{j}]");
                body.Line(source.Dialect.Write("y", "y_item"));
                break;
            default:
                throw new InvalidOperationException($"{source.Layer.Operation.Kind} does not add up items");
        }
    }
}
