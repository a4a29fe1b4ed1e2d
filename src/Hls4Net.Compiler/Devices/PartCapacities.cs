using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Hls4Net.Devices;

/// <summary>
/// What an FPGA has: look-up tables, flip-flops, DSP blocks, block RAMs of 18 Kbit (iCE40: of 4 Kbit) and UltraRAMs.
/// </summary>
public sealed record PartCapacity(long Lut, long Ff, long Dsp, long Bram18, long Uram);

/// <summary>
/// The capacities of parts in common use. LUTs are the family's own: of six inputs with AMD, of four with Lattice and
/// Gowin; DSP blocks are multipliers of 18 by 18 with Lattice and Gowin, and accumulators of 16 by 16 in iCE40. Every
/// row was held against a source other than the one it was written from (see the table); a part for which there was
/// none, or for which two disagree, is not here.
/// </summary>
public static partial class PartCapacities
{
    // Die, LUT, FF, DSP, block RAM of 18 Kbit, UltraRAM. Held against, 2026-11-29:
    // AMD, all rows: public lists of the 7 series, UltraScale, UltraScale+ and Versal by device (LUTs, block RAMs of 36
    // Kbit, UltraRAMs, DSP blocks; two flip-flops a LUT, as in UG474, UG574 and AM005; counted in tools' reports for
    // the parts below). AMD's own data sheets were not at hand. AMD, as "Available" in reports of Vivado and Vitis HLS
    // too: xc7vx690t, xc7z020, xcku025, xcku035, xcku115, xcu50, xcu250, xcvc1902, xcvu9p, xcvu11p, xcvu13p, xczu7,
    // xczu9, xczu49dr; the test compares the reports that there are. ECP5: map reports of Lattice Diamond (LUTS_avail,
    // EBR_avail, half of DSP_MULT_avail, which counts multipliers of 9 by 9). iCE40 and Gowin: the utilisation that
    // nextpnr reports (ICESTORM_LC, ICESTORM_RAM, ICESTORM_DSP; LUT4, DFF, BSRAM, MULT18X18), for LP8K a distributor's
    // parameters (7680 LUTs, 128 Kbit).
    private const string Table = """
        xc7s6 3752 7504 10 10 0
        xc7s15 8000 16000 20 20 0
        xc7s25 14600 29200 80 90 0
        xc7s50 32600 65200 120 150 0
        xc7s75 48000 96000 140 180 0
        xc7s100 64000 128000 160 240 0
        xc7a12t 8000 16000 40 40 0
        xc7a15t 10400 20800 45 50 0
        xc7a25t 14600 29200 80 90 0
        xc7a35t 20800 41600 90 100 0
        xc7a50t 32600 65200 120 150 0
        xc7a75t 47200 94400 180 210 0
        xc7a100t 63400 126800 240 270 0
        xc7a200t 134600 269200 740 730 0
        xc7k70t 41000 82000 240 270 0
        xc7k160t 101400 202800 600 650 0
        xc7k325t 203800 407600 840 890 0
        xc7k355t 222600 445200 1440 1430 0
        xc7k410t 254200 508400 1540 1590 0
        xc7k420t 260600 521200 1680 1670 0
        xc7k480t 298600 597200 1920 1910 0
        xc7v585t 364200 728400 1260 1590 0
        xc7v2000t 1221600 2443200 2160 2584 0
        xc7vx330t 204000 408000 1120 1500 0
        xc7vx415t 257600 515200 2160 1760 0
        xc7vx485t 303600 607200 2800 2060 0
        xc7vx550t 346400 692800 2880 2360 0
        xc7vx690t 433200 866400 3600 2940 0
        xc7vx980t 612000 1224000 3600 3000 0
        xc7z007s 14400 28800 66 100 0
        xc7z010 17600 35200 80 120 0
        xc7z012s 34400 68800 120 144 0
        xc7z014s 40600 81200 170 214 0
        xc7z015 46200 92400 160 190 0
        xc7z020 53200 106400 220 280 0
        xc7z030 78600 157200 400 530 0
        xc7z035 171900 343800 900 1000 0
        xc7z045 218600 437200 900 1090 0
        xc7z100 277400 554800 2020 1510 0
        xcku025 145440 290880 1152 720 0
        xcku035 203128 406256 1700 1080 0
        xcku040 242400 484800 1920 1200 0
        xcku060 331680 663360 2760 2160 0
        xcku085 497520 995040 4100 3240 0
        xcku095 537600 1075200 768 3360 0
        xcku115 663360 1326720 5520 4320 0
        xcvu065 358080 716160 600 2520 0
        xcvu080 445712 891424 672 2842 0
        xcvu095 537600 1075200 768 3456 0
        xcvu125 716160 1432320 1200 5040 0
        xcvu160 926400 1852800 1560 6552 0
        xcvu190 1074240 2148480 1800 7560 0
        xcvu440 2532960 5065920 2880 5040 0
        xcau10p 44000 88000 400 200 0
        xcau15p 77760 155520 576 288 0
        xcau25p 141000 282000 1200 600 0
        xcku3p 162720 325440 1368 720 48
        xcku5p 216960 433920 1824 960 64
        xcku9p 274080 548160 2520 1824 0
        xcku11p 298560 597120 2928 1200 80
        xcku13p 341280 682560 3528 1488 112
        xcku15p 522720 1045440 1968 1968 128
        xcvu3p 394080 788160 2280 1440 320
        xcvu5p 600577 1201154 3474 2048 470
        xcvu7p 788160 1576320 4560 2880 640
        xcvu9p 1182240 2364480 6840 4320 960
        xcvu11p 1296000 2592000 9216 4032 960
        xcvu13p 1728000 3456000 12288 5376 1280
        xcvu19p 4085760 8171520 3840 4320 320
        xcvu27p 1296000 2592000 9216 4032 960
        xcvu29p 1728000 3456000 12288 5376 1280
        xcvu31p 439680 879360 2880 1344 320
        xcvu33p 439680 879360 2880 1344 320
        xcvu35p 871680 1743360 5952 2688 640
        xcvu37p 1303680 2607360 9024 4032 960
        xcvu45p 871680 1743360 5952 2688 640
        xcvu47p 1303680 2607360 9024 4032 960
        xcvu57p 1303680 2607360 9024 4032 960
        xcu50 871680 1743360 5952 2688 640
        xcu55c 1303680 2607360 9024 4032 960
        xcu200 1182240 2364480 6840 4320 960
        xcu250 1728000 3456000 12288 5376 1280
        xcu280 1303680 2607360 9024 4032 960
        xczu1 37440 74880 216 216 0
        xczu2 47232 94464 240 300 0
        xczu3 70560 141120 360 432 0
        xczu4 87840 175680 728 256 48
        xczu5 117120 234240 1248 288 64
        xczu6 214604 429208 1973 1428 0
        xczu7 230400 460800 1728 624 96
        xczu9 274080 548160 2520 1824 0
        xczu11 298560 597120 2928 1200 80
        xczu15 341280 682560 3528 1488 112
        xczu17 423403 846806 1590 1592 102
        xczu19 522720 1045440 1968 1968 128
        xczu21dr 425280 850560 4272 2160 80
        xczu25dr 310088 620176 3145 1584 48
        xczu27dr 425280 850560 4272 2160 80
        xczu28dr 425280 850560 4272 2160 80
        xczu29dr 425280 850560 4272 2160 80
        xczu39dr 425280 850560 4272 2160 80
        xczu43dr 425280 850560 4272 2160 80
        xczu46dr 425280 850560 4272 2160 80
        xczu47dr 425280 850560 4272 2160 80
        xczu48dr 425280 850560 4272 2160 80
        xczu49dr 425280 850560 4272 2160 80
        xck26 117120 234240 1248 288 64
        xcve2302 150272 300544 464 310 155
        xcve2802 520704 1041408 1312 1200 264
        xcvc1902 899840 1799680 1968 1934 463
        xcvm1802 899840 1799680 1968 1934 463
        xcvp1202 900224 1800448 3984 2682 677
        xcvp1802 3360896 6721792 14352 9882 2549
        lfe5-25 24288 24288 28 56 0
        lfe5-45 43848 43848 72 108 0
        lfe5-85 83640 83640 156 208 0
        ice40lp8k 7680 7680 0 32 0
        ice40hx1k 1280 1280 0 16 0
        ice40hx8k 7680 7680 0 32 0
        ice40up5k 5280 5280 8 30 0
        gw1n-9 8640 6480 20 26 0
        gw2a-18 20736 15552 48 46 0
        """;

    private static readonly FrozenDictionary<string, PartCapacity> s_parts = Table.Split('\n')
        .Select(line => line.Trim().Split(' '))
        .ToFrozenDictionary(c => c[0], c => new PartCapacity(Number(c[1]), Number(c[2]), Number(c[3]), Number(c[4]),
            Number(c[5])), StringComparer.Ordinal);

    /// <summary>The dies of the table.</summary>
    public static IEnumerable<string> Dies => s_parts.Keys.Order(StringComparer.Ordinal);

    /// <summary>
    /// What a part has, by its name with or without package and speed grade; null for one that the table does not have.
    /// </summary>
    public static PartCapacity? Of(string part)
    {
        string name = part.ToLowerInvariant();
        string die = Ecp5().Match(name) is { Success: true } ecp5 ? $"lfe5-{ecp5.Groups["size"].Value}"
            : Ice40().Match(name) is { Success: true } ice40 ? $"ice40{ice40.Groups["size"].Value}"
            : Gowin().Match(name) is { Success: true } gowin
                ? $"{gowin.Groups["family"].Value}-{gowin.Groups["size"].Value}"
            : Automotive().Replace(name, "xc");
        return s_parts.Where(p => Begins(die, p.Key)).OrderByDescending(p => p.Key.Length).Select(p => p.Value)
            .FirstOrDefault();
    }

    // The letters behind a die's name are its variant or its package; a digit would belong to another die.
    private static bool Begins(string name, string die) =>
        name.StartsWith(die, StringComparison.Ordinal)
            && (name.Length == die.Length || !(char.IsAsciiDigit(die[^1]) && char.IsAsciiDigit(name[die.Length])));

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^l[af]e5um?(5g)?-?(?<size>[0-9]+)")]
    private static partial Regex Ecp5();

    [GeneratedRegex(@"^ice40-?(?<size>[a-z]{2}[0-9]+k?)")]
    private static partial Regex Ice40();

    // GW1NR-LV9QN88PC6/I5 is a GW1N-9 with memory in its package.
    [GeneratedRegex(@"^(?<family>gw1n|gw2a)[a-z]*-?[a-z]{0,2}(?<size>[0-9]+)")]
    private static partial Regex Gowin();

    // Automotive and defence grades of the same dies.
    [GeneratedRegex(@"^x[aq](?=[7kvz])")]
    private static partial Regex Automotive();
}
