using System.Globalization;
using System.Text;
using Hls4Net.Graph;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Simulation;
using Hls4Net.Tools;

namespace Hls4Net.Rtl.Tools;

/// <summary>A simulator of Verilog.</summary>
internal enum VerilogSimulator
{
    /// <summary>Compiles to C++: slow to start, quick to run.</summary>
    Verilator,

    /// <summary>Interprets: quick to start, slow to run.</summary>
    Icarus,
}

/// <summary>What a design's co-simulation gave.</summary>
/// <param name="Samples">Samples that went through.</param>
/// <param name="Mismatches">Outputs of layers, and ports, that differ from the managed simulator's, and wrong valid bits.</param>
/// <param name="FirstMismatch">The first of them, for people.</param>
/// <param name="Latency">Cycles from the first sample to its results, measured.</param>
/// <param name="Interval">The most cycles between the results of two samples that were applied one after another, measured; null where no two were.</param>
internal sealed record CosimulationResult(int Samples, long Mismatches, string? FirstMismatch, int Latency, int? Interval);

/// <summary>Samples go through designs under a Verilog simulator; every bit of every layer is compared with the managed simulator.</summary>
internal sealed class Cosimulation(IReadOnlyList<RtlDesign> designs, CancellationToken cancellation = default)
{
    private readonly List<long[]?[]> _stimuli = [];

    /// <summary>For the next design in order: a sample of mantissas for each cycle, null for a cycle without one.</summary>
    public void Add(long[]?[] stimulus) => _stimuli.Add(stimulus);

    /// <summary>Runs all.</summary>
    /// <param name="simulator">The simulator.</param>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="replaced">Texts of files that take the place of the designs' own: netlists of modules.</param>
    /// <param name="options">More options and files for the simulator.</param>
    /// <exception cref="ToolException">The simulator is missing or fails.</exception>
    public CosimulationResult[] Run(VerilogSimulator simulator, string folder, IReadOnlyDictionary<string, string>? replaced = null, params IReadOnlyList<string> options)
    {
        int cycles = _stimuli.Max(s => s.Length);
        Dictionary<string, string> files = new(StringComparer.Ordinal) { [$"{TestBenchEmitter.Name}.v"] = TestBenchEmitter.Emit(designs, cycles) };
        for (int d = 0; d < designs.Count; d++)
        {
            foreach (GeneratedFile file in designs[d].Files.Where(f => f.Path != $"{designs[d].Name}.v"))
                files[file.Path] = file.Text;
            files[$"{designs[d].Name}_trace.v"] = designs[d].Trace;
            File.WriteAllText(Path.Combine(folder, TestBenchEmitter.StimulusFile(d)), Stimulus(designs[d], _stimuli[d], cycles));
        }
        foreach ((string name, string text) in replaced ?? new Dictionary<string, string>())
            files[name] = text;
        foreach ((string name, string text) in files)
            File.WriteAllText(Path.Combine(folder, name), text);
        Simulate(simulator, folder, [.. options, .. files.Keys]);
        ILookup<int, string[]> lines = File.ReadLines(Path.Combine(folder, TestBenchEmitter.ResultFile)).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToLookup(l => int.Parse(l[0], CultureInfo.InvariantCulture));
        return [.. designs.Select((design, d) => Compare(design, _stimuli[d], lines[d]))];
    }

    private void Simulate(VerilogSimulator simulator, string folder, string[] arguments)
    {
        if (simulator == VerilogSimulator.Icarus)
        {
            Require(folder, "iverilog", ["-g2005", "-s", TestBenchEmitter.Name, "-o", "simulation.vvp", .. arguments]);
            Require(folder, "vvp", ["-n", "simulation.vvp"]);
            return;
        }
        Require(
            folder, "verilator",
            ["--binary", "--timing", "-j", "2", "-O1", "--output-split", "20000", "--x-assign", "0", "-Wno-fatal", "-Wno-STMTDLY", "-CFLAGS", "-O1", "--top-module", TestBenchEmitter.Name, "--Mdir", "verilated", .. arguments]);
        Require(folder, Path.Combine(folder, "verilated", $"V{TestBenchEmitter.Name}"), []);
    }

    private void Require(string folder, string program, IEnumerable<string> arguments)
    {
        ToolRun run = Tool.Run(folder, program, arguments, cancellation) ?? throw new ToolException($"'{program}' cannot be started: install it, with apt-get install {(program == "verilator" ? "verilator g++ make" : "iverilog")} for one");
        if (run.ExitCode != 0)
            throw new ToolException($"{Path.GetFileName(program)} ended with {run.ExitCode}: {run.Output}");
    }

    private static string Stimulus(RtlDesign design, long[]?[] stimulus, int cycles)
    {
        Value[] inputs = [.. design.Model.Network.Inputs];
        int[] widths = [.. inputs.SelectMany(v => Enumerable.Repeat(v.Type.Width, v.Shape.Size))];
        StringBuilder text = new();
        for (int c = 0; c < cycles; c++)
            text.Append(BitVector.Hex(c < stimulus.Length ? stimulus[c] : null, widths)).Append('\n');
        return text.ToString();
    }

    private static CosimulationResult Compare(RtlDesign design, long[]?[] stimulus, IEnumerable<string[]> lines)
    {
        long mismatches = 0;
        string? first = null;
        int latency = -1, last = -1, firstSample = Array.FindIndex(stimulus, s => s is not null);
        Queue<string[]>[] results = [.. Enumerable.Range(0, design.Layers.Length + design.OutputPorts.Count).Select(_ => new Queue<string[]>())];
        foreach (string[] line in lines)
        {
            int number = int.Parse(line[1], CultureInfo.InvariantCulture);
            if (number < 0)
                Mismatch($"the valid bit is wrong in cycle {line[2]}");
            else
                results[number].Enqueue(line);
        }
        ManagedSimulator simulator = new(design.Model.Network);
        int samples = 0;
        int? interval = null;
        foreach (long[]? sample in stimulus)
        {
            if (sample is null)
            {
                last = -1;
                continue;
            }
            simulator.RunRaw(sample);
            for (int l = 0; l < design.Layers.Length; l++)
                Check(results[l], design.Layers[l].Module, design.Layers[l].Layer.Output);
            for (int o = 0; o < design.OutputPorts.Count; o++)
            {
                // A sample of cycle c is applied in cycle c + 5 of the test bench.
                if (o == 0 && results[design.Layers.Length].TryPeek(out string[]? line))
                {
                    int cycle = int.Parse(line[2], CultureInfo.InvariantCulture);
                    if (samples == 0)
                        latency = cycle - firstSample - 5;
                    if (last >= 0)
                        interval = Math.Max(interval ?? 0, cycle - last);
                    last = cycle;
                }
                Check(results[design.Layers.Length + o], design.OutputPorts[o].Name, design.Model.Storage(design.Model.Network.Outputs[o].Value));
            }
            samples++;
        }
        return new CosimulationResult(samples, mismatches, first, latency, interval);

        void Check(Queue<string[]> queue, string what, Value value)
        {
            string expected = BitVector.Hex(simulator[value], value.Type.Width);
            string actual = queue.TryDequeue(out string[]? line) ? line[3] : "nothing";
            if (actual != expected)
                Mismatch($"{design.Name}, sample {samples}: {what} is {actual}, the simulator gives {expected}");
        }

        void Mismatch(string text)
        {
            mismatches++;
            first ??= text;
        }
    }
}

/// <summary>A tool is missing or failed.</summary>
internal sealed class ToolException(string message) : Exception(message);
