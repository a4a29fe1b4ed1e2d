using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Text;

namespace Hls4Net.Tests.Models;

/// <summary>Takes a model the whole way: compiled, printed, through g++, and every execution compared.</summary>
internal static class ModelHarness
{
    public static ModelOptions Options(string path, string name = "model") => new()
    {
        ModelPath = path,
        Source = Path.GetFileName(path),
        ModelName = name,
        ClassName = "Model",
    };

    /// <summary>Options for a model of the shared folder, with its test vectors.</summary>
    public static ModelOptions Shared(string folder)
    {
        string path = SharedData.Require("models", folder);
        ModelOptions options = Options(Path.Combine(path, "model.onnx")) with { TestInputs = [path] };
        return folder switch
        {
            // The model leaves the number of its steps open.
            "a27_lstm_keras" => options with { InputShapes = options.InputShapes.Add("", [4, 5]) },
            // Its frames are no samples: a sample is all ten of them.
            "a33_qlinear_qtdnn" => options with { InputShapes = options.InputShapes.Add("", [10, 10]) },
            _ => options,
        };
    }

    public static PrecisionSpec Precision(string text) => PrecisionSpec.TryParse(text, out string? reason)
        ?? throw new ArgumentException(reason);

    /// <summary>Compiles; fails the test with the diagnostics on an error.</summary>
    public static CompiledModel Compile(ModelOptions options)
    {
        DiagnosticBag diagnostics = new(options.Source);
        CompiledModel? model = ModelCompiler.Compile(options, diagnostics);
        Assert.True(model is not null, string.Join('\n', diagnostics.Items));
        return model;
    }

    /// <summary>The diagnostics of a compilation that is expected to fail.</summary>
    public static IReadOnlyList<Diagnostic> CompileFailing(ModelOptions options)
    {
        DiagnosticBag diagnostics = new(options.Source);
        Assert.Null(ModelCompiler.Compile(options, diagnostics));
        Assert.True(diagnostics.HasErrors);
        return diagnostics.Items;
    }

    /// <summary>Prints the firmware, compiles it and returns the library's path.</summary>
    public static string CompileCSim(CompiledModel model, Gpp gpp)
    {
        foreach (GeneratedFile file in model.EmitFirmware())
            gpp.Write($"firmware/{file.Path}", file.Text);
        foreach (GeneratedFile file in model.EmitCSim()
            .Where(f => !f.Path.StartsWith("include/", StringComparison.Ordinal)))
            gpp.Write($"csim/{file.Path}", file.Text);
        string name = model.Options.ModelName;
        // g++ 12 does not see that a loop over a stream's items fills an array.
        return gpp.Compile($"lib{name}.so", "-O1", "-fPIC", "-shared", "-fvisibility=hidden", "-Wno-unknown-pragmas",
            "-Wno-unused-label", "-Wno-maybe-uninitialized", "-DHLS4NET_CSIM", "-DHLS4NET_CHECK",
            $"firmware/{name}.cpp", "csim/bridge.cpp");
    }

    /// <summary>Verifies with the compiled firmware; every bit of every layer must agree.</summary>
    public static VerificationOutcome Verify(CompiledModel model)
    {
        using Gpp gpp = Gpp.Require();
        string library = CompileCSim(model, gpp);
        DiagnosticBag diagnostics = new(model.Options.Source);
        VerificationOutcome outcome = model.Verify(library, diagnostics);
        Assert.True(outcome.Result.ManagedMatchesNative, string.Join('\n', diagnostics.Items));
        Assert.DoesNotContain(diagnostics.Items, d => d.Descriptor == Descriptors.TransformsDiffer);
        return outcome;
    }
}
