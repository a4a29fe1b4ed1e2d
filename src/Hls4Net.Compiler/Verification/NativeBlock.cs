using Hls4Net.Simulation;
using Hls4Net.Vectors;

namespace Hls4Net.Verification;

/// <summary>
/// What the compiled firmware gives for some samples, one after another; the next ones take their place.
/// </summary>
/// <param name="firmware">The firmware.</param>
/// <param name="capacity">How many samples at most.</param>
internal sealed class NativeBlock(NativeFirmware firmware, int capacity)
{
    private readonly long[] _inputs = new long[capacity * firmware.InputSize];
    private readonly long[] _layers = new long[capacity * firmware.TraceSize];
    private readonly long[] _outputs = new long[capacity * firmware.OutputSize];
    private readonly long[] _tracedOutputs = new long[capacity * firmware.OutputSize];

    /// <summary>Runs samples, with and without recording the layers.</summary>
    public void Run(TestVectors vectors, int start, int count)
    {
        Span<long> inputs = _inputs.AsSpan(0, count * firmware.InputSize);
        firmware.Quantize(vectors.Inputs.AsSpan(start * firmware.InputSize, inputs.Length), inputs);
        firmware.Trace(inputs, _tracedOutputs, _layers);
        firmware.Predict(inputs, _outputs);
    }

    /// <summary>Runs one sample of mantissas.</summary>
    public void Run(long[] inputs)
    {
        inputs.CopyTo(_inputs.AsSpan());
        firmware.Trace(inputs, _tracedOutputs, _layers);
        firmware.Predict(inputs, _outputs);
    }

    /// <summary>The mantissas of all inputs of a sample.</summary>
    public ReadOnlySpan<long> Inputs(int place) => Of(_inputs, place);

    /// <summary>The mantissas of all layers of a sample.</summary>
    public ReadOnlySpan<long> Layers(int place) => Of(_layers, place);

    /// <summary>The mantissas of all outputs of a sample.</summary>
    public ReadOnlySpan<long> Outputs(int place) => Of(_outputs, place);

    /// <summary>The same, given while layers were recorded.</summary>
    public ReadOnlySpan<long> TracedOutputs(int place) => Of(_tracedOutputs, place);

    private ReadOnlySpan<long> Of(long[] all, int place) =>
        all.AsSpan(place * (all.Length / capacity), all.Length / capacity);
}
