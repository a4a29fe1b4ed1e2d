using Hls4Net.Simulation;
using Hls4Net.Tests.Properties;

namespace Hls4Net.Tests.Streams;

/// <summary>Compiled io_stream firmware beside the managed simulator.</summary>
internal static class StreamFirmware
{
    private const int Samples = 3;

    /// <summary>
    /// Every bit of every layer is the same, and what runs within the FIFOs' depths as hard limits comes to the same
    /// end.
    /// </summary>
    public static void AssertEqual(IReadOnlyList<CompiledModel> models)
    {
        using FirmwareBatch firmware = FirmwareBatch.Compile(models, "-O0"),
            limited = FirmwareBatch.Compile(models, "-O0", "-DHLS4NET_STREAM_DEPTH_CHECK");
        for (int i = 0; i < models.Count; i++)
        {
            (long[] input, long[] outputs, long[] layers) = Run(models[i], i);
            long[] tracedOutputs = new long[outputs.Length], traced = new long[layers.Length];
            Assert.True(firmware.TraceOf(i)(input, tracedOutputs, traced, Samples) == 0,
                $"{models[i].Options.ModelName}: {firmware.Error()}");
            int at = layers.AsSpan().CommonPrefixLength(traced);
            Assert.True(at == layers.Length, $"{models[i].Options.ModelName}: {Layer(models[i], at)} differs");
            Assert.Equal(outputs, tracedOutputs);
            AssertEqual(models[i], limited, i);
        }
    }

    /// <summary>The outputs are the same.</summary>
    public static void AssertEqual(CompiledModel model, FirmwareBatch firmware, int index)
    {
        (long[] input, long[] expected, _) = Run(model, index);
        long[] outputs = new long[expected.Length];
        Assert.True(firmware.PredictOf(index)(input, outputs, Samples) == 0,
            $"{model.Options.ModelName}: {firmware.Error()}");
        Assert.Equal(expected, outputs);
    }

    // The layer that an element of the trace belongs to.
    private static string Layer(CompiledModel model, int at)
    {
        at %= model.Model.Layers.Sum(l => l.Output.Shape.Size);
        foreach (Hls4Net.Layers.Layer layer in model.Model.Layers)
        {
            if (at < layer.Output.Shape.Size)
                return $"element {at} of {layer.Name} ({layer.Operation.Kind})";
            at -= layer.Output.Shape.Size;
        }
        throw new InvalidOperationException("no layer");
    }

    private static (long[] Input, long[] Outputs, long[] Layers) Run(CompiledModel model, int seed)
    {
        ManagedSimulator simulator = new(model.Model.Network);
        Random random = new(seed);
        List<long> inputs = [], outputs = [], layers = [];
        for (int sample = 0; sample < Samples; sample++)
        {
            long[] input = [.. model.Model.Network.Inputs.SelectMany(port => Enumerable.Range(0, port.Shape.Size)
                .Select(_ => random.NextInt64((long)port.Type.MinMantissa, (long)port.Type.MaxMantissa)))];
            simulator.RunRaw(input);
            inputs.AddRange(input);
            outputs.AddRange(model.Model.Network.Outputs.SelectMany(o => simulator[o.Value].ToArray()));
            layers.AddRange(model.Model.Layers.SelectMany(l => simulator[l.Output].ToArray()));
        }
        return ([.. inputs], [.. outputs], [.. layers]);
    }
}
