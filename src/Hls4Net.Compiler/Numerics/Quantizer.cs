namespace Hls4Net.Numerics;

/// <summary>A conversion from one fixed resolution to a type, prepared for use in a loop.</summary>
public readonly struct Quantizer
{
    private readonly FixedPointType _to;
    private readonly int _fraction;
    private readonly int _shift;
    private readonly long _min, _max, _half;
    private readonly int _unused;
    private readonly bool _fast;

    /// <param name="fraction">Binary digits right of the point of the mantissas to convert.</param>
    /// <param name="to">The type converted to.</param>
    public Quantizer(int fraction, FixedPointType to)
    {
        _to = to;
        _fraction = fraction;
        _shift = fraction - to.Fraction;
        _unused = 64 - to.Width;
        _min = (long)to.MinMantissa;
        _max = (long)to.MaxMantissa;
        bool simpleRounding = to.Rounding is Rounding.Rnd or Rounding.Trn;
        bool simpleOverflow = to.Overflow == Overflow.Sat || (to.Overflow == Overflow.Wrap && to.SaturationBits == 0);
        _fast = simpleRounding && simpleOverflow && _shift is >= 0 and < 62;
        _half = _fast && _shift > 0 && to.Rounding == Rounding.Rnd ? 1L << (_shift - 1) : 0;
    }

    /// <summary>
    /// The converted mantissa; adds one to <paramref name="overflows"/> where the value lies beyond the type's range.
    /// </summary>
    public long Apply(long mantissa, ref long overflows)
    {
        if (!_fast || mantissa > long.MaxValue - _half)
        {
            long result = (long)FixedPoint.Convert(mantissa, _fraction, _to, out bool overflow);
            overflows += overflow ? 1 : 0;
            return result;
        }
        long rounded = (mantissa + _half) >> _shift;
        if (rounded >= _min && rounded <= _max)
            return rounded;
        overflows++;
        if (_to.Overflow == Overflow.Sat)
            return rounded < 0 ? _min : _max;
        return _to.Signed ? rounded << _unused >> _unused : (long)((ulong)rounded << _unused >> _unused);
    }
}
