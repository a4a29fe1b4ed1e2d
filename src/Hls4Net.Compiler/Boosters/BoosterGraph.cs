using System.Runtime.InteropServices;
using Google.Protobuf;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Boosters;

/// <summary>
/// A forest as an ONNX model: a TreeEnsemble of float64 thresholds and votes, its base values, and the link as ONNX's
/// own operators.
/// </summary>
internal static class BoosterGraph
{
    private const int Opset = 21;

    public static ModelProto Of(BoosterModel model)
    {
        GraphProto graph = new() { Name = "forest" };
        graph.Input.Add(Port("x", model.Features));
        graph.Output.Add(Port("y", model.Units));
        List<NodeProto> nodes = [Trees(model)];
        if (model.Bases.Any(b => b != 0))
        {
            graph.Initializer.Add(Tensor("bases", model.Bases));
            nodes.Add(Node("Add", "base", [nodes[^1].Output[0], "bases"]));
        }
        string scores = nodes[^1].Output[0];
        switch (model.Link)
        {
            case BoosterLink.Logistic:
                nodes.Add(Node("Sigmoid", "logistic", [scores]));
                break;
            case BoosterLink.Exponential:
                nodes.Add(Node("Exp", "exponential", [scores]));
                break;
            case BoosterLink.Softmax:
                nodes.Add(Node("Softmax", "softmax", [scores], Attribute("axis", -1)));
                break;
            case BoosterLink.Largest:
                nodes.Add(Node("ArgMax", "label", [scores], Attribute("axis", -1), Attribute("keepdims", 0)));
                break;
            case BoosterLink.Positive:
                graph.Initializer.Add(Tensor("zero", [0]));
                nodes.Add(Node("Greater", "label", [scores, "zero"]));
                break;
        }
        nodes[^1].Output[0] = "y";
        graph.Node.AddRange(nodes);
        ModelProto result = new() { IrVersion = 10, ProducerName = "Hls4Net", Graph = graph };
        result.OpsetImport.Add(new OperatorSetIdProto { Version = Opset });
        result.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 5 });
        return result;
    }

    private static NodeProto Trees(BoosterModel model)
    {
        List<long> roots = [], features = [], yes = [], no = [], yesLeaf = [], noLeaf = [], units = [];
        List<double> splits = [], members = [], weights = [];
        List<byte> modes = [];
        foreach (BoosterTree tree in model.Trees)
        {
            (int first, int leaves) = (modes.Count, weights.Count);
            roots.Add(first);
            // A tree of a single leaf asks something whose answer does not matter.
            IEnumerable<BoosterBranch> branches = tree.Branches.IsEmpty
                ? [new BoosterBranch(0, BoosterMode.AtMost, 0, [], ~0, ~0)] : tree.Branches;
            foreach (BoosterBranch b in branches)
            {
                modes.Add((byte)b.Mode);
                features.Add(b.Feature);
                splits.Add(b.Threshold);
                if (b.Mode == BoosterMode.OneOf)
                    members.AddRange([.. b.Members, double.NaN]);
                Lead(b.Yes, yes, yesLeaf);
                Lead(b.No, no, noLeaf);
            }
            weights.AddRange(tree.Leaves.Select(w => w * model.Scale));
            units.AddRange(tree.Leaves.Select(_ => (long)tree.Unit));

            void Lead(int to, List<long> places, List<long> isLeaf)
            {
                places.Add(to < 0 ? leaves + ~to : first + to);
                isLeaf.Add(to < 0 ? 1 : 0);
            }
        }
        NodeProto node = Node("TreeEnsemble", "trees", ["x"], Attribute("n_targets", model.Units),
            Attribute("tree_roots", roots), Attribute("nodes_featureids", features),
            Attribute("nodes_truenodeids", yes), Attribute("nodes_falsenodeids", no),
            Attribute("nodes_trueleafs", yesLeaf), Attribute("nodes_falseleafs", noLeaf),
            Attribute("leaf_targetids", units), Attribute("nodes_splits", Tensor("", splits)),
            Attribute("leaf_weights", Tensor("", weights)), Attribute("nodes_modes", new TensorProto
            {
                DataType = (int)DataType.Uint8,
                Dims = { modes.Count },
                RawData = ByteString.CopyFrom([.. modes]),
            }));
        node.Domain = "ai.onnx.ml";
        if (members.Count > 0)
            node.Attribute.Add(Attribute("membership_values", Tensor("", members)));
        return node;
    }

    private static ValueInfoProto Port(string name, int size)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "samples" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)DataType.Float, Shape = shape },
            },
        };
    }

    private static NodeProto Node(string op, string name, string[] inputs, params AttributeProto[] attributes)
    {
        NodeProto node = new() { OpType = op, Name = name, Output = { $"{name}_out" } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static TensorProto Tensor(string name, IReadOnlyCollection<double> values) => new()
    {
        Name = name,
        DataType = (int)DataType.Double,
        Dims = { values.Count },
        RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<double>(values.ToArray())),
    };

    private static AttributeProto Attribute(string name, long value) =>
        new() { Name = name, Type = AttributeType.Int, I = value };

    private static AttributeProto Attribute(string name, IEnumerable<long> values) =>
        new() { Name = name, Type = AttributeType.Ints, Ints = { values } };

    private static AttributeProto Attribute(string name, TensorProto value) =>
        new() { Name = name, Type = AttributeType.Tensor, T = value };
}
