using Google.Protobuf;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Tests.Forests;

/// <summary>A model of full trees of one depth on random features and whole thresholds of 16 bits.</summary>
internal static class LargeForestModel
{
    private const int FloatType = 1;

    /// <summary>
    /// A TreeEnsembleRegressor y [1, classes] of x [1, features], whose trees vote for one class after another.
    /// </summary>
    public static ModelProto Of(int trees, int classes, int depth, int features, int seed = 1)
    {
        Random random = new(seed);
        int branches = (1 << depth) - 1, nodes = (2 * branches) + 1;
        List<long> ids = [], ofTree = [], feature = [], yes = [], no = [], voteTrees = [], voteNodes = [],
            classIds = [];
        List<string> modes = [];
        List<float> values = [], weights = [];
        for (int t = 0; t < trees; t++)
        {
            for (int n = 0; n < nodes; n++)
            {
                ofTree.Add(t);
                ids.Add(n);
                modes.Add(n < branches ? "BRANCH_LEQ" : "LEAF");
                feature.Add(n < branches ? random.Next(features) : 0);
                values.Add(n < branches ? random.Next(-32000, 32000) : 0);
                yes.Add(n < branches ? (2 * n) + 1 : 0);
                no.Add(n < branches ? (2 * n) + 2 : 0);
                if (n < branches)
                    continue;
                voteTrees.Add(t);
                voteNodes.Add(n);
                classIds.Add(t % classes);
                weights.Add((float)(random.NextDouble() - 0.5));
            }
        }
        NodeProto node = new() { OpType = "TreeEnsembleRegressor", Domain = "ai.onnx.ml", Name = "y" };
        node.Input.Add("x");
        node.Output.Add("y");
        node.Attribute.AddRange([
            Of("nodes_treeids", ofTree), Of("nodes_nodeids", ids), Of("nodes_featureids", feature),
            Of("nodes_truenodeids", yes), Of("nodes_falsenodeids", no), Of("target_treeids", voteTrees),
            Of("target_nodeids", voteNodes), Of("target_ids", classIds), Of("nodes_values", values),
            Of("target_weights", weights),
            new AttributeProto { Name = "n_targets", Type = AttributeType.Int, I = classes },
            new AttributeProto
            {
                Name = "nodes_modes",
                Type = AttributeType.Strings,
                Strings = { modes.Select(ByteString.CopyFromUtf8) },
            },
        ]);
        ModelProto model = new() { IrVersion = 8, Graph = new GraphProto { Name = "forest", Node = { node } } };
        model.Graph.Input.Add(Port("x", features));
        model.Graph.Output.Add(Port("y", classes));
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 3 });
        return model;
    }

    private static AttributeProto Of(string name, IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    private static AttributeProto Of(string name, IEnumerable<float> values) =>
        new() { Name = name, Type = AttributeType.Floats, Floats = { values } };

    private static ValueInfoProto Port(string name, int size)
    {
        TensorShapeProto shape = new();
        shape.Dim.AddRange([new TensorShapeProto.Types.Dimension { DimValue = 1 },
            new TensorShapeProto.Types.Dimension { DimValue = size }]);
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = FloatType, Shape = shape } },
        };
    }
}
