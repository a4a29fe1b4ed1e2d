using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using Hls4Net.Tools;

namespace Hls4Net.Rtl.Tools;

/// <summary>A layer's figures.</summary>
/// <param name="Layer">The layer; null for a module between layers.</param>
/// <param name="Module">Its module.</param>
/// <param name="Figures">What Yosys counted.</param>
/// <param name="Kept">True if they were known from an earlier run.</param>
internal sealed record LayerFigures(RtlLayer? Layer, string Module, SynthesisFigures Figures, bool Kept);

/// <summary>An ASIC's cell library in Liberty's format.</summary>
/// <param name="Path">Full path of the file.</param>
/// <param name="Digest">Of what is in it.</param>
internal sealed record CellLibrary(string Path, string Digest)
{
    /// <summary>Reads a file.</summary>
    public static CellLibrary Of(string path) => new(path, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
}

/// <summary>
/// Synthesizes the layers of a design one by one. Figures are kept in a folder by what they depend on: the module's text, the commands and Yosys'
/// version; a layer that has changed is synthesized alone.
/// </summary>
internal sealed class LayerSynthesis
{
    private readonly string _folder;
    private readonly string _version;
    private readonly CellLibrary? _library;
    private readonly CancellationToken _cancellation;

    /// <param name="folder">Where figures are kept; made if it is missing.</param>
    /// <param name="library">An ASIC's cell library; null for none.</param>
    /// <param name="version">Yosys' version; null to ask for it.</param>
    /// <param name="cancellation">Ends the runs.</param>
    /// <exception cref="ToolException">There is no Yosys.</exception>
    public LayerSynthesis(string folder, CellLibrary? library = null, string? version = null, CancellationToken cancellation = default)
    {
        (_cancellation, _library) = (cancellation, library);
        _folder = Directory.CreateDirectory(folder).FullName;
        _version = version ?? Yosys.Version() ?? throw new ToolException("'yosys' cannot be started: install it, with apt-get install yosys for one");
    }

    /// <summary>Figures of all layers, in order, then of modules between layers, from as many processes as there are processors.</summary>
    /// <exception cref="ToolException">Yosys fails.</exception>
    public ImmutableArray<LayerFigures> Run(RtlDesign design)
    {
        (RtlLayer? Layer, string Module, string Text)[] modules = [.. design.Layers.Select(l => ((RtlLayer?)l, l.Module, l.Text)), .. design.Links.Select(s => ((RtlLayer?)null, s.Module, s.Text))];
        LayerFigures[] figures = new LayerFigures[modules.Length];
        try
        {
            Parallel.For(
                0, figures.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = _cancellation },
                i => figures[i] = Synthesize(design.Target.Family, modules[i].Layer, modules[i].Module, modules[i].Text));
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
            _version, Yosys.Script(files, module, family, dsp, library: _library?.Path), .. _library is null ? Array.Empty<string>() : [_library.Digest], .. files.Select(f => f.Text),
        ]);
        string path = Path.Combine(_folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..32]}.json");
        if (KeptFile.Read<SynthesisFigures>(path) is SynthesisFigures kept)
            return new LayerFigures(layer, module, kept, Kept: true);
        string work = Directory.CreateTempSubdirectory("hls4net-yosys-").FullName;
        try
        {
            SynthesisFigures figures = Yosys.Synthesize(work, files, module, family, dsp, library: _library?.Path, cancellation: _cancellation);
            KeptFile.Write(path, figures);
            return new LayerFigures(layer, module, figures, Kept: false);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
