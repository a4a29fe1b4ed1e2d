using System.Numerics;

namespace Hls4Net.Tests.Quantization;

/// <summary>QONNX's rounding modes, as its specification writes them in numpy.</summary>
internal static class ExactRounding
{
    /// <summary>Every name that QONNX gives a mode.</summary>
    public static readonly string[] Modes = ["ROUND", "HALF_EVEN", "CEIL", "FLOOR", "UP", "DOWN", "ROUND_TO_ZERO",
        "HALF_UP", "HALF_DOWN"];

    public static BigInteger Round(string mode, Fraction x) => mode.ToUpperInvariant() switch
    {
        // np.round
        "ROUND" or "HALF_EVEN" => HalfEven(x),
        "CEIL" => x.Ceiling,
        "FLOOR" => x.Floor,
        // sign(x) * ceil(abs(x))
        "UP" => x.Sign * x.Abs.Ceiling,
        // np.fix
        "DOWN" or "ROUND_TO_ZERO" => x.Sign * x.Abs.Floor,
        // sign(x) * floor(abs(x) + 0.5)
        "HALF_UP" => x.Sign * (x.Abs + Fraction.Half).Floor,
        // sign(x) * ceil(abs(x) - 0.5)
        "HALF_DOWN" => x.Sign * (x.Abs - Fraction.Half).Ceiling,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "QONNX has no such mode"),
    };

    /// <summary>How far, in steps, the number is from one at which the mode changes its mind.</summary>
    public static Fraction TieDistance(string mode, Fraction x)
    {
        Fraction shifted = mode.ToUpperInvariant() is "CEIL" or "FLOOR" or "UP" or "DOWN" or "ROUND_TO_ZERO" ? x
            : x + Fraction.Half;
        return Fraction.Min(shifted - shifted.Floor, shifted.Floor + Fraction.Half + Fraction.Half - shifted);
    }

    private static BigInteger HalfEven(Fraction x)
    {
        BigInteger floor = x.Floor;
        int side = (x - floor).CompareTo(Fraction.Half);
        return side < 0 || (side == 0 && floor.IsEven) ? floor : floor + 1;
    }
}
