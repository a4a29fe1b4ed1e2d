using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Simulation;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Mantissas of samples, and what the managed simulator makes of them: all samples' outputs, and all layers' results.
/// </summary>
internal sealed record Expectation(CompiledModel Model, long[] Inputs, long[] Outputs, long[] Layers)
{
    public static Expectation Of(CompiledModel model, IEnumerable<long[]> samples)
    {
        List<long> inputs = [], outputs = [], layers = [];
        ManagedSimulator simulator = new(model.Model.Network);
        foreach (long[] sample in samples)
        {
            simulator.RunRaw(sample);
            inputs.AddRange(sample);
            foreach (NetworkOutput output in model.Model.Network.Outputs)
                outputs.AddRange(simulator[output.Value]);
            foreach (Layer layer in model.Model.Layers)
                layers.AddRange(simulator[layer.Output]);
        }
        return new Expectation(model, [.. inputs], [.. outputs], [.. layers]);
    }
}
