using System.Globalization;
using System.Text;

namespace Hls4Net.Numerics;

/// <summary>
/// What happens to the bits below the least significant one, by AMD's names (UG1399, ap_fixed quantization modes).
/// </summary>
public enum Rounding
{
    /// <summary>AP_RND: to nearest, ties towards plus infinity.</summary>
    Rnd,

    /// <summary>AP_RND_ZERO: to nearest, ties towards zero.</summary>
    RndZero,

    /// <summary>AP_RND_MIN_INF: to nearest, ties towards minus infinity.</summary>
    RndMinInf,

    /// <summary>AP_RND_INF: to nearest, ties away from zero.</summary>
    RndInf,

    /// <summary>AP_RND_CONV: to nearest, ties to even.</summary>
    RndConv,

    /// <summary>AP_TRN: towards minus infinity.</summary>
    Trn,

    /// <summary>AP_TRN_ZERO: towards zero.</summary>
    TrnZero,
}

/// <summary>What happens to values beyond the range, by AMD's names (UG1399, ap_fixed overflow modes).</summary>
public enum Overflow
{
    /// <summary>AP_SAT: to the nearest representable value.</summary>
    Sat,

    /// <summary>AP_SAT_ZERO: to zero.</summary>
    SatZero,

    /// <summary>AP_SAT_SYM: to the nearest of a range made symmetric around zero.</summary>
    SatSym,

    /// <summary>AP_WRAP: modulo 2^Width; with saturation bits N &gt; 0 the N top bits are saturated.</summary>
    Wrap,

    /// <summary>AP_WRAP_SM: sign-magnitude wrap-around.</summary>
    WrapSm,
}

/// <summary>
/// A fixed-point type: <c>value = mantissa · 2^-(Width - Integer)</c> with a Width-bit mantissa, two's complement when
/// signed. <see cref="Integer"/> counts the sign bit and may be negative or exceed <see cref="Width"/>, as in ap_fixed.
/// </summary>
/// <param name="Width">Bits in all, 1 to <see cref="MaxWidth"/>.</param>
/// <param name="Integer">Bits left of the binary point, the sign's included.</param>
/// <param name="Signed">Two's complement if true.</param>
/// <param name="Rounding">Mode used when a value of finer resolution is converted to this type.</param>
/// <param name="Overflow">Mode used when a value beyond the range is converted to this type.</param>
/// <param name="SaturationBits">AMD's N: bits saturated in the wrapping modes.</param>
public readonly record struct FixedPointType(
    int Width, int Integer, bool Signed = true, Rounding Rounding = Rounding.Trn, Overflow Overflow = Overflow.Wrap,
        int SaturationBits = 0)
{
    /// <summary>
    /// The widest signed type a value of a network may have; mantissas are 64-bit integers, so unsigned types have one
    /// bit less.
    /// </summary>
    public const int MaxWidth = 64;

    /// <summary>
    /// How far from a number's lowest bit its binary point may lie, either way; every float32 is well within.
    /// </summary>
    public const int MaxPoint = 320;

    /// <summary>The widest type of a signedness.</summary>
    public static int MaxWidthOf(bool signed) => signed ? MaxWidth : MaxWidth - 1;

    /// <summary>Bits right of the binary point: one unit in the last place is 2^-Fraction.</summary>
    public int Fraction => Width - Integer;

    /// <summary>Smallest mantissa.</summary>
    public Int128 MinMantissa => Signed ? -(Int128.One << (Width - 1)) : Int128.Zero;

    /// <summary>Largest mantissa.</summary>
    public Int128 MaxMantissa => (Int128.One << (Signed ? Width - 1 : Width)) - 1;

    /// <summary>One unit in the last place.</summary>
    public double Ulp => Math.ScaleB(1.0, -Fraction);

    /// <summary>Smallest representable value.</summary>
    public double MinValue => Math.ScaleB((double)MinMantissa, -Fraction);

    /// <summary>Largest representable value.</summary>
    public double MaxValue => Math.ScaleB((double)MaxMantissa, -Fraction);

    /// <summary>The documented spelling, e.g. <c>fixed&lt;16,6,RND,SAT&gt;</c>; default modes are left out.</summary>
    public override string ToString()
    {
        StringBuilder b = new();
        b.Append(Signed ? "fixed<" : "ufixed<").Append(CultureInfo.InvariantCulture, $"{Width},{Integer}");
        if (Rounding != Rounding.Trn || Overflow != Overflow.Wrap || SaturationBits != 0)
            b.Append(',').Append(Rounding.Spelling());
        if (Overflow != Overflow.Wrap || SaturationBits != 0)
            b.Append(',').Append(Overflow.Spelling());
        if (SaturationBits != 0)
            b.Append(CultureInfo.InvariantCulture, $",{SaturationBits}");
        return b.Append('>').ToString();
    }
}

/// <summary>AMD's spellings of the modes, without the AP_ prefix.</summary>
public static class ModeSpelling
{
    /// <summary>RND, RND_ZERO, RND_MIN_INF, RND_INF, RND_CONV, TRN or TRN_ZERO.</summary>
    public static string Spelling(this Rounding mode) => mode switch
    {
        Rounding.Rnd => "RND",
        Rounding.RndZero => "RND_ZERO",
        Rounding.RndMinInf => "RND_MIN_INF",
        Rounding.RndInf => "RND_INF",
        Rounding.RndConv => "RND_CONV",
        Rounding.Trn => "TRN",
        Rounding.TrnZero => "TRN_ZERO",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    /// <summary>SAT, SAT_ZERO, SAT_SYM, WRAP or WRAP_SM.</summary>
    public static string Spelling(this Overflow mode) => mode switch
    {
        Overflow.Sat => "SAT",
        Overflow.SatZero => "SAT_ZERO",
        Overflow.SatSym => "SAT_SYM",
        Overflow.Wrap => "WRAP",
        Overflow.WrapSm => "WRAP_SM",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };
}
