namespace Hls4Net.Devices;

/// <summary>What the emitted Verilog is for.</summary>
public enum Family
{
    /// <summary>AMD 7 series: Artix-7, Kintex-7, Virtex-7, Zynq-7000.</summary>
    Series7,

    /// <summary>AMD UltraScale.</summary>
    UltraScale,

    /// <summary>AMD UltraScale+ and Versal.</summary>
    UltraScalePlus,

    /// <summary>Lattice ECP5.</summary>
    Ecp5,

    /// <summary>Lattice iCE40.</summary>
    Ice40,

    /// <summary>Gowin GW1N and GW2A.</summary>
    Gowin,

    /// <summary>No FPGA: cells of a library, or gates.</summary>
    Asic,

    /// <summary>Anything else: no primitives, adders of two operands.</summary>
    Generic,
}

/// <summary>The device and the clock that a network is pipelined for.</summary>
/// <param name="Family">The device's family.</param>
/// <param name="ClockPeriodNs">The clock's period.</param>
public sealed record Target(Family Family, double ClockPeriodNs)
{
    /// <summary>What its sums are made of.</summary>
    internal Fabric Fabric => Fabric.Of(Family);

    /// <summary>True for AMD's families, whose LUTs have six inputs.</summary>
    public static bool IsAmd(Family family) => family is Family.Series7 or Family.UltraScale or Family.UltraScalePlus;

    /// <summary>What a family is called in reports.</summary>
    public static string NameOf(Family family) => family switch
    {
        Family.Series7 => "7 series",
        Family.UltraScale => "UltraScale",
        Family.UltraScalePlus => "UltraScale+",
        Family.Ecp5 => "ECP5",
        Family.Ice40 => "iCE40",
        Family.Gowin => "Gowin",
        Family.Asic => "ASIC",
        Family.Generic => "generic",
        _ => throw new ArgumentOutOfRangeException(nameof(family)),
    };

    /// <summary>True for Versal: xcvc…, xcve…, xcvh…, xcvm…, xcvn…, xcvp…; xcvu… is Virtex UltraScale.</summary>
    public static bool IsVersal(string part) =>
        part.Length > 4 && part.StartsWith("xcv", StringComparison.OrdinalIgnoreCase)
            && "cehmnp".Contains(char.ToLowerInvariant(part[3]), StringComparison.Ordinal);

    /// <summary>The family of a part by its name, such as xcvu13p-flga2577-2-e; asic for none.</summary>
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
        if (Begins("xczu", "xazu", "xqzu", "xck26", "xck24", "xcv80", "xcau", "xcu2", "xcu5", "xcux") || IsVersal(part))
            return Family.UltraScalePlus;
        if (Begins("xcku", "xcvu", "xqku", "xqvu"))
            // UltraScale+ parts have a p behind their number: xcvu13p, xcku5p.
            return name.Skip(4).SkipWhile(char.IsAsciiDigit).FirstOrDefault() == 'p' ? Family.UltraScalePlus
                : Family.UltraScale;
        if (Begins("lfe5", "lae5"))
            return Family.Ecp5;
        if (Begins("ice40"))
            return Family.Ice40;
        if (Begins("gw1n", "gw2a"))
            return Family.Gowin;
        return name == "asic" ? Family.Asic : Family.Generic;
    }
}
