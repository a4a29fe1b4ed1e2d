using Hls4Net.Devices;
using Hls4Net.Synthesis;

namespace Hls4Net.Tests.Estimation;

public sealed class PartCapacitiesTests
{
    [Theory]
    [InlineData("xcvu13p-flga2577-2-e", 1_728_000, 12_288)]
    [InlineData("xc7z020clg400-1", 53_200, 220)]
    [InlineData("XC7Z020-1CLG484", 53_200, 220)]
    [InlineData("xa7z020clg484-1i", 53_200, 220)]
    [InlineData("xczu4ev-sfvc784-1-i", 87_840, 728)]
    [InlineData("xczu49dr-ffvf1760-2-e", 425_280, 4_272)]
    [InlineData("xcku3p-ffva676-1-e", 162_720, 1_368)]
    [InlineData("xcu55c-fsvh2892-2L-e", 1_303_680, 9_024)]
    [InlineData("xcvc1902-vsva2197-2MP-e-S", 899_840, 1_968)]
    [InlineData("LFE5U-45F-8BG381C", 43_848, 72)]
    [InlineData("LFE5UM5G-85F-8BG381C", 83_640, 156)]
    [InlineData("iCE40UP5K-SG48", 5_280, 8)]
    [InlineData("ice40-hx8k-ct256", 7_680, 0)]
    [InlineData("GW1NR-LV9QN88PC6/I5", 8_640, 20)]
    [InlineData("GW2A-LV18PG256C8/I7", 20_736, 48)]
    public void A_part_is_its_die_whatever_its_package_and_grade(string part, long lut, long dsp)
    {
        PartCapacity capacity = PartCapacities.Of(part)!;
        Assert.Equal((lut, dsp), (capacity.Lut, capacity.Dsp));
    }

    [Theory]
    [InlineData("asic")]
    [InlineData("xczu999-x")]
    [InlineData("xc7z0200clg400-1")]
    [InlineData("5CSEMA5F31C6")]
    [InlineData("")]
    public void A_part_that_the_table_does_not_have_is_unknown(string part) => Assert.Null(PartCapacities.Of(part));

    [Fact]
    public void Every_die_of_the_table_is_found_by_its_own_name_and_has_what_all_have() =>
        Assert.All(PartCapacities.Dies, die =>
    {
        PartCapacity capacity = PartCapacities.Of(die)!;
        Assert.InRange(capacity.Lut, 384, 10_000_000);
        // Gowin has fewer registers than LUTs.
        Assert.InRange((double)capacity.Ff / capacity.Lut, 0.75, 2.01);
    });

    // Independent of the vendors' tables: what the tools' reports say that there is.
    [SkippableFact]
    public void The_table_says_what_the_tools_say()
    {
        int compared = 0;
        foreach (string path in Directory.EnumerateFiles(SharedData.Require("hls-reports"), "*csynth.xml",
            SearchOption.AllDirectories))
        {
            DesignReport report;
            try
            {
                report = ReportReader.ReadFile(path);
            }
            catch (Diagnostics.ModelException)
            {
                continue;
            }
            if (report.Part is null || PartCapacities.Of(report.Part) is not PartCapacity capacity
                || report.Available is not { Lut: not null } available)
                continue;
            Assert.Equal((path, available.Lut, available.Ff, available.Dsp, available.Bram18),
                (path, capacity.Lut, capacity.Ff, capacity.Dsp, capacity.Bram18));
            compared++;
        }
        Assert.True(compared >= 10, $"only {compared} reports were compared");
    }
}
