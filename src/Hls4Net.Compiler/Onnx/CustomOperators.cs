using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx;

/// <summary>
/// Operators to which a project gives a meaning: an ONNX model, which is read in the place of each use. Its inputs are
/// the operator's inputs in their order, then by name what else it needs: attributes.
/// </summary>
internal static class CustomOperators
{
    /// <summary>The domain of their functions.</summary>
    public const string Domain = "hls4net.custom";

    /// <summary>
    /// Adds the definitions to a model as functions, and has its nodes of unknown operators call them.
    /// </summary>
    public static void Define(ModelProto model, ImmutableArray<CustomOperator> operators)
    {
        if (operators.IsDefaultOrEmpty)
            return;
        Dictionary<string, FunctionProto> functions = new(StringComparer.Ordinal);
        foreach (CustomOperator custom in operators)
        {
            functions[custom.Name] = Function(custom);
            model.Functions.Add(functions[custom.Name]);
        }
        foreach (NodeProto node in model.Graph.Node)
        {
            bool known = node.Domain != Domain && (OperatorRegistry.Operator(node.Domain, node.OpType) is not null
                || model.Functions.Any(f => f.Domain == node.Domain && f.Name == node.OpType));
            if (!known && functions.TryGetValue(node.OpType, out FunctionProto? function))
                Call(model.Graph, node, function);
        }
    }

    /// <summary>The names of a definition's inputs, in order.</summary>
    public static ImmutableArray<string> Inputs(CustomOperator custom) => [.. Function(custom).Input];

    private static FunctionProto Function(CustomOperator custom)
    {
        ModelProto definition = Read(custom);
        HashSet<string> constants = new(definition.Graph.Initializer.Select(t => t.Name), StringComparer.Ordinal);
        FunctionProto function = new() { Domain = Domain, Name = custom.Name };
        function.Input.Add(definition.Graph.Input.Select(i => i.Name).Where(n => !constants.Contains(n)));
        function.Output.Add(definition.Graph.Output.Select(o => o.Name));
        function.OpsetImport.Add(definition.OpsetImport);
        foreach (TensorProto tensor in definition.Graph.Initializer)
        {
            if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
                throw new ModelException(Descriptors.ExternalData,
                    $"the definition '{custom.Definition}' of {custom.Name} keeps '{tensor.Name}' in another file; "
                    + "save it with its data inside");
            function.Node.Add(new NodeProto
            {
                OpType = "Constant",
                Name = tensor.Name,
                Output = { tensor.Name },
                Attribute = { new AttributeProto { Name = "value", Type = AttributeType.Tensor, T = tensor } },
            });
        }
        function.Node.Add(definition.Graph.Node);
        return function;
    }

    private static ModelProto Read(CustomOperator custom)
    {
        try
        {
            return ModelReader.Read(custom.Definition);
        }
        catch (ModelException e)
        {
            throw new ModelException(e.Descriptor,
                $"the definition of {custom.Name}, '{custom.Definition}': {e.Message}");
        }
    }

    private static void Call(GraphProto graph, NodeProto node, FunctionProto function)
    {
        node.Domain = Domain;
        foreach (string input in function.Input.Skip(node.Input.Count).ToArray())
        {
            AttributeProto attribute = node.Attribute.FirstOrDefault(a => a.Name == input)
                ?? throw new ModelException(Descriptors.InvalidGraph,
                    $"{ImportNode.Describe(node)} has no attribute '{input}', which its definition reads");
            TensorProto tensor = Tensor(node, attribute);
            tensor.Name = $"{node.Name}/{input}:{graph.Initializer.Count}";
            graph.Initializer.Add(tensor);
            node.Input.Add(tensor.Name);
        }
        node.Attribute.Clear();
    }

    private static TensorProto Tensor(NodeProto node, AttributeProto attribute)
    {
        TensorProto tensor = new();
        switch (attribute.Type)
        {
            case AttributeType.Tensor:
                return attribute.T.Clone();
            case AttributeType.Int:
                tensor.DataType = (int)TensorProto.Types.DataType.Int64;
                tensor.Int64Data.Add(attribute.I);
                break;
            case AttributeType.Ints:
                tensor.DataType = (int)TensorProto.Types.DataType.Int64;
                tensor.Dims.Add(attribute.Ints.Count);
                tensor.Int64Data.Add(attribute.Ints);
                break;
            case AttributeType.Float:
                tensor.DataType = (int)TensorProto.Types.DataType.Float;
                tensor.FloatData.Add(attribute.F);
                break;
            case AttributeType.Floats:
                tensor.DataType = (int)TensorProto.Types.DataType.Float;
                tensor.Dims.Add(attribute.Floats.Count);
                tensor.FloatData.Add(attribute.Floats);
                break;
            default:
                throw new ModelException(Descriptors.InvalidGraph,
                    $"{ImportNode.Describe(node)} has the attribute '{attribute.Name}' as {attribute.Type}, which is "
                    + "no input of a definition; numbers, lists of them and tensors are");
        }
        return tensor;
    }
}
