using System.Globalization;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs;
using Hls4Net.Programs.Lowering;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// Prints an integer program as statements, one for each value, of exactly its bits: <c>hls4net::bits</c> is a native
/// integer in the simulation, which a C++ compiler reads and adds quickly, and <c>ap_int</c> in synthesis. Tables are
/// constant arrays of the layer's.
/// </summary>
internal static class ProgramEmitter
{
    // A LUT6 and the carry chain behind it add three operands; tables would be memories to a C++ synthesizer.
    public static readonly Fabric Fabric = new(AdderOperands: 3);

    /// <summary>The program of a layer's constant matrix, for one row or one window.</summary>
    /// <exception cref="ModelException">Its sums are too wide (HLS2009).</exception>
    public static IntegerProgram Kernel(Layer layer)
    {
        try
        {
            IntegerProgram program = Products.Kernel(layer, Fabric);
            if (program.Values.Any(v => v.Operation is IntegerOperation.Sum sum
                && WidthOf(program, Ordered(program, sum)) > 64))
                throw new OverflowException();
            return program;
        }
        catch (OverflowException)
        {
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"layer {layer.Name} has Strategy 'DistributedArithmetic': its sums need more than 63 bits. Take "
                + "Strategy=Latency or Resource, or narrower types");
        }
    }

    /// <summary>The type of a number of so many bits.</summary>
    public static string Type(int width, bool signed) => $"hls4net::{(signed ? "bits" : "ubits")}<{width}>";

    /// <summary>Writes the program.</summary>
    /// <param name="source">The layer, into whose body it is written.</param>
    /// <param name="program">The program.</param>
    /// <param name="x">The expression of an input by its index.</param>
    /// <param name="result">The statement that takes a result: its index, and the expression of its value.</param>
    public static void Print(LayerSource source, IntegerProgram program, Func<int, string> x,
        Func<int, string, string> result)
    {
        CppWriter body = source.Body;
        Dictionary<string, ConstantArray> tables = [];
        for (int n = 0; n < program.Values.Length; n++)
        {
            IntegerValue value = program.Values[n];
            string expression = value.Operation switch
            {
                IntegerOperation.Constant => "",
                IntegerOperation.Input input => $"hls4net::bits_of({x(input.Index)})",
                IntegerOperation.Table table => $"{Type(value)}({Array(table, value)[Place(program, table)]})",
                IntegerOperation operation => Expression(program, operation, value),
            };
            if (expression.Length > 0)
                body.Line($"const {Type(value)} v{n} = {expression};");
        }
        for (int i = 0; i < program.Outputs.Length; i++)
            body.Line(result(i, Name(program, program.Outputs[i])));

        // Elements that look into the same table share it.
        ConstantArray Array(IntegerOperation.Table table, IntegerValue value)
        {
            string key = string.Join(' ', table.Entries);
            if (!tables.TryGetValue(key, out ConstantArray? array))
            {
                string suffix = tables.Count == 0 ? "table"
                    : string.Create(CultureInfo.InvariantCulture, $"table{tables.Count + 1}");
                tables[key] = array = source.IntegerArray(suffix, source.Dialect.Integer(value.Width, value.Signed),
                    table.Entries);
            }
            return array;
        }
    }

    private static string Place(IntegerProgram program, IntegerOperation.Table table)
    {
        string address = $"int({Name(program, table.A)})";
        return table.First == 0 ? address : table.First > 0 ? $"{address} - {table.First}"
            : $"{address} + {-table.First}";
    }

    private static string Expression(IntegerProgram program, IntegerOperation operation, IntegerValue value) =>
        operation switch
        {
            IntegerOperation.Sum sum => Sum(program, sum),
            IntegerOperation.ShiftRight shift => $"{Name(program, shift.A)} >> {shift.Bits}",
            IntegerOperation.LowBits low => LowBits(program, low),
            IntegerOperation.AtLeast compare => AtLeast(program, compare),
            IntegerOperation.Select
                select =>
                $"{Name(program, select.Condition)} != 0 ? {Type(value)}({Name(program, select.IfSet)}) : "
                + $"{Type(value)}({Name(program, select.IfClear)})",
            IntegerOperation.Product product =>
                $"{Wide(program, product.A, SignedWidth(value))} * {Wide(program, product.B, SignedWidth(value))}",
            _ => throw new InvalidOperationException($"no statement for {operation.GetType().Name}"),
        };

    // A difference has the sign that both operands' types would have to agree on; of the widest operands they do.
    private static string AtLeast(IntegerProgram program, IntegerOperation.AtLeast compare)
    {
        IntegerOperation.Sum difference = new([new(compare.A, 0, false), new(compare.B, 0, true)]);
        if (WidthOf(program, Ordered(program, difference)) <= 64)
            return $"{Sum(program, difference)} >= 0";
        Interval hull = Interval.Hull(program.Values[compare.A].Range, program.Values[compare.B].Range);
        string type = Type(IntegerValue.BitsOf(Interval.Hull(hull, new(-1, 0))), true);
        return $"{type}({Name(program, compare.A)}) >= {type}({Name(program, compare.B)})";
    }

    private static string Sum(IntegerProgram program, IntegerOperation.Sum sum)
    {
        SumTerm[] terms = Ordered(program, sum);
        int width = WidthOf(program, terms);
        string text = "";
        foreach (SumTerm t in terms)
        {
            if (program.Values[t.Value].Operation is IntegerOperation.Constant { Value: Int128 constant })
            {
                Int128 shifted = t.Shift >= 0 ? constant << t.Shift : constant >> -t.Shift;
                Int128 signed = t.Negative ? -shifted : shifted;
                text += text.Length == 0 ? Literal(signed)
                    : $" {(signed < 0 ? '-' : '+')} {Literal(Int128.Abs(signed))}";
                continue;
            }
            string operand = Wide(program, t.Value, width);
            operand = t.Shift > 0 ? $"{operand} * {Literal(Int128.One << t.Shift)}" : t.Shift < 0
                ? $"({operand} >> {-t.Shift})" : operand;
            text += text.Length == 0 ? $"{(t.Negative ? "-" : "")}{operand}" : $" {(t.Negative ? '-' : '+')} {operand}";
        }
        return text;
    }

    // In the order in which they are printed.
    private static SumTerm[] Ordered(IntegerProgram program, IntegerOperation.Sum sum) =>
    [
        .. sum.Terms.OrderBy(t => t.Negative
            || (program.Values[t.Value].Range.Max < 0
                && program.Values[t.Value].Operation is IntegerOperation.Constant)),
    ];

    // Bits of the signed type in which every operand, shifted operand and partial sum is right: an unsigned operand
    // has no sign bit of its own, and native arithmetic that overflows is undefined.
    private static int WidthOf(IntegerProgram program, SumTerm[] terms)
    {
        Interval sum = new(0, 0), all = sum;
        foreach (SumTerm t in terms)
        {
            Interval range = program.Values[t.Value].Range;
            Interval shifted = t.Shift >= 0 ? range << t.Shift : new(range.Min >> -t.Shift, range.Max >> -t.Shift);
            Interval term = t.Negative ? new(-shifted.Max, -shifted.Min) : shifted;
            sum += term;
            foreach (Interval part in (Interval[])[range, shifted, term, sum])
                all = Interval.Hull(all, part);
        }
        return 1 + Math.Max(BitsOf(all.Max), BitsOf(-(all.Min + 1)));

        static int BitsOf(Int128 magnitude) => magnitude <= 0 ? 0 : (int)Int128.Log2(magnitude) + 1;
    }

    private static string LowBits(IntegerProgram program, IntegerOperation.LowBits low)
    {
        Int128 all = (Int128.One << low.Bits) - 1, sign = Int128.One << (low.Bits - 1);
        string bits = $"({Wide(program, low.A, low.Bits + 1)} & {Literal(all)})";
        return low.Signed ? $"({bits} ^ {Literal(sign)}) - {Literal(sign)}" : bits;
    }

    // Native arithmetic is of 32 bits where no operand is wider.
    private static string Wide(IntegerProgram program, int value, int width) =>
        width > 32 && program.Values[value].Operation is not IntegerOperation.Constant
            ? $"{Type(width, true)}({Name(program, value)})" : Name(program, value);

    private static string Name(IntegerProgram program, int value) =>
        program.Values[value].Operation is IntegerOperation.Constant { Value: Int128 constant } ? Literal(constant)
            : string.Create(CultureInfo.InvariantCulture, $"v{value}");

    private static int SignedWidth(IntegerValue value) => value.Width + (value.Signed ? 0 : 1);

    private static string Type(IntegerValue value) => Type(value.Width, value.Signed);

    // C++ has no literals of more than 64 bits, and none for the smallest number of 64.
    private static string Literal(Int128 value)
    {
        Int128 magnitude = Int128.Abs(value);
        if (magnitude <= long.MaxValue)
            return value.ToString(CultureInfo.InvariantCulture) + (magnitude > int.MaxValue ? "LL" : "");
        return string.Create(CultureInfo.InvariantCulture,
            $"((hls4net::bits<128>({(long)(value >> 64)}LL) << 64) + "
            + $"hls4net::bits<128>({(ulong)(value & ulong.MaxValue)}ULL))");
    }
}
