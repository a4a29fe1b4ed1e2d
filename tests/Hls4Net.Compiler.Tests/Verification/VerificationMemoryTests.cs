using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Data;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;

namespace Hls4Net.Tests.Verification;

/// <summary>Memory of verification is that of a sample, however many there are.</summary>
public sealed class VerificationMemoryTests
{
    private const int Side = 96, Few = 2, Many = 12;

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void More_vectors_take_no_more_memory(bool withFirmware)
    {
        using TempFolder folder = new();
        CompiledModel few = ModelHarness.Compile(Image(folder, Few)), many = ModelHarness.Compile(Image(folder, Many));
        using Gpp? gpp = withFirmware ? Gpp.Require() : null;
        string? library = gpp is null ? null : ModelHarness.CompileCSim(few, gpp);
        long layers = few.Model.Layers.Sum(l => (long)l.Output.Shape.Size);
        long growth = Allocated(many, library) - Allocated(few, library);
        // A copy of the layers' mantissas is eight bytes for each element. Operations make some garbage of their own,
        // less than one copy; recorded layers of each vector would add another, and of the firmware one more.
        Assert.InRange(growth, long.MinValue, (long)(1.25 * layers * 8 * (Many - Few)));
    }

    // Arrays for several samples at once are all that grows with their number.
    private static long Allocated(CompiledModel model, string? library)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        DiagnosticBag diagnostics = new("image.onnx");
        model.Verify(library, diagnostics);
        Assert.False(diagnostics.HasErrors, string.Join('\n', diagnostics.Items));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static ModelOptions Image(TempFolder folder, int samples)
    {
        Random random = new(3);
        ModelBuilder model = new ModelBuilder().Input("x", 1, 1, Side, Side)
            .Weights("k", [4, 1, 1, 1], 0.5, -1, 0.25, 1).Node("Conv", ["x", "k"], "c").Node("Relu", ["c"], "r")
            .Node("MaxPool", ["r"], "y", ("kernel_shape", new long[] { 8, 8 }), ("strides", new long[] { 8, 8 }))
            .Output("y");
        float[] pixels = [.. Enumerable.Range(0, samples * Side * Side).Select(_ => random.NextSingle())];
        // One range for both numbers of vectors, so that both are the same firmware.
        pixels[0] = 1;
        return model.Save(
            folder) with
        {
            TestInputs = [folder.Write($"x{samples}.npy",
                Npy.Floats($"({samples}, 1, {Side}, {Side})", pixels))]
        };
    }
}
