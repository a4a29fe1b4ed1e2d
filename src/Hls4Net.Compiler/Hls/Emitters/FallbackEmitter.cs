using System.Globalization;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// The layers that no emitter of their own is for: the integer program of the smallest part that is computed alike, an
/// element, an item or the whole, in a loop over the parts.
/// </summary>
internal static class FallbackEmitter
{
    // g++ takes about a millisecond a statement.
    private const int MostStatements = 1 << 14;

    // Of mantissas that leave and enter the simulation.
    private const int MaxWidth = 64;

    public static void Emit(LayerSource source)
    {
        (Layer part, int count) = LayerPart.Smallest(source.Layer);
        IntegerProgram program = Lowered(source.Layer, part);
        HashSet<int> read = [.. program.Values.Select(v => v.Operation).OfType<IntegerOperation.Input>()
            .Select(input => input.Index)];
        for (int k = 0, first = 0; k < part.Inputs.Length; first += part.Inputs[k++].Shape.Size)
        {
            if (!Enumerable.Range(first, part.Inputs[k].Shape.Size).Any(read.Contains))
                source.Body.Line($"(void){source.Inputs[k].Name}; // nothing depends on it");
        }
        if (count == 1)
        {
            Print(source, part, program, "");
            return;
        }
        using (source.Body.Loop(part.Output.Shape.Size == 1 ? "Element" : "Item", "i", count, source.Dialect.Unroll()))
            Print(source, part, program, "i");
    }

    // The operands' elements follow one another in the program's inputs.
    private static void Print(LayerSource source, Layer part, IntegerProgram program, string i)
    {
        List<string> x = [];
        for (int k = 0; k < part.Inputs.Length; k++)
        {
            int pack = part.Inputs[k].Shape.Size;
            string name = source.Inputs[k].Name;
            // Elements broadcast; of a row all elements make one.
            if (i.Length > 0 && part.Output.Shape.Size == 1 && pack == 1)
                x.Add($"{name}[{BroadcastIndex.Expression(source, $"{name}_index", source.Layer.Inputs[k].Shape, source.Layer.Output.Shape)}]");
            else
                x.AddRange(Enumerable.Range(0, pack).Select(element => $"{name}[{Place(i, pack, element)}]"));
        }
        ProgramEmitter.Print(source, program, input => x[input], (element, value) =>
            $"hls4net::set_bits(y[{Place(i, part.Output.Shape.Size, element)}], "
            + $"{ProgramEmitter.Type(part.Output.Type.Width, part.Output.Type.Signed)}({value}));");
    }

    private static string Place(string i, int pack, int element) =>
        i.Length == 0 ? element.ToString(CultureInfo.InvariantCulture) : pack == 1 ? i
            : string.Create(CultureInfo.InvariantCulture, $"{i} * {pack} + {element}");

    private static IntegerProgram Lowered(Layer layer, Layer part)
    {
        try
        {
            IntegerProgram program = LayerLowering.Lower(part, ProgramEmitter.Fabric, MaxWidth);
            return program.Values.Length <= MostStatements ? program
                : throw new LoweringLimitException(
                    $"its program has {program.Values.Length} operations; up to {MostStatements} are supported");
        }
        catch (LoweringLimitException limit)
        {
            throw new ModelException(Descriptors.NotLowered,
                $"layer {layer.Name} ({layer.Operation.Kind}): {limit.Message}; take narrower types, or a smaller layer");
        }
    }
}
