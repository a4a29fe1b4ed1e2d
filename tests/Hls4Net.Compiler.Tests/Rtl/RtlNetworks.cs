using Hls4Net.Diagnostics;
using Hls4Net.Rtl;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Rtl;

/// <summary>Random networks as Verilog, for one device and clock after another.</summary>
internal static class RtlNetworks
{
    private const int MaxValues = 1500;

    private static readonly Target[] s_targets =
        [new(Family.UltraScalePlus, 5), new(Family.UltraScalePlus, 2), new(Family.Generic, 4), new(Family.Series7, 10), new(Family.UltraScale, 1)];

    /// <summary>The first networks from a seed on that compile and can be lowered.</summary>
    public static IEnumerable<(RandomNetwork Network, RtlDesign Design)> From(int seed, int count, Family? family = null)
    {
        int made = 0;
        foreach (RandomNetwork network in RandomNetwork.From(seed))
        {
            Target target = s_targets[made % s_targets.Length];
            RtlDesign design;
            try
            {
                design = RtlDesign.Build(network.Model!.Options.ModelName, network.Model.Model, target with { Family = family ?? target.Family });
            }
            catch (ModelException e) when (e.Descriptor == Descriptors.NotLowered)
            {
                continue;
            }
            // Unrolled convolutions can be large, and simulators slow.
            if (design.Layers.Sum(l => l.Program.Values.Length) > MaxValues)
                continue;
            yield return (network, design);
            if (++made == count)
                yield break;
        }
    }
}
