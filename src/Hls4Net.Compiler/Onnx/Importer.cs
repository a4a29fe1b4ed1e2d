using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>
/// Reads an ONNX model as a real-valued network. One sample flows: the sample axis, where there is one, has size 1.
/// </summary>
internal static class Importer
{
    /// <summary>The network of the options' ONNX file.</summary>
    public static Network Import(ModelOptions options, DiagnosticBag diagnostics) =>
        Import(ModelReader.Read(options.ModelPath), options, diagnostics);

    /// <summary>The network of a model that was read from the options' file.</summary>
    public static Network Import(ModelProto model, ModelOptions options, DiagnosticBag diagnostics)
    {
        CustomOperators.Define(model, options.CustomOperators);
        GraphProto graph = model.Graph;
        string baseDirectory = Path.GetDirectoryName(options.ModelPath) ?? "";

        NetworkBuilder builder = new();
        GraphImporter importer = new(model, baseDirectory, builder, diagnostics);
        importer.RefuseUnread();
        Scope scope = new();
        foreach (Operand constant in importer.Constants(graph))
        {
            if (scope.Contains(constant.Name))
                throw new ModelException(Descriptors.InvalidGraph, $"there are two initializers '{constant.Name}'");
            scope.Define(constant.Name, constant);
        }
        ImmutableArray<Value> inputs = ReadInputs(graph, options, scope, builder);
        importer.Import(scope);
        ImmutableArray<NetworkOutput> outputs = ReadOutputs(graph, scope, builder);
        return new Network(inputs, outputs, builder.Nodes);
    }

    private static ImmutableArray<Value> ReadInputs(GraphProto graph, ModelOptions options, Scope scope,
        NetworkBuilder builder)
    {
        ImmutableArray<Value>.Builder inputs = ImmutableArray.CreateBuilder<Value>();
        if (graph.Input.GroupBy(i => i.Name)
            .FirstOrDefault(g => g.Count() > 1 || g.Key.Length == 0) is IGrouping<string, ValueInfoProto> wrong)
            throw new ModelException(Descriptors.InvalidGraph,
                wrong.Key.Length == 0 ? "an input of the graph has no name" : $"there are two inputs '{wrong.Key}'");
        foreach (ValueInfoProto info in graph.Input)
        {
            // Up to IR version 3 initializers are listed among the inputs too.
            if (scope.Contains(info.Name))
                continue;
            Shape shape = ReadShape(info, SampleAxis(graph, info.Name), options, builder);
            Value value = new(info.Name, shape, InputShapeReader.IntegerType(info) is FixedPointType type
                ? Typing.Full(type, shape.Size) : null);
            inputs.Add(value);
            scope.Define(info.Name,
                new Operand(value) { ElementType = (TensorProto.Types.DataType)info.Type.TensorType.ElemType });
        }
        if (inputs.Count == 0)
            throw new ModelException(Descriptors.InvalidGraph, "the model has no input that is not a constant");
        return inputs.ToImmutable();
    }

    // Recurrent layers have the steps before the samples, and states the directions.
    private static int SampleAxis(GraphProto graph, string input) => graph.Node.Any(n =>
        n.OpType is "RNN" or "GRU" or "LSTM" && n.Input.Where((name, k) => name == input && k is 0 or 5 or 6).Any()
        && n.Attribute.All(a => a.Name != "layout" || a.I == 0)) ? 1 : 0;

    private static Shape ReadShape(ValueInfoProto info, int sampleAxis, ModelOptions options, NetworkBuilder builder)
    {
        try
        {
            Shape shape = InputShapeReader.Read(info, sampleAxis, options);
            builder.Reserve(shape, constant: false);
            return shape;
        }
        catch (ShapeException e)
        {
            throw new ModelException(Descriptors.InvalidShape,
                $"the input '{info.Name}' cannot have its shape: {e.Message}");
        }
    }

    private static ImmutableArray<NetworkOutput> ReadOutputs(GraphProto graph, Scope scope, NetworkBuilder builder)
    {
        ImmutableArray<NetworkOutput>.Builder outputs = ImmutableArray.CreateBuilder<NetworkOutput>();
        foreach (ValueInfoProto info in graph.Output)
        {
            if (!scope.TryFind(info.Name, out Operand? operand))
                throw new ModelException(Descriptors.UndefinedValue,
                    $"the graph's output '{info.Name}' is made by no node");
            if (!operand!.IsTensor)
                throw new ModelException(Descriptors.UnsupportedForm,
                    $"the graph's output '{info.Name}' is a sequence or an optional; give its tensors as outputs of "
                    + "their own");
            outputs.Add(new NetworkOutput(info.Name,
                operand.Value ?? Constant(graph, info.Name, operand.Constant!, builder))
            {
                Labels = operand.Labels,
            });
        }
        if (outputs.Count == 0)
            throw new ModelException(Descriptors.InvalidGraph, "the model has no output");
        return outputs.ToImmutable();
    }

    // A port of its own for what no input changes, a dropout's mask for one.
    private static Value Constant(GraphProto graph, string name, Constant constant, NetworkBuilder builder)
    {
        try
        {
            if (!constant.Values.All(double.IsFinite))
                throw new ModelException(Descriptors.NonFiniteWeight,
                    $"the graph's output '{name}' is a constant that is NaN or infinite");
            NodeProto maker = graph.Node.FirstOrDefault(n => n.Output.Contains(name))
                ?? new NodeProto { OpType = "Constant" };
            return builder.Add(new NodeProto { Name = maker.Name, OpType = maker.OpType, Output = { name } },
                new Literal(constant), [], constant.Shape, "constant");
        }
        catch (ShapeException e)
        {
            throw new ModelException(Descriptors.InvalidShape, $"the graph's output '{name}' cannot be: {e.Message}");
        }
    }
}
