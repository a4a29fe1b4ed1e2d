using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Onnx;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Quantization;

/// <summary>The parameters of a QONNX Quant node.</summary>
/// <param name="Scale">One number, or one for each element of <paramref name="ScaleShape"/>.</param>
/// <param name="ScaleShape">Broadcasts to what is quantized.</param>
internal sealed record QuantSpec(double[] Scale, int[] ScaleShape, double ZeroPoint, double Bits, bool Signed,
    bool Narrow, string Rounding)
{
    public QuantSpec(double scale, double bits, bool signed = true, bool narrow = false, string rounding = "ROUND",
        double zeroPoint = 0)
        : this([scale], [], zeroPoint, bits, signed, narrow, rounding)
    {
    }

    /// <summary>The number of steps between the ends.</summary>
    public double Levels => Math.Pow(2, Bits) - 1;

    /// <summary>The node, its parameters as initializers.</summary>
    public ModelBuilder AddTo(ModelBuilder model, string x, string y, string op = "Quant") => model.Custom(
        "qonnx.custom_op.general",
        op,
        [x, model.Constant(ScaleShape, Scale), model.Constant([], ZeroPoint), model.Constant([], Bits)],
        y,
        ("signed", Signed ? 1 : 0),
        ("narrow", Narrow ? 1 : 0),
        ("rounding_mode", Rounding));
}

/// <summary>What quantized models need beyond plain ones.</summary>
internal static class QuantizedModelBuilder
{
    /// <summary>A node of another domain than ONNX's own.</summary>
    public static ModelBuilder Custom(this ModelBuilder model, string domain, string op, string[] inputs, string output,
        params (string Name, object Value)[] attributes)
    {
        model.Node(op, inputs, output, attributes).Last.Domain = domain;
        return model;
    }

    /// <summary>An initializer of float32 under a name of its own, which is returned.</summary>
    public static string Constant(this ModelBuilder model, int[] shape, params double[] values)
    {
        string name = model.Fresh("c");
        model.Weights(name, shape, values);
        return name;
    }

    public static string Scalar(this ModelBuilder model, double value) => model.Constant([], value);

    /// <summary>An initializer of stored integers under a name of its own, which is returned.</summary>
    public static string Stored(this ModelBuilder model, DataType type, int[] shape, params long[] values)
    {
        TensorProto tensor = new() { Name = model.Fresh("i"), DataType = (int)type };
        tensor.Dims.AddRange(shape.Select(d => (long)d));
        // Four-bit integers lie in pairs, the first one low.
        tensor.Int32Data.AddRange(type is DataType.Int4 or DataType.Uint4
            ? values.Chunk(2).Select(pair => (int)((pair[0] & 15) | (pair.Length > 1 ? (pair[1] & 15) << 4 : 0)))
            : values.Select(v => (int)v));
        model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }
}
