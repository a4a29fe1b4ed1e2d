using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Benchmarks;

/// <summary>Small random networks of one or two layers, of every kind that has a cost.</summary>
internal static class RandomLayer
{
    // What networks consist of most comes most often.
    private static readonly string[] s_kinds =
    [
        "Dense", "Dense", "Dense", "DenseRelu", "DenseRelu", "DenseReuse", "DenseReuse", "DenseNarrow", "Conv",
            "ConvStream", "Sigmoid", "Tanh", "Exp", "Softmax", "Add", "Mul", "MaxPool", "AveragePool", "Clip",
            "ReduceMax", "ReduceSum",
        "ArgMax", "LeakyRelu", "HardSigmoid", "TopK",
    ];

    public static (string Kind, ModelOptions Options) Write(int seed, string path)
    {
        Random random = new(seed);
        string kind = s_kinds[random.Next(s_kinds.Length)];
        GraphProto graph = new() { Name = "layer" };
        int n = random.Next(3, 14), m = random.Next(2, 12);
        int[] output = [1, n];
        void Input(string name, params int[] shape) => graph.Input.Add(OnnxGraph.Port(name, shape));
        string Node(string op, string[] inputs, params AttributeProto[] attributes)
        {
            NodeProto node = new() { OpType = op, Name = $"layer{graph.Node.Count}" };
            node.Input.AddRange(inputs);
            node.Output.Add($"y{graph.Node.Count}");
            node.Attribute.AddRange(attributes);
            graph.Node.Add(node);
            return node.Output[0];
        }
        string Weights(params int[] shape)
        {
            double density = random.Next(3) == 0 ? 0.4 : 1;
            graph.Initializer.Add(OnnxGraph.Tensor($"w{graph.Initializer.Count}", shape,
                () => random.NextDouble() < density ? OnnxGraph.Normal(random) : 0));
            return $"w{graph.Initializer.Count - 1}";
        }
        switch (kind)
        {
            case "Dense" or "DenseRelu" or "DenseReuse" or "DenseNarrow":
                Input("x", 1, n);
                output = [1, m];
                string sum = Node("Gemm", ["x", Weights(n, m), Weights(m)]);
                if (kind == "DenseRelu")
                    Node("Relu", [sum]);
                break;
            case "Conv" or "ConvStream":
                int size = kind == "Conv" ? 4 : random.Next(5, 12), filters = random.Next(1, 5);
                Input("x", 1, 2, size, size);
                output = [1, filters, size - 1, size - 1];
                Node("Conv", ["x", Weights(filters, 2, 2, 2)]);
                break;
            case "Add" or "Mul":
                Input("x", 1, n);
                Input("z", 1, n);
                Node(kind, ["x", "z"]);
                break;
            case "MaxPool" or "AveragePool":
                Input("x", 1, 2, 4, 4);
                output = [1, 2, 2, 2];
                Node(kind, ["x"], Ints("kernel_shape", 2, 2), Ints("strides", 2, 2));
                break;
            case "ReduceMax" or "ArgMax":
                Input("x", 1, n);
                output = [1, 1];
                Node(kind, ["x"],
                    kind == "ArgMax"
                        ? new AttributeProto { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = 1 }
                        : Ints("axes", 1));
                break;
            case "ReduceSum":
                Input("x", 1, n);
                output = [1, 1];
                graph.Initializer.Add(Integer("axes", 1));
                Node(kind, ["x", "axes"]);
                break;
            case "TopK":
                Input("x", 1, n);
                output = [1, 2];
                graph.Initializer.Add(Integer("k", 2));
                Node("TopK", ["x", "k"]);
                graph.Node[0].Output.Add("places");
                break;
            default:
                Input("x", 1, n);
                Node(kind, kind == "Clip" ? ["x", Scalar("low", -0.75f), Scalar("high", 1.5f)] : ["x"]);
                break;
        }
        graph.Output.Add(OnnxGraph.Port(graph.Node[^1].Output[0], output));
        ModelProto model = new() { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 13 });
        File.WriteAllBytes(path, model.ToByteArray());
        int width = random.Next(6, 14), fraction = random.Next(3, width - 1);
        string modes = new[] { ",RND,SAT", ",RND,SAT", ",TRN,WRAP", ",RND_CONV,SAT" }[random.Next(4)];
        // Activations of one or two bits, weights of up to eight.
        LayerSettings narrow = LayerSettings.Unset with
        {
            WeightPrecision = PrecisionSpec.TryParse($"fixed({Math.Max(2, fraction)},2,RND,SAT)", out _),
            ResultPrecision = PrecisionSpec.TryParse("exact", out _),
        };
        return (kind, new ModelOptions
        {
            ModelPath = path,
            Source = Path.GetFileName(path),
            ModelName = "fit",
            ClassName = "Fit",
            Layers = kind == "DenseNarrow"
                ? [new LayerOverride("x",
                    LayerSettings.Unset with { Precision = PrecisionSpec.TryParse($"ufixed({1 + (width % 2)},1{modes})",
                        out _) })] : [],
            ClockPeriod = new[] { 2.5, 5, 10 }[random.Next(3)],
            IOType = kind == "ConvStream" ? IOType.IoStream : IOType.IoParallel,
            Defaults = kind == "DenseNarrow" ? narrow
                : LayerSettings.Unset with
                {
                    ReuseFactor = kind == "DenseReuse"
                    ? new[] { 2, 3, 4, 6 }.Where(r => n * m % r == 0).DefaultIfEmpty(1).Max() : 1,
                    Precision = PrecisionSpec.TryParse($"fixed({width},{width - fraction}{modes})", out _)
                },
        });

        string Scalar(string name, float value)
        {
            graph.Initializer.Add(
                new TensorProto
                {
                    Name = name,
                    DataType = 1,
                    RawData = ByteString.CopyFrom(BitConverter.GetBytes(value))
                });
            return name;
        }
    }

    private static TensorProto Integer(string name, long value) =>
        new() { Name = name, DataType = 7, Dims = { 1 }, RawData = ByteString.CopyFrom(BitConverter.GetBytes(value)) };

    private static AttributeProto Ints(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }
}
