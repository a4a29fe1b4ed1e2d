using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Hls4Net.Devices;
using Hls4Net.Text;
using Hls4Net.Tools;

namespace Hls4Net.Rtl.Tools;

/// <summary>A layer's figures.</summary>
/// <param name="Layer">The layer; null for a module between layers.</param>
/// <param name="Module">Its module.</param>
/// <param name="Figures">What Yosys counted.</param>
/// <param name="Kept">True if they were known from an earlier run.</param>
internal sealed record LayerFigures(RtlLayer? Layer, string Module, SynthesisFigures Figures, bool Kept);

/// <summary>
/// Synthesizes the layers of a design one by one. Their cells are kept in a folder by what they depend on: the module's
/// text, the commands and Yosys' version; a layer that has changed is synthesized alone.
/// </summary>
internal sealed class LayerSynthesis
{
    private readonly string _folder;
    private readonly YosysTool _yosys;
    private readonly CellLibrary? _library;
    private readonly IToolRunner? _tools;
    private readonly CancellationToken _cancellation;

    /// <param name="folder">Where cells are kept; made if it is missing.</param>
    /// <param name="library">An ASIC's cell library; null for none.</param>
    /// <param name="yosys">Which Yosys; null for the one on the PATH.</param>
    /// <param name="tools">What runs it; null for this machine.</param>
    /// <param name="cancellation">Ends the runs.</param>
    /// <exception cref="ToolException">There is no Yosys.</exception>
    public LayerSynthesis(string folder, CellLibrary? library = null, YosysTool? yosys = null,
        IToolRunner? tools = null, CancellationToken cancellation = default)
    {
        (_cancellation, _library, _tools) = (cancellation, library, tools);
        _folder = Directory.CreateDirectory(folder).FullName;
        _yosys = yosys ?? YosysTool.OnPath()
            ?? throw new ToolException($"'yosys' cannot be started: {YosysTool.Advice}");
    }

    /// <summary>
    /// Figures of all layers, in order, then of modules between layers, from as many processes as there are processors.
    /// </summary>
    /// <param name="design">The design.</param>
    /// <param name="progress">Takes a line for people now and then; null for no lines.</param>
    /// <exception cref="ToolException">Yosys fails.</exception>
    public ImmutableArray<LayerFigures> Run(RtlDesign design, Action<string>? progress = null)
    {
        (RtlLayer? Layer, string Module, string Text)[] modules = [.. design.Layers.Select(l =>
            ((RtlLayer?)l, l.Module, l.Text)), .. design.Links.Select(s => ((RtlLayer?)null, s.Module, s.Text))];
        LayerFigures[] figures = new LayerFigures[modules.Length];
        using StepProgress steps = new(design.Name, "layer", modules.Length, progress ?? (_ => { }));
        try
        {
            Parallel.For(
                0, figures.Length,
                    new ParallelOptions
                    {
                        MaxDegreeOfParallelism = Environment.ProcessorCount,
                        CancellationToken = _cancellation
                    },
                i =>
                {
                    string name = modules[i].Layer?.Layer.Name ?? modules[i].Module;
                    steps.Start(name);
                    figures[i] = Synthesize(design.Target.Family, modules[i].Layer, modules[i].Module, modules[i].Text);
                    steps.Done(name);
                });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Capture(e.InnerExceptions[0]).Throw();
        }
        return [.. figures];
    }

    private LayerFigures Synthesize(Family family, RtlLayer? layer, string module, string text)
    {
        GeneratedFile[] files = [new($"{module}.v", text), .. RtlDesign.PartsOf(text)];
        bool dsp = layer?.Multiplies ?? false;
        string identity = string.Join('\n', [
            _yosys.Identity, Yosys.Script(files, module, family, dsp, library: _library),
                .. _library is null ? Array.Empty<string>() : [_library.Digest], .. files.Select(f => f.Text),
        ]);
        (NetlistCells cells, bool known) = KeptFile.Of(_folder, identity, () =>
        {
            using WorkFolder work = new("yosys");
            return Yosys.Netlist(work.Path, files, module, family, dsp, library: _library, tool: _yosys, tools: _tools,
                cancellation: _cancellation);
        });
        return new LayerFigures(layer, module, Yosys.Figures(cells, family, _library), known);
    }
}
