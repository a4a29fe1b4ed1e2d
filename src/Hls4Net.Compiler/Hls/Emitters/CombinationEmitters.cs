using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// Sums, products and remainders of the elements of several arrays; the expression is exact, the assignment converts.
/// </summary>
internal static class ElementwiseEmitter
{
    public static void Emit(LayerSource source, Elementwise operation)
    {
        string[] x = Operands(source);
        if (operation.Function is ElementwiseKind.Remainder or ElementwiseKind.Modulo)
        {
            Rest(source, operation.Function, x);
            return;
        }
        using (source.ElementLoop("Element"))
            source.Body.Line($"y[i] = {Expression(operation.Function, x)};");
    }

    // Of magnitudes in units of the finer operand; the signs follow.
    private static void Rest(LayerSource source, ElementwiseKind function, string[] x)
    {
        FixedPointType a = source.Layer.Inputs[0].Type, b = source.Layer.Inputs[1].Type,
            common = Elementwise.Common(source.Layer.Inputs);
        string wide = source.Dialect.Integer(common.Width + 1, true),
            magnitude = source.Dialect.Integer(common.Width, false);
        FixedPointType rest = new(common.Width + 1, common.Width + 1 - common.Fraction, Signed: true);
        CppWriter body = source.Body;
        using (source.ElementLoop("Element"))
        {
            body.Line($"const {wide} a = {Aligned(0, a)};").Line($"const {wide} b = {Aligned(1, b)};");
            body.Line($"const {magnitude} dividend = {Magnitude("a", a)}, divisor = {Magnitude("b", b)};");
            body.Line($"{wide} rest = 0;");
            using (body.Block("if (b != 0)"))
            {
                body.Line($"const {magnitude} whole = dividend / divisor;")
                    .Line($"const {magnitude} left = dividend - {magnitude}(whole * divisor);");
                body.Line(a.Signed ? $"rest = a < 0 ? {wide}(-{wide}(left)) : {wide}(left);" : "rest = left;");
                if (function == ElementwiseKind.Modulo && (a.Signed || b.Signed))
                    body.Line("if (rest != 0 && (rest < 0) != (b < 0))").Line("    rest += b;");
            }
            source.SetMantissa("rest", rest);
        }

        string Aligned(int k, FixedPointType type)
        {
            int shift = common.Fraction - type.Fraction;
            string bits = $"{source.Dialect.Integer(type.Width, type.Signed)}(hls4net::bits_of({x[k]}))";
            return shift == 0 ? bits : $"{wide}({bits}) << {shift}";
        }

        string Magnitude(string name, FixedPointType type) => type.Signed
            ? $"{magnitude}({name} < 0 ? {wide}(-{name}) : {wide}({name}))" : $"{magnitude}({name})";
    }

    /// <summary>The elements of all operands that meet in element i, broadcast.</summary>
    public static string[] Operands(LayerSource source) =>
        [.. source.Inputs.Select((input, k) =>
            $"{input.Name}[{BroadcastIndex.Expression(source, $"x{k}_index", source.Layer.Inputs[k].Shape, source.Layer.Output.Shape)}]")];

    private static string Expression(ElementwiseKind function, ReadOnlySpan<string> x) => function switch
    {
        // Halves add up to trees, which are as deep as the logarithm of their leaves.
        ElementwiseKind.Add when x.Length > 2 => $"{Nested(x[..(x.Length / 2)])} + {Nested(x[(x.Length / 2)..])}",
        _ when x.Length == 1 => x[0],
        ElementwiseKind.Add => $"{x[0]} + {x[1]}",
        ElementwiseKind.Sub => $"{x[0]} - {x[1]}",
        ElementwiseKind.Mul => $"{x[0]} * {x[1]}",
        _ => throw new InvalidOperationException($"no expression for {function}"),
    };

    private static string Nested(ReadOnlySpan<string> x) => x.Length == 1 ? x[0]
        : $"({Expression(ElementwiseKind.Add, x)})";
}

/// <summary>Quotients of two arrays, step by step as <see cref="Divide.Arithmetic"/> defines them.</summary>
internal static class DivideEmitter
{
    public static void Emit(LayerSource source, Divide operation)
    {
        Divide.Arithmetic arithmetic = operation.Of(source.Layer.Inputs);
        FixedPointType a = source.Layer.Inputs[0].Type, b = source.Layer.Inputs[1].Type, y = source.Layer.Output.Type;
        string[] x = ElementwiseEmitter.Operands(source);
        Dialect dialect = source.Dialect;
        CppWriter body = source.Body;
        string magnitude = dialect.Integer(arithmetic.Width, false),
            result = dialect.Integer(Math.Max(arithmetic.Width, y.Width) + 1, true);
        source.Body.Line(arithmetic.Truncates ? "// Magnitudes divided, the rest dropped; by zero saturates."
            : "// Magnitudes divided to nearest, ties away from zero; by zero saturates.");
        using (source.ElementLoop("Element"))
        {
            body.Line($"const {dialect.Integer(a.Width, a.Signed)} a = hls4net::bits_of({x[0]});");
            body.Line($"const {dialect.Integer(b.Width, b.Signed)} b = hls4net::bits_of({x[1]});");
            body.Line($"const {magnitude} dividend = {Magnitude("a", a.Signed)}{Shifted(arithmetic.DividendShift)};");
            body.Line($"const {magnitude} divisor = {Magnitude("b", b.Signed)}{Shifted(arithmetic.DivisorShift)};");
            body.Line(
                $"{result} quotient = a > 0 ? {result}({arithmetic.Max}) : a < 0 ? {result}({Literal(arithmetic.Min)}) "
                + $": {result}(0);");
            using (body.Block("if (b != 0)"))
            {
                string twice = dialect.Integer(arithmetic.Width + 1, false);
                string rounded = arithmetic.Truncates ? "whole" : "nearest";
                body.Line(arithmetic.Truncates
                    ? $"const {twice} whole = dividend / divisor;"
                    : $"const {twice} nearest = ({twice}(dividend << 1) + divisor) / {twice}(divisor << 1);");
                string negative = a.Signed && b.Signed ? "(a < 0) != (b < 0)" : a.Signed ? "a < 0" : b.Signed ? "b < 0"
                    : "";
                body.Line(negative.Length == 0 ? $"quotient = {rounded};"
                    : $"quotient = {negative} ? {result}(-{result}({rounded})) : {result}({rounded});");
                body.Line($"if (quotient > {arithmetic.Max})").Line($"    quotient = {arithmetic.Max};");
                body.Line($"if (quotient < {Literal(arithmetic.Min)})")
                    .Line($"    quotient = {Literal(arithmetic.Min)};");
            }
            source.SetMantissa("quotient", operation.To!.Value);
        }

        string Magnitude(string name, bool signed) => signed
            ? $"{magnitude}({name} < 0 ? {result}(-{name}) : {result}({name}))" : $"{magnitude}({name})";

        static string Shifted(int shift) => shift == 0 ? "" : $" << {shift}";

        // C++ has no literal for the smallest 64-bit integer.
        static string Literal(Int128 value) => value == long.MinValue ? $"(-{long.MaxValue} - 1)" : $"{value}";
    }
}
