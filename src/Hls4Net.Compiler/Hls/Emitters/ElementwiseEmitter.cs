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
