// Prints tables of ratios: ours beside a reference, measured in turns. Options: --runs N (default 7), --write (into
// docs/performance.md), --quantized (only the table of quantized networks). With --images: peak memory and CPU seconds
// of builds of networks on images, by number of vectors. With managed: BenchmarkDotNet on the managed parts. With
// shift-add [FOLDER]: the matrices of a folder (../shared/vectors/cmvm) as networks of shifts and additions; --quick
// leaves Yosys out, --write puts the table into docs/results.md. With narrow-inputs: products with inputs of one and
// two bits, by adders alone and with tables; --quick and --write as before. With precision [FOLDER...]: signal-to-noise
// ratio and LUT of every float model below the folders (default: models, golden and cases of ../shared), by range and
// by effect. With verilog MODEL.onnx...: whole networks through the open flow; --write puts the table into
// docs/results.md. With keras [FOLDER]: the trained networks of a folder (../shared/keras), from their own files,
// beside the peers of its PEERS.md; --quick leaves Yosys out, --list shows the layers, --write puts the tables into
// docs/results.md. With forests [NAME]: forests through Yosys; --write puts the table into docs/results.md. With
// --forests: only the rows of a large forest's generation and simulation. With verilog-estimates [COUNT]: random layers
// beside what Yosys makes of them; --write puts the table into docs/estimates.md.
using System.Diagnostics;
using System.Globalization;
using Hls4Net.Benchmarks;
using Hls4Net.Configuration;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int runs = Array.IndexOf(args, "--runs") is int at and >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 7;
DirectoryInfo folder = Directory.CreateTempSubdirectory("hls4net-benchmarks-");
try
{
    if (args is ["generate", string model, ..])
    {
        // A process to be measured.
        GenerationRows.Generate(model, args.ElementAtOrDefault(2));
        return;
    }
    if (args is ["image", string image, string vectors, string streams])
    {
        ImageRows.Build(image, vectors, Enum.Parse<IOType>(streams));
        return;
    }
    if (args is ["managed"])
    {
        ManagedBenchmarks.Run();
        return;
    }
    if (args is ["shift-add", ..])
    {
        string matrices = args.Length > 1 && !args[1].StartsWith("--", StringComparison.Ordinal) ? args[1]
            : Path.Combine(Repository(), "..", "shared", "vectors", "cmvm");
        Keep("results.md", "matrices",
            ShiftAddTable.Measure(matrices, args.Contains("--quick") ? null : folder.FullName));
        return;
    }
    if (args is ["narrow-inputs", ..])
    {
        Keep("results.md", "narrow inputs",
            NarrowInputsTable.Measure(args.Contains("--quick") ? null : folder.FullName));
        return;
    }
    if (args is ["precision", ..])
    {
        string[] named = [.. args.Skip(1).Where(a => !a.StartsWith("--", StringComparison.Ordinal))];
        PrecisionTable.Measure(named.Length > 0 ? named
            : [.. new[] { "models", "golden", "cases" }.Select(f => Path.Combine(Repository(), "..", "shared", f))],
            Console.WriteLine);
        return;
    }
    if (args is ["verilog", ..])
    {
        Keep("results.md", "networks", VerilogTable.Measure(args.Skip(1)
            .Where(a => !a.StartsWith("--", StringComparison.Ordinal)), folder.FullName));
        return;
    }
    if (args is ["forests", ..])
    {
        Keep("results.md", "forests", ForestTable.Measure(Shared(), folder.FullName,
            args.Skip(1).FirstOrDefault(a => !a.StartsWith("--", StringComparison.Ordinal)) ?? ""));
        return;
    }
    if (args is ["keras", ..])
    {
        string networks = args.Length > 1 && !args[1].StartsWith("--", StringComparison.Ordinal) ? args[1]
            : Path.Combine(Repository(), "..", "shared", "keras");
        Keep("results.md", "saved networks", SavedNetworksTable.Measure(networks, args.Contains("--quick") ? null
            : Path.Combine(Repository(), "artifacts", "saved-networks"), args.Contains("--list")));
        return;
    }
    if (args is ["verilog-estimates", ..])
    {
        int count = args.Length > 1 && int.TryParse(args[1], CultureInfo.InvariantCulture, out int given) ? given : 300;
        Keep("estimates.md", "verilog", VerilogEstimates.Measure(count, folder.FullName,
            Path.Combine(Repository(), "artifacts", "verilog-estimates"), args.Contains("--list")));
        return;
    }
    string rusage = Path.Combine(folder.FullName, "rusage");
    Cpu.Run(folder.FullName, "g++", "-x", "c", "-O1", "-o", rusage,
        Path.Combine(AppContext.BaseDirectory, "kernels", "rusage.c"));

    if (args.Contains("--images"))
    {
        Print("images", [.. ImageRows.Measure(rusage, folder.FullName, runs)]);
        return;
    }
    Print("forests", ForestRows.Measure(rusage, folder.FullName, runs));
    if (args.Contains("--forests"))
        return;
    Print("quantized table", [.. QuantizedRows.Measure(rusage, Repository(), folder.FullName, runs)]);
    if (args.Contains("--quantized"))
        return;
    List<Row> rows = [];
    foreach ((string what,
        string? precision) in new[] { ("jet tagger, Precision=fixed(16,6)", "fixed(16,6)"),
            ("jet tagger, Precision=auto", null) })
    {
        Network network = Network.Create(Path.Combine(folder.FullName, $"jet{rows.Count}"), Mlp.JetTagger, precision);
        rows.AddRange(CompilationRows.Measure(rusage, runs, network, what, "< 0.8"));
        rows.AddRange(SimulationRows.Measure(runs, network, what, samples: 20000, "≥ ½ of the kernel"));
        if (precision is null)
            rows.Add(SimulationRows.Threads(runs, network, what, samples: 200000));
    }
    foreach ((IOType ioType, string name,
        string goal) in new[] { (IOType.IoParallel, "io_parallel", "< 1.5"), (IOType.IoStream, "io_stream", "< 1.0") })
    {
        Network network = Network.CreateSvhn(Path.Combine(folder.FullName, name), "fixed(16,6)", ioType);
        rows.AddRange(CompilationRows.Measure(rusage, runs, network, $"SVHN, {name}", goal));
        rows.AddRange(SimulationRows.Measure(runs, network, $"SVHN, {name}", samples: 200,
            "> 10,000, ≥ ½ of the kernel"));
        rows.Add(SimulationRows.Threads(runs, network, $"SVHN, {name}", samples: 4000));
    }
    Network classifier = Network.Create(Path.Combine(folder.FullName, "softmax"), Mlp.JetTagger, precision: null,
        softmax: true);
    rows.AddRange(CompilationRows.Measure(rusage, runs, classifier, "jet tagger with softmax, Precision=auto",
        "< 0.8"));
    rows.AddRange(GenerationRows.Measure(rusage, folder.FullName, runs));
    rows.AddRange(NodeTestRows.Measure(Repository()));
    rows.AddRange(BuildRows.Measure(rusage, folder.FullName, runs));
    Print("table", rows);
}
finally
{
    folder.Delete(recursive: true);
}

void Print(string name, IReadOnlyList<Row> rows) =>
    Keep("performance.md", name, Table.Write(rows, runs, CompilerVersion()));

void Keep(string page, string name, string table)
{
    Console.Write(table);
    if (args.Contains("--write"))
        Table.Replace(Path.Combine(Repository(), "docs", page), name, table);
}

static string Shared() => Environment.GetEnvironmentVariable("HLS4NET_SHARED") is { Length: > 0 } given ? given
    : Path.Combine(Repository(), "..", "shared");

static string CompilerVersion()
{
    using Process process = Process.Start(new ProcessStartInfo("g++",
        ["-dumpfullversion"])
    { RedirectStandardOutput = true })!;
    return $"g++ {process.StandardOutput.ReadToEnd().Trim()}";
}

static string Repository()
{
    DirectoryInfo? d = new(AppContext.BaseDirectory);
    while (d is not null && !File.Exists(Path.Combine(d.FullName, "Hls4Net.slnx")))
        d = d.Parent;
    return d?.FullName ?? throw new InvalidOperationException("the repository was not found above the program");
}
