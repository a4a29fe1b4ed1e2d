using System.Globalization;
using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Numerics;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using Hls4Net.Vectors;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Operators;

/// <summary>
/// One of the ONNX project's node tests as a model of ours. Their tensors have no sample axis, so one is put before
/// each input; and all their operands are inputs, so what a layer has as weights becomes constants.
/// </summary>
internal sealed class NodeTestCase
{
    private const string Prefix = "node_test_input_";

    /// <summary>Operators whose operands are all data.</summary>
    private static readonly HashSet<string> s_symmetric = new(StringComparer.Ordinal)
    {
        "Add", "And", "Concat", "Div", "Einsum", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "MatMul",
            "Max", "Mean", "Min", "Mod", "Mul", "Or", "PRelu", "Sub", "Sum", "Where", "Xor",
    };

    private static readonly DataType[] s_reals = [DataType.Float, DataType.Double, DataType.Float16, DataType.Bfloat16];

    private readonly ModelProto _model;
    private readonly TensorProto[] _tensors;
    private readonly Tensor[] _inputs;

    private NodeTestCase(ModelProto model, TensorProto[] tensors, Tensor?[] outputs)
    {
        _model = model;
        _tensors = tensors;
        _inputs = [.. tensors.Select(t => TensorReader.ReadDoubles(t, ""))];
        Outputs = outputs;
    }

    /// <summary>What the model must give; null where that is no tensor of numbers.</summary>
    public IReadOnlyList<Tensor?> Outputs { get; }

    /// <summary>The nodes' operators.</summary>
    public IEnumerable<NodeProto> Nodes => _model.Graph.Node;

    /// <summary>
    /// Sets of inputs that flow, each of them a run: the first one that carries data; for an operator of several equal
    /// operands all, and then all but one in turn.
    /// </summary>
    public IEnumerable<int[]> Runs
    {
        get
        {
            int[] real = [.. Enumerable.Range(0, _tensors.Length)
                .Where(i => s_reals.Contains((DataType)_tensors[i].DataType))];
            bool symmetric = Nodes.Any(n => n.Domain.Length == 0 && s_symmetric.Contains(n.OpType))
                && (_model.Graph.Node.Count == 1 || _tensors.Length == real.Length);
            if (!symmetric || real.Length < 2)
            {
                // Integers of a quantized operator are its data.
                int first = real.Length > 0 && !Nodes.Any(n => n.OpType.Contains("Linear", StringComparison.Ordinal)
                    || n.OpType == "Where") ? real[0] : 0;
                return symmetric && real.Length < 2 && _tensors.Length is 2 or 3
                    ? Several([.. Enumerable.Range(0, _tensors.Length)]) : _tensors.Length == 0 ? [] : [[first]];
            }
            return Several(Nodes.Any(n => n.OpType == "Where") ? [.. Enumerable.Range(0, _tensors.Length)] : real);
        }
    }

    /// <summary>The test in a folder; null, and why, where its data are no tensors of numbers.</summary>
    public static NodeTestCase? Load(string folder, out string? reason)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        string data = Path.Combine(folder, "test_data_set_0");
        // The older ones list their weights among the inputs too.
        ValueInfoProto[] free = [.. model.Graph.Input.Where(i => model.Graph.Initializer.All(w => w.Name != i.Name))];
        model.Graph.Input.Clear();
        model.Graph.Input.AddRange(free);
        try
        {
            TensorProto[] inputs =
                [.. free.Select((_, i) => TensorProto.Parser.ParseFrom(
                    File.ReadAllBytes(Path.Combine(data,
                        string.Create(CultureInfo.InvariantCulture, $"input_{i}.pb")))))];
            Tensor[] outputs = [.. model.Graph.Output.Select((_, i) =>
                TensorFile.Read(Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"output_{i}.pb")))
                    .Tensor)];
            reason = null;
            return new NodeTestCase(model, inputs, outputs);
        }
        catch (Exception e) when (e is ModelException or InvalidProtocolBufferException)
        {
            reason = e.Message;
            return null;
        }
    }

    /// <summary>The values of the operands that flow, one after another.</summary>
    public double[] Sample(int[] flowing) => [.. flowing.SelectMany(i => _inputs[i].Values)];

    /// <summary>
    /// Options for the model in which those operands are the inputs, each of a type of so many bits that holds its
    /// values.
    /// </summary>
    public ModelOptions Save(TempFolder folder, int[] flowing, int bits)
    {
        ModelProto model = _model.Clone();
        ValueInfoProto[] inputs = [.. model.Graph.Input];
        model.Graph.Input.Clear();
        List<LayerOverride> types = [];
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!flowing.Contains(i))
            {
                model.Graph.Initializer.Add(new TensorProto(_tensors[i]) { Name = inputs[i].Name });
                continue;
            }
            string port = $"{Prefix}{i}";
            model.Graph.Input.Add(WithSampleAxis(inputs[i], port));
            TensorProto shape =
                new() { Name = $"{port}_shape", DataType = (int)DataType.Int64, Dims = { _inputs[i].Shape.Length } };
            shape.Int64Data.AddRange(_inputs[i].Shape.Select(d => (long)d));
            model.Graph.Initializer.Add(shape);
            model.Graph.Node.Insert(0,
                new NodeProto { OpType = "Reshape", Input = { port, shape.Name }, Output = { inputs[i].Name } });
            types.Add(new LayerOverride(port,
                LayerSettings.Unset with { Precision = new PrecisionSpec.Pinned(TypeOf(i, bits)) }));
        }
        // Types are calibrated with the sample, where it is one of finite numbers.
        bool finite = flowing.All(i => Array.TrueForAll(_inputs[i].Values, double.IsFinite));
        for (int k = 0; k < flowing.Length && finite; k++)
        {
            TensorProto sample = _tensors[flowing[k]].Clone();
            sample.Dims.Insert(0, 1);
            folder.Write(string.Create(CultureInfo.InvariantCulture, $"vectors/test_data_set_0/input_{k}.pb"),
                sample.ToByteArray());
        }
        return new ModelOptions
        {
            ModelPath = folder.Write("model.onnx", model.ToByteArray()),
            Source = "model.onnx",
            ModelName = "model",
            ClassName = "Model",
            Layers = [.. types],
            TestInputs = finite ? [Path.Combine(folder.Path, "vectors")] : []
        };
    }

    private static IEnumerable<int[]> Several(int[] all)
    {
        yield return all;
        for (int k = 0; k < all.Length && all.Length > 1 && all.Length <= 3; k++)
            yield return [.. all.Where((_, i) => i != k)];
    }

    // Integers as they are; more bits for numbers far above one.
    private FixedPointType TypeOf(int input, int bits)
    {
        double[] values = _inputs[input].Values;
        double largest = values.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty().Max();
        if (!s_reals.Contains((DataType)_tensors[input].DataType))
        {
            bool signed = values.Any(v => v < 0);
            int width = Math.Clamp((int)Math.Ceiling(Math.Log2(largest + 1)) + (signed ? 1 : 0), 1, 32);
            return new FixedPointType(width, width, signed);
        }
        int integer = Math.Max(1, (int)Math.Ceiling(Math.Log2(largest + 1e-9))) + 2;
        return new FixedPointType(integer <= 8 || bits == 16 ? bits : 24, integer, true, Rounding.Rnd, Overflow.Sat);
    }

    private static ValueInfoProto WithSampleAxis(ValueInfoProto input, string name)
    {
        ValueInfoProto result = input.Clone();
        result.Name = name;
        TensorShapeProto? shape = result.Type?.TensorType?.Shape;
        shape?.Dim.Insert(0, new TensorShapeProto.Types.Dimension { DimValue = 1 });
        return result;
    }
}
