using System.Collections.Immutable;
using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Synthesis;
namespace Hls4Net.Targets.Open;

/// <summary>
/// The open flow: the network's own Verilog is written, co-simulated with the test vectors on every bit of every layer,
/// and synthesized layer by layer with Yosys.
/// </summary>
public sealed class OpenSynthesizer : ISynthesizer
{
    private readonly YosysTool _yosys;
    private readonly CellLibrary? _library;
    private readonly OpenSimulator _simulator;

    internal OpenSynthesizer(YosysTool yosys, CellLibrary? library, OpenSimulator simulator) =>
        (_yosys, _library, _simulator) = (yosys, library, simulator);

    public string Name => $"Yosys {_yosys.Version} and {_simulator.Name}";

    // What is written depends on this assembly.
    public string Identity =>
        $"open {_yosys.Identity} and {_simulator.Name} "
        + $"{typeof(OpenSynthesizer).Assembly.ManifestModule.ModuleVersionId}{(_library is null ? "" : $" {_library.Digest}")}";

    public string Folder => "rtl";

    /// <summary>It simulates always, and all that there is.</summary>
    public SynthesisOptions Settings(SynthesisOptions options) =>
        options with { Cosim = true, CosimSamples = int.MaxValue };

    /// <summary>
    /// Nothing: what its tools are told is made of the firmware's model by this assembly, which is part of its
    /// identity.
    /// </summary>
    /// <exception cref="ModelException">The part has no family, or none that the cell library is for
    /// (HLS5202).</exception>
    public IEnumerable<string> DependsOn(ModelOptions model, SynthesisOptions options)
    {
        Family family = Target.FamilyOf(model.Part);
        if (family == Family.Generic)
            throw new ModelException(Descriptors.FamilyUnknown,
                $"{model.ModelName}: Part '{model.Part}' is of no family that the open flow synthesizes for: they are "
                + $"AMD's 7 series (xc7…), UltraScale (xcku…, xcvu…) and UltraScale+ (xcvu…p, xcku…p, xczu…), "
                + $"Lattice's ECP5 (LFE5…) and iCE40 (iCE40…), Gowin's GW1N and GW2A, and asic. Name such a part, or "
                + $"synthesize the HLS C++, with HlsSynthesizer=Vitis");
        if (_library is not null && family != Family.Asic)
            throw new ModelException(Descriptors.FamilyUnknown,
                $"{model.ModelName}: HlsLibertyFile is a library of an ASIC's cells, and Part '{model.Part}' is of the "
                + $"family {Target.NameOf(family)}; set Part=\"asic\", or leave HlsLibertyFile empty");
        return [];
    }

    /// <summary>Writes, simulates and synthesizes a network.</summary>
    /// <exception cref="ModelException">
    /// A layer has no Verilog (HLS5201), a tool failed (HLS5105), time was over (HLS5108), or the Verilog gives other
    /// bits than the managed simulator (HLS5109).
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public SynthesisResult Run(SynthesisJob job) =>
        OpenFlow.Within(job.Options.Timeout, job.Model.ModelName, cancellation => Run(job, job.Verilog, cancellation),
            job.Cancellation);

    private SynthesisResult Run(SynthesisJob job, RtlDesign design, CancellationToken cancellation)
    {
        (ModelOptions options, Action<string> progress) = (job.Model, job.Log.Say);
        CosimulationRecord cosimulation = _simulator.Run(job.Compilation, design, job.Folder, job.Kept, job.Tools,
            progress, cancellation);
        try
        {
            ImmutableArray<LayerFigures> layers = new LayerSynthesis(job.Kept, _library, _yosys, job.Tools,
                cancellation).Run(design, progress);
            int known = layers.Count(l => l.Kept), all = layers.Count(l => l.Layer is not { IsWiring: true });
            progress($"{options.ModelName}: synthesis with Yosys {_yosys.Version}: {all - known} of {all} modules, "
                + $"{known} known from before");
            return Result(options, design, cosimulation, layers,
                cosimulation.Samples < job.Compilation.Vectors.Count ? string.Create(CultureInfo.InvariantCulture,
                    $", of which {_simulator.Name} simulates the first {cosimulation.Samples} test vectors") : "");
        }
        catch (ToolException e)
        {
            throw OpenSimulator.Failed(options, job.Folder, e);
        }
    }

    private SynthesisResult Result(ModelOptions options, RtlDesign design, CosimulationRecord cosimulation,
        ImmutableArray<LayerFigures> layers, string some)
    {
        SynthesisFigures total = layers.Aggregate(new SynthesisFigures(0, design.RegisterBits, 0, 0, 0),
            (sum, layer) => sum + layer.Figures);
        double path = design.Layers.Select(l => l.Datapath.LongestPathNs).DefaultIfEmpty(0).Max();
        string family = Target.NameOf(design.Target.Family);
        bool cells = design.Target.Family == Family.Asic;
        string area = !cells ? "" : _library is null ? $". {total.Cells:N0} gates and registers"
            : string.Create(CultureInfo.InvariantCulture,
                $". {total.Cells:N0} cells of {Path.GetFileName(_library.Path)}, of an area of {total.Area:N0} in "
                + $"its unit");
        string uncounted = string.Join("; ", layers.Where(l => l.Figures.Uncounted is not null)
            .Select(l => $"{l.Module}: {string.Join(", ", l.Figures.Uncounted!.Select(c => $"{c.Value} {c.Key}"))}"));
        return new SynthesisResult(
            "Yosys", _yosys.Version, options.Part, new ClockFigures(options.ClockPeriod, path > 0 ? path : null, null),
            Cycles.Of(cosimulation.Latency), Cycles.Of(cosimulation.Interval), Used(total), SynthesisStage.Logic,
                ResourceFigures.Unknown,
            [
                .. layers.Select(l => new SynthesizedModule(l.Module, l.Layer?.Layer.Name, Cycles.Of(l.Layer?.Latency),
                    Cycles.Of(l.Layer?.Datapath.Interval), Used(l.Figures))),
                // Between the layers: delays of what comes early, and the valid bit.
                new SynthesizedModule(design.Name, null, Cycles.Unknown, Cycles.Unknown,
                    Used(new SynthesisFigures(0, design.RegisterBits, 0, 0, 0))),
            ],
            Cycles.Of(cosimulation.Latency), CosimPassed: true, cosimulation.Samples, CosimMismatches: 0, family,
                "an estimate before placing",
            $"Yosys' figures of Hls4Net's own Verilog{some}, layer by layer for {family}, not of the HLS C++ and of no "
            + $"vendor's tool; not placed. Latency and interval are measured by co-simulation, the clock is an "
            + $"estimate{area}{(uncounted.Length == 0 ? "" : $". Not counted: {uncounted}")}")
        {
            Uncounted = uncounted.Length == 0 ? null : uncounted,
        };

        // An ASIC has none of an FPGA's blocks.
        ResourceFigures Used(SynthesisFigures f) => cells ? new ResourceFigures(Ff: f.Ff,
            Area: _library is null ? null : f.Area) : new(f.Lut, f.Ff, f.Dsp, f.Bram18, f.Uram);
    }
}
