using System.Buffers.Binary;
using System.Text;

namespace Hls4Net.Sdk.Tests.Harness;

/// <summary>
/// Writes small ONNX models, as protobuf's wire format: no tool or library that makes them is needed.
/// </summary>
internal static class OnnxBytes
{
    private const int Float = 1;

    /// <summary>
    /// y = Relu(x · W + b) with one input of <paramref name="inputs"/> values and fixed pseudo-random weights.
    /// </summary>
    public static byte[] Dense(int inputs = 3, int outputs = 2, int seed = 1)
    {
        Random random = new(seed);
        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-64, 65) / 64f)];
        return Model(inputs, outputs,
            Tensor("W", [inputs, outputs], Raw(Values(inputs * outputs))),
            Tensor("b", [outputs], Raw(Values(outputs))));
    }

    /// <summary>
    /// Two products with a rectifier between them; the last one's weights are of a seed of their own.
    /// </summary>
    public static byte[] TwoLayers(int inputs, int hidden, int outputs, int lastSeed)
    {
        Random first = new(1), last = new(lastSeed);
        static float[] Values(Random random, int count) =>
            [.. Enumerable.Range(0, count).Select(_ => random.Next(-64, 65) / 64f)];
        byte[][] nodes = [Node("MatMul", "fc1", ["x", "W1"], "h"), Node("Relu", "relu1", ["h"], "r"),
            Node("MatMul", "fc2", ["r", "W2"], "y")];
        return Model(inputs, outputs, nodes, Tensor("W1", [inputs, hidden], Raw(Values(first, inputs * hidden))),
            Tensor("W2", [hidden, outputs], Raw(Values(last, hidden * outputs))));
    }

    /// <summary>The model of one product with its weights in a file beside it.</summary>
    public static (byte[] Model, byte[] Data) DenseWithExternalData(string location, int inputs = 3, int outputs = 2)
    {
        float[] weights = [.. Enumerable.Range(0, inputs * outputs).Select(i => (i - 2) / 8f)];
        byte[] external =
        [
            .. Message(13, [.. Text(1, "location"), .. Text(2, location)]),
            .. Number(14, 1),
        ];
        byte[] model = Model(inputs, outputs, Tensor("W", [inputs, outputs], external),
            Tensor("b", [outputs], Raw(new float[outputs])));
        return (model, Bytes(weights));
    }

    /// <summary>A file of test vectors as ONNX's test_data_set folders have them.</summary>
    public static byte[] TestVectors(int rows, int columns) =>
        Tensor("x", [rows, columns],
            Raw([.. Enumerable.Range(0, rows * columns).Select(i => ((i * 7) % 32 / 16f) - 1)]));

    private static byte[] Model(int inputs, int outputs, params byte[][] initializers) =>
        Model(inputs, outputs, [Node("Gemm", "fc1", ["x", "W", "b"], "h"), Node("Relu", "relu1", ["h"], "y")],
            initializers);

    private static byte[] Model(int inputs, int outputs, byte[][] nodes, params byte[][] initializers)
    {
        byte[] graph =
        [
            .. nodes.SelectMany(n => Message(1, n)),
            .. Text(2, "net"),
            .. initializers.SelectMany(i => Message(5, i)),
            .. Message(11, Value("x", [1, inputs])),
            .. Message(12, Value("y", [1, outputs])),
        ];
        return [.. Number(1, 8), .. Message(7, graph), .. Message(8, Number(2, 17))];
    }

    private static byte[] Node(string op, string name, string[] inputs, string output) =>
        [.. inputs.SelectMany(i => Text(1, i)), .. Text(2, output), .. Text(3, name), .. Text(4, op)];

    private static byte[] Value(string name, int[] shape)
    {
        byte[] dimensions = [.. shape.SelectMany(d => Message(1, Number(1, d)))];
        byte[] tensor = [.. Number(1, Float), .. Message(2, dimensions)];
        return [.. Text(1, name), .. Message(2, Message(1, tensor))];
    }

    private static byte[] Tensor(string name, int[] shape, byte[] data) =>
        [.. shape.SelectMany(d => Number(1, d)), .. Number(2, Float), .. Text(8, name), .. data];

    private static byte[] Raw(float[] values) => Message(9, Bytes(values));

    private static byte[] Bytes(float[] values)
    {
        byte[] bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        return bytes;
    }

    private static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Text(int field, string text) => Message(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Message(int field, byte[] content) =>
        [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static IEnumerable<byte> Varint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            yield return (byte)(value | 0x80);
        yield return (byte)value;
    }
}
