using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Programs.Lowering;

namespace Hls4Net.Circuits;

/// <summary>Layers that have no Verilog.</summary>
internal static class VerilogLimits
{
    /// <summary>Why a layer has none, and what else can be done.</summary>
    public static ModelException Refused(Layer layer, string reason) =>
        new(Descriptors.NotLowered,
            $"layer {layer.Name} ({layer.Operation.Kind}): {reason}; or synthesize the HLS C++ of this model, with "
            + "HlsSynthesizer=Vitis");

    /// <summary>What is made of a layer's program.</summary>
    /// <exception cref="ModelException">A limit of lowering is passed (HLS5201).</exception>
    public static T Of<T>(Layer layer, Func<T> lower)
    {
        try
        {
            return lower();
        }
        catch (LoweringLimitException limit)
        {
            throw Refused(layer, limit.Message);
        }
        catch (OverflowException)
        {
            throw Refused(layer, LayerLowering.TooWide);
        }
    }
}
