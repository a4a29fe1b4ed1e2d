using Google.Protobuf;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Benchmarks;

/// <summary>A multilayer perceptron with ReLU between its layers and seeded random weights, as ONNX.</summary>
internal static class Mlp
{
    private const int FloatType = 1;

    /// <summary>The jet tagger's layers: 16 features, 5 classes.</summary>
    public static int[] JetTagger => [16, 64, 32, 32, 5];

    /// <summary>Writes the network to <paramref name="path"/>.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="sizes">Width of the input, of every hidden layer, and of the output.</param>
    /// <param name="softmax">True to end in a softmax.</param>
    public static void Write(string path, int[] sizes, bool softmax = false)
    {
        Random random = new(1);
        GraphProto graph = new() { Name = "mlp" };
        graph.Input.Add(Port("x", 1, sizes[0]));
        string value = "x";
        for (int i = 1; i < sizes.Length; i++)
        {
            // He's initialization keeps the values' size from layer to layer, as training does.
            double scale = Math.Sqrt(2.0 / sizes[i - 1]);
            graph.Initializer.Add(Tensor($"w{i}", [sizes[i - 1], sizes[i]], () => scale * Normal(random)));
            graph.Initializer.Add(Tensor($"b{i}", [sizes[i]], () => 0.1 * Normal(random)));
            value = Add(graph, "Gemm", $"fc{i}", value, $"w{i}", $"b{i}");
            if (i < sizes.Length - 1)
                value = Add(graph, "Relu", $"relu{i}", value);
        }
        if (softmax)
            value = Add(graph, "Softmax", "softmax", value);
        graph.Output.Add(Port(value, 1, sizes[^1]));
        ModelProto model = new() { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        File.WriteAllBytes(path, model.ToByteArray());
    }

    private static string Add(GraphProto graph, string op, string name, params string[] inputs)
    {
        NodeProto node = new() { OpType = op, Name = name };
        node.Input.AddRange(inputs);
        node.Output.Add($"{name}_y");
        graph.Node.Add(node);
        return $"{name}_y";
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
}
