using Hls4Net.Sdk.Tests.Harness;

namespace Hls4Net.Sdk.Tests;

/// <summary>Inputs that are replaced without a newer date: cp -p, rsync -a, a checkout.</summary>
public sealed class ReplacedInputTests : IDisposable
{
    private static readonly DateTime s_old = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Consumer _consumer = new("""
        <HlsModel Include="models/net.onnx" TestInputs="data/x.npy" />
        <HlsModel Include="models/big.onnx" TestInputs="vectors" />
        """, "<HlsCSimulation>false</HlsCSimulation>");

    public ReplacedInputTests()
    {
        (byte[] model, byte[] data) = OnnxBytes.DenseWithExternalData("big.data");
        Write("models/net.onnx", OnnxBytes.Dense(), s_old);
        Write("models/big.onnx", model, s_old);
        Write("models/big.data", data, s_old);
        Write("data/x.npy", NpyBytes.Random(20, 3), s_old);
        Write("vectors/input_0.pb", OnnxBytes.TestVectors(20, 3), s_old);
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void Content_decides_whatever_a_files_time_says()
    {
        _consumer.StepsOk();
        Assert.True(_consumer.StepsAreUpToDate());
        Assert.Empty(_consumer.StepsOk().Steps);

        // Older, other size.
        Write("models/net.onnx", OnnxBytes.Dense(outputs: 5), s_old.AddYears(-5));
        Expect("models/net.onnx");
        // Older, same size.
        Write("models/net.onnx", OnnxBytes.Dense(outputs: 5, seed: 7), s_old.AddYears(-6));
        Expect("models/net.onnx");
        // Same time, same size.
        Write("models/net.onnx", OnnxBytes.Dense(outputs: 5, seed: 8), s_old.AddYears(-6));
        Expect("models/net.onnx");

        Write("data/x.npy", NpyBytes.Random(20, 3, seed: 9), s_old);
        Expect("models/net.onnx");
        Write("vectors/input_0.pb", OnnxBytes.TestVectors(21, 3), s_old);
        Expect("models/big.onnx");
        byte[] data = File.ReadAllBytes(Path.Combine(_consumer.Folder, "models/big.data"));
        data[3] ^= 1;
        Write("models/big.data", data, s_old);
        Expect("models/big.onnx");

        // The same again is no change, of whatever date.
        File.SetLastWriteTimeUtc(Path.Combine(_consumer.Folder, "data/x.npy"), s_old.AddYears(-1));
        Assert.Empty(_consumer.StepsOk().Steps);
    }

    private void Expect(string model)
    {
        BuildResult result = _consumer.StepsOk();
        Assert.Equal([model], result.Models("GenerateHls"));
        Assert.Equal([model], result.Models("VerifyHls"));
        Assert.Empty(_consumer.StepsOk().Steps);
    }

    private void Write(string path, byte[] bytes, DateTime time)
    {
        _consumer.Write(path, bytes);
        File.SetLastWriteTimeUtc(Path.Combine(_consumer.Folder, path), time);
    }
}
