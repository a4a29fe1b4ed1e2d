using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

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
