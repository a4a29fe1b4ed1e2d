using System.Diagnostics;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Hostile;

/// <summary>
/// Mutants of random models, of the project's own and, where they are, of the shared ones: each ends in firmware or in
/// diagnostics, and takes neither long nor much memory. `./test.sh --long` tries a million.
/// </summary>
public sealed class MutationSoakTests(ITestOutputHelper output)
{
    private const int Usual = 600, Many = 1_000_000;

    // What a model of a few thousand weights may take; a thousand times what it does take.
    private const double MostSeconds = 10, MostGigabytes = 2;

    private const int LargestFile = 40_000;

    private static readonly Lazy<byte[][]> s_shared = new(Shared);

    /// <summary>What went wrong with a mutant.</summary>
    private sealed record Finding(string Kind, int Seed, string Text);

    [Fact]
    public void Mutants_end_in_firmware_or_a_diagnostic()
    {
        int built = 0, count = Soak.Count(Usual, Many);
        List<Finding> findings = [];
        double longest = 0, largest = 0;
        using TempFolder folder = new();
        foreach (int seed in Soak.Seeds(Usual, Many))
        {
            Random random = new(seed);
            byte[] mutant = ModelMutator.Mutate(Source(random), random);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            if (Soak.IsLong)
                ResetPeak();
            (bool Built, string? Fault) result = Try(mutant, random, folder);
            built += result.Built ? 1 : 0;
            if (result.Fault is string fault)
                Found(fault[..Math.Min(fault.Length, 100)], seed, mutant, fault);
            double seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
            longest = Math.Max(longest, seconds);
            // Other tests share the processor time and the memory of an ordinary run.
            if (!Soak.IsLong)
                continue;
            double gigabytes = Peak();
            largest = Math.Max(largest, gigabytes);
            if (seconds > MostSeconds)
                Found("time", seed, mutant, $"it took {seconds:F1} s");
            if (gigabytes > MostGigabytes)
                Found("memory", seed, mutant, $"it took {gigabytes:F1} GB");
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{built} of {count} mutants build, seeds from {Soak.FirstSeed}; the longest took {longest:F2} s, the "
            + $"largest {largest:F2} GB"));
        Assert.True(findings.Count == 0, string.Join('\n', findings.GroupBy(f => f.Kind)
            .Select(g => $"{g.Count()} times, the first of seed {g.First().Seed}: {g.First().Text}")));

        void Found(string kind, int seed, byte[] mutant, string text)
        {
            if (Environment.GetEnvironmentVariable("HLS4NET_KEEP") is string keep)
                File.WriteAllBytes(Path.Combine(keep, $"{seed}.onnx"), mutant);
            findings.Add(new Finding(kind, seed, text));
        }
    }

    [Fact]
    public void What_is_mutated_builds()
    {
        int built = Enumerable.Range(0, 60).Count(seed =>
        {
            using TempFolder folder = new();
            return Try(Source(new Random(seed)), new Random(seed), folder).Built;
        });
        Assert.InRange(built, 20, 60);
    }

    private static (bool Built, string? Fault) Try(byte[] mutant, Random random, TempFolder folder)
    {
        ModelOptions options = ModelHarness.Options(folder.Write("model.onnx", mutant)) with
        {
            TransposeInputs = random.Next(6) == 0,
            IOType = random.Next(4) == 0 ? IOType.IoStream : IOType.IoParallel,
        };
        DiagnosticBag diagnostics = new(options.Source);
        try
        {
            CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
            if (diagnostics.Items.FirstOrDefault(d => d.Descriptor == Descriptors.InternalError) is Diagnostic fault)
                return (false, fault.Text);
            if (model is null != diagnostics.HasErrors)
                return (false, "neither a model nor an error");
            _ = model?.EmitFirmware();
            _ = model?.EmitClass();
            return (model is not null, null);
        }
        catch (ModelException)
        {
            return (false, null);
        }
        catch (Exception e)
        {
            return (false, e.ToString());
        }
    }

    private static byte[] Source(Random random)
    {
        switch (random.Next(8))
        {
            case 0:
                return HostileTest.Perceptron().ToBytes();
            case 1:
                return HostileTest.Layouts().ToBytes();
            case 2 or 3 or 4 when s_shared.Value.Length > 0:
                return s_shared.Value[random.Next(s_shared.Value.Length)];
            default:
                return RandomModel.Make(random).ToBytes();
        }
    }

    // Small models of the shared folder, in an order that does not depend on the file system.
    private static byte[][] Shared()
    {
        IEnumerable<string> folders = new[] { "models", "cases", "golden", "onnx-node-tests" }.Select(f =>
            SharedData.TryFind(f)).OfType<string>().Where(Directory.Exists);
        IEnumerable<string> files = folders.SelectMany(f =>
            Directory.EnumerateFiles(f, "*.onnx", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);
        return [.. files.Where(f => new FileInfo(f).Length <= LargestFile).Select(File.ReadAllBytes).Where(IsModel)];
    }

    private static bool IsModel(byte[] bytes)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(bytes).Graph is not null;
        }
        catch (Google.Protobuf.InvalidProtocolBufferException)
        {
            return false;
        }
    }

    // Linux keeps the most memory that a process has had, and forgets it when asked to.
    private static void ResetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");

    private static double Peak()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1e9;
    }
}
