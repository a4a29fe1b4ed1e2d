namespace Hls4Net.Rtl;

/// <summary>What the emitted Verilog is for.</summary>
public enum Family
{
    /// <summary>AMD 7 series: Artix-7, Kintex-7, Virtex-7, Zynq-7000.</summary>
    Series7,

    /// <summary>AMD UltraScale.</summary>
    UltraScale,

    /// <summary>AMD UltraScale+ and Versal.</summary>
    UltraScalePlus,

    /// <summary>Anything else: no primitives, adders of two operands.</summary>
    Generic,
}

/// <summary>The device and the clock that a network is pipelined for.</summary>
/// <param name="Family">The device's family.</param>
/// <param name="ClockPeriodNs">The clock's period.</param>
public sealed record Target(Family Family, double ClockPeriodNs)
{
    /// <summary>Three where a LUT6 and the carry chain behind it add as many (two functions of five inputs share a LUT), else two.</summary>
    public int AdderOperands => Family == Family.Generic ? 2 : 3;

    /// <summary>The family of a part by its name, such as xcvu13p-flga2577-2-e.</summary>
    public static Family FamilyOf(string part)
    {
        string name = part.ToLowerInvariant();
        bool Begins(params ReadOnlySpan<string> prefixes)
        {
            foreach (string prefix in prefixes)
            {
                if (name.StartsWith(prefix, StringComparison.Ordinal))
                    return true;
            }
            return false;
        }
        if (Begins("xc7", "xa7", "xq7"))
            return Family.Series7;
        if (Begins("xczu", "xazu", "xqzu", "xck26", "xck24", "xcv80", "xcvc", "xcvm", "xcve", "xcvp", "xcvh", "xcau", "xcau", "xcu2", "xcu5", "xcux"))
            return Family.UltraScalePlus;
        if (Begins("xcku", "xcvu", "xqku", "xqvu"))
            // UltraScale+ parts have a p behind their number: xcvu13p, xcku5p.
            return name.Skip(4).SkipWhile(char.IsAsciiDigit).FirstOrDefault() == 'p' ? Family.UltraScalePlus : Family.UltraScale;
        return Family.Generic;
    }
}
