using Hls4Net.Numerics;

namespace Hls4Net.Hls;

/// <summary>The types of AMD's headers, whose names other tools have taken over.</summary>
internal static class ApTypes
{
    public static string Fixed(FixedPointType type)
    {
        string name = type.Signed ? "ap_fixed" : "ap_ufixed";
        string modes = (type.Rounding, type.Overflow, type.SaturationBits) switch
        {
            (Rounding.Trn, Overflow.Wrap, 0) => "",
            (_, _, 0) => $", AP_{type.Rounding.Spelling()}, AP_{type.Overflow.Spelling()}",
            _ => $", AP_{type.Rounding.Spelling()}, AP_{type.Overflow.Spelling()}, {type.SaturationBits}",
        };
        return $"{name}<{type.Width}, {type.Integer}{modes}>";
    }

    public static string Integer(int width, bool signed) => $"{(signed ? "ap_int" : "ap_uint")}<{width}>";
}
