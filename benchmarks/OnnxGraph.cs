using Google.Protobuf;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Benchmarks;

/// <summary>A network with seeded random weights being written as ONNX, node by node.</summary>
internal sealed class OnnxGraph
{
    private const int FloatType = 1;

    private readonly GraphProto _graph = new() { Name = "network" };
    private readonly Random _random;

    /// <param name="seed">What the weights are made from.</param>
    /// <param name="input">The input's shape, without the samples' axis.</param>
    public OnnxGraph(int seed, params int[] input)
    {
        _random = new Random(seed);
        _graph.Input.Add(Port("x", [1, .. input]));
    }

    /// <summary>Adds a node; the name of its output.</summary>
    public string Add(string op, string name, string[] inputs, params (string Name, long[] Values)[] attributes)
    {
        NodeProto node = new() { OpType = op, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add($"{name}_y");
        foreach ((string attribute, long[] values) in attributes)
        {
            AttributeProto proto = new() { Name = attribute, Type = AttributeProto.Types.AttributeType.Ints };
            proto.Ints.AddRange(values);
            node.Attribute.Add(proto);
        }
        _graph.Node.Add(node);
        return $"{name}_y";
    }

    /// <summary>Adds a Concat of channels; the name of its output.</summary>
    public string AddChannels(string name, params string[] inputs)
    {
        string output = Add("Concat", name, inputs);
        _graph.Node[^1].Attribute.Add(
            new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 });
        return output;
    }

    /// <summary>
    /// Adds weights of He's initialization, which keeps the values' size from layer to layer, as training does; their
    /// name.
    /// </summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="inputs">How many products make a sum.</param>
    /// <param name="shape">The tensor's shape.</param>
    public string Weights(string name, int inputs, params int[] shape) => Tensor(name, shape, Math.Sqrt(2.0 / inputs));

    /// <summary>Adds biases; their name.</summary>
    public string Biases(string name, int size) => Tensor(name, [size], 0.1);

    /// <summary>Ends the network and writes it.</summary>
    public void Write(string path, string output, params int[] shape)
    {
        _graph.Output.Add(Port(output, [1, .. shape]));
        ModelProto model = new() { IrVersion = 8, Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        File.WriteAllBytes(path, model.ToByteArray());
    }

    /// <summary>An input or output of floats.</summary>
    public static ValueInfoProto Port(string name, params int[] dimensions)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange(dimensions.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = FloatType, Shape = shape } },
        };
    }

    /// <summary>A constant of floats.</summary>
    public static TensorProto Tensor(string name, int[] shape, Func<double> next)
    {
        TensorProto tensor = new() { Name = name, DataType = FloatType };
        tensor.Dims.AddRange(shape.Select(d => (long)d));
        byte[] data = new byte[4 * shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < data.Length; i += 4)
            BitConverter.TryWriteBytes(data.AsSpan(i), (float)next());
        tensor.RawData = ByteString.CopyFrom(data);
        return tensor;
    }

    /// <summary>A number from the normal distribution.</summary>
    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private string Tensor(string name, int[] shape, double scale)
    {
        _graph.Initializer.Add(Tensor(name, shape, () => scale * Normal(_random)));
        return name;
    }
}
