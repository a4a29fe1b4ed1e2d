using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;

namespace Hls4Net.Onnx.Operators;

/// <summary>The weights of a recurrent layer in one direction.</summary>
/// <param name="Input">[inputs, gates · units].</param>
/// <param name="State">[units, gates · units].</param>
/// <param name="Addends">Of the product with the input, then of that with the state: [2 · gates · units], or
/// null.</param>
/// <param name="Units">Units of a state.</param>
/// <param name="GateCount">How many gates there are.</param>
internal sealed record RecurrentWeights(Operand Input, Operand State, Constant? Addends, int Units, int GateCount)
{
    /// <summary>Reads those of a direction.</summary>
    public static RecurrentWeights Read(ImportNode node, int direction, int directions, int gates)
    {
        Constant w = node.RequireConstant(1, "weights"), r = node.RequireConstant(2, "recurrent weights");
        Constant? b = node.TryConstant(3, "bias");
        int units = r.Shape.Rank == 3 ? r.Shape[2] : 0, rows = gates * units;
        if (w.Shape.Rank != 3 || r.Shape != new Shape(directions, rows, units) || w.Shape[0] != directions
            || w.Shape[1] != rows || (b is not null && b.Shape != new Shape(directions, 2 * rows)) || units == 0)
            throw node.Fail(Descriptors.InvalidShape,
                $"has weights {w.Shape}, recurrent weights {r.Shape} and a bias {b?.Shape} for {directions} directions "
                + $"and {gates} gates");
        if (node.Int("hidden_size", units) != units)
            throw node.Fail(Descriptors.InvalidShape,
                $"has hidden_size = {node.Int("hidden_size", units)} and recurrent weights {r.Shape}");
        return new RecurrentWeights(Matrix(1, "weights"), Matrix(2, "recurrent"),
            b?.Pick(new Shape(2 * rows), [.. Enumerable.Range(direction * 2 * rows, 2 * rows)]), units, gates);

        // Quantized weights stay integers and scales.
        Operand Matrix(int input, string part) => node.Emit(new Transpose([1, 0]),
            ControlImporter.Element(node, node.Input(input), 0, direction, part), part);
    }

    /// <summary>The columns of some gates of the recurrent matrix.</summary>
    public Operand Recurrent(ImportNode node, int first, int count)
    {
        ImmutableArray<int>[] lists = MovementImporter.All(State.Shape);
        lists[1] = [.. Enumerable.Range(first * Units, count * Units)];
        return MovementImporter.Moved(node, "Slice", State, lists);
    }

    /// <summary>
    /// The addends of some gates of the product with the input, plus those with the state where
    /// <paramref name="recurrent"/>; null without any.
    /// </summary>
    public Constant? Bias(int first, int count, bool recurrent)
    {
        if (Addends is null)
            return null;
        int behind = GateCount * Units;
        Constant sum = new(new Shape(count * Units), [.. Enumerable.Range(first * Units, count * Units)
            .Select(k => Addends.Values[k] + (recurrent ? Addends.Values[behind + k] : 0))]);
        return sum.Values.All(v => v == 0) ? null : sum;
    }

    /// <summary>The addends of a gate of the product with the state; null without any.</summary>
    public Constant? RecurrentBias(int gate) => Addends is null
        || Addends.Pick(new Shape(Units), [.. Enumerable.Range((GateCount + gate) * Units, Units)]) is var own
            && own.Values.All(v => v == 0) ? null : own;

    /// <summary>A product of rows with a matrix, of a quantizer's integers where it has them, and addends.</summary>
    public static Operand Product(ImportNode node, Operand x, Operand matrix, Constant? bias, string part)
    {
        if (matrix.Factors is null)
            return node.Emit(new Dense(matrix.Constant!, bias), x, part);
        Operand product = MatrixImporter.Product(node, x, matrix, part);
        return bias is null ? product : node.Emit(new Affine(null, bias), product, $"{part}_bias");
    }
}
