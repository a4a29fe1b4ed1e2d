using Google.Protobuf;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Benchmarks;

/// <summary>A network with seeded random weights being written as ONNX, node by node.</summary>
internal sealed class OnnxGraph
{
    private const int FloatType = 1;

    private readonly GraphProto _graph = new() { Name = "network" };
    private readonly Random _random = new(1);

    public OnnxGraph(params int[] input) => _graph.Input.Add(Port("x", input));

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

    /// <summary>Adds weights of He's initialization, which keeps the values' size from layer to layer, as training does; their name.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="inputs">How many products make a sum.</param>
    /// <param name="shape">The tensor's shape.</param>
    public string Weights(string name, int inputs, params int[] shape) => Tensor(name, shape, Math.Sqrt(2.0 / inputs));

    /// <summary>Adds biases; their name.</summary>
    public string Biases(string name, int size) => Tensor(name, [size], 0.1);

    /// <summary>Ends the network and writes it.</summary>
    public void Write(string path, string output, params int[] shape)
    {
        _graph.Output.Add(Port(output, shape));
        ModelProto model = new() { IrVersion = 8, Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        File.WriteAllBytes(path, model.ToByteArray());
    }

    private static ValueInfoProto Port(string name, int[] sizes)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 });
        foreach (int size in sizes)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = FloatType, Shape = shape } },
        };
    }

    private string Tensor(string name, int[] shape, double scale)
    {
        TensorProto tensor = new() { Name = name, DataType = FloatType };
        tensor.Dims.AddRange(shape.Select(d => (long)d));
        byte[] data = new byte[4 * shape.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < data.Length; i += 4)
            BitConverter.TryWriteBytes(data.AsSpan(i), (float)(scale * Normal()));
        tensor.RawData = ByteString.CopyFrom(data);
        _graph.Initializer.Add(tensor);
        return name;
    }

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
