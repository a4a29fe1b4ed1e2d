using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Simulation;

/// <summary>
/// The network as it was imported, before any transform, operator by operator as ONNX defines them: what the firmware
/// is to compute. It takes samples as the ports carry them.
/// </summary>
/// <param name="network">The imported network, its inputs as the model has them.</param>
/// <param name="channelsLast">True where inputs with channels are fed channels-last (TransposeInputs).</param>
public sealed class ImportedReference(Network network, bool channelsLast)
{
    private readonly ReferenceSimulator _simulator = new(network, outputsOnly: true);

    /// <summary>An output of the sample last run.</summary>
    public ReadOnlySpan<double> Output(int port) => _simulator[network.Outputs[port].Value];

    /// <summary>
    /// The same sample with the elements of integer inputs as their element type has them: rounded, and saturated.
    /// </summary>
    public ReadOnlySpan<double> Representable(ReadOnlySpan<double> sample)
    {
        if (network.Inputs.All(i => i.Typing is null))
            return sample;
        double[] result = sample.ToArray();
        int at = 0;
        foreach (Value input in network.Inputs)
        {
            for (int i = 0; i < input.Shape.Size; i++, at++)
            {
                if (input.Typing is not null)
                    result[at] = (long)FixedPoint.Convert(result[at],
                        input.Type with { Rounding = Rounding.Rnd, Overflow = Overflow.Sat }, out _) * input.Type.Ulp;
            }
        }
        return result;
    }

    /// <summary>Runs a sample.</summary>
    /// <param name="sample">All inputs, one after another, each in the order of its port.</param>
    public void Run(ReadOnlySpan<double> sample) => _simulator.Run(InOrderOfModel(sample));

    /// <summary>Runs a sample, every value moved as far as roundings in another order may move it.</summary>
    public void RunRounded(ReadOnlySpan<double> sample, Random random) =>
        _simulator.RunRounded(InOrderOfModel(sample), random);

    private ReadOnlySpan<double> InOrderOfModel(ReadOnlySpan<double> sample) =>
        channelsLast ? ChannelsLast.InOrderOfModel(sample, network.Inputs) : sample;
}
