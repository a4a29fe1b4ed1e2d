using System.Runtime.InteropServices;
using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Models;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Onnx;

/// <summary>A dimension of a graph input: a number, a name, or nothing at all.</summary>
internal readonly record struct Dim(long? Size, string? Name)
{
    public static implicit operator Dim(int size) => new(size, null);

    public static implicit operator Dim(string name) => new(null, name);
}

/// <summary>
/// Makes ONNX models, whole ones and broken ones: whatever has no method here is set on <see cref="Proto"/>.
/// </summary>
internal sealed class ModelBuilder
{
    private int _unnamed;

    public ModelBuilder(int opset = 17)
    {
        Proto = new ModelProto { IrVersion = 8, ProducerName = "tests", Graph = new GraphProto { Name = "graph" } };
        Proto.OpsetImport.Add(new OperatorSetIdProto { Version = opset });
    }

    public ModelProto Proto { get; init; }

    public GraphProto Graph => Proto.Graph;

    /// <summary>A graph input of float32; a null shape leaves the shape out.</summary>
    public ModelBuilder Input(string name, params Dim[]? shape) => Input(name, DataType.Float, shape);

    public ModelBuilder Input(string name, DataType type, Dim[]? shape)
    {
        Graph.Input.Add(Port(name, type, shape));
        return this;
    }

    public ModelBuilder Output(params string[] names)
    {
        Graph.Output.AddRange(names.Select(n => Port(n, DataType.Float, null)));
        return this;
    }

    /// <summary>An initializer of float32.</summary>
    public ModelBuilder Weights(string name, int[] shape, params double[] values)
    {
        Graph.Initializer.Add(Tensor(name, shape, values));
        return this;
    }

    /// <summary>An initializer of int64, as shapes and axes are.</summary>
    public ModelBuilder Integers(string name, params long[] values)
    {
        Graph.Initializer.Add(IntegerTensor(name, values));
        return this;
    }

    /// <summary>An initializer whose data lie in a file beside the model.</summary>
    public ModelBuilder ExternalWeights(string name, int[] shape, params (string Key, string Value)[] entries)
    {
        TensorProto tensor = new()
        {
            Name = name,
            DataType = (int)DataType.Float,
            DataLocation = TensorProto.Types.DataLocation.External
        };
        tensor.Dims.AddRange(shape.Select(d => (long)d));
        tensor.ExternalData.AddRange(entries.Select(e => new StringStringEntryProto { Key = e.Key, Value = e.Value }));
        Graph.Initializer.Add(tensor);
        return this;
    }

    /// <summary>A Constant node with a float32 tensor.</summary>
    public ModelBuilder ConstantNode(string name, int[] shape, params double[] values) =>
        Node("Constant", [], name, ("value", Tensor("", shape, values)));

    /// <summary>A node of one output, named after it.</summary>
    public ModelBuilder Node(string op, string[] inputs, string output, params (string Name, object Value)[] attributes)
    {
        NodeProto node = new() { Name = $"node_{output}", OpType = op };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes.Select(a => Attribute(a.Name, a.Value)));
        Graph.Node.Add(node);
        return this;
    }

    /// <summary>A function of the model's own.</summary>
    public ModelBuilder Function(string domain, string name, string[] inputs, string[] outputs, string[] attributes,
        params NodeProto[] nodes)
    {
        FunctionProto function = new() { Domain = domain, Name = name };
        function.Input.AddRange(inputs);
        function.Output.AddRange(outputs);
        function.Attribute.AddRange(attributes);
        function.Node.AddRange(nodes);
        function.OpsetImport.Add(Proto.OpsetImport);
        Proto.Functions.Add(function);
        return this;
    }

    /// <summary>A node that calls a function, or one of another domain.</summary>
    public ModelBuilder Call(string domain, string op, string[] inputs, string output,
        params (string Name, object Value)[] attributes)
    {
        Node(op, inputs, output, attributes);
        Last.Domain = domain;
        return this;
    }

    /// <summary>
    /// A node of a function or a body; an attribute whose value begins with @ refers to the function's of that name.
    /// </summary>
    public static NodeProto Part(string op, string[] inputs, string[] outputs,
        params (string Name, object Value)[] attributes)
    {
        NodeProto node = new() { OpType = op };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        node.Attribute.AddRange(attributes.Select(a => a.Value is string text && text.StartsWith('@')
            ? new AttributeProto { Name = a.Name, RefAttrName = text[1..] } : Attribute(a.Name, a.Value)));
        return node;
    }

    /// <summary>A branch or a loop's body.</summary>
    public static GraphProto Body(string[] inputs, string[] outputs, params NodeProto[] nodes)
    {
        GraphProto graph = new() { Name = "body" };
        graph.Input.AddRange(inputs.Select(i => new ValueInfoProto { Name = i }));
        graph.Output.AddRange(outputs.Select(o => new ValueInfoProto { Name = o }));
        graph.Node.AddRange(nodes);
        return graph;
    }

    /// <summary>The last node added, to be changed.</summary>
    public NodeProto Last => Graph.Node[^1];

    /// <summary>A name that the model does not use yet.</summary>
    public string Fresh(string stem) => $"{stem}_{_unnamed++}";

    public byte[] ToBytes() => Proto.ToByteArray();

    /// <summary>Writes the model and returns options that name it.</summary>
    public ModelOptions Save(TempFolder folder, string name = "model") =>
        ModelHarness.Options(folder.Write($"{name}.onnx", ToBytes()), name);

    public static TensorProto Tensor(string name, int[] shape, params double[] values)
    {
        float[] floats = [.. values.Select(v => (float)v)];
        TensorProto tensor = new()
        {
            Name = name,
            DataType = (int)DataType.Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(floats))
        };
        tensor.Dims.AddRange(shape.Select(d => (long)d));
        return tensor;
    }

    public static TensorProto IntegerTensor(string name, params long[] values) =>
        new() { Name = name, DataType = (int)DataType.Int64, Dims = { values.Length }, Int64Data = { values } };

    public static AttributeProto Attribute(string name, object value) => value switch
    {
        float or double =>
            new() { Name = name, Type = AttributeProto.Types.AttributeType.Float, F = Convert.ToSingle(value, null) },
        int or long =>
            new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = Convert.ToInt64(value, null) },
        string text =>
            new() { Name = name, Type = AttributeProto.Types.AttributeType.String, S = ByteString.CopyFromUtf8(text) },
        long[] integers => new() { Name = name, Type = AttributeProto.Types.AttributeType.Ints, Ints = { integers } },
        float[] floats => new() { Name = name, Type = AttributeProto.Types.AttributeType.Floats, Floats = { floats } },
        string[] texts => new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.Strings,
            Strings = { texts.Select(ByteString.CopyFromUtf8) },
        },
        TensorProto tensor => new() { Name = name, Type = AttributeProto.Types.AttributeType.Tensor, T = tensor },
        GraphProto graph => new() { Name = name, Type = AttributeProto.Types.AttributeType.Graph, G = graph },
        _ => throw new ArgumentException($"no attribute is a {value.GetType()}", nameof(value)),
    };

    private static ValueInfoProto Port(string name, DataType type, Dim[]? shape)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type };
        if (shape is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(shape.Select(Dimension));
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static TensorShapeProto.Types.Dimension Dimension(Dim d) => d switch
    {
        { Size: long size } => new() { DimValue = size },
        { Name: string name } => new() { DimParam = name },
        _ => new(),
    };
}
