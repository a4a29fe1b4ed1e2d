using System.Text;
using Hls4Net.Sdk.Tests.Harness;
using Hls4Net.Tests.Keras;

namespace Hls4Net.Sdk.Tests;

/// <summary>Models in files of Keras, one of them with its weights in a file of their own.</summary>
public sealed class KerasModelTests : IDisposable
{
    private const string Network = """
        {"class_name": "Sequential", "config": {"name": "net", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 3]}},
        {"class_name": "Dense", "config": {"name": "fc", "units": 2, "activation": "relu"}}]}}
        """;

    private static readonly DateTime s_old = new(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly Consumer _consumer = new("""
        <HlsModel Include="models/pair.json" Weights="models/pair.h5" TestInputs="data/x.npy" />
        <HlsModel Include="models/whole.keras" TestInputs="data/x.npy" />
        """, "<HlsCSimulation>false</HlsCSimulation>");

    public KerasModelTests()
    {
        Write("models/pair.json", Encoding.UTF8.GetBytes(Network));
        Write("models/pair.h5", Weights(1));
        Write("models/whole.keras", KerasWriter.Zip(Network, Weights(2)));
        Write("data/x.npy", NpyBytes.Random(20, 3));
    }

    public void Dispose() => _consumer.Dispose();

    [Fact]
    public void They_build_and_follow_their_files()
    {
        Assert.Equal(["models/pair.json", "models/whole.keras"], _consumer.StepsOk().Models("GenerateHls").Order());
        Assert.Empty(_consumer.StepsOk().Steps);

        Write("models/pair.h5", Weights(3));
        Assert.Equal(["models/pair.json"], _consumer.StepsOk().Models("GenerateHls"));
        Write("models/whole.keras", KerasWriter.Zip(Network, Weights(4)));
        Assert.Equal(["models/whole.keras"], _consumer.StepsOk().Models("GenerateHls"));
        Assert.Empty(_consumer.StepsOk().Steps);
    }

    private static byte[] Weights(double scale) => KerasWriter.Hdf(new PureHDF.H5Group
    {
        ["dense"] = new PureHDF.H5Group
        {
            ["vars"] = KerasWriter.Variables("fc",
                KerasWriter.Tensor([.. Enumerable.Range(0, 6).Select(i => (i - 2) * scale / 4)], 3, 2),
                KerasWriter.Tensor([scale, -0.5], 2)),
        },
    });

    // Of one time: content decides.
    private void Write(string path, byte[] bytes)
    {
        _consumer.Write(path, bytes);
        File.SetLastWriteTimeUtc(Path.Combine(_consumer.Folder, path), s_old);
    }
}
