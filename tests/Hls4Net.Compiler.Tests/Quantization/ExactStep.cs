using System.Numerics;
using Hls4Net.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>The result of a step function by its definition: computed, held, rounded.</summary>
internal static class ExactStep
{
    public static long Evaluate(StepFunction f, long mantissa)
    {
        Fraction x = (Of(f.A) * mantissa) + Of(f.B);
        if (f.Low is Rational low)
            x = Fraction.Max(x, Of(low));
        if (f.High is Rational high)
            x = Fraction.Min(x, Of(high));
        Fraction stored = (x / Of(f.Scale)) + f.ZeroPoint;
        if (f.Bipolar)
            return stored.Sign >= 0 ? 1 : -1;
        return (long)BigInteger.Clamp(ExactRounding.Round(Name(f.Rounding), stored), f.Min, f.Max) - f.ZeroPoint;
    }

    /// <summary>QONNX's name of a mode.</summary>
    public static string Name(QuantRounding mode) => mode switch
    {
        QuantRounding.HalfEven => "ROUND",
        QuantRounding.HalfUp => "HALF_UP",
        QuantRounding.HalfDown => "HALF_DOWN",
        _ => mode.ToString(),
    };

    public static Fraction Of(Rational value) => new(value.Numerator, value.Denominator);
}
