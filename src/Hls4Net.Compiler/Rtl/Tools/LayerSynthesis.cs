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
/// Synthesizes the layers of a design, each for itself: small ones in one run of Yosys, in the design's order, so that
/// figures depend on nothing but the design. Cells are kept in a folder by what they depend on: the text of the run's
/// modules, the commands and Yosys' version; only runs with a layer that has changed are made again.
/// </summary>
internal sealed class LayerSynthesis
{
    // Characters of the modules that share a run, at most: about as much work as starting one.
    private const int MostText = 48 * 1024;

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
        Part[] parts = [.. design.Layers.Select((l, i) => new Part(i, l, l.Module, l.Text, l.Multiplies)),
            .. design.Links.Select((s, i) => new Part(design.Layers.Length + i, null, s.Module, s.Text, false))];
        Part[][] runs = Runs(parts.Where(p => p.Layer is not { IsWiring: true }));
        LayerFigures[] figures =
            [.. parts.Select(p => new LayerFigures(p.Layer, p.Module, SynthesisFigures.None, false))];
        using StepProgress steps = new(design.Name, "layer", runs.Sum(r => r.Length), progress ?? (_ => { }));
        try
        {
            Parallel.For(
                0, runs.Length,
                    new ParallelOptions
                    {
                        MaxDegreeOfParallelism = Environment.ProcessorCount,
                        CancellationToken = _cancellation
                    },
                r =>
                {
                    foreach (Part part in runs[r])
                        steps.Start(part.Name);
                    foreach ((Part part, LayerFigures made) in runs[r].Zip(Synthesize(design.Target.Family, runs[r])))
                    {
                        figures[part.Index] = made;
                        steps.Done(part.Name);
                    }
                });
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Capture(e.InnerExceptions[0]).Throw();
        }
        return [.. figures];
    }

    // A module to synthesize, at its place in the design.
    private sealed record Part(int Index, RtlLayer? Layer, string Module, string Text, bool Dsp)
    {
        public string Name => Layer?.Layer.Name ?? Module;
    }

    // Which modules share a run: small ones that may take DSP blocks, or small ones that may not, in order.
    private static Part[][] Runs(IEnumerable<Part> parts)
    {
        ILookup<bool, Part> small = parts.ToLookup(p => p.Text.Length <= MostText);
        List<List<Part>> runs = [.. small[false].Select(p => new List<Part> { p })];
        foreach (IGrouping<bool, Part> kind in small[true].GroupBy(p => p.Dsp))
        {
            int text = MostText;
            foreach (Part part in kind)
            {
                if (text + part.Text.Length > MostText)
                {
                    runs.Add([]);
                    text = 0;
                }
                runs[^1].Add(part);
                text += part.Text.Length;
            }
        }
        return [.. runs.Select(r => r.ToArray())];
    }

    private IEnumerable<LayerFigures> Synthesize(Family family, Part[] run)
    {
        ImmutableArray<string> modules = [.. run.Select(p => p.Module)];
        GeneratedFile[] files = [.. run.Select(p => new GeneratedFile($"{p.Module}.v", p.Text)),
            .. RtlDesign.PartsOf(string.Concat(run.Select(p => p.Text)))];
        bool dsp = run[0].Dsp;
        string identity = string.Join('\n', [
            _yosys.Identity, Yosys.Script(files, modules, family, dsp, library: _library),
                .. _library is null ? Array.Empty<string>() : [_library.Digest], .. files.Select(f => f.Text),
        ]);
        (NetlistCells[] cells, bool known) = KeptFile.Of(_folder, identity, () =>
        {
            using WorkFolder work = new("yosys");
            return Yosys.Netlists(work.Path, files, modules, family, dsp, library: _library, tool: _yosys,
                tools: _tools, cancellation: _cancellation).ToArray();
        });
        return run.Zip(cells, (part, made) =>
            new LayerFigures(part.Layer, part.Module, Yosys.Figures(made, family, _library), known));
    }
}
