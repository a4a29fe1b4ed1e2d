using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Pipeline;
using Hls4Net.Text;

namespace Hls4Net;

/// <summary>The front door: an ONNX model and its options in, firmware out.</summary>
public static class ModelCompiler
{
    /// <summary>
    /// Reads, lowers and types a model. What the user must mend is reported; null if that was an error.
    /// </summary>
    /// <param name="options">What the project says about the model.</param>
    /// <param name="diagnostics">Takes what is wrong.</param>
    /// <param name="dump">
    /// Takes the graph after each pass that <see cref="ModelOptions.DumpAfter"/> names, as soon as it is there; null
    /// for nobody.
    /// </param>
    public static CompiledModel? Compile(
        ModelOptions options, DiagnosticBag diagnostics, Action<GeneratedFile>? dump = null)
    {
        try
        {
            Dumps dumps = new(options, dump);
            return new CompiledModel(
                Compilation.Of(Passes.Run(new Draft(options, diagnostics), Passes.All, dumps.After)));
        }
        catch (ModelException e)
        {
            diagnostics.Add(e.Descriptor, e.Message, e.File);
        }
        catch (CompilationFailedException)
        {
            // Reported where it was found.
        }
        catch (Exception e) when (Fault.Is(e))
        {
            Fault.Report(e, diagnostics);
        }
        return null;
    }
}
