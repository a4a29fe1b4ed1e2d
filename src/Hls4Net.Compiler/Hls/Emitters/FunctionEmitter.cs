using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>A non-linear function as a table of values or of line segments over the mantissas of x.</summary>
internal static class FunctionEmitter
{
    public static void Emit(LayerSource source, ElementwiseFunction function)
    {
        if (function.Normalised is RangeReducedTable reduced)
        {
            EmitReduced(source, reduced);
            return;
        }
        FunctionTable table = function.Table!;
        TableNames names = TableEmitter.Declare(source, "table", table);
        FixedPointType x = source.Layer.Input.Type, y = source.Layer.Output.Type;
        using (source.ElementLoop("Element"))
        {
            source.Body.Line($"const {source.Dialect.Integer(x.Width, x.Signed)} mantissa = hls4net::bits_of(x[i]);");
            string result = TableEmitter.Look(source, names, table, "mantissa", "entry");
            source.Body.Line($"const {source.Dialect.Integer(y.Width, y.Signed)} value = {result};");
            source.Body.Line("hls4net::set_bits(y[i], value);");
        }
    }

    private static void EmitReduced(LayerSource source, RangeReducedTable reduced)
    {
        TableNames names = TableEmitter.Declare(source, "table", reduced.Table);
        ConstantArray? addends = reduced.Addends.IsEmpty ? null
            : source.IntegerArray("addend", source.Dialect.Integer(reduced.SumWidth, true), reduced.Addends);
        FixedPointType x = source.Layer.Input.Type, y = source.Layer.Output.Type;
        CppWriter body = source.Body;
        string Unsigned(int width) => source.Dialect.Integer(width, false);
        string sum = source.Dialect.Integer(reduced.SumWidth, true);
        body.Line(
            "// A mantissa and a power of two: one goes through the table, the other becomes a shift or an addend.");
        using (source.ElementLoop("Element"))
        {
            body.Line($"const {source.Dialect.Integer(x.Width, x.Signed)} mantissa = hls4net::bits_of(x[i]);");
            body.Line(x.Signed
                ? $"const {Unsigned(x.Width)} magnitude = mantissa < 0 ? "
                    + $"{source.Dialect.Integer(x.Width + 1, true)}(-mantissa) : "
                    + $"{source.Dialect.Integer(x.Width + 1, true)}(mantissa);"
                    : $"const {Unsigned(x.Width)} magnitude = mantissa;");
            body.Line("int place = 0;");
            using (body.Loop("Normalise", "b", reduced.Places, source.Dialect.Unroll()))
                body.Line("if ((magnitude >> b) != 0)").Line("    place = b;");
            if (addends is not null)
                body.Line("const int exponent = place;");
            else if (reduced.Pairs)
                body.Line($"const int exponent = place - {x.Fraction} - ((place + {x.Fraction & 1}) & 1);");
            else
                body.Line($"const int exponent = place - {x.Fraction};".Replace("- -", "+ ", StringComparison.Ordinal));
            string normalised = Unsigned(reduced.Top + 2),
                up = reduced.Pairs ? $"{reduced.Top} - (exponent + {x.Fraction})" : $"{reduced.Top} - place";
            body.Line($"const {normalised} shifted = {normalised}(magnitude) << ({up});".Replace("+ -", "- ",
                StringComparison.Ordinal));
            body.Line($"const {Unsigned(reduced.IndexBits + 2)} index = shifted >> {reduced.Top - reduced.IndexBits};");
            string look = TableEmitter.Look(source, names, reduced.Table,
                "(magnitude == 0 ? " + $"{Unsigned(reduced.IndexBits + 2)}({reduced.Table.Min}) : index)", "entry");
            body.Line($"const {sum} entry = {look};");
            if (addends is not null)
            {
                body.Line($"const {sum} rounded = {sum}(entry + {addends["exponent"]}) >> {reduced.Base};");
            }
            else
            {
                string exponent = reduced.Pairs ? "exponent / 2" : "exponent";
                body.Line($"const int wanted = {reduced.Base} {(reduced.Step > 0 ? "+" : "-")} {exponent};");
                body.Line(
                    $"const int shift = wanted < {-reduced.MaxLeft} ? {-reduced.MaxLeft} : wanted > {reduced.MaxRight} "
                    + $"? {reduced.MaxRight} : wanted;");
                body.Line(
                    $"const {sum} rounded = shift > 0 ? {sum}(entry + ({sum}(1) << (shift > 0 ? shift - 1 : 0))) >> "
                    + "(shift > 0 ? shift : 0) : entry << (shift > 0 ? 0 : -shift);");
            }
            if (x.Signed)
                body.Line(reduced.Odd ? $"const {sum} signed_value = mantissa < 0 ? {sum}(-rounded) : rounded;"
                    : $"const {sum} signed_value = rounded;");
            string result = x.Signed ? "signed_value" : "rounded";
            string undefined = reduced.Odd || !x.Signed ? "magnitude == 0" : "mantissa <= 0";
            body.Line(
                $"const {source.Dialect.Integer(y.Width, y.Signed)} value = {undefined} ? {sum}({reduced.AtZero}) : "
                + $"{result} < {reduced.OutMin} ? {sum}({reduced.OutMin}) : {result} > {reduced.OutMax} ? "
                + $"{sum}({reduced.OutMax}) : {result};");
            body.Line("hls4net::set_bits(y[i], value);");
        }
    }
}

/// <summary>The arrays of a table.</summary>
internal sealed record TableNames(ConstantArray Base, ConstantArray? Slope);

/// <summary>Prints a <see cref="FunctionTable"/> and a look into it, step by step as its definition has them.</summary>
internal static class TableEmitter
{
    public static TableNames Declare(LayerSource source, string suffix, FunctionTable table)
    {
        source.Constants.Line(
            $"// {source.Name}: {(table.Shift == 0 ? $"{table.Base.Length} entries" : $"{table.Base.Length} segments of {1 << table.Shift} inputs")}, error at most {LayerSource.Number(Math.Round(table.MaxErrorUlp, 4))} units in the last place of the result");
        ConstantArray entries = source.IntegerArray($"{suffix}_base",
            source.Dialect.Integer(table.BaseType.Width, table.BaseType.Signed), table.Base);
        ConstantArray? slopes = table.Shift == 0 ? null : source.IntegerArray($"{suffix}_slope",
            source.Dialect.Integer(table.SlopeType.Width, table.SlopeType.Signed), table.Slope);
        return new TableNames(entries, slopes);
    }

    /// <summary>
    /// Writes the steps of a look at <paramref name="mantissa"/> and returns the expression of the result's mantissa.
    /// </summary>
    public static string Look(LayerSource source, TableNames names, FunctionTable table, string mantissa,
        string variable)
    {
        CppWriter body = source.Body;
        string clamped = mantissa;
        if (table.ClampsHigh)
            clamped = $"{mantissa} > {table.Hi} ? {table.Hi} : {(clamped == mantissa ? $"int({mantissa})" : clamped)}";
        if (table.ClampsLow)
            clamped = $"{mantissa} < {table.Lo} ? {table.Lo} : {(clamped == mantissa ? $"int({mantissa})" : clamped)}";
        if (clamped == mantissa)
            clamped = $"int({mantissa})";
        body.Line($"const int {variable}_offset = ({clamped}) - ({table.Lo});");
        if (table.Shift == 0)
            return names.Base[$"{variable}_offset"];
        string sum = source.Dialect.Integer(table.SumType.Width, table.SumType.Signed);
        body.Line($"const int {variable}_segment = {variable}_offset >> {table.Shift};");
        body.Line(
            $"const {source.Dialect.Integer(table.Shift, false)} {variable}_rest = {variable}_offset & "
            + $"{(1 << table.Shift) - 1};");
        body.Line(
            $"const {sum} {variable}_sum = {names.Base[$"{variable}_segment"]} + {names.Slope![$"{variable}_segment"]} "
            + $"* {variable}_rest;");
        if (!table.ClampsOutput)
            return $"{variable}_sum >> {table.Guard}";
        body.Line($"const {sum} {variable}_line = {variable}_sum >> {table.Guard};");
        return $"{variable}_line < {table.OutMin} ? {sum}({table.OutMin}) : {variable}_line > {table.OutMax} ? "
            + $"{sum}({table.OutMax}) : {variable}_line";
    }
}
