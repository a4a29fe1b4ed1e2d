using System.Numerics;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>The quantizers, in the words of QONNX's and ONNX's specifications.</summary>
internal sealed class ExactQuantizers
{
    /// <summary>The distance of the value nearest to a tie, in steps, of all that have been quantized.</summary>
    public Fraction NearestTie { get; set; } = 1L;

    public ExactTensor Quant(ExactTensor x, ExactTensor scale, ExactTensor zeroPoint, ExactTensor bits, bool signed,
        bool narrow, string mode)
    {
        ExactTensor real = ExactTensor.Zip(ExactTensor.Zip(x, scale, (a, s) => a / s), zeroPoint, (a, z) => a + z);
        ExactTensor integers = ExactTensor.Zip(real, bits, (v, b) => b == 1L && signed
            ? Sign(v)
            // What has no bits is nothing.
            : b == 0L ? 0L : Clamped(v, Lowest((double)b, signed, narrow), Highest((double)b, signed, narrow), mode));
        return ExactTensor.Zip(ExactTensor.Zip(ExactTensor.Zip(integers, zeroPoint, (q, z) => q - z), bits,
            (q, b) => b == 0L ? 0L : q), scale, (q, s) => q * s);
    }

    public ExactTensor Bipolar(ExactTensor x, ExactTensor scale) =>
        ExactTensor.Zip(x.Map(Sign), scale, (q, s) => q * s);

    /// <summary>
    /// A number of so many mantissa bits, and of the least exponent that the bias leaves, held to the largest.
    /// </summary>
    public ExactTensor Float(ExactTensor x, ExactTensor scale, int exponentBits, int mantissaBits, int bias,
        Fraction largest, string mode)
    {
        Fraction most = Fraction.Min(largest, ((Fraction)Math.Pow(2, mantissaBits + 1) - 1L) * Math.Pow(2,
            Math.Pow(2, exponentBits) - 1 - bias - mantissaBits));
        ExactTensor numbers = ExactTensor.Zip(x, scale, (v, s) =>
        {
            Fraction real = v / s;
            // The largest exponent e with 2^e <= |x|, found by trying.
            int exponent = 1 - bias;
            while ((Fraction)Math.Pow(2, exponent + 1) <= real.Abs)
                exponent++;
            Fraction step = Math.Pow(2, exponent - mantissaBits);
            return Fraction.Max(-most, Fraction.Min(most, Rounded(mode, real / step) * step));
        });
        return ExactTensor.Zip(numbers, scale, (q, s) => q * s);
    }

    /// <summary>The first form of Trunc: inputs x, scale, zero-point, input bits, output bits.</summary>
    public ExactTensor Trunc(ExactTensor x, Fraction scale, Fraction zeroPoint, double inputBits, double outputBits,
        string mode)
    {
        Fraction dropped = Math.Pow(2, inputBits - outputBits);
        return x.Map(v =>
            (Rounded(mode, (Fraction)Rounded("ROUND", (v / scale) + zeroPoint) / dropped) - zeroPoint) * scale);
    }

    /// <summary>The second form: inputs x, scale, zero-point, input bits, output scale, output bits.</summary>
    public ExactTensor Trunc(ExactTensor x, Fraction scale, Fraction zeroPoint, Fraction outputScale, double outputBits,
        bool signed, bool narrow, string mode)
    {
        Fraction dropped = Math.Pow(2, Math.Round(Math.Log2((double)outputScale) - Math.Log2((double)scale)));
        return x.Map(v =>
        {
            Fraction coarse = (Fraction)Rounded("ROUND", (v / scale) + zeroPoint) / dropped;
            return (Clamped(coarse, Lowest(outputBits, signed, narrow), Highest(outputBits, signed, narrow), mode)
                - (zeroPoint / dropped)) * outputScale;
        });
    }

    /// <summary>y = saturate(round(x / scale) + zero_point).</summary>
    public ExactTensor QuantizeLinear(ExactTensor x, ExactTensor scale, ExactTensor zeroPoint, DataType type)
    {
        (long min, long max) = Range(type);
        ExactTensor rounded = ExactTensor.Zip(x, scale, (v, s) => Rounded("ROUND", v / s));
        return ExactTensor.Zip(rounded, zeroPoint, (q, z) => Fraction.Max(min, Fraction.Min(max, q + z)));
    }

    public static ExactTensor DequantizeLinear(ExactTensor x, ExactTensor scale, ExactTensor zeroPoint) =>
        ExactTensor.Zip(ExactTensor.Zip(x, zeroPoint, (q, z) => q - z), scale, (q, s) => q * s);

    public static (long Min, long Max) Range(DataType type) => type switch
    {
        DataType.Int4 => (-8, 7),
        DataType.Uint4 => (0, 15),
        DataType.Int8 => (-128, 127),
        DataType.Uint8 => (0, 255),
        DataType.Int16 => (-32768, 32767),
        DataType.Uint16 => (0, 65535),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    private static Fraction Lowest(double bits, bool signed, bool narrow) => signed
        ? (Fraction)(-Math.Pow(2, bits - 1)) + (narrow ? 1L : 0) : 0L;

    private static Fraction Highest(double bits, bool signed, bool narrow) =>
        (Fraction)Math.Pow(2, signed ? bits - 1 : bits) - (narrow && !signed ? 2L : 1);

    // Clipping comes before rounding.
    private Fraction Clamped(Fraction x, Fraction low, Fraction high, string mode) =>
        x > high ? ExactRounding.Round(mode, high) : x < low ? ExactRounding.Round(mode, low) : Rounded(mode, x);

    private BigInteger Rounded(string mode, Fraction x)
    {
        NearestTie = Fraction.Min(NearestTie, ExactRounding.TieDistance(mode, x));
        return ExactRounding.Round(mode, x);
    }

    private Fraction Sign(Fraction x)
    {
        NearestTie = Fraction.Min(NearestTie, x.Abs);
        return x.Sign >= 0 ? 1L : -1;
    }
}
