using System.Globalization;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Text;

namespace Hls4Net.Pipeline;

/// <summary>The graph between passes, as text, where the option Dump asks for it.</summary>
internal sealed class Dumps
{
    private readonly ModelOptions _options;
    private readonly Action<GeneratedFile>? _write;
    private int _passes;

    /// <summary>Dumps of a compilation.</summary>
    /// <param name="options">Says after which passes.</param>
    /// <param name="write">Takes each file as soon as it is there, so that what a failing pass has begun with is seen;
    /// null for none.</param>
    /// <exception cref="ModelException">The options name a pass that there is not (HLS2003).</exception>
    public Dumps(ModelOptions options, Action<GeneratedFile>? write)
    {
        (_options, _write) = (options, write);
        string[] names = [.. Passes.All.Select(p => p.Name).Distinct()];
        foreach (string pass in options.DumpAfter.Where(d => d != ModelOptions.AllPasses && !names.Contains(d)))
        {
            string hint = Spelling.Nearest(pass, names) is string nearest ? $", did you mean {nearest}?" : ".";
            throw new ModelException(
                Descriptors.InvalidOption,
                $"Dump of {options.ModelName} is after:{pass}, which is no pass{hint} The passes are "
                + $"{string.Join(", ", names)}");
        }
    }

    /// <summary>Writes what a pass has made, if that is wanted.</summary>
    public void After(Pass pass, Draft draft)
    {
        _passes++;
        if (_write is null || !_options.DumpAfter.Any(d => d == ModelOptions.AllPasses || d == pass.Name))
            return;
        string name = string.Create(CultureInfo.InvariantCulture, $"{_passes:D2}-{pass.Stage}-{pass.Name}.txt");
        _write(new GeneratedFile(name, $"# {_options.ModelName} after {pass.Name}. {pass.Reason}\n{Text(draft)}"));
    }

    private static string Text(Draft draft) => draft.Model is not null ? GraphText.Of(draft.Model)
        : GraphText.Of(draft.Typed?.Network ?? draft.Network);
}
