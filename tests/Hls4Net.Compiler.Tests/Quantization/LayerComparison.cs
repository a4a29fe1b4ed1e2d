using System.Globalization;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Simulation;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Quantization;

/// <summary>Holds compiled firmware to the managed simulator, on every bit of every layer.</summary>
internal static class LayerComparison
{
    /// <param name="model">The model.</param>
    /// <param name="samples">Mantissas of all inputs, sample by sample.</param>
    /// <param name="firmware">The compiled batch.</param>
    /// <param name="index">The model's place in it.</param>
    /// <returns>What differs; null where nothing does.</returns>
    public static string? Difference(CompiledModel model, IReadOnlyList<long[]> samples, FirmwareBatch firmware,
        int index)
    {
        ManagedSimulator simulator = new(model.Model.Network);
        List<long> layers = [], outputs = [];
        foreach (long[] sample in samples)
        {
            simulator.RunRaw(sample);
            foreach (Layer layer in model.Model.Layers)
                layers.AddRange(simulator[layer.Output]);
            foreach (NetworkOutput port in model.Model.Network.Outputs)
                outputs.AddRange(simulator[port.Value]);
        }
        long[] nativeOutputs = new long[outputs.Count], nativeLayers = new long[layers.Count];
        if (firmware.TraceOf(index)([.. samples.SelectMany(s => s)], nativeOutputs, nativeLayers, samples.Count) != 0)
            return $"the firmware fails: {firmware.Error()}";
        return Difference("layers", [.. layers], nativeLayers) ?? Difference("outputs", [.. outputs], nativeOutputs);
    }

    private static string? Difference(string what, long[] managed, long[] native)
    {
        int at = managed.AsSpan().CommonPrefixLength(native);
        return at == managed.Length ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{what}: number {at} of {managed.Length} is {managed[at]} in the managed simulator, {native[at]} in "
                + $"the compiled C++");
    }
}
