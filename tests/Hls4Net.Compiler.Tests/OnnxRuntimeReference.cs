using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Hls4Net.Tests;

/// <summary>
/// What ONNX Runtime, which shares nothing with this compiler, makes of a model: the second judge of every number.
/// Graph optimizations are off, so that every operator is evaluated as it stands in the file.
/// </summary>
internal sealed class OnnxRuntimeReference : IDisposable
{
    private static readonly SessionOptions s_options = new()
    {
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL,
        InterOpNumThreads = 1,
        IntraOpNumThreads = 1,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        LogId = "tests",
    };

    private readonly InferenceSession _session;

    private OnnxRuntimeReference(InferenceSession session) => _session = session;

    /// <summary>A session for a model; null, and why, where ONNX Runtime does not take it.</summary>
    public static OnnxRuntimeReference? TryOpen(byte[] model, out string reason)
    {
        try
        {
            reason = "";
            return new OnnxRuntimeReference(new InferenceSession(model, s_options));
        }
        catch (OnnxRuntimeException e)
        {
            reason = e.Message;
            return null;
        }
    }

    /// <summary>A session for a model.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime does not take the model.</exception>
    public static OnnxRuntimeReference Open(byte[] model) =>
        TryOpen(model, out string reason)
            ?? throw new InvalidOperationException($"ONNX Runtime does not take the model: {reason}");

    /// <summary>
    /// The model's outputs, one after another as double, row-major, for one sample: all inputs in the model's order,
    /// one after another.
    /// </summary>
    /// <param name="sample">The elements of all inputs.</param>
    /// <param name="shapes">The inputs' shapes where the model leaves dimensions open; null where it states
    /// all.</param>
    public double[][] Run(ReadOnlySpan<double> sample, int[][]? shapes = null)
    {
        List<NamedOnnxValue> inputs = [];
        int index = 0;
        foreach ((string name, NodeMetadata port) in _session.InputMetadata)
        {
            int[] shape = shapes is null ? port.Dimensions : shapes[index];
            int size = shape.Aggregate(1, (a, b) => a * b);
            inputs.Add(Value(name, port.ElementDataType, sample[..size].ToArray(), shape));
            sample = sample[size..];
            index++;
        }
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = _session.Run(inputs);
        return [.. results.Select(r => Numbers(r))];
    }

    public void Dispose() => _session.Dispose();

    private static NamedOnnxValue Value(string name, TensorElementType type, double[] values, int[] shape)
    {
        return type switch
        {
            TensorElementType.Float => Of(v => (float)v),
            TensorElementType.Double => Of(v => v),
            TensorElementType.Float16 => Of(v => (Float16)(float)v),
            TensorElementType.BFloat16 => Of(v => (BFloat16)(float)v),
            TensorElementType.Int8 => Of(v => (sbyte)v),
            TensorElementType.UInt8 => Of(v => (byte)v),
            TensorElementType.Int16 => Of(v => (short)v),
            TensorElementType.UInt16 => Of(v => (ushort)v),
            TensorElementType.Int32 => Of(v => (int)v),
            TensorElementType.UInt32 => Of(v => (uint)v),
            TensorElementType.Int64 => Of(v => (long)v),
            TensorElementType.UInt64 => Of(v => (ulong)v),
            TensorElementType.Bool => Of(v => v != 0),
            _ => throw new NotSupportedException($"the input '{name}' is of {type}"),
        };

        NamedOnnxValue Of<T>(Func<double, T> convert) =>
            NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(values.Select(convert).ToArray(), shape));
    }

    private static double[] Numbers(NamedOnnxValue value) => value.Value switch
    {
        Tensor<float> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<double> t => t.ToArray(),
        Tensor<Float16> t => [.. t.ToArray().Select(v => (double)(float)v)],
        Tensor<BFloat16> t => [.. t.ToArray().Select(v => (double)(float)v)],
        Tensor<sbyte> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<byte> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<short> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<ushort> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<int> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<uint> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<long> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<ulong> t => [.. t.ToArray().Select(v => (double)v)],
        Tensor<bool> t => [.. t.ToArray().Select(v => v ? 1.0 : 0.0)],
        _ => throw new NotSupportedException($"the output '{value.Name}' is a {value.Value.GetType()}"),
    };
}
