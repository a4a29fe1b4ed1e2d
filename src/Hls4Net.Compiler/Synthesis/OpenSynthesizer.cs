using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Simulation;

namespace Hls4Net.Synthesis;

/// <summary>
/// The open flow: the network's own Verilog is written, co-simulated with the test vectors on every bit of every layer, and synthesized layer by
/// layer with Yosys.
/// </summary>
public sealed class OpenSynthesizer : ISynthesizer
{
    /// <summary>What all its tools said when one of them failed, in its folder.</summary>
    public const string LogFile = "synthesis.log";

    // Icarus interprets: it takes seconds for what Verilator does in milliseconds.
    private const int MaxIcarusSamples = 200;

    // Streams and shared multipliers take many cycles for a sample; Verilator runs some ten thousand of a large network a second.
    private const long MaxCycles = 4_000_000;
    private const int LeastSamples = 10;

    private readonly string _yosys;
    private readonly VerilogSimulator _simulator;
    private readonly string _simulatorName;

    internal OpenSynthesizer(string yosys, VerilogSimulator simulator, string simulatorName) => (_yosys, _simulator, _simulatorName) = (yosys, simulator, simulatorName);

    public string Name => $"Yosys {_yosys} and {_simulatorName}";

    // What is written depends on this library.
    public string Identity => $"open {Name} {typeof(OpenSynthesizer).Assembly.ManifestModule.ModuleVersionId}";

    public string Folder => "rtl";

    /// <summary>Writes, simulates and synthesizes a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="folder">An empty folder for the Verilog.</param>
    /// <param name="kept">The folder that layers' figures are kept in from run to run, by content.</param>
    /// <param name="progress">Takes a line for people after each step.</param>
    /// <param name="cancellation">Ends it, with the tools.</param>
    /// <exception cref="ModelException">
    /// A layer has no Verilog (HLS5201), the part no family (HLS5202), a tool failed (HLS5105), or the Verilog gives other bits than the managed
    /// simulator (HLS5109).
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SynthesisResult Run(CompiledModel model, string folder, string kept, Action<string> progress, CancellationToken cancellation)
    {
        ModelOptions options = model.Options;
        Family family = Target.FamilyOf(options.Part);
        if (family == Family.Generic)
            throw new ModelException(Descriptors.FamilyUnknown, $"{options.ModelName}: Part '{options.Part}' is of no family that the open flow synthesizes for: they are AMD's 7 series (xc7…), UltraScale (xcku…, xcvu…) and UltraScale+ (xcvu…p, xcku…p, xczu…). Name such a part, or synthesize the HLS C++, with HlsSynthesizer=Vitis");
        RtlDesign design = model.BuildVerilog();
        foreach (GeneratedFile file in model.EmitVerilog(design))
            File.WriteAllText(Path.Combine(folder, file.Path), file.Text);
        try
        {
            int samples = Samples(design, model.Vectors.Count);
            CosimulationResult cosimulation = Simulate(model, design, folder, samples, _simulator, cancellation);
            progress($"{options.ModelName}: co-simulation with {_simulatorName}: {cosimulation.Samples} samples, every bit of {design.Layers.Length} layers, {cosimulation.Mismatches} mismatches");
            if (cosimulation.Mismatches > 0)
                throw new ModelException(Descriptors.CosimulationFailed, $"co-simulation of {options.ModelName}: the Verilog in {folder} gives other bits than the managed simulator at {cosimulation.Mismatches} places, first {cosimulation.FirstMismatch}. This is a defect of Hls4Net or of {_simulatorName}: please report it with the model");
            ImmutableArray<LayerFigures> layers = new LayerSynthesis(kept, cancellation).Run(design);
            progress($"{options.ModelName}: synthesis with Yosys {_yosys}: {layers.Count(l => !l.Kept)} of {layers.Length} modules, {layers.Count(l => l.Kept)} known from before");
            return Result(options, design, cosimulation, layers, samples < model.Vectors.Count ? string.Create(CultureInfo.InvariantCulture, $", of which {_simulatorName} simulates the first {samples} test vectors") : "");
        }
        catch (ToolException e)
        {
            string log = Path.Combine(folder, LogFile);
            File.WriteAllText(log, e.Message);
            string[] lines = e.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            throw new ModelException(Descriptors.SynthesisFailed, $"{options.ModelName}: {string.Join(' ', lines.Length <= 6 ? lines : [lines[0], "…", .. lines[^4..]])}; see {log}");
        }
    }

    // Gaps and pressure from behind, at random, make a stream about four times as slow.
    private int Samples(RtlDesign design, int vectors)
    {
        long most = Math.Max(LeastSamples, MaxCycles / ((design.IsStream ? 4L : 1) * design.Interval));
        return (int)Math.Min(vectors, _simulator == VerilogSimulator.Icarus ? Math.Min(most, MaxIcarusSamples) : most);
    }

    private static CosimulationResult Simulate(CompiledModel model, RtlDesign design, string folder, int samples, VerilogSimulator verilog, CancellationToken cancellation)
    {
        TestVectors vectors = model.Vectors;
        ManagedSimulator simulator = new(model.Model.Network);
        long[]?[] stimulus = new long[]?[samples];
        for (int sample = 0; sample < stimulus.Length; sample++)
        {
            simulator.Run(vectors.Input(sample));
            stimulus[sample] = [.. model.Model.Network.Inputs.SelectMany(v => simulator[v].ToArray())];
        }
        Cosimulation cosimulation = new([design], cancellation);
        cosimulation.Add(stimulus);
        return cosimulation.Run(verilog, Directory.CreateDirectory(Path.Combine(folder, "cosim")).FullName)[0];
    }

    private SynthesisResult Result(ModelOptions options, RtlDesign design, CosimulationResult cosimulation, ImmutableArray<LayerFigures> layers, string some)
    {
        SynthesisFigures total = layers.Aggregate(new SynthesisFigures(0, design.RegisterBits, 0, 0, 0), (sum, layer) => sum + layer.Figures);
        double path = design.Layers.Select(l => l.Datapath.LongestPathNs).DefaultIfEmpty(0).Max();
        string family = design.Target.Family switch
        {
            Family.Series7 => "7 series",
            Family.UltraScale => "UltraScale",
            Family.UltraScalePlus => "UltraScale+",
            _ => throw new ArgumentOutOfRangeException(nameof(design)),
        };
        return new SynthesisResult(
            "Yosys", _yosys, options.Part, new ClockFigures(options.ClockPeriod, path > 0 ? path : null, null),
            Cycles.Of(cosimulation.Latency), Cycles.Of(cosimulation.Interval), Used(total), SynthesisStage.Logic, ResourceFigures.Unknown,
            [
                .. layers.Select(l => new SynthesizedModule(l.Module, l.Layer?.Layer.Name, Cycles.Of(l.Layer?.Latency), Cycles.Of(l.Layer?.Datapath.Interval), Used(l.Figures))),
                // Between the layers: delays of what comes early, and the valid bit.
                new SynthesizedModule(design.Name, null, Cycles.Unknown, Cycles.Unknown, new ResourceFigures(Lut: 0, Ff: design.RegisterBits, Dsp: 0, Bram18: 0)),
            ],
            Cycles.Of(cosimulation.Latency), CosimPassed: true, cosimulation.Samples, CosimMismatches: 0, family, "an estimate before placing",
            $"Yosys' figures of Hls4Net's own Verilog{some}, layer by layer for {family}, not of the HLS C++ and of no vendor's tool; not placed. Latency and interval are measured by co-simulation, the clock is an estimate");

        static ResourceFigures Used(SynthesisFigures f) => new(f.Lut, f.Ff, f.Dsp, f.Bram18);
    }
}
