using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>
/// Evaluates a quantized ONNX graph in exact fractions, operator by operator as the specifications define them: what
/// the firmware is held to. It shares the reading of tensors with the compiler and nothing else.
/// </summary>
internal sealed class ExactModel
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, ExactTensor> _constants = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DataType> _types = new(StringComparer.Ordinal);
    private readonly List<NodeProto> _nodes = [];
    private readonly ExactQuantizers _quantizers = new();

    public ExactModel(ModelProto model)
    {
        _graph = model.Graph;
        foreach (TensorProto initializer in _graph.Initializer)
            Add(initializer.Name, initializer);
        foreach (NodeProto node in TopologicalOrder.Sort(_graph, [.. _constants.Keys]))
        {
            if (node.OpType != "Shape" && node.Input.All(i => i.Length == 0 || _constants.ContainsKey(i)))
                _constants[node.Output[0]] = new Evaluation(this, node, _constants).Result();
            else
                _nodes.Add(node);
        }
    }

    /// <summary>The distance of the value nearest to a tie in the last run, in steps of its quantizer.</summary>
    public Fraction NearestTie => _quantizers.NearestTie;

    /// <summary>
    /// The quantizer whose output a value is, looking through what only moves numbers; null for another operator's.
    /// </summary>
    public NodeProto? QuantizerOf(string name) => _nodes.FirstOrDefault(n => n.Output[0] == name) switch
    {
        { OpType: "Reshape" or "Flatten" or "Transpose" or "Squeeze" or "Unsqueeze" or "Identity" } node =>
            QuantizerOf(node.Input[0]),
        {
            OpType: "Quant" or "IntQuant" or "BipolarQuant" or "FloatQuant" or "Trunc" or "QuantizeLinear"
            or "DequantizeLinear" or "QLinearMatMul" or "QLinearConv" or "QLinearAdd" or "QLinearMul" or "QLinearConcat"
            or "QLinearLeakyRelu" or "QLinearSigmoid" or "QLinearAveragePool" or "QLinearGlobalAveragePool"
            or "QGemm"
        } node => node,
        _ => null,
    };

    /// <summary>Every value of the graph for one sample, the graph's inputs in order.</summary>
    public IReadOnlyDictionary<string, ExactTensor> Run(params IReadOnlyList<ExactTensor> inputs)
    {
        Dictionary<string, ExactTensor> values = new(_constants, StringComparer.Ordinal);
        foreach ((ValueInfoProto port, ExactTensor value) in _graph.Input.Where(i => !_constants.ContainsKey(i.Name))
            .Zip(inputs))
            values[port.Name] = value;
        _quantizers.NearestTie = 1L;
        foreach (NodeProto node in _nodes)
            values[node.Output[0]] = new Evaluation(this, node, values).Result();
        return values;
    }

    private void Add(string name, TensorProto tensor)
    {
        _constants[name] = ExactTensor.Of(TensorReader.ReadDoubles(tensor, ""));
        _types[name] = (DataType)tensor.DataType;
    }

    /// <summary>One node on the values there are.</summary>
    private sealed class Evaluation(ExactModel model, NodeProto node, Dictionary<string, ExactTensor> values)
    {
        private ExactQuantizers Quantizers => model._quantizers;

        public ExactTensor Result() => node.OpType switch
        {
            "Quant" or "IntQuant" => Quantizers.Quant(In(0), In(1), In(2), In(3), Int("signed", 1) != 0,
                Int("narrow", 0) != 0, Text("rounding_mode", "ROUND")),
            "FloatQuant" => Quantizers.Float(In(0), In(1), (int)Real(2), (int)Real(3), (int)Real(4), Only(5),
                Text("rounding_mode", "ROUND")),
            "BipolarQuant" => Quantizers.Bipolar(In(0), In(1)),
            "Trunc" when node.Input.Count == 5 =>
                Quantizers.Trunc(In(0), Only(1), Only(2), Real(3), Real(4), Text("rounding_mode", "FLOOR")),
            "Trunc" => Quantizers.Trunc(In(0), Only(1), Only(2), Only(4), Real(5), Int("signed", 1) != 0,
                Int("narrow", 0) != 0, Text("rounding_mode", "FLOOR")),
            "QuantizeLinear" => Quantizers.QuantizeLinear(In(0), Along(1), Along(2), Type(2)),
            "DequantizeLinear" => ExactQuantizers.DequantizeLinear(In(0), Along(1), Along(2)),
            "MatMulInteger" => Less(In(0), In(2, 0L)).MatMul(Less(In(1), In(3, 0L))),
            "QLinearMatMul" => QLinearMatMul(),
            "QGemm" => QGemm(),
            "QLinearAdd" => Quantizers.QuantizeLinear(ExactTensor.Zip(Dequantized(0), Dequantized(3), (a, b) => a + b),
                In(6), In(7), Type(7)),
            "QLinearMul" => Quantizers.QuantizeLinear(ExactTensor.Zip(Dequantized(0), Dequantized(3), (a, b) => a * b),
                In(6), In(7), Type(7)),
            "QLinearConcat" => Quantizers.QuantizeLinear(
                ExactTensor.Concat([.. Enumerable.Range(0, (node.Input.Count - 2) / 3)
                    .Select(k => Dequantized(2 + (3 * k)))], (int)Int("axis", 0)), In(0), In(1), Type(1)),
            "QLinearLeakyRelu" => Quantizers.QuantizeLinear(Dequantized(0)
                .Map(v => v.CompareTo(0L) < 0 ? v * (Fraction)Float("alpha", 0.01f) : v), In(3), In(4), Type(4)),
            // In double: the function is a real one.
            "QLinearSigmoid" => Quantizers.QuantizeLinear(Dequantized(0).Map(v => 1 / (1 + Math.Exp(-(double)v))),
                In(3), In(4), Type(4)),
            "QLinearAveragePool" => Quantizers.QuantizeLinear(Window(Ints("kernel_shape")!)
                .Pool(Dequantized(0), w => w.Aggregate((a, b) => a + b) / w.Count), In(3), In(4), Type(4)),
            "QLinearGlobalAveragePool" => Quantizers.QuantizeLinear(Window(In(0).Shape[2..])
                .Pool(Dequantized(0), w => w.Aggregate((a, b) => a + b) / w.Count), In(3), In(4), Type(4)),
            "MatMul" => In(0).MatMul(In(1)),
            "Gemm" => Gemm(),
            "Add" => ExactTensor.Zip(In(0), In(1), (a, b) => a + b),
            "Sub" => ExactTensor.Zip(In(0), In(1), (a, b) => a - b),
            "Mul" => ExactTensor.Zip(In(0), In(1), (a, b) => a * b),
            "Div" => ExactTensor.Zip(In(0), In(1), (a, b) => a / b),
            "BatchNormalization" => BatchNormalization(),
            "Pow" => ExactTensor.Zip(In(0), In(1), (a, b) => Math.Pow((double)a, (double)b)),
            "Neg" => In(0).Map(v => -v),
            "Relu" => In(0).Map(v => Fraction.Max(0L, v)),
            "Clip" => Clip(),
            "Flatten" => In(0).Reshape(In(0).Shape[..Axis(1)].Aggregate(1, (a, b) => a * b), -1),
            "Reshape" => In(0).Reshape(In(1).Integers),
            "Transpose" => In(0).Transpose(Ints("perm") ?? [.. Enumerable.Range(0, In(0).Rank).Reverse()]),
            "Unsqueeze" => Unsqueeze(),
            "Squeeze" => Squeeze(),
            "Shape" => new ExactTensor([In(0).Rank], [.. In(0).Shape.Select(d => (Fraction)d)]),
            "Gather" =>
                In(0) with
                {
                    Shape = In(1).Shape,
                    Values = [.. In(1).Integers.Select(i => In(0).Values[i < 0 ? i + In(0).Values.Length : i])]
                },
            "Concat" => ExactTensor.Concat([.. node.Input.Select(i => values[i])], Axis(0)),
            "Conv" => Conv(),
            "ConvInteger" => Window(In(1).Shape[2..])
                .Conv(Less(In(0), In(2, 0L)), Less(In(1), In(3, 0L).Along(0, In(1).Rank)), null, (int)Int("group", 1)),
            "QLinearConv" => QLinearConv(),
            "Resize" => Resize(),
            "MaxPool" => Moved(x => Window(Ints("kernel_shape")!).Pool(x, w => w.Max()!)),
            "AveragePool" => Window(Ints("kernel_shape")!).Pool(In(0), w => w.Aggregate((a, b) => a + b) / w.Count),
            "GlobalAveragePool" => Window(In(0).Shape[2..]).Pool(In(0), w => w.Aggregate((a, b) => a + b) / w.Count),
            "LeakyRelu" => In(0).Map(v => v.CompareTo(0L) < 0 ? v * (Fraction)Float("alpha", 0.01f) : v),
            "Constant" => Constant(),
            "Identity" or "Cast" or "Dropout" => In(0),
            "Softmax" => Softmax(),
            string other => throw new NotSupportedException($"the exact evaluator does not know {other}"),
        };

        // Stored integers, their scale and their zero-point as the numbers they stand for.
        private ExactTensor Dequantized(int index) =>
            ExactQuantizers.DequantizeLinear(In(index), In(index + 1), In(index + 2));

        private ExactTensor In(int index) => values[node.Input[index]];

        private ExactTensor In(int index, Fraction otherwise) => Has(index) ? In(index) : ExactTensor.Scalar(otherwise);

        private bool Has(int index) => index < node.Input.Count && node.Input[index].Length > 0;

        private Fraction Only(int index) => In(index).Values[0];

        private double Real(int index) => (double)Only(index);

        private long Int(string name, long otherwise) => node.Attribute.FirstOrDefault(a => a.Name == name)?.I
            ?? otherwise;

        private double Float(string name, float otherwise) => node.Attribute.FirstOrDefault(a => a.Name == name)?.F
            ?? otherwise;

        private string Text(string name, string otherwise) =>
            node.Attribute.FirstOrDefault(a => a.Name == name)?.S.ToStringUtf8() ?? otherwise;

        private int[]? Ints(string name) => node.Attribute.FirstOrDefault(a => a.Name == name) is AttributeProto a
            ? [.. a.Ints.Select(i => (int)i)] : null;

        private int Axis(int otherwise) => (int)Int("axis", otherwise) is int axis
            && axis < 0 ? axis + In(0).Rank : (int)Int("axis", otherwise);

        private DataType Type(int index) => Has(index) ? model._types[node.Input[index]]
            : Int("output_dtype", 0) is long type and > 0 ? (DataType)type : DataType.Uint8;

        private ExactTensor Along(int index)
        {
            ExactTensor list = In(index, 0L);
            int axis = Axis(1), block = (int)Int("block_size", 0);
            if (block == 0 || list.Values.Length == 1)
                return list.Along(axis, In(0).Rank);
            // Each element's place along every axis, by repeated division.
            int[] shape = In(0).Shape;
            Fraction[] values = new Fraction[In(0).Values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                int rest = i, stride = 1, at = 0;
                for (int k = shape.Length - 1; k >= 0; k--)
                {
                    int place = rest % shape[k];
                    rest /= shape[k];
                    at += (k == axis ? place / block : place) * stride;
                    stride *= list.Shape[k];
                }
                values[i] = list.Values[at];
            }
            return new ExactTensor(shape, values);
        }

        private static ExactTensor Less(ExactTensor x, ExactTensor zeroPoint) =>
            ExactTensor.Zip(x, zeroPoint, (q, z) => q - z);

        private ExactTensor Transposed(int index, string attribute) => Int(attribute, 0) != 0 ? In(index)
            .Transpose(1, 0) : In(index);

        private ExactTensor QLinearMatMul()
        {
            ExactTensor product = Less(In(0), In(2)).MatMul(Less(In(3), In(5)));
            product = ExactTensor.Zip(product, ExactTensor.Zip(In(1), In(4), (a, b) => a * b), (p, s) => p * s);
            return Quantizers.QuantizeLinear(product, In(6), In(7), Type(7));
        }

        private ExactTensor QGemm()
        {
            ExactTensor sum = Less(In(0), In(2)).MatMul(Less(Transposed(3, "transB"), In(5)));
            if (Has(6))
                sum = ExactTensor.Zip(sum, In(6), (a, c) => a + c);
            Fraction alpha = Float("alpha", 1);
            ExactTensor real = ExactTensor.Zip(sum, ExactTensor.Zip(In(1), In(4), (a, b) => a * b * alpha),
                (p, s) => p * s);
            return Has(7) ? Quantizers.QuantizeLinear(real, In(7), In(8, 0L), Type(8)) : real;
        }

        // QONNX's channels-last domain has the same operators on [n, spatial…, channels].
        private bool ChannelsLast => node.Domain == "qonnx.custom_op.channels_last";

        private ExactTensor Moved(Func<ExactTensor, ExactTensor> operation)
        {
            if (!ChannelsLast)
                return operation(In(0));
            int rank = In(0).Rank;
            ExactTensor result = operation(In(0).Transpose([0, rank - 1, .. Enumerable.Range(1, rank - 2)]));
            return result.Transpose([0, .. Enumerable.Range(2, rank - 2), 1]);
        }

        private ExactWindow Window(int[] kernel)
        {
            int rank = kernel.Length;
            return new(kernel, Ints("strides") ?? Repeated(1, rank), Ints("dilations") ?? Repeated(1, rank),
                Ints("pads") ?? Repeated(0, 2 * rank));
        }

        private static int[] Repeated(int value, int count) => [.. Enumerable.Repeat(value, count)];

        private ExactTensor Conv()
        {
            ExactTensor weights = ChannelsLast ? In(1)
                .Transpose([0, In(1).Rank - 1, .. Enumerable.Range(1, In(1).Rank - 2)]) : In(1);
            return Moved(x => Window(weights.Shape[2..]).Conv(x, weights, Has(2) ? In(2) : null, (int)Int("group", 1)));
        }

        // Nearest, by whole factors, counted from the first element: what the models have.
        private ExactTensor Resize()
        {
            if (Text("mode", "") != "nearest" || Text("coordinate_transformation_mode", "half_pixel") != "asymmetric"
                || Text("nearest_mode", "") != "floor")
                throw new NotSupportedException("the exact evaluator knows nearest neighbours only");
            return In(0).Repeat([.. In(2).Values.Select(s => (int)s.Floor)]);
        }

        private ExactTensor QLinearConv()
        {
            ExactTensor weights = Less(In(3), In(5).Along(0, In(3).Rank));
            ExactTensor sum = Window(weights.Shape[2..])
                .Conv(Less(In(0), In(2)), weights, Has(8) ? In(8) : null, (int)Int("group", 1));
            ExactTensor scale = ExactTensor.Zip(In(1), In(4).Along(1, sum.Rank), (a, b) => a * b);
            return Quantizers.QuantizeLinear(ExactTensor.Zip(sum, scale, (s, f) => s * f), In(6), In(7), Type(7));
        }

        private ExactTensor Gemm()
        {
            Fraction alpha = Float("alpha", 1), beta = Float("beta", 1);
            ExactTensor product = Transposed(0, "transA").MatMul(Transposed(1, "transB")).Map(v => v * alpha);
            return Has(2) ? ExactTensor.Zip(product, In(2), (p, c) => p + (c * beta)) : product;
        }

        // The root has no exact value: the factor is the nearest double, everything else exact.
        private ExactTensor BatchNormalization()
        {
            double epsilon = Float("epsilon", 1e-5f);
            ExactTensor factor = ExactTensor.Zip(In(1), In(4), (g, v) => (double)g / Math.Sqrt((double)v + epsilon))
                .Along(1, In(0).Rank);
            ExactTensor centred = Less(In(0), In(3).Along(1, In(0).Rank));
            return ExactTensor.Zip(ExactTensor.Zip(centred, factor, (v, f) => v * f), In(2).Along(1, In(0).Rank),
                (v, b) => v + b);
        }

        private ExactTensor Clip()
        {
            ExactTensor x = In(0);
            if (Has(1))
                x = x.Map(v => Fraction.Max(v, Only(1)));
            return Has(2) ? x.Map(v => Fraction.Min(v, Only(2))) : x;
        }

        private ExactTensor Unsqueeze()
        {
            List<int> shape = [.. In(0).Shape];
            int[] axes = Ints("axes") ?? In(1).Integers;
            foreach (int axis in axes.Select(a => a < 0 ? a + shape.Count + axes.Length : a).Order())
                shape.Insert(axis, 1);
            return In(0).Reshape([.. shape]);
        }

        private ExactTensor Squeeze()
        {
            int[] axes = [.. (Ints("axes") ?? In(1).Integers).Select(a => a < 0 ? a + In(0).Rank : a)];
            return In(0).Reshape([.. In(0).Shape.Where((_, axis) => !axes.Contains(axis))]);
        }

        private ExactTensor Constant()
        {
            model.Add(node.Output[0], node.Attribute.Single(a => a.Name == "value").T);
            return values[node.Output[0]];
        }

        // In double: the one operator whose definition is real numbers.
        private ExactTensor Softmax()
        {
            int length = In(0).Shape[^1];
            if ((int)Int("axis", -1) is not -1 and int axis && axis != In(0).Rank - 1)
                throw new NotSupportedException("the exact evaluator knows softmax over the last axis only");
            return In(0) with
            {
                Values = [.. In(0).Values.Chunk(length).SelectMany(row =>
            {
                double most = row.Max(v => (double)v);
                double[] exponentials = [.. row.Select(v => Math.Exp((double)v - most))];
                return exponentials.Select(e => (Fraction)(e / exponentials.Sum()));
            })]
            };
        }
    }
}
