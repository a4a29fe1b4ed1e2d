using Hls4Net.Graph.Operations;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// The product of two arrays of matrices, unrolled: row by row of the result, all its columns beside one another.
/// </summary>
internal static class MatrixProductEmitter
{
    public static void Emit(LayerSource source)
    {
        MatrixProduct.Geometry g = new(source.Layer.Inputs[0].Shape, source.Layer.Inputs[1].Shape);
        CppWriter body = source.Body;
        string unroll = source.Dialect.Unroll();
        string accumulator = source.Typedef("accum_t", MatrixProduct.AccumulatorType(source.Layer.Inputs),
            "holds every partial sum exactly");
        if (g.Batches == 1)
        {
            Matrix("", "", "");
        }
        else
        {
            string left = Batch("x0_index", g.LeftBatch, g.Rows * g.Length),
                right = Batch("x1_index", g.RightBatch, g.Length * g.Columns);
            using (body.Loop("Matrix", "i", g.Batches, unroll))
                Matrix(left, right, $"i * {g.Rows * g.Columns} + ");
        }

        // Where the matrix begins that makes matrix i of the result.
        string Batch(string suffix, int[] indices, int size)
        {
            string index = BroadcastIndex.Expression(source, suffix, indices, indices.Max() + 1);
            return index == "0" ? "" : $"{(index.Contains(' ') ? $"({index})" : index)} * {size} + ";
        }

        void Matrix(string left, string right, string output)
        {
            using (body.Loop("Row", "row", g.Rows, unroll))
            {
                body.Line($"{accumulator} acc[{g.Columns}];");
                body.Pragmas(source.Dialect.Partition("acc"));
                using (body.Loop(null, "j", g.Columns, unroll))
                    body.Line("acc[j] = 0;");
                using (body.Loop("Product", "k", g.Length, unroll))
                using (body.Loop(null, "j", g.Columns, unroll))
                    body.Line(
                        $"hls4net::accumulate(acc[j], x0[{left}row * {g.Length} + k] * x1[{right}k * {g.Columns} + j]);");
                using (body.Loop("Result", "j", g.Columns, unroll))
                    body.Line($"y[{output}row * {g.Columns} + j] = acc[j];");
            }
        }
    }
}
