using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Hls4Net.Rtl.Tools;

/// <summary>A layer's figures.</summary>
/// <param name="Layer">The layer; null for a module that copies a stream.</param>
/// <param name="Module">Its module.</param>
/// <param name="Figures">What Yosys counted.</param>
/// <param name="Kept">True if they were known from an earlier run.</param>
internal sealed record LayerFigures(RtlLayer? Layer, string Module, SynthesisFigures Figures, bool Kept);

/// <summary>
/// Synthesizes the layers of a design one by one. Figures are kept in a folder by what they depend on: the module's text, the commands and Yosys'
/// version; a layer that has changed is synthesized alone.
/// </summary>
internal sealed class LayerSynthesis
{
    private readonly string _folder;
    private readonly string _version;
    private readonly string? _library;
    private readonly CancellationToken _cancellation;

    /// <param name="folder">Where figures are kept; made if it is missing.</param>
    /// <param name="library">The path of an ASIC's cell library; null for none.</param>
    /// <param name="cancellation">Ends the runs.</param>
    /// <exception cref="ToolException">There is no Yosys.</exception>
    public LayerSynthesis(string folder, string? library = null, CancellationToken cancellation = default)
    {
        (_cancellation, _library) = (cancellation, library);
        _folder = Directory.CreateDirectory(folder).FullName;
        _version = Yosys.Version() ?? throw new ToolException("'yosys' cannot be started: install it, with apt-get install yosys for one");
    }

    /// <summary>Figures of all layers, in order, then of modules that copy streams, from as many processes as there are processors.</summary>
    /// <exception cref="ToolException">Yosys fails.</exception>
    public ImmutableArray<LayerFigures> Run(RtlDesign design)
    {
        (RtlLayer? Layer, string Module, string Text)[] modules = [.. design.Layers.Select(l => ((RtlLayer?)l, l.Module, l.Text)), .. design.Splits.Select(s => ((RtlLayer?)null, s.Module, s.Text))];
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
            _version, Yosys.Script(files, module, family, dsp, library: _library), .. _library is null ? Array.Empty<string>() : [Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_library)))],
            .. files.Select(f => f.Text),
        ]);
        string path = Path.Combine(_folder, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(identity)))[..32]}.json");
        if (Kept(path) is SynthesisFigures kept)
            return new LayerFigures(layer, module, kept, Kept: true);
        string work = Directory.CreateTempSubdirectory("hls4net-yosys-").FullName;
        try
        {
            SynthesisFigures figures = Yosys.Synthesize(work, files, module, family, dsp, library: _library, cancellation: _cancellation);
            // Written aside, so that a run that is killed leaves no half of it.
            string aside = Path.Combine(_folder, $"{Path.GetRandomFileName()}.tmp");
            File.WriteAllText(aside, JsonSerializer.Serialize(figures));
            File.Move(aside, path, overwrite: true);
            return new LayerFigures(layer, module, figures, Kept: false);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    // A file that cannot be read is as good as none.
    private static SynthesisFigures? Kept(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<SynthesisFigures>(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
