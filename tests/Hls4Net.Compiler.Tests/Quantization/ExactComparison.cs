using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using Hls4Net.Simulation;

namespace Hls4Net.Tests.Quantization;

/// <summary>Holds the managed simulator to the exact meaning of the model, sample by sample.</summary>
internal sealed class ExactComparison(ModelProto proto, CompiledModel model)
{
    private readonly ManagedSimulator _simulator = new(model.Model.Network);
    private readonly Dictionary<Value, Node> _makers = model.Model.Network.Nodes.ToDictionary(n => n.Output);

    /// <summary>The exact model.</summary>
    public ExactModel Exact { get; } = new(proto);

    public IReadOnlyList<NetworkOutput> Outputs => Network.Outputs;

    private Network Network => model.Model.Network;

    /// <summary>What differs for a sample of the inputs' own mantissas; null where all is equal.</summary>
    public string? Difference(long[] mantissas)
    {
        _simulator.RunRaw(mantissas);
        return Difference(Exact.Run(Inputs()));
    }

    /// <summary>
    /// What differs for a sample of real numbers, which the interface first converts to its own; null where all is
    /// equal.
    /// </summary>
    public string? Difference(ReadOnlySpan<double> sample)
    {
        _simulator.Run(sample);
        return Difference(Exact.Run(Inputs()));
    }

    /// <summary>Random mantissas for all inputs: ends, numbers around zero, and arbitrary ones.</summary>
    public long[] Sample(Random random) =>
        [.. Network.Inputs.SelectMany(input => input.Typing!.Range).Select(r => random.Next(8) switch
    {
        0 => (long)r.Min,
        1 => (long)r.Max,
        2 => Math.Clamp(random.Next(-2, 3), (long)r.Min, (long)r.Max),
        _ => random.NextInt64((long)r.Min, (long)r.Max + 1),
    })];

    /// <summary>An output of the sample last compared, as the firmware gives it.</summary>
    public Fraction[] Output(NetworkOutput output) => Numbers(output.Value);

    private ExactTensor[] Inputs() =>
        [.. Network.Inputs.Select(input => new ExactTensor([.. input.Shape.Dimensions], Numbers(input)))];

    private Fraction[] Numbers(Value value) =>
        [.. _simulator[value].ToArray().Select(m => Fraction.Scaled(m, value.Type.Fraction))];

    private string? Difference(IReadOnlyDictionary<string, ExactTensor> values) =>
        Network.Outputs.Select(output => Difference(output, values)).FirstOrDefault(d => d is not null);

    private string? Difference(NetworkOutput output, IReadOnlyDictionary<string, ExactTensor> values)
    {
        ExactTensor expected = values[output.Name];
        if (!expected.Shape.SequenceEqual(output.Value.Shape.Dimensions))
            return $"{output.Name} has shape {output.Value.Shape}, its definition [{string.Join(", ", expected.Shape)}]";
        Fraction[] actual = Numbers(output.Value);
        if (actual.SequenceEqual(expected.Values))
            return null;
        // A scale that is no power of two makes numbers that no port has. Then the integers must be equal, and the port
        // near.
        if (Scale(output.Name, values) is not ExactTensor scale || scale.Values.All(IsPowerOfTwo))
            return Unequal(output.Name, expected.Values, actual, (a, b) => a == b);
        Fraction step = Fraction.Scaled(1, output.Value.Type.Fraction);
        string? integers = Exact.QuantizerOf(output.Name)!.OpType == "Trunc" ? null
            : Unequal(output.Name, ExactTensor.Zip(expected, scale, (y, s) => y / s).Values, Integers(output.Value),
                (a, b) => a == b);
        return integers ?? Unequal(output.Name, expected.Values, actual,
            (a, b) => (a - b).Abs <= step + (a.Abs * Fraction.Scaled(1, 23)));
    }

    // Of the quantizers that a scale follows; integers' meaning is exact as it stands.
    private ExactTensor? Scale(string output, IReadOnlyDictionary<string, ExactTensor> values) =>
        Exact.QuantizerOf(output) switch
        {
            { OpType: "Quant" or "IntQuant" or "BipolarQuant" or "FloatQuant" } node => values[node.Input[1]],
            { OpType: "DequantizeLinear" } node => values[node.Input[1]],
            { OpType: "Trunc" } node => ExactTensor.Scalar(values[node.Input[node.Input.Count == 5 ? 1 : 4]].Values[0]),
            _ => null,
        };

    private static bool IsPowerOfTwo(Fraction scale) => (scale.Numerator.IsOne || scale.Denominator.IsOne)
        && scale.Numerator.IsPowerOfTwo && scale.Denominator.IsPowerOfTwo;

    // The scale is the last factor; what stands before it are integers, with or without a zero-point, in the order of
    // the value.
    private Fraction[] Integers(Value value)
    {
        Node maker = _makers[value];
        return maker.Operation switch
        {
            Requantize or Affine { Scale: null } => Numbers(value),
            Transpose transpose => Moved(transpose, maker.Inputs[0]),
            _ => Integers(maker.Inputs[0]),
        };
    }

    private Fraction[] Moved(Transpose transpose, Value source)
    {
        Fraction[] integers = Integers(source);
        return [.. transpose.SourceIndices(source.Shape).Select(at => integers[at])];
    }

    private static string? Unequal(string name, Fraction[] expected, Fraction[] actual,
        Func<Fraction, Fraction, bool> same)
    {
        int at = expected.Zip(actual, same).ToList().IndexOf(false);
        return at < 0 ? null
            : $"{name}[{at}] is {actual[at]}, by definition {expected[at]} (in double {(double)actual[at]}, "
                + $"{(double)expected[at]})";
    }
}
