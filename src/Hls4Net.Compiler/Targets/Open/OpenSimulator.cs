using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Pipeline;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Synthesis;
using Hls4Net.Text;
using Hls4Net.Tools;
using Hls4Net.Vectors;
namespace Hls4Net.Targets.Open;

/// <summary>A co-simulation that gave no difference, as it is kept.</summary>
/// <param name="Fingerprint">Digest of the Verilog, of the samples and of the simulator's version.</param>
/// <param name="Samples">Samples that went through.</param>
/// <param name="Latency">Cycles from a sample to its results, measured.</param>
/// <param name="Interval">Cycles from one result to the next, measured; null where there was one.</param>
internal sealed record CosimulationRecord(string Fingerprint, int Samples, int Latency, int? Interval);

/// <summary>
/// Verilator, or else Icarus: the network's own Verilog with the test vectors, every bit of every layer against the
/// managed simulator.
/// </summary>
public sealed class OpenSimulator
{
    // Icarus interprets: it takes seconds for what Verilator does in milliseconds.
    private const int MaxIcarusSamples = 200;

    // Streams and shared multipliers take many cycles for a sample; Verilator runs some ten thousand of a large network
    // a second.
    private const long MaxCycles = 4_000_000;
    private const int LeastSamples = 10;

    private readonly VerilogSimulator _simulator;

    internal OpenSimulator(VerilogSimulator simulator, string name) => (_simulator, Name) = (simulator, name);

    /// <summary>What it is called in messages.</summary>
    public string Name { get; }

    /// <summary>
    /// Writes a network's Verilog and simulates it; not again where the last simulation was of the same Verilog and the
    /// same samples.
    /// </summary>
    /// <param name="compilation">The network.</param>
    /// <param name="design">Its Verilog.</param>
    /// <param name="folder">A folder for the Verilog, and <c>cosim/</c> in it.</param>
    /// <param name="kept">The folder that the last simulation is kept in.</param>
    /// <param name="tools">What runs the simulator.</param>
    /// <param name="progress">Takes a line for people.</param>
    /// <param name="cancellation">Ends it, with the simulator.</param>
    /// <exception cref="ModelException">A layer has no Verilog (HLS5201), the simulator failed (HLS5105), or a bit
    /// differs (HLS5109).</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal CosimulationRecord Run(Compilation compilation, RtlDesign design, string folder, string kept,
        IToolRunner tools, Action<string> progress, CancellationToken cancellation)
    {
        ModelOptions options = compilation.Options;
        foreach (GeneratedFile file in design.WithProject(options))
            File.WriteAllText(Path.Combine(folder, file.Path), file.Text);
        long[][] samples = Samples(compilation, design);
        string fingerprint = Fingerprint(design, samples),
            path = Path.Combine(Directory.CreateDirectory(kept).FullName, "cosim.json");
        if (KeptFile.Read<CosimulationRecord>(path) is CosimulationRecord known && known.Fingerprint == fingerprint)
        {
            progress($"{Text(known.Samples, 0, known.Latency, known.Interval)}, known from before");
            return known;
        }
        CosimulationResult result;
        try
        {
            string work = Path.Combine(folder, "cosim");
            if (Directory.Exists(work))
                Directory.Delete(work, recursive: true);
            Cosimulation cosimulation = new([design], tools, cancellation);
            cosimulation.Add(samples);
            using SimulationProgress steps = new(options.ModelName, Name, design, samples.Length, work, progress);
            result = cosimulation.Run(_simulator, Directory.CreateDirectory(work).FullName)[0];
        }
        catch (ToolException e)
        {
            throw Failed(options, folder, e);
        }
        progress(Text(result.Samples, result.Mismatches, result.Latency, result.Interval));
        if (result.Mismatches > 0)
            throw new ModelException(Descriptors.CosimulationFailed,
                $"co-simulation of {options.ModelName}: the Verilog in {folder} gives other bits than the managed "
                + $"simulator at {result.Mismatches} places, first {result.FirstMismatch}. This is a defect of Hls4Net "
                + $"or of {Name}: please report it with the model");
        CosimulationRecord record = new(fingerprint, result.Samples, result.Latency, result.Interval);
        KeptFile.Write(path, record);
        return record;

        string Text(int count, long mismatches, int latency, int? interval) => string.Create(
            CultureInfo.InvariantCulture,
            $"{options.ModelName}: co-simulation with {Name}: {count} samples, every bit of {design.Layers.Length} "
            + $"layers, {mismatches} mismatches, latency {latency}{(interval is int i ? $", interval {i}" : "")}");
    }

    /// <summary>What became of a tool that failed; all that it said goes into a file.</summary>
    internal static ModelException Failed(ModelOptions options, string folder, ToolException e)
    {
        string log = Path.Combine(folder, SynthesisRun.LogFile);
        File.WriteAllText(log, e.Message);
        string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ModelException(Descriptors.SynthesisFailed,
            $"{options.ModelName}: {string.Join(' ', lines.Length <= 6 ? lines : [lines[0], "…", .. lines[^4..]])}; "
            + $"see {log}");
    }

    private long[][] Samples(Compilation compilation, RtlDesign design)
    {
        TestVectors vectors = compilation.Vectors;
        // Gaps and pressure from behind, at random, make a stream about four times as slow.
        long most = Math.Max(LeastSamples, MaxCycles / ((design.IsStream ? 4L : 1) * design.Interval));
        int count = (int)Math.Min(vectors.Count, _simulator == VerilogSimulator.Icarus
            ? Math.Min(most, MaxIcarusSamples) : most);
        return [.. compilation.Samples(count)];
    }

    private string Fingerprint(RtlDesign design, long[][] samples)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // What is expected of the Verilog depends on this library.
        hash.AppendData(Encoding.UTF8.GetBytes(
            $"{Name} {typeof(OpenSimulator).Assembly.ManifestModule.ModuleVersionId}\n{design.Trace}"));
        foreach (GeneratedFile file in design.Files)
            hash.AppendData(Encoding.UTF8.GetBytes(file.Text));
        foreach (long[] sample in samples)
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(sample.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
