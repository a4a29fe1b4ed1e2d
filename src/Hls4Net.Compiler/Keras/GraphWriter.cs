using System.Collections.Immutable;
using Google.Protobuf;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Keras;

/// <summary>Writes an ONNX model in memory.</summary>
internal sealed class GraphWriter
{
    private const int Opset = 17;

    private readonly GraphProto _graph = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The model, with the tensors that are its outputs under the names of their layers.</summary>
    public ModelProto Finish(string name, IEnumerable<(string Name, KerasTensor Tensor)> outputs)
    {
        _graph.Name = name;
        foreach ((string port, KerasTensor tensor) in outputs)
        {
            // A node of its own: a tensor may be several outputs, and an input.
            string unique = Unique(port);
            _graph.Node.Add(new NodeProto
            {
                Name = $"{port}/output",
                OpType = "Identity",
                Input = { tensor.Name },
                Output = { unique }
            });
            _graph.Output.Add(Info(unique, tensor.Shape));
        }
        return Model(_graph);
    }

    private static ModelProto Model(GraphProto graph, KerasTensor? output = null)
    {
        if (output is not null)
            graph.Output.Add(Info(output.Name, output.Shape));
        return new ModelProto
        {
            IrVersion = 8,
            ProducerName = "Keras",
            Graph = graph,
            OpsetImport =
            {
                new OperatorSetIdProto { Version = Opset },
                new OperatorSetIdProto { Domain = OperatorRegistry.InternalDomain, Version = 1 },
                new OperatorSetIdProto { Domain = OperatorRegistry.QuantizerDomains[0], Version = 1 },
            },
        };
    }

    /// <summary>The model as it is so far, with one tensor as its output.</summary>
    public ModelProto SoFar(KerasTensor tensor) => Model(_graph.Clone(), tensor);

    /// <summary>A port for one sample of a shape.</summary>
    public KerasTensor Input(string name, ImmutableArray<int> shape)
    {
        string unique = Unique(name);
        _graph.Input.Add(Info(unique, shape));
        return new KerasTensor(unique, shape);
    }

    /// <summary>A constant.</summary>
    public KerasTensor Constant(string name, Constant values)
    {
        string unique = Unique(name);
        TensorProto tensor = new() { Name = unique, DataType = (int)TensorProto.Types.DataType.Double };
        tensor.Dims.Add(values.Shape.Dimensions.Select(d => (long)d));
        tensor.DoubleData.Add(values.Values);
        _graph.Initializer.Add(tensor);
        return new KerasTensor(unique, [.. values.Shape.Dimensions], values);
    }

    /// <summary>A constant list of integers, such as axes.</summary>
    public KerasTensor Integers(string name, params ReadOnlySpan<long> values)
    {
        string unique = Unique(name);
        TensorProto tensor = new() { Name = unique, DataType = (int)TensorProto.Types.DataType.Int64 };
        tensor.Dims.Add(values.Length);
        foreach (long value in values)
            tensor.Int64Data.Add(value);
        _graph.Initializer.Add(tensor);
        return new KerasTensor(unique, [values.Length]);
    }

    /// <summary>A node with one result, which is one of the operator's.</summary>
    public KerasTensor Add(string domain, string operatorType, string name, ImmutableArray<int> shape,
        ReadOnlySpan<KerasTensor?> inputs, ReadOnlySpan<(string Name, object Value)> attributes, int result = 0)
    {
        string output = Unique($"{name}:{result}");
        NodeProto node = new() { Domain = domain, OpType = operatorType, Name = name };
        node.Output.AddRange([.. Enumerable.Repeat("", result), output]);
        foreach (KerasTensor? input in inputs)
            node.Input.Add(input?.Name ?? "");
        foreach ((string key, object value) in attributes)
            node.Attribute.Add(Attribute(key, value));
        _graph.Node.Add(node);
        return new KerasTensor(output, shape);
    }

    private static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case long or int:
                attribute.Type = AttributeType.Int;
                attribute.I = Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case float number:
                attribute.Type = AttributeType.Float;
                attribute.F = number;
                break;
            case string text:
                attribute.Type = AttributeType.String;
                attribute.S = ByteString.CopyFromUtf8(text);
                break;
            case string[] texts:
                attribute.Type = AttributeType.Strings;
                attribute.Strings.Add(texts.Select(ByteString.CopyFromUtf8));
                break;
            case float[] numbers:
                attribute.Type = AttributeType.Floats;
                attribute.Floats.Add(numbers);
                break;
            case IEnumerable<int> list:
                attribute.Type = AttributeType.Ints;
                attribute.Ints.Add(list.Select(i => (long)i));
                break;
            default:
                throw new ArgumentException($"no attribute is a {value.GetType()}", nameof(value));
        }
        return attribute;
    }

    private static ValueInfoProto Info(string name, ImmutableArray<int> shape)
    {
        TensorShapeProto dimensions = new();
        dimensions.Dim.Add(shape.Select(d => new TensorShapeProto.Types.Dimension { DimValue = d }));
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor
                {
                    ElemType = (int)TensorProto.Types.DataType.Float,
                    Shape = dimensions,
                },
            },
        };
    }

    private string Unique(string name)
    {
        string unique = name;
        for (int i = 1; !_names.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }
}
