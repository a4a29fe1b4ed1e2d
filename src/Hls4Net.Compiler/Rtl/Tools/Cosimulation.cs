using System.Globalization;
using System.Text;
using Hls4Net.Graph;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Simulation;
using Hls4Net.Text;
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
/// <param name="Samples">Samples of which all results came.</param>
/// <param name="Mismatches">Outputs of layers, and ports, that differ from the managed simulator's, and wrong valid
/// bits.</param>
/// <param name="FirstMismatch">The first of them, for people.</param>
/// <param name="Latency">Cycles from the first sample, in io_stream its first item, to the last of its results,
/// measured.</param>
/// <param name="Interval">
/// The most cycles between the results of two samples that were applied one after another, in io_stream of the last two
/// without a pause, measured; null where no two were.
/// </param>
internal sealed record CosimulationResult(int Samples, long Mismatches, string? FirstMismatch, int Latency,
    int? Interval);

/// <summary>
/// Samples go through designs under a Verilog simulator; every bit of every layer is compared with the managed
/// simulator. In io_stream gaps between items and pressure from behind are the test bench's.
/// </summary>
internal sealed class Cosimulation(IReadOnlyList<RtlDesign> designs, IToolRunner? tools = null,
    CancellationToken cancellation = default)
{
    private readonly List<long[]?[]> _stimuli = [];

    /// <summary>For the next design in order: samples of mantissas, null for a cycle without one.</summary>
    public void Add(long[]?[] stimulus) =>
        _stimuli.Add(designs[_stimuli.Count].IsStream ? [.. stimulus.Where(s => s is not null)] : stimulus);

    /// <summary>Runs all.</summary>
    /// <param name="simulator">The simulator.</param>
    /// <param name="folder">An empty folder to work in.</param>
    /// <param name="replaced">Texts of files that take the place of the designs' own: netlists of modules.</param>
    /// <param name="options">More options and files for the simulator.</param>
    /// <exception cref="ToolException">The simulator is missing or fails.</exception>
    public CosimulationResult[] Run(VerilogSimulator simulator, string folder,
        IReadOnlyDictionary<string, string>? replaced = null, params IReadOnlyList<string> options)
    {
        Dictionary<string, string> files =
            new(StringComparer.Ordinal)
            {
                [$"{TestBenchEmitter.Name}.v"] = TestBenchEmitter.Emit(designs,
                [.. _stimuli.Select(s => s.Length)])
            };
        for (int d = 0; d < designs.Count; d++)
        {
            foreach (GeneratedFile file in designs[d].Files.Where(f => f.Path != $"{designs[d].Name}.v"))
                files[file.Path] = file.Text;
            files[$"{designs[d].Name}_trace.v"] = designs[d].Trace;
            string[] stimuli = designs[d].IsStream ? Items(designs[d], _stimuli[d])
                : [Samples(designs[d], _stimuli[d])];
            for (int i = 0; i < stimuli.Length; i++)
                File.WriteAllText(Path.Combine(folder, TestBenchEmitter.StimulusFile(d, i)), stimuli[i]);
        }
        foreach ((string name, string text) in replaced ?? new Dictionary<string, string>())
            files[name] = text;
        foreach ((string name, string text) in files)
            File.WriteAllText(Path.Combine(folder, name), text);
        Simulate(simulator, folder, [.. options, .. files.Keys]);
        ILookup<int, string[]> lines = File.ReadLines(Path.Combine(folder, TestBenchEmitter.ResultFile))
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
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
            ["--binary", "--timing", "-j", "2", "-O1", "--output-split", "20000", "--x-assign", "0", "-Wno-fatal",
                "-Wno-STMTDLY", "-CFLAGS", "-O1", "--top-module", TestBenchEmitter.Name, "--Mdir", "verilated",
                    .. arguments]);
        Require(folder, Path.Combine(folder, "verilated", $"V{TestBenchEmitter.Name}"), []);
    }

    private void Require(string folder, string program, IEnumerable<string> arguments)
    {
        ToolRun run = (tools ?? LocalTools.Instance).Run(new ToolCall(folder, program, arguments), cancellation)
            ?? throw new ToolException(
                $"'{program}' cannot be started: install it, with apt-get install "
                + $"{(program == "verilator" ? "verilator g++ make" : "iverilog")} for one");
        if (run.ExitCode != 0)
            throw new ToolException($"{Path.GetFileName(program)} ended with {run.ExitCode}: {run.Output}");
    }

    private static string Samples(RtlDesign design, long[]?[] stimulus)
    {
        int[] widths = [.. design.Model.Network.Inputs.SelectMany(v => Enumerable.Repeat(v.Type.Width, v.Shape.Size))];
        return string.Concat(stimulus.Select(sample => $"{BitVector.Hex(sample, widths)}\n"));
    }

    // For each input the items of all samples, in the order in which its stream has them.
    private static string[] Items(RtlDesign design, long[]?[] stimulus)
    {
        ManagedSimulator simulator = new(design.Model.Network);
        StringBuilder[] texts = [.. design.InputPorts.Select(_ => new StringBuilder())];
        foreach (long[]? sample in stimulus)
        {
            simulator.RunRaw(sample);
            for (int i = 0; i < texts.Length; i++)
            {
                foreach (string item in Items(simulator, design.InputPorts[i]))
                    texts[i].Append(item).Append('\n');
            }
        }
        return [.. texts.Select(t => t.ToString())];
    }

    // The items of a port of the sample last run.
    private static IEnumerable<string> Items(ManagedSimulator simulator, RtlPort port)
    {
        int elements = port.ItemElements;
        long[] transfer = new long[elements];
        for (int item = 0; item < port.Items; item++)
        {
            for (int i = 0; i < elements; i++)
                transfer[i] = simulator[port.Value][port.ElementAt((item * elements) + i)];
            yield return BitVector.Hex(transfer, port.Width / elements);
        }
    }

    private static CosimulationResult Compare(RtlDesign design, long[]?[] stimulus, IEnumerable<string[]> lines)
    {
        long mismatches = 0;
        string? first = null;
        int latency = -1, last = -1;
        RtlPort[] ports = [.. design.TracePorts, .. design.OutputPorts];
        Queue<string[]>[] results = [.. ports.Select(_ => new Queue<string[]>())];
        int? accepted = null;
        foreach (string[] line in lines)
        {
            int number = int.Parse(line[1], CultureInfo.InvariantCulture);
            if (number == -2)
                accepted ??= int.Parse(line[2], CultureInfo.InvariantCulture);
            else if (number < 0)
                Mismatch($"the valid bit is wrong in cycle {line[2]}");
            else
                results[number].Enqueue(line);
        }
        ManagedSimulator simulator = new(design.Model.Network);
        int index = 0, samples = 0;
        int? interval = null;
        foreach (long[]? sample in stimulus)
        {
            if (sample is null)
            {
                last = -1;
                continue;
            }
            simulator.RunRaw(sample);
            int done = -1;
            bool complete = true;
            for (int p = 0; p < ports.Length; p++)
            {
                int? cycle = Check(results[p], ports[p]);
                complete &= p < design.TracePorts.Length || cycle is not null;
                done = p < design.TracePorts.Length ? done : Math.Max(done, cycle ?? -1);
            }
            if (index == 0 && accepted is int start)
                latency = done - start;
            if (last >= 0 && done >= 0 && (!design.IsStream || index < TestBenchEmitter.SteadySamples))
                interval = design.IsStream ? done - last : Math.Max(interval ?? 0, done - last);
            last = done;
            samples += complete ? 1 : 0;
            index++;
        }
        HashSet<Value> ofSamples = [.. design.Model.Network.Inputs];
        foreach (Node node in design.Model.Network.Nodes.Where(n => n.Inputs.Any(ofSamples.Contains)))
            ofSamples.Add(node.Output);
        for (int p = 0; p < ports.Length; p++)
        {
            // What is made of no sample is there before the sample is, and it is alike for all samples; an output of it
            // comes as often as it is taken.
            string[] items = index > 0 ? [.. Items(simulator, ports[p])] : [];
            bool begins = index > 0
                && (!ofSamples.Contains(ports[p].Value) || (design.HeadStart > 0 && results[p].Count <= items.Length))
                && results[p].Index().All(line => line.Item[3] == items[line.Index % items.Length]);
            if (results[p].Count > 0 && !begins)
                Mismatch($"{design.Name}: {ports[p].Name} gives {results[p].Count} items too many");
        }
        return new CosimulationResult(samples, mismatches, first, latency, interval);

        // Compares a sample of a port; the cycle of its last item, null where one is missing.
        int? Check(Queue<string[]> queue, RtlPort port)
        {
            int item = 0;
            int? cycle = -1;
            foreach (string expected in Items(simulator, port))
            {
                string actual = "nothing";
                if (queue.TryDequeue(out string[]? line))
                    (actual, cycle) = (line[3], int.Parse(line[2], CultureInfo.InvariantCulture));
                else
                    cycle = null;
                if (actual != expected)
                    Mismatch(
                        $"{design.Name}, sample {index}{(port.Items > 1 ? $", item {item}" : "")}: {port.Name} is "
                        + $"{actual}, the simulator gives {expected}");
                item++;
            }
            return cycle;
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
