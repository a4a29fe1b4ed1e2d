using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Properties;

/// <summary>Reductions, windows, normalizations and quantizers.</summary>
internal sealed partial class RandomOnnxGraph
{
    private Tensor? Reduce(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        string op = Choose("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2",
            "ReduceSumSquare", "ReduceProd", "ReduceLogSum", "ReduceLogSumExp");
        int[] axes = [.. Enumerable.Range(0, x.Rank).Where(_ => _random.Next(2) == 0)];
        bool all = axes.Length == 0, keep = _random.Next(2) == 0;
        int[] over = all ? [.. Enumerable.Range(0, x.Rank)] : axes;
        int count = over.Aggregate(1, (c, a) => c * x.Shape[a]);
        int[] shape = [.. x.Shape.Select((d, a) => (d, a)).Where(p => keep || !over.Contains(p.a))
            .Select(p => over.Contains(p.a) ? 1 : p.d)];
        switch (op)
        {
            case "ReduceProd":
                if (count > 4)
                    return null;
                x = Bounded(x, 2);
                break;
            case "ReduceLogSum":
                x = Positive(x, 0.5);
                break;
            case "ReduceLogSumExp":
                x = Bounded(x, 8);
                break;
            case "ReduceL2":
                // The root is steep at zero.
                x = Positive(x, 0.5);
                break;
            default:
                break;
        }
        double magnitude = op switch
        {
            "ReduceSum" or "ReduceL1" or "ReduceL2" => x.Magnitude * count,
            "ReduceSumSquare" => x.Magnitude * x.Magnitude * count,
            "ReduceProd" => Math.Pow(x.Magnitude, count),
            "ReduceLogSumExp" or "ReduceLogSum" => 20,
            _ => x.Magnitude,
        };
        int digits = op switch
        {
            "ReduceSum" or "ReduceMax" or "ReduceMin" or "ReduceL1" => x.Digits,
            "ReduceSumSquare" => 2 * x.Digits,
            _ => 100,
        };
        _tables |= digits == 100;
        long[] named = [.. axes.Select(a => Opset >= 11 && _random.Next(2) == 0 ? (long)a - x.Rank : a)];
        bool input = Opset >= (op == "ReduceSum" ? 13 : 18);
        (string, object)[] attributes = all || input ? [("keepdims", keep ? 1 : 0)]
            : [("keepdims", keep ? 1 : 0), ("axes", named)];
        return Node(op, shape, magnitude, digits, all || !input ? [x.Name] : [x.Name, Longs(named)], attributes);
    }

    private Tensor? Softmax(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        string op = Choose("Softmax", "Softmax", "LogSoftmax", "Hardmax");
        if (op == "Hardmax" && !x.IsExact)
            return null;
        int axis = _random.Next(x.Rank);
        (string, object)[] attributes = _random.Next(4) == 0 ? []
            : [("axis", Opset >= 11 && _random.Next(2) == 0 ? axis - x.Rank : axis)];
        // Before set 13 the default is 1, which a vector has not.
        if (attributes.Length == 0 && x.Rank < 2)
            return null;
        return op == "Hardmax" ? Node(op, x.Shape, 1, 0, [x.Name], attributes)
            : Inexact(op, x.Shape, op == "Softmax" ? 1 : (2 * x.Magnitude) + 10, [x.Name], attributes);
    }

    private Tensor? Selection(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        int axis = _random.Next(x.Rank), size = x.Shape[axis];
        switch (_random.Next(4))
        {
            case 0 when x.IsExact:
                bool keep = _random.Next(2) == 0;
                List<(string, object)> attributes = [("axis", axis), ("keepdims", keep ? 1 : 0)];
                if (Opset >= 12)
                    attributes.Add(("select_last_index", _random.Next(2)));
                int[] shape = keep ? With(x.Shape, axis, 1) : [.. x.Shape[..axis], .. x.Shape[(axis + 1)..]];
                Tensor index = Node(Choose("ArgMax", "ArgMin"), shape, size, 0, [x.Name], [.. attributes]);
                return Node("Cast", shape, size, 0, [index.Name], ("to", (int)DataType.Float));
            case 1 when Opset >= 11:
                string at = _model.Fresh("c");
                _model.Graph.Initializer.Add(
                    new TensorProto { Name = at, DataType = (int)DataType.Int64, Int64Data = { axis } });
                return Node("CumSum", x.Shape, x.Magnitude * size, x.Digits, [x.Name, at],
                    ("exclusive", _random.Next(2)), ("reverse", _random.Next(2)));
            case 2 when Opset >= 10:
                int count = _random.Next(1, size + 1);
                Tensor top = Moved("TopK", x, With(x.Shape, axis, count), [Longs(count)],
                    Opset >= 11 ? [("axis", axis), ("largest", _random.Next(2))] : [("axis", axis)]);
                _model.Last.Output.Add($"{top.Name}_places");
                return top;
            case 3 when Opset >= 14 && x.Rank >= 2:
                return Moved("Trilu", x, x.Shape, [Scalar(_random.Next(-1, 2))], ("upper", _random.Next(2)));
            default:
                return null;
        }
    }

    private string Scalar(long value)
    {
        string name = _model.Fresh("s");
        _model.Graph.Initializer.Add(
            new TensorProto { Name = name, DataType = (int)DataType.Int64, Int64Data = { value } });
        return name;
    }

    private Tensor? Convolution(Tensor x)
    {
        if (x.Rank is < 3 or > 4)
            return null;
        int spatial = x.Rank - 2, channels = x.Shape[1];
        bool transposed = _random.Next(3) == 0;
        int groups = _random.Next(3) == 0 ? channels : 1, units = groups * _random.Next(1, 3);
        int[] kernel = [.. Enumerable.Range(0, spatial).Select(_ => _random.Next(1, 4))], strides = Each(1, 3),
            dilations = Each(1, 3);
        int[] pads = [.. Enumerable.Range(0, 2 * spatial).Select(_ => _random.Next(transposed ? 1 : 2))];
        string auto = Opset >= 11 ? Choose("NOTSET", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID") : "NOTSET";
        if (auto.StartsWith("SAME", StringComparison.Ordinal) && (transposed || dilations.Any(d => d > 1)))
            auto = "NOTSET";
        int[] sizes = new int[spatial], extra = [.. Enumerable.Range(0, spatial)
            .Select(k => transposed ? _random.Next(strides[k]) * _random.Next(2) : 0)];
        for (int k = 0; k < spatial; k++)
        {
            // ONNX Runtime takes padding of the output within the stride only.
            int size = x.Shape[k + 2], extent = ((kernel[k] - 1) * dilations[k]) + 1,
                pad = auto == "NOTSET" ? pads[k] + pads[k + spatial] : 0;
            sizes[k] = transposed ? ((size - 1) * strides[k]) + extent - pad + extra[k]
                : auto.StartsWith("SAME", StringComparison.Ordinal) ? (size + strides[k] - 1) / strides[k]
                : size + pad < extent ? 0 : ((size + pad - extent) / strides[k]) + 1;
            if (sizes[k] < 1 || (transposed && extra[k] >= strides[k]))
                return null;
        }
        Tensor w = Constant(transposed ? [channels, units / groups, .. kernel] : [units, channels / groups, .. kernel]);
        List<(string, object)> attributes = [("group", groups), ("strides", Longs(strides)),
            ("dilations", Longs(dilations))];
        if (auto == "NOTSET")
            attributes.Add(("pads", Longs(pads)));
        else
            attributes.Add(("auto_pad", auto));
        if (transposed && extra.Any(e => e > 0))
            attributes.Add(("output_padding", Longs(extra)));
        if (_random.Next(2) == 0)
            attributes.Add(("kernel_shape", Longs(kernel)));
        string[] inputs = _random.Next(2) == 0 ? [x.Name, w.Name] : [x.Name, w.Name, Constant([units]).Name];
        int terms = channels * kernel.Aggregate(1, (a, b) => a * b);
        return Node(transposed ? "ConvTranspose" : "Conv", [x.Shape[0], units, .. sizes],
            (x.Magnitude * w.Magnitude * terms) + 2, x.Digits + w.Digits, inputs, [.. attributes]);

        int[] Each(int from, int to) => [.. Enumerable.Range(0, spatial).Select(_ => _random.Next(from, to))];

        static long[] Longs(int[] values) => [.. values.Select(v => (long)v)];
    }

    private Tensor? Pool(Tensor x)
    {
        if (x.Rank is < 3 or > 4)
            return null;
        int spatial = x.Rank - 2;
        int elements = x.Shape[2..].Aggregate(1, (a, b) => a * b);
        if (_random.Next(4) == 0)
        {
            int[] one = [.. x.Shape[..2], .. Enumerable.Repeat(1, spatial)];
            return _random.Next(2) == 0 ? Moved("GlobalMaxPool", x, one, [])
                : Node("GlobalAveragePool", one, x.Magnitude,
                    double.IsPow2(elements) ? x.Digits + (int)Math.Log2(elements) : 100, [x.Name]);
        }
        bool average = _random.Next(2) == 0, ceil = Opset >= 10 && _random.Next(4) == 0;
        int[] kernel = [.. Enumerable.Range(0, spatial).Select(_ => _random.Next(1, 4))],
            strides = [.. Enumerable.Range(0, spatial).Select(_ => _random.Next(1, 3))];
        int[] pads = [.. Enumerable.Range(0, 2 * spatial).Select(k => _random.Next(Math.Min(2, kernel[k % spatial])))];
        int[] sizes = new int[spatial];
        for (int k = 0; k < spatial; k++)
        {
            int padded = x.Shape[k + 2] + pads[k] + pads[k + spatial] - kernel[k];
            if (padded < 0)
                return null;
            sizes[k] = ((padded + (ceil ? strides[k] - 1 : 0)) / strides[k]) + 1;
            // A window that begins in the padding behind the last element is left out.
            if (ceil && (sizes[k] - 1) * strides[k] >= x.Shape[k + 2] + pads[k])
                sizes[k]--;
        }
        List<(string, object)> attributes =
            [("kernel_shape", kernel.Select(v => (long)v).ToArray()),
                ("strides", strides.Select(v => (long)v).ToArray()), ("pads", pads.Select(v => (long)v).ToArray())];
        if (ceil)
            attributes.Add(("ceil_mode", 1));
        if (average && _random.Next(2) == 0)
            attributes.Add(("count_include_pad", 1));
        // How many elements a window that reaches beyond the padding counts, ONNX Runtime's versions answer in
        // different ways.
        if (average && ceil)
            return null;
        int[] shape = [.. x.Shape[..2], .. sizes];
        return average ? Inexact("AveragePool", shape, x.Magnitude, [x.Name], [.. attributes])
            : Moved("MaxPool", x, shape, [], [.. attributes]);
    }

    private Tensor? Normalized(Tensor x)
    {
        if (x.Rank < 2)
            return null;
        int channels = x.Shape[1];
        double magnitude = 40;
        switch (_random.Next(6))
        {
            case 0:
                string variance = _model.Fresh("c");
                _model.Weights(variance, [channels],
                    [.. Enumerable.Range(0, channels).Select(_ => Choose(0.25, 1, 4, 0.7))]);
                return Inexact("BatchNormalization", x.Shape, 5 * (x.Magnitude + 2),
                    [x.Name, Constant([channels]).Name, Constant([channels]).Name, Constant([channels]).Name,
                        variance]);
            case 1 when Opset >= 17:
                int axis = _random.Next(x.Rank);
                int[] shape = x.Shape[axis..];
                string[] inputs = _random.Next(2) == 0 ? [x.Name, Constant(shape).Name]
                    : [x.Name, Constant(shape).Name, Constant(shape).Name];
                return Inexact("LayerNormalization", x.Shape, magnitude, inputs,
                    ("axis", _random.Next(2) == 0 ? axis : axis - x.Rank), ("epsilon", 0.125f));
            case 2 when x.Rank >= 3:
                return Inexact("InstanceNormalization", x.Shape, magnitude,
                    [x.Name, Constant([channels]).Name, Constant([channels]).Name], ("epsilon", 0.125f));
            case 3:
                x = Positive(x, 0.5);
                return Inexact("LpNormalization", x.Shape, 1, [x.Name], ("axis", _random.Next(x.Rank)),
                    ("p", _random.Next(1, 3)));
            case 4 when Opset >= 21 && x.Rank >= 3:
                return Inexact("GroupNormalization", x.Shape, magnitude,
                    [x.Name, Constant([channels]).Name, Constant([channels]).Name],
                    ("num_groups", channels % 2 == 0 ? 2 : 1), ("epsilon", 0.125f));
            case 5 when Opset is >= 9 and < 13 && x.Rank == 4:
                return null;
            default:
                return null;
        }
    }

    private Tensor? Resize(Tensor x)
    {
        if (x.Rank != 4)
            return null;
        int[] factors = [_random.Next(1, 4), _random.Next(1, 4)];
        int[] shape = [.. x.Shape[..2], x.Shape[2] * factors[0], x.Shape[3] * factors[1]];
        string scales = _model.Fresh("c");
        if (Opset == 9)
        {
            _model.Weights(scales, [4], 1, 1, factors[0], factors[1]);
            return Moved("Upsample", x, shape, [scales], ("mode", "nearest"));
        }
        if (Opset < 11)
            return null;
        if (Opset >= 13 && _random.Next(2) == 0)
        {
            int[] sizes = [.. x.Shape[..2], _random.Next(1, 7), _random.Next(1, 7)];
            string mode = Choose("nearest", "linear");
            (string, object)[] attributes = [("mode", mode),
                ("coordinate_transformation_mode", Choose("half_pixel", "asymmetric", "align_corners"))];
            return mode == "nearest" ? Moved("Resize", x, sizes, ["", "", Longs([.. sizes.Select(s => (long)s)])],
                attributes)
                : Inexact("Resize", sizes, x.Magnitude, [x.Name, "", "", Longs([.. sizes.Select(s => (long)s)])],
                    attributes);
        }
        _model.Weights(scales, [4], 1, 1, factors[0], factors[1]);
        string empty = _model.Fresh("c");
        _model.Weights(empty, [0]);
        return Moved("Resize", x, shape, [empty, scales], ("mode", "nearest"),
            ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
    }

    private Tensor? Blocks(Tensor x)
    {
        if (x.Rank != 4)
            return null;
        if (x.Shape[1] % 4 == 0)
        {
            int[] shape = [x.Shape[0], x.Shape[1] / 4, x.Shape[2] * 2, x.Shape[3] * 2];
            return Opset >= 11 ? Moved("DepthToSpace", x, shape, [], ("blocksize", 2), ("mode", Choose("DCR", "CRD")))
                : Moved("DepthToSpace", x, shape, [], ("blocksize", 2));
        }
        return x.Shape[2] % 2 == 0 && x.Shape[3] % 2 == 0 ? Moved("SpaceToDepth", x,
            [x.Shape[0], x.Shape[1] * 4, x.Shape[2] / 2, x.Shape[3] / 2], [], ("blocksize", 2)) : null;
    }

    // A quantizer and its inverse; scales are powers of two, so that ties are where they are.
    private Tensor? Quantized(Tensor x)
    {
        if (Opset < 10 || !x.IsExact)
            return null;
        bool signed = _random.Next(2) == 0, channels = Opset >= 13 && x.Rank >= 2 && _random.Next(3) == 0;
        int axis = channels ? _random.Next(x.Rank) : 0, count = channels ? x.Shape[axis] : 1;
        string scale = _model.Fresh("c"), zero = _model.Fresh("c");
        double[] scales = [.. Enumerable.Range(0, count).Select(_ => Math.ScaleB(1, _random.Next(-3, 1)))];
        _model.Weights(scale, channels ? [count] : [], scales);
        TensorProto zeros = new() { Name = zero, DataType = (int)(signed ? DataType.Int8 : DataType.Uint8) };
        zeros.Int32Data.AddRange(Enumerable.Range(0, count).Select(_ => _random.Next(signed ? -3 : 0, 4)));
        if (channels)
            zeros.Dims.Add(count);
        _model.Graph.Initializer.Add(zeros);
        (string, object)[] attributes = channels ? [("axis", axis)] : [];
        Tensor q = Node("QuantizeLinear", x.Shape, 255, 0, [x.Name, scale, zero], attributes);
        return Node("DequantizeLinear", x.Shape, 255, 3, [q.Name, scale, zero], attributes);
    }

    // Whole numbers, computed with as such.
    private Tensor? Integers(Tensor x)
    {
        if (!x.IsExact || Opset < 9)
            return null;
        Tensor whole = Node("Cast", x.Shape, x.Magnitude, 0, [x.Name], ("to", (int)DataType.Int32));
        string constant = _model.Fresh("c");
        int number = Choose(1, 2, 3, -2, 5);
        _model.Graph.Initializer.Add(
            new TensorProto { Name = constant, DataType = (int)DataType.Int32, Int32Data = { number } });
        string op = Choose("Add", "Mul", "Sub", "Div");
        Tensor result = Node(op, x.Shape, op == "Mul" ? x.Magnitude * 5 : x.Magnitude + 5, 0, [whole.Name, constant]);
        return Node("Cast", x.Shape, result.Magnitude, 0, [result.Name], ("to", (int)DataType.Float));
    }

    private Tensor? Clip(Tensor x)
    {
        double low = Choose(-1, 0, -2.5), high = Choose(1, 2.5, 6);
        if (Opset < 11)
            return Node("Clip", x.Shape, Math.Min(x.Magnitude, 6), Math.Max(x.Digits, 1), [x.Name], ("min", (float)low),
                ("max", (float)high));
        string[] bounds = _random.Next(
            3) switch
        { 0 => [Number(low)], 1 => ["", Number(high)], _ => [Number(low), Number(high)] };
        return Node("Clip", x.Shape, x.Magnitude + 6, Math.Max(x.Digits, 1), [x.Name, .. bounds]);
    }

    private Tensor? PRelu(Tensor x)
    {
        int[] shape = [.. x.Shape.Select(d => _random.Next(3) == 0 ? 1 : d)
            .Skip(_random.Next(3) == 0 ? _random.Next(x.Rank + 1) : 0)];
        Tensor slope = Constant(shape);
        return Node("PRelu", x.Shape, 2 * x.Magnitude, x.Digits + 2, [x.Name, slope.Name]);
    }

    // Constants that follow from shapes.
    private Tensor? Shapes(Tensor x)
    {
        if (x.Rank == 0)
            return null;
        Tensor shape = Node("Shape", [x.Rank], 100, 0, [x.Name]);
        if (_random.Next(2) == 0 && Opset >= 9)
        {
            Tensor filled = Node("ConstantOfShape", x.Shape, 2, 1, [shape.Name],
                ("value", ModelBuilder.Tensor("", [1], 1.5)));
            return Node("Mul", x.Shape, 1.5 * x.Magnitude, x.Digits + 1, [x.Name, filled.Name]);
        }
        Tensor flat = Moved("Reshape", x, [x.Size], [Longs(-1)]);
        return Moved("Reshape", flat, x.Shape, [shape.Name]);
    }
}
