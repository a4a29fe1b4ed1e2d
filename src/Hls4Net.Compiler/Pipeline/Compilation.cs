using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Vectors;

namespace Hls4Net.Pipeline;

/// <summary>What the pipeline makes of a model: everything that printers, simulators and reports read.</summary>
/// <param name="Options">The options it was compiled with.</param>
/// <param name="Sha256">The digest of the model file, in lower case.</param>
/// <param name="Imported">The network as it was imported, before any transform, its inputs as the model has them: the
/// floating-point reference.</param>
/// <param name="Network">The transformed network on real numbers: it computes the same, and has the layers of the typed
/// one.</param>
/// <param name="Model">The network on mantissas, and its layers.</param>
/// <param name="Point">All that was decided of it.</param>
/// <param name="Streams">What its streams carry; null in io_parallel.</param>
/// <param name="Given">The project's test vectors; null where it names none.</param>
internal sealed record Compilation(
    ModelOptions Options, string Sha256, Network Imported, Network Network, TypedModel Model, DesignPoint Point,
    StreamPlan? Streams, TestVectors? Given)
{
    /// <summary>What all passes have made of a model.</summary>
    public static Compilation Of(Draft draft) =>
        new(
            draft.Options, draft.Sha256, draft.Imported, draft.Network, draft.Model!, draft.Point!, draft.Streams,
            draft.Vectors);

    private readonly Lazy<TestVectors> _vectors = new(() => Given ?? RandomVectors.Make(Model.Network));

    /// <summary>The project's test vectors, random ones where it names none.</summary>
    public TestVectors Vectors => _vectors.Value;

    /// <summary>The mantissas of the first test vectors, all inputs one after another.</summary>
    /// <param name="count">How many vectors, at most.</param>
    public IEnumerable<long[]> Samples(int count)
    {
        (Typing Typing, int Element)[] ports =
            [.. Model.Network.Inputs.SelectMany(v => Enumerable.Range(0, v.Shape.Size).Select(i => (v.Typing!, i)))];
        return Enumerable.Range(0, Math.Min(count, Vectors.Count)).Select(i => Mantissas(Vectors.Input(i)));

        long[] Mantissas(ReadOnlySpan<double> sample)
        {
            long[] mantissas = new long[ports.Length];
            for (int i = 0; i < ports.Length; i++)
                mantissas[i] = ports[i].Typing.Convert(sample[i], ports[i].Element, out _);
            return mantissas;
        }
    }
}
