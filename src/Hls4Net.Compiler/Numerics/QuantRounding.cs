namespace Hls4Net.Numerics;

/// <summary>QONNX's rounding modes (the Quant operator's rounding_mode attribute).</summary>
public enum QuantRounding
{
    /// <summary>ROUND: to nearest, ties to even.</summary>
    HalfEven,

    /// <summary>HALF_UP: to nearest, ties away from zero.</summary>
    HalfUp,

    /// <summary>HALF_DOWN: to nearest, ties towards zero.</summary>
    HalfDown,

    /// <summary>CEIL: towards plus infinity.</summary>
    Ceil,

    /// <summary>FLOOR: towards minus infinity.</summary>
    Floor,

    /// <summary>UP: away from zero.</summary>
    Up,

    /// <summary>DOWN and ROUND_TO_ZERO: towards zero.</summary>
    Down,
}

/// <summary>The modes as functions and as boundaries between levels.</summary>
public static class QuantRoundingExtensions
{
    /// <summary>A real number rounded to an integer.</summary>
    public static double Apply(this QuantRounding mode, double value)
    {
        switch (mode)
        {
            case QuantRounding.HalfEven:
                return Math.Round(value, MidpointRounding.ToEven);
            case QuantRounding.HalfUp:
                return Math.Round(value, MidpointRounding.AwayFromZero);
            case QuantRounding.HalfDown:
                double truncated = Math.Truncate(value);
                return Math.Abs(value - truncated) > 0.5 ? truncated + Math.Sign(value) : truncated;
            case QuantRounding.Ceil:
                return Math.Ceiling(value);
            case QuantRounding.Floor:
                return Math.Floor(value);
            case QuantRounding.Up:
                return value < 0 ? Math.Floor(value) : Math.Ceiling(value);
            case QuantRounding.Down:
                return Math.Truncate(value);
            default:
                throw new ArgumentOutOfRangeException(nameof(mode));
        }
    }

    /// <summary>
    /// Where the rounded value reaches <paramref name="level"/>: from the boundary on (inclusive), or above it.
    /// </summary>
    public static (Rational Boundary, bool Inclusive) Boundary(this QuantRounding mode, long level)
    {
        Rational boundary = mode switch
        {
            QuantRounding.HalfEven or QuantRounding.HalfUp or QuantRounding.HalfDown => level - new Rational(1, 2),
            QuantRounding.Ceil => level - 1,
            QuantRounding.Floor => level,
            QuantRounding.Up => level >= 1 ? level - 1 : level,
            QuantRounding.Down => level >= 1 ? level : level - 1,
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
        return (boundary, mode.Inclusive(level));
    }

    /// <summary>Whether the boundary itself already reaches <paramref name="level"/>.</summary>
    public static bool Inclusive(this QuantRounding mode, long level) => mode switch
    {
        QuantRounding.HalfEven => long.IsEvenInteger(level),
        QuantRounding.HalfUp => level >= 1,
        QuantRounding.HalfDown => level <= 0,
        QuantRounding.Ceil => false,
        QuantRounding.Floor => true,
        QuantRounding.Up => level <= 0,
        QuantRounding.Down => level >= 1,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    /// <summary>The mode of fixed-point conversion that does the same; null where there is none.</summary>
    public static Rounding? AsFixedPoint(this QuantRounding mode) => mode switch
    {
        QuantRounding.HalfEven => Rounding.RndConv,
        QuantRounding.HalfUp => Rounding.RndInf,
        QuantRounding.HalfDown => Rounding.RndZero,
        QuantRounding.Floor => Rounding.Trn,
        QuantRounding.Down => Rounding.TrnZero,
        _ => null,
    };
}
