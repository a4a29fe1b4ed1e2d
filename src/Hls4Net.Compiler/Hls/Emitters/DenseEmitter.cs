using Hls4Net.Configuration;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// The matrix product. Latency: everything unrolled, one multiplier for ReuseFactor products of a sample. Resource: ReuseFactor steps, each with a
/// block of multipliers and one word of the weight memory.
/// </summary>
internal static class DenseEmitter
{
    public static void Emit(LayerSource source, Dense dense)
    {
        CppWriter body = source.Body;
        Dialect dialect = source.Dialect;
        int rows = source.InputSize / dense.Columns;
        FixedPointType accumulator = source.Layer.AccumulatorType!.Value;
        bool binary = dense.IsBinary(source.Layer.Input);
        if (binary)
            accumulator = IntegerWidth.Covering(0, dense.Columns);
        string accumType = source.Typedef(
            "accum_t", accumulator,
            binary ? "counts the products that are -1" : dense.Accumulator is null ? "holds the bias and every partial sum exactly" : "pinned: every product and sum is converted to it");
        string weightType = binary ? dialect.Integer(1, false) : source.Typedef("weight_t", dense.Weights.Type!.Value, "");
        bool resource = source.Layer.Strategy == Strategy.Resource && source.Layer.ReuseFactor > 1;
        int steps = resource ? source.Layer.ReuseFactor : 1, block = dense.Columns * dense.Units / steps;
        (int wordCount, int word) = resource ? (steps, block) : (dense.Columns, dense.Units);
        if (binary)
            source.Constants.Line("// The signs of the weights: 1 stands for -1.");
        ConstantArray weights = binary
            ? source.IntegerArray("weights", weightType, [.. dense.Weights.Mantissas.Select(w => w < 0 ? 1L : 0)], wordCount, word)
            : source.Array("weights", weightType, dense.Weights, wordCount, word);
        ConstantArray? bias = dense.Bias is null ? null : source.Array("bias", source.Typedef("bias_t", dense.Bias.Type!.Value, ""), dense.Bias, dense.Units);

        body.Pragmas(resource ? dialect.ReshapeRows(weights.Name) : dialect.Partition(weights.Name));
        if (bias is not null)
            body.Pragmas(dialect.Partition(bias.Name));
        if (!resource && source.Layer.ReuseFactor > 1)
            body.Pragmas(dialect.LimitMultipliers((dense.Multiplications + source.Layer.ReuseFactor - 1) / source.Layer.ReuseFactor));
        if (rows == 1)
        {
            Row("", "");
        }
        else
        {
            using (body.Loop("Row", "row", rows, resource ? [] : [dialect.Unroll()]))
                Row($"row * {dense.Columns} + ", $"row * {dense.Units} + ");
        }

        void Row(string inputOffset, string outputOffset)
        {
            string X(string index) => $"x[{inputOffset}{index}]";
            body.Line($"{accumType} acc[{dense.Units}];");
            body.Pragmas(dialect.Partition("acc"));
            using (body.Loop("Bias", "j", dense.Units, dialect.Unroll()))
                body.Line(bias is null ? "acc[j] = 0;" : $"acc[j] = {bias["j"]};");
            if (!resource)
            {
                using (body.Loop("Product", "i", dense.Columns, dialect.Unroll()))
                using (body.Loop(null, "j", dense.Units, dialect.Unroll()))
                    body.Line(Accumulate("acc[j]", weights["i", "j"], X("i")));
            }
            else
            {
                using (body.Loop("Reuse", "step", steps, dialect.PipelineLoop()))
                    Step(X);
            }
            using (body.Loop("Result", "j", dense.Units, dialect.Unroll()))
                body.Line(binary ? $"y[{outputOffset}j] = {dense.Columns} - 2 * {dialect.Integer(accumulator.Width + 1, true)}(acc[j]);" : $"y[{outputOffset}j] = acc[j];");
        }

        // Weights are input-major, so a step covers whole inputs, a part of one input's outputs, or in general a run of both.
        void Step(Func<string, string> x)
        {
            if (dense.Columns % steps == 0)
            {
                int inputs = dense.Columns / steps;
                using (body.Loop(null, "i", inputs, dialect.Unroll()))
                using (body.Loop(null, "j", dense.Units, dialect.Unroll()))
                    body.Line(Accumulate("acc[j]", weights["step", $"i * {dense.Units} + j"], x($"(step * {inputs} + i)")));
            }
            else if (steps % dense.Columns == 0)
            {
                int parts = steps / dense.Columns;
                using (body.Loop(null, "j", block, dialect.Unroll()))
                    body.Line(Accumulate($"acc[step % {parts} * {block} + j]", weights["step", "j"], x($"(step / {parts})")));
            }
            else
            {
                using (body.Loop(null, "k", block, dialect.Unroll()))
                    body.Line(Accumulate($"acc[(step * {block} + k) % {dense.Units}]", weights["step", "k"], x($"((step * {block} + k) / {dense.Units})")));
            }
        }

        string Accumulate(string acc, string weight, string x) =>
            binary ? $"hls4net::accumulate({acc}, {weightType}({x} < 0) ^ {weight});"
            : dense.Accumulator is null ? $"hls4net::accumulate({acc}, {weight} * {x});" : $"{acc} += {accumType}({weight} * {x});";
    }
}
