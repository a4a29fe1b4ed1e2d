using Hls4Net.Configuration;
using Hls4Net.Diagnostics;

namespace Hls4Net.Benchmarks;

/// <summary>
/// Networks on images with few and with many test vectors: what a build without a C++ compiler takes, types by effect,
/// sources and verification, in processes of their own.
/// </summary>
internal static class ImageRows
{
    private const int Side = 128, Few = 2, Many = 20, LargeSide = 512;

    public static IEnumerable<Row> Measure(string rusage, string folder, int runs)
    {
        string unet = Path.Combine(folder, "unet.onnx"), large = Path.Combine(folder, "large.onnx");
        Cnn.WriteUnet(unet, Side, filters: 8, levels: 3);
        Cnn.WriteDeep(large, layers: 3, LargeSide, channels: 4);
        (string What, string Model, int Channels, int Side, IOType Streams)[] networks =
        [
            ($"U-Net of {Side}², 8 to 64 filters, io_parallel", unet, 1, Side, IOType.IoParallel),
            ($"U-Net of {Side}², 8 to 64 filters, io_stream", unet, 1, Side, IOType.IoStream),
            ($"3 convolutions of {LargeSide}², io_stream", large, 4, LargeSide, IOType.IoStream),
        ];
        foreach ((string what, string model, int channels, int side, IOType streams) in networks)
        {
            ProcessCost[] few = Costs(Few), many = Costs(Many);
            string numbers = $"{Many} vectors beside {Few}";
            yield return new Row($"build of a {what}, {numbers}", "CPU s", $"{Few} vectors",
                [.. few.Select(c => c.Seconds)], [.. many.Select(c => c.Seconds)], "");
            yield return new Row("peak memory of the same", "MB", $"{Few} vectors",
                [.. few.Select(c => c.PeakMegabytes)], [.. many.Select(c => c.PeakMegabytes)], "< 2,000");

            ProcessCost[] Costs(int vectors)
            {
                string samples = Network.Samples(Directory.CreateDirectory(
                    Path.Combine(folder, $"{side}-{vectors}")).FullName, vectors, channels, side, side);
                return [.. Enumerable.Range(0, runs)
                    .Select(_ => Cpu.OfCommand(rusage, folder, Environment.ProcessPath!,
                        ["image", model, samples, streams.ToString()]))];
            }
        }
    }

    /// <summary>What is measured.</summary>
    public static void Build(string model, string vectors, IOType streams)
    {
        CompiledModel compiled = Network.Compile(model, vectors, null, streams);
        GC.KeepAlive(Network.Emit(compiled).ToArray());
        DiagnosticBag diagnostics = new(Path.GetFileName(model));
        compiled.Verify(null, diagnostics);
        if (diagnostics.HasErrors)
            throw new InvalidOperationException(string.Join('\n', diagnostics.Items));
    }
}
