using Hls4Net.Graph.Operations;

namespace Hls4Net.Hls.Emitters;

/// <summary>A constant matrix on every row of the input.</summary>
internal static class DenseEmitter
{
    public static void Emit(LayerSource source, Dense dense)
    {
        int rows = source.InputSize / dense.Columns;
        ProductEmitter product = new(source, dense, dense.IsBinary(source.Layer.Input), groups: 1, dense.Columns,
            rows: rows);
        if (rows == 1)
        {
            product.Row(i => $"x[{i}]", j => $"y[{j}]");
            return;
        }
        using (source.Body.Loop("Row", "row", rows, product.IsSequential ? [] : [source.Dialect.Unroll()]))
            product.Row(i => $"x[row * {dense.Columns} + {i}]", j => $"y[row * {dense.Units} + {j}]");
    }
}
