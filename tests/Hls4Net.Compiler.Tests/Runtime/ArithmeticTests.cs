using System.Globalization;
using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Runtime;

/// <summary>The headers against exact arithmetic, on random types and values.</summary>
public sealed class ArithmeticTests
{
    // Reproducible: a failure names the vector, and the next run shows it again.
    private readonly Random _random = new(20240611);

    [SkippableFact]
    public void Conversions_equal_their_definition_for_all_modes_and_widths()
    {
        VectorProgram program = new();
        for (int i = 0; i < 200; i++)
        {
            FixedPointType from = RandomType(128, modes: false);
            FixedPointType to = NearbyType(from);
            string function = $"convert<{VectorProgram.Spell(from)}, {VectorProgram.Spell(to)}>";
            foreach (BigInteger bits in Values(from, 40))
            {
                BigInteger expected = ExactArithmetic.Convert(Mantissa(bits, from), from.Fraction, to);
                program.Add(function, bits, 0, expected, $"{from} -> {to} of {bits:x}");
            }
        }
        using Gpp gpp = Gpp.Require();
        program.Check(gpp);
    }

    [SkippableFact]
    public void Doubles_convert_as_exact_numbers_and_back_to_the_nearest()
    {
        VectorProgram program = new();
        for (int i = 0; i < 60; i++)
        {
            FixedPointType type = RandomType(i % 2 == 0 ? 64 : 127, modes: true);
            string spelled = VectorProgram.Spell(type);
            for (int k = 0; k < 60; k++)
            {
                double d = RandomDouble(type);
                (BigInteger numerator, int fraction) = ExactArithmetic.Exact(d);
                program.Add($"from_double<{spelled}>", (ulong)BitConverter.DoubleToInt64Bits(d), 0,
                    ExactArithmetic.Convert(numerator, fraction, type),
                    string.Create(CultureInfo.InvariantCulture, $"{d:R} -> {type}"));
            }
            AddNotFinite(program, type);
            foreach (BigInteger bits in Values(type, 20))
            {
                // .NET rounds a big integer's conversion towards zero; a decimal text it rounds to nearest.
                BigInteger mantissa = Mantissa(bits, type);
                string text = mantissa.ToString(CultureInfo.InvariantCulture);
                double nearest = Math.ScaleB(double.Parse(text, CultureInfo.InvariantCulture), -type.Fraction);
                program.Add($"to_double<{spelled}>", bits, 0, (ulong)BitConverter.DoubleToInt64Bits(nearest),
                    $"double of {type} {bits:x}");
                float single = MathF.ScaleB(float.Parse(text, CultureInfo.InvariantCulture), -type.Fraction);
                program.Add($"to_float<{spelled}>", bits, 0, (uint)BitConverter.SingleToInt32Bits(single),
                    $"float of {type} {bits:x}");
            }
        }
        using Gpp gpp = Gpp.Require();
        program.Check(gpp);
    }

    [SkippableFact]
    public void Operations_are_exact_and_have_the_documented_types()
    {
        VectorProgram program = new();
        for (int i = 0; i < 30; i++)
        {
            FixedPointType a = RandomType(i % 3 == 0 ? 50 : 20, modes: i % 2 == 0);
            FixedPointType b = RandomType(i % 3 == 0 ? 50 : 20, modes: i % 2 == 0);
            string types = $"{VectorProgram.Spell(a)}, {VectorProgram.Spell(b)}";
            bool signed = a.Signed || b.Signed;
            int integer = Math.Max(a.Integer + (b.Signed && !a.Signed ? 1 : 0),
                b.Integer + (a.Signed && !b.Signed ? 1 : 0)) + 1;
            int fraction = Math.Max(a.Fraction, b.Fraction);
            FixedPointType sum = new(integer + fraction, integer, signed);
            FixedPointType difference = sum with { Signed = true };
            FixedPointType product = new(a.Width + b.Width, a.Integer + b.Integer, signed);
            int sign = b.Signed ? 1 : 0;
            FixedPointType quotient = new(sign + a.Width + Math.Max(b.Fraction, 0), sign + a.Integer + b.Fraction,
                signed);

            foreach ((BigInteger x, BigInteger y) in Values(a, 30).Zip(Values(b, 30)))
            {
                BigInteger m = Mantissa(x, a), n = Mantissa(y, b);
                BigInteger p = m << (fraction - a.Fraction), q = n << (fraction - b.Fraction);
                string operands = $"{a} {x:x}, {b} {y:x}";

                void Add(string function, string result, BigInteger expected) =>
                    program.Add($"{function}<{types}{result}>", x, y, expected, $"{function} {operands}");
                void AddExact(string function, FixedPointType result, BigInteger mantissa) =>
                    Add(function, $", {VectorProgram.Spell(result)}", ExactArithmetic.Bits(mantissa, result.Width));

                AddExact("add", sum, p + q);
                AddExact("subtract", difference, p - q);
                AddExact("multiply", product, m * n);
                Add("add_to", "", ExactArithmetic.Convert(p + q, fraction, a));
                Add("subtract_from", "", ExactArithmetic.Convert(p - q, fraction, a));
                Add("multiply_by", "", ExactArithmetic.Convert(m * n, a.Fraction + b.Fraction, a));
                Add("compare", "", (p < q ? 1 : 0) + (p == q ? 2 : 0));
                if (!n.IsZero && quotient.Width <= 128)
                    AddExact("divide", quotient, BigInteger.Divide(m << Math.Max(b.Fraction, 0), n));
            }
        }
        using Gpp gpp = Gpp.Require();
        program.Check(gpp);
    }

    [SkippableFact]
    public void Integers_divide_as_built_in_ones_and_take_fixed_point_numbers_truncated()
    {
        VectorProgram program = new();
        for (int i = 0; i < 25; i++)
        {
            FixedPointType a = RandomInteger(), b = RandomInteger(), f = RandomType(40, modes: false);
            string types = $"{SpellInteger(a)}, {SpellInteger(b)}";
            int remainderWidth = Math.Min(a.Width, b.Width + (!b.Signed && a.Signed ? 1 : 0));
            FixedPointType remainder = new(remainderWidth, remainderWidth, a.Signed);
            int quotientWidth = a.Width + (b.Signed ? 1 : 0);
            FixedPointType quotient = new(quotientWidth, quotientWidth, a.Signed || b.Signed);
            foreach ((BigInteger x, BigInteger y) in Values(a, 30).Zip(Values(b, 30)))
            {
                BigInteger m = Mantissa(x, a), n = Mantissa(y, b);
                if (n.IsZero)
                    continue;
                program.Add($"divide<{types}, {SpellInteger(quotient)}>", x, y,
                    ExactArithmetic.Bits(BigInteger.Divide(m, n), quotient.Width), $"{m} / {n}");
                program.Add($"remainder<{types}, {SpellInteger(remainder)}>", x, y,
                    ExactArithmetic.Bits(BigInteger.Remainder(m, n), remainder.Width), $"{m} % {n}");
            }
            foreach (BigInteger x in Values(f, 30))
            {
                BigInteger m = Mantissa(x, f);
                program.Add($"convert<{VectorProgram.Spell(f)}, {SpellInteger(a)}>", x, 0,
                    ExactArithmetic.Convert(m, f.Fraction, a with { Rounding = Rounding.TrnZero }),
                    $"{f} {x:x} -> {SpellInteger(a)}");
                program.Add($"to_int<{VectorProgram.Spell(f)}>", x, 0,
                    ExactArithmetic.Convert(m, f.Fraction, new(32, 32, true, Rounding.TrnZero)), $"int of {f} {x:x}");
            }
        }
        using Gpp gpp = Gpp.Require();
        program.Check(gpp);
    }

    private static void AddNotFinite(VectorProgram program, FixedPointType type)
    {
        BigInteger max = (BigInteger.One << (type.Signed ? type.Width - 1 : type.Width)) - 1;
        BigInteger min = !type.Signed ? 0 : type.Overflow == Overflow.SatSym ? -max : -max - 1;
        bool saturates = type.Overflow is Overflow.Sat or Overflow.SatSym;
        foreach ((double d, BigInteger expected) in new (double, BigInteger)[]
            { (double.NaN, 0), (double.PositiveInfinity, saturates ? max : 0),
                (double.NegativeInfinity, saturates ? min : 0) })
        {
            program.Add($"from_double<{VectorProgram.Spell(type)}>", (ulong)BitConverter.DoubleToInt64Bits(d), 0,
                ExactArithmetic.Bits(expected, type.Width), $"{d} -> {type}");
        }
    }

    private static string SpellInteger(FixedPointType t) => $"ap_{(t.Signed ? "" : "u")}int<{t.Width}>";

    private static BigInteger Mantissa(BigInteger bits, FixedPointType type) =>
        ExactArithmetic.Mantissa(bits, type.Width, type.Signed);

    private FixedPointType RandomInteger()
    {
        int width = _random.Next(1, 60);
        return new(width, width, _random.Next(2) == 0);
    }

    private FixedPointType RandomType(int maxWidth, bool modes)
    {
        int width = _random.Next(4) == 0 ? _random.Next(1, maxWidth + 1) : _random.Next(1, Math.Min(maxWidth, 24) + 1);
        FixedPointType type = new(width, width - _random.Next(-3, width + 4), _random.Next(3) > 0);
        return modes ? WithModes(type) : type;
    }

    /// <summary>A type whose range overlaps with the other's, so that both rounding and overflow happen.</summary>
    private FixedPointType NearbyType(FixedPointType other)
    {
        int fraction = other.Fraction + _random.Next(-Math.Min(other.Width, 40) - 2, 5);
        int integer = other.Integer + _random.Next(-3, 4);
        int width = Math.Clamp(integer + fraction, 1, 127);
        return WithModes(new(width, width - fraction, _random.Next(3) > 0));
    }

    private FixedPointType WithModes(FixedPointType type)
    {
        Overflow overflow = (Overflow)_random.Next(type.Signed ? 5 : 4);
        int saturated = overflow >= Overflow.Wrap && _random.Next(2) == 0 ? _random.Next(1, Math.Min(type.Width, 5) + 1)
            : 0;
        return type with { Rounding = (Rounding)_random.Next(7), Overflow = overflow, SaturationBits = saturated };
    }

    /// <summary>
    /// Bit patterns: the ends of the range, zero's neighbours, patterns with long tails of equal bits, others.
    /// </summary>
    private IEnumerable<BigInteger> Values(FixedPointType type, int count)
    {
        BigInteger all = (BigInteger.One << type.Width) - 1;
        BigInteger[] special = [0, 1, all, BigInteger.One << (type.Width - 1), all >> 1, (all >> 1) - 1];
        for (int i = 0; i < count; i++)
        {
            if (i < special.Length && _random.Next(2) == 0)
            {
                yield return special[i] & all;
                continue;
            }
            byte[] bytes = new byte[17];
            _random.NextBytes(bytes);
            BigInteger x = new(bytes, isUnsigned: true);
            int tail = _random.Next(type.Width + 1);
            if (_random.Next(2) == 0)
                x = (x >> tail << tail) + _random.Next(-1, 2);
            yield return x & all;
        }
    }

    private double RandomDouble(FixedPointType type)
    {
        double d = Math.ScaleB(_random.NextDouble() * 2 - 1, type.Integer + _random.Next(-3, 4));
        return _random.Next(8) switch
        {
            // Ties and exact values, huge and tiny numbers.
            < 3 => Math.ScaleB(Math.Round(Math.ScaleB(d, type.Fraction + 1)), -type.Fraction - 1),
            3 => Math.ScaleB(d, _random.Next(0, 200)),
            4 => Math.ScaleB(d, -_random.Next(0, 200)),
            _ => d,
        };
    }
}
