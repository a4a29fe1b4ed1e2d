using System.Globalization;
using Google.Protobuf;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Numerics;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Models;

namespace Hls4Net.Tests.Operators;

/// <summary>
/// One of the ONNX project's node tests as a model of ours. Their tensors have no sample axis, so one is put before the input; and all
/// their operands are inputs, so all but one become constants.
/// </summary>
internal sealed class NodeTestCase
{
    private const string InputName = "node_test_input";

    private readonly ModelProto _model;
    private readonly TensorProto[] _tensors;
    private readonly Tensor[] _inputs;

    private NodeTestCase(ModelProto model, TensorProto[] tensors, Tensor output)
    {
        _model = model;
        _tensors = tensors;
        _inputs = [.. tensors.Select(t => TensorReader.ReadDoubles(t, ""))];
        Output = output;
    }

    /// <summary>What the model must give.</summary>
    public Tensor Output { get; }

    /// <summary>Operands that can be the one that flows: the first, for a product or a sum of two each of them.</summary>
    public IEnumerable<int> Flowing =>
        _inputs.Length == 2 && _model.Graph.Node is [{ OpType: "Add" or "Sub" or "Mul" or "Div" or "MatMul" }] ? [0, 1] : _inputs.Length == 0 ? [] : [0];

    public bool IsRegistered => _model.Graph.Node.All(n => OperatorRegistry.Find(n.Domain, n.OpType) is not null);

    public static NodeTestCase? Load(string folder)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, "model.onnx")));
        string data = Path.Combine(folder, "test_data_set_0");
        // The older ones list their weights among the inputs too.
        ValueInfoProto[] free = [.. model.Graph.Input.Where(i => model.Graph.Initializer.All(w => w.Name != i.Name))];
        model.Graph.Input.Clear();
        model.Graph.Input.AddRange(free);
        try
        {
            TensorProto[] inputs = [.. model.Graph.Input.Select((_, i) => TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(data, string.Create(CultureInfo.InvariantCulture, $"input_{i}.pb")))))];
            return new NodeTestCase(model, inputs, TensorFile.Read(Path.Combine(data, "output_0.pb")).Tensor);
        }
        catch (Exception e) when (e is Hls4Net.Diagnostics.ModelException or InvalidProtocolBufferException)
        {
            // Strings, sequences and the like: no tensors of numbers.
            return null;
        }
    }

    /// <summary>The values of the operand that flows.</summary>
    public double[] Sample(int flowing) => _inputs[flowing].Values;

    /// <summary>True where the data are what an allocator left there, as those of some tests are.</summary>
    public bool HasGarbage => _inputs.SelectMany(i => i.Values).Any(v => v != 0 && Math.Abs(v) is < 1e-30 or > 1e30);

    /// <summary>Options for the model in which that operand is the input, of a type that holds its values.</summary>
    public ModelOptions Save(TempFolder folder, int flowing)
    {
        ModelProto model = _model.Clone();
        ValueInfoProto[] inputs = [.. model.Graph.Input];
        string data = inputs[flowing].Name;
        model.Graph.Input.Clear();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (i == flowing)
                model.Graph.Input.Add(WithSampleAxis(inputs[i]));
            else
                model.Graph.Initializer.Add(new TensorProto(_tensors[i]) { Name = inputs[i].Name });
        }
        TensorProto shape = new() { Name = $"{InputName}_shape", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { _inputs[flowing].Shape.Length } };
        shape.Int64Data.AddRange(_inputs[flowing].Shape.Select(d => (long)d));
        model.Graph.Initializer.Add(shape);
        model.Graph.Node.Insert(0, new NodeProto { OpType = "Reshape", Input = { InputName, shape.Name }, Output = { data } });
        // Other outputs, a dropout's mask for one, are not compared.
        while (model.Graph.Output.Count > 1)
            model.Graph.Output.RemoveAt(1);
        double largest = _inputs[flowing].Values.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty().Max();
        int integer = Math.Max(1, (int)Math.Ceiling(Math.Log2(largest + 1e-9))) + 2;
        // Twenty bits are what function tables take, sixteen what every quantizer does.
        int width = model.Graph.Node.Any(n => n.OpType == "QuantizeLinear") ? 16 : integer <= 8 ? 20 : 24;
        FixedPointType type = new(width, integer, true, Rounding.Rnd, Overflow.Sat);
        return ModelHarness.Options(folder.Write("model.onnx", model.ToByteArray())) with
        {
            Layers = [new LayerOverride(InputName, LayerSettings.Unset with { Precision = new PrecisionSpec.Pinned(type) })],
        };
    }

    private static ValueInfoProto WithSampleAxis(ValueInfoProto input)
    {
        ValueInfoProto result = input.Clone();
        result.Name = InputName;
        TensorShapeProto? shape = result.Type?.TensorType?.Shape;
        shape?.Dim.Insert(0, new TensorShapeProto.Types.Dimension { DimValue = 1 });
        return result;
    }
}
