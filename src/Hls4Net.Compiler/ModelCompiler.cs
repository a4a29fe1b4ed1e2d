using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Pipeline;

namespace Hls4Net;

/// <summary>The front door: an ONNX model and its options in, firmware out.</summary>
public static class ModelCompiler
{
    /// <summary>Reads, lowers and types a model. What the user must mend is reported; null if that was an error.</summary>
    public static CompiledModel? Compile(ModelOptions options, DiagnosticBag diagnostics)
    {
        try
        {
            return new CompiledModel(Compilation.Of(Passes.Run(new Draft(options, diagnostics), Passes.All)));
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
