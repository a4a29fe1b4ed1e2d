using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.CSharp;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Hls;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Pipeline;
using Hls4Net.Reports;
using Hls4Net.Rtl;
using Hls4Net.Scheduling;
using Hls4Net.Simulation;
using Hls4Net.Synthesis;
using Hls4Net.Targets;
using Hls4Net.Targets.Open;
using Hls4Net.Text;
using Hls4Net.Tools;
using Hls4Net.Vectors;
using Hls4Net.Verification;

namespace Hls4Net;

/// <summary>A typed network, ready to be printed, simulated and reported.</summary>
public sealed class CompiledModel
{
    private readonly Lazy<FirmwareNames> _names;
    private readonly Lazy<DesignInterface> _interface;
    private readonly Lazy<Firmware> _firmware;
    private readonly Lazy<ImmutableArray<GeneratedFile>> _files;
    private readonly Lazy<StreamDesign?> _streams;
    private readonly Lazy<RtlDesign> _verilog;

    internal CompiledModel(Compilation compilation)
    {
        Compilation = compilation;
        _streams = new Lazy<StreamDesign?>(() => Compilation.Streams is StreamPlan plan
            ? StreamDesign.Of(Options, Model, plan) : null);
        // Printing a large image's layers takes long, and firmware, simulation and reports all ask for them.
        _names = new Lazy<FirmwareNames>(() =>
            new FirmwareNames(Options.ModelName, Model, Streams is null ? Model.Storage : Streams.Plan.Stream));
        _interface = new Lazy<DesignInterface>(() => DesignInterface.Of(Model, Streams?.Plan, _names.Value));
        _firmware = new Lazy<Firmware>(() =>
            new Firmware(Options, Model, Streams, _names.Value, Interface, Target.Dialect));
        _verilog = new Lazy<RtlDesign>(BuildVerilog);
        _files = new Lazy<ImmutableArray<GeneratedFile>>(() => FirmwareEmitter.Emit(_firmware.Value));
    }

    private ITarget Target => KnownTargets.Of(Options.Backend);

    /// <summary>What the pipeline made of the model.</summary>
    internal Compilation Compilation { get; }

    /// <summary>The options it was compiled with.</summary>
    public ModelOptions Options => Compilation.Options;

    /// <summary>
    /// The network as it was imported, before any transform, its inputs as the model has them: the floating-point
    /// reference.
    /// </summary>
    public Network Imported => Compilation.Imported;

    /// <summary>
    /// The transformed network on real numbers, from which the typed one is made: it computes the same, and has its
    /// layers.
    /// </summary>
    public Network Network => Compilation.Network;

    /// <summary>The network on mantissas, and its layers.</summary>
    public TypedModel Model => Compilation.Model;

    /// <summary>The project's test vectors, random ones where it names none.</summary>
    internal TestVectors Vectors => Compilation.Vectors;

    /// <summary>The streams and their schedule; null in io_parallel.</summary>
    public StreamDesign? Streams => _streams.Value;

    /// <summary>The ports of the design, whatever it is written as.</summary>
    internal DesignInterface Interface => _interface.Value;

    // Ties a library to the firmware it was compiled from: the text decides, not the model file.
    private string Identity
    {
        get
        {
            using System.Security.Cryptography.IncrementalHash hash =
                System.Security.Cryptography.IncrementalHash.CreateHash(
                    System.Security.Cryptography.HashAlgorithmName.SHA256);
            byte[] bytes = new byte[1 << 16];
            foreach (GeneratedFile file in EmitFirmware())
            {
                // In pieces: a network's weights are many megabytes of text.
                for (int start = 0; start < file.Text.Length; start += bytes.Length / 4)
                    hash.AppendData(bytes, 0,
                        System.Text.Encoding.UTF8.GetBytes(
                            file.Text.AsSpan()[start..Math.Min(file.Text.Length, start + (bytes.Length / 4))], bytes));
            }
            return $"{Options.ModelName} {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
        }
    }

    /// <summary>The HLS C++ project: what goes into <c>firmware/</c>.</summary>
    public ImmutableArray<GeneratedFile> EmitFirmware() => _files.Value;

    /// <summary>
    /// What goes into <c>csim/</c> to compile the C simulation: <c>bridge.cpp</c>, the constants as a source of their
    /// own (for <c>HLS4NET_SEPARATE_CONSTANTS</c>), and the runtime headers under <c>include/</c>.
    /// </summary>
    public ImmutableArray<GeneratedFile> EmitCSim() => CSimEmitter.Emit(_firmware.Value, Identity);

    /// <summary>The layers' functions in the firmware, by which a tool's messages and reports are understood.</summary>
    public ImmutableArray<LayerFunction> Functions =>
        [.. _firmware.Value.Layers.Select(l =>
            new LayerFunction(l.Source.Name, l.Layer.Name, l.Layer.Main.Source.OnnxName))];

    /// <summary>
    /// Test vectors for a vendor's simulation of the firmware: what goes beside it for the test bench.
    /// </summary>
    /// <param name="count">How many vectors, at most.</param>
    public ImmutableArray<GeneratedFile> EmitTestData(int count) =>
        TestDataEmitter.Emit(Model.Network, Vectors, count, Target.VectorsInProgram);

    /// <summary>
    /// Test vectors for the test bench where it is run by hand, as files beside it in the firmware: the first, fewer of
    /// a network that computes long.
    /// </summary>
    public ImmutableArray<GeneratedFile> EmitTestBenchData()
    {
        const long MaxMultiplications = 50_000_000;
        long each = Math.Max(1, Model.Layers.Sum(l => Math.Max(l.Operation.Multiplications, l.Output.Shape.Size)));
        return TestDataEmitter.Emit(Model.Network, Vectors, (int)Math.Clamp(MaxMultiplications / each, 1, 20),
            inProgram: false);
    }

    /// <summary>
    /// The network as Verilog for the model's part and clock: a module for each layer, unrolled or with multipliers
    /// that take turns by its reuse factor, in io_stream as a process with a queue behind it; the top module, timing
    /// constraints and a script for Vivado.
    /// </summary>
    /// <exception cref="ModelException">A layer has no such form yet.</exception>
    public ImmutableArray<GeneratedFile> EmitVerilog() => Verilog.WithProject(Options);

    /// <summary>
    /// What is written beside the firmware for the model's backend: Verilog where that is its hardware, nothing where
    /// it is the C++.
    /// </summary>
    /// <exception cref="ModelException">A layer has no such form yet.</exception>
    public ImmutableArray<GeneratedFile> EmitHardware() => Options.Backend.IsVerilog ? EmitVerilog() : [];

    /// <summary>Simulates the Verilog against the managed simulator, every bit of every layer.</summary>
    /// <param name="simulator">The simulator.</param>
    /// <param name="folder">The folder that the Verilog is written into.</param>
    /// <param name="kept">The folder that the last simulation is kept in.</param>
    /// <param name="patience">After how long it is stopped; null for never.</param>
    /// <param name="progress">Takes a line for people.</param>
    /// <param name="cancellation">Ends it, with the simulator.</param>
    /// <exception cref="ModelException">
    /// A layer has no Verilog (HLS5201), the simulator failed (HLS5105), time was over (HLS5108), or a bit differs
    /// (HLS5109).
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Simulate(OpenSimulator simulator, string folder, string kept, TimeSpan? patience,
        Action<string> progress, CancellationToken cancellation) =>
        OpenFlow.Within(patience, Options.ModelName, stop =>
            simulator.Run(Compilation, Verilog, folder, kept, LocalTools.Instance, progress, stop), cancellation);

    /// <summary>What a synthesizer is given of the model.</summary>
    /// <param name="options">The project's settings.</param>
    /// <param name="folder">An empty folder beside <c>firmware/</c>.</param>
    /// <param name="kept">The folder that results of parts are kept in, by content.</param>
    /// <param name="log">Takes what is said.</param>
    /// <param name="cancellation">Ends it, with its tools.</param>
    public SynthesisJob ToSynthesize(SynthesisOptions options, string folder, string kept, ISynthesisLog log,
        CancellationToken cancellation) =>
        new(Compilation, Functions, () => EmitFirmware().First(f => f.Path == $"{Options.ModelName}.cpp").Text,
            EmitTestData, () => Verilog)
        {
            Options = options,
            Folder = folder,
            Kept = kept,
            Log = log,
            Cancellation = cancellation,
        };

    /// <summary>The network as modules.</summary>
    /// <exception cref="ModelException">A layer has no such form yet.</exception>
    internal RtlDesign Verilog => _verilog.Value;

    private RtlDesign BuildVerilog()
    {
        if (Model.Layers.FirstOrDefault(l =>
            l.Memory is { Storage: WeightStorage.External or WeightStorage.Uram }) is Layer layer)
        {
            bool outside = layer.Memory!.Storage == WeightStorage.External;
            throw new ModelException(Descriptors.NotLowered,
                $"layer {layer.Name}: WeightStorage {WeightMemories.Spelling(layer.Memory.Storage)} asks for "
                + $"{(outside ? "a port of the weights, which Verilog has none of" : "UltraRAM that starts with the weights, which Yosys has none of")}; set it to bram, or synthesize the HLS C++, with HlsSynthesizer=Vitis");
        }
        string name = Keywords.InVerilog(Options.ModelName);
        Devices.Target target = new(Devices.Target.FamilyOf(Options.Part), Options.ClockPeriod);
        return Streams is StreamDesign streams ? StreamRtl.Build(name, Model, streams.Plan, Interface, target)
            : RtlDesign.Build(name, Model, Interface, target);
    }

    /// <summary>The typed C# class.</summary>
    public string EmitClass() => ClassEmitter.Emit(Options, Model, Interface);

    /// <summary>
    /// Runs the test vectors through the compiled firmware (the managed simulator alone where
    /// <paramref name="library"/> is null), compares, checks the budgets and returns the texts of <c>report.json</c>
    /// and <c>report.html</c>.
    /// </summary>
    /// <exception cref="ModelException">The library cannot be loaded.</exception>
    public VerificationOutcome Verify(string? library, DiagnosticBag diagnostics)
    {
        using NativeFirmware? native = library is null ? null : new NativeFirmware(library, Identity);
        RtlDesign? verilog = Options.Backend.IsVerilog ? Verilog : null;
        VerificationResult result = Verifier.Run(Compilation, native, verilog, diagnostics);
        Budgets.CheckAccuracy(Options, result, Model, diagnostics);
        DesignCost cost = verilog is null ? DesignCost.Of(Options, Model, Streams) : RtlCost.Of(verilog);
        // Verilog's queues are not those of the C++, whose steps take other cycles.
        StreamDesign? streams = verilog?.Schedule is StreamSchedule schedule ? Streams! with { Schedule = schedule }
            : Streams;
        Report report = ReportBuilder.Build(Options, Compilation.Sha256, Model, streams, cost, result);
        HardwareBudgets.CheckEstimate(Options.Budget, report, diagnostics, Options.TargetInterval,
            Options.BudgetsAreErrors);
        return new VerificationOutcome(HardwareBudgets.With(report, Options), result);
    }
}
