using Google.Protobuf;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Hostile;

/// <summary>
/// Models with a few things changed: attributes, names, operators, shapes, numbers, operator sets, and now and then
/// bytes. What comes out is mostly still a graph, and wrong in a way that only the meaning shows.
/// </summary>
internal sealed class ModelMutator
{
    private static readonly long[] s_integers = [0, 1, -1, 2, 3, -2, 4, 7, 100, -100, int.MaxValue, int.MinValue,
        long.MaxValue, long.MinValue];

    private static readonly float[] s_numbers = [0, 1, -1, 0.5f, 1e-30f, 1e30f, -1e30f, float.MaxValue, float.Epsilon,
        float.NaN, float.PositiveInfinity];

    private readonly Random _random;
    private readonly ModelProto _model;

    private ModelMutator(ModelProto model, Random random) => (_model, _random) = (model, random);

    /// <summary>A mutant of a model.</summary>
    public static byte[] Mutate(byte[] model, Random random)
    {
        if (random.Next(6) == 0)
            return MutateBytes(model, random);
        ModelProto proto = ModelProto.Parser.ParseFrom(model);
        if (proto.Graph is null)
            return MutateBytes(model, random);
        ModelMutator mutator = new(proto, random);
        for (int changes = random.Next(1, 4); changes > 0; changes--)
            mutator.Change();
        return proto.ToByteArray();
    }

    /// <summary>A file with some bytes changed, left out or repeated.</summary>
    public static byte[] MutateBytes(byte[] whole, Random random)
    {
        List<byte> bytes = [.. whole];
        for (int changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = (byte)(random.Next(2) == 0 ? 0 : 255);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 5), bytes.Count - at));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)));
                    break;
                default:
                    bytes[at] += (byte)random.Next(-2, 3);
                    break;
            }
        }
        return [.. bytes];
    }

    private void Change()
    {
        switch (_random.Next(12))
        {
            case 0 or 1 when Pick(_model.Graph.Node) is NodeProto node:
                Attributes(node);
                break;
            case 2 or 3 when Pick(_model.Graph.Node) is NodeProto node:
                Inputs(node);
                break;
            case 4 when Pick(_model.Graph.Node) is NodeProto node:
                node.OpType = OperatorRegistry.Default[_random.Next(OperatorRegistry.Default.Length)].Name;
                break;
            case 5 when Pick(_model.Graph.Node) is NodeProto node:
                Outputs(node);
                break;
            case 6 or 7 when Pick(_model.Graph.Initializer) is TensorProto tensor:
                Dimensions(tensor.Dims);
                break;
            case 8 when Pick(_model.Graph.Initializer) is TensorProto tensor:
                Numbers(tensor);
                break;
            case 9 when Pick(_model.Graph.Input) is ValueInfoProto input:
                Port(input);
                break;
            case 10 when _model.OpsetImport.Count > 0:
                _model.OpsetImport[_random.Next(_model.OpsetImport.Count)].Version =
                    _random.Next(OperatorRegistry.MinOpset, OperatorRegistry.MaxOpset + 1);
                break;
            case 11 when Pick(_model.Graph.Output) is ValueInfoProto port:
                port.Name = Name();
                break;
            default:
                break;
        }
    }

    private void Attributes(NodeProto node)
    {
        if (Pick(node.Attribute) is not AttributeProto attribute)
        {
            node.Attribute.Add(
                new AttributeProto
                {
                    Name = Choose("axis", "keepdims", "alpha", "group", "perm"),
                    Type = AttributeProto.Types.AttributeType.Int,
                    I = Choose(s_integers)
                });
            return;
        }
        switch (_random.Next(8))
        {
            case 0:
                node.Attribute.Remove(attribute);
                break;
            case 1 when attribute.T is not null:
                Dimensions(attribute.T.Dims);
                break;
            case 2 when attribute.T is not null:
                Numbers(attribute.T);
                break;
            case 3 when attribute.Ints.Count > 0:
                Dimensions(attribute.Ints);
                break;
            case 4:
                attribute.S = ByteString.CopyFromUtf8(Choose("", "SAME_UPPER", "SAME_LOWER", "VALID", "constant",
                    "linear", "cubic", "nearest", "x"));
                break;
            default:
                (attribute.I, attribute.F) = (Choose(s_integers), Choose(s_numbers));
                if (attribute.Ints.Count > 0)
                    attribute.Ints[_random.Next(attribute.Ints.Count)] = Choose(s_integers);
                break;
        }
    }

    private void Inputs(NodeProto node)
    {
        int at = _random.Next(Math.Max(node.Input.Count, 1));
        switch (_random.Next(4))
        {
            case 0 when node.Input.Count > 0:
                node.Input.RemoveAt(at);
                break;
            case 1:
                node.Input.Add(Name());
                break;
            case 2 when node.Input.Count > 0:
                node.Input[at] = "";
                break;
            default:
                if (node.Input.Count > 0)
                    node.Input[at] = Name();
                break;
        }
    }

    private void Outputs(NodeProto node)
    {
        switch (_random.Next(3))
        {
            case 0 when node.Output.Count > 0:
                node.Output.RemoveAt(_random.Next(node.Output.Count));
                break;
            case 1:
                node.Output.Add($"{node.Name}_more");
                break;
            default:
                _model.Graph.Node.Remove(node);
                break;
        }
    }

    // Orders, sizes and ranks; the numbers stay as many, or do not.
    private void Dimensions(IList<long> dimensions)
    {
        int at = _random.Next(Math.Max(dimensions.Count, 1));
        switch (_random.Next(6))
        {
            case 0:
                dimensions.Insert(_random.Next(dimensions.Count + 1), 1);
                break;
            case 1 when dimensions.Count > 0:
                dimensions.RemoveAt(at);
                break;
            case 2 when dimensions.Count > 0:
                dimensions[at] = Choose(s_integers);
                break;
            case 3 when dimensions.Count > 1:
                int other = _random.Next(dimensions.Count);
                (dimensions[at], dimensions[other]) = (dimensions[other], dimensions[at]);
                break;
            case 4 when dimensions.Count > 1:
                long product = unchecked(dimensions[0] * dimensions[1]);
                dimensions.RemoveAt(0);
                dimensions[0] = product;
                break;
            default:
                if (dimensions.Count > 0)
                    dimensions[at] = unchecked(dimensions[at] + _random.Next(-1, 2));
                break;
        }
    }

    private void Numbers(TensorProto tensor)
    {
        if (_random.Next(4) == 0)
        {
            tensor.DataType = (int)Choose(Enum.GetValues<DataType>());
            return;
        }
        byte[] raw = tensor.RawData.ToByteArray();
        if (tensor.DataType == (int)DataType.Float && raw.Length >= 4)
        {
            BitConverter.GetBytes(Choose(s_numbers)).CopyTo(raw, _random.Next(raw.Length / 4) * 4);
            tensor.RawData = ByteString.CopyFrom(raw);
        }
        else if (tensor.DataType == (int)DataType.Int64 && raw.Length >= 8)
        {
            BitConverter.GetBytes(Choose(s_integers)).CopyTo(raw, _random.Next(raw.Length / 8) * 8);
            tensor.RawData = ByteString.CopyFrom(raw);
        }
        else if (tensor.Int64Data.Count > 0)
        {
            tensor.Int64Data[_random.Next(tensor.Int64Data.Count)] = Choose(s_integers);
        }
        else if (tensor.FloatData.Count > 0)
        {
            tensor.FloatData[_random.Next(tensor.FloatData.Count)] = Choose(s_numbers);
        }
    }

    private void Port(ValueInfoProto input)
    {
        if (input.Type?.TensorType is not TypeProto.Types.Tensor tensor)
            return;
        if (_random.Next(4) == 0)
        {
            tensor.ElemType = (int)Choose(DataType.Float, DataType.Int8, DataType.Uint8, DataType.Int32, DataType.Int64,
                DataType.Bool, DataType.Double, DataType.Uint16);
            return;
        }
        tensor.Shape ??= new TensorShapeProto();
        List<long> dimensions = [.. tensor.Shape.Dim.Select(d => d.DimValue)];
        Dimensions(dimensions);
        tensor.Shape.Dim.Clear();
        tensor.Shape.Dim.AddRange(dimensions.Select(d => d == 0
            ? new TensorShapeProto.Types.Dimension { DimParam = "N" } : new() { DimValue = d }));
    }

    private string Name() => _random.Next(3) switch
    {
        0 when Pick(_model.Graph.Initializer) is TensorProto tensor => tensor.Name,
        1 when Pick(_model.Graph.Input) is ValueInfoProto input => input.Name,
        _ => Pick(_model.Graph.Node) is NodeProto { Output.Count: > 0 } node ? node.Output[0] : "nothing",
    };

    private T? Pick<T>(IList<T> list)
        where T : class => list.Count == 0 ? null : list[_random.Next(list.Count)];

    private T Choose<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
