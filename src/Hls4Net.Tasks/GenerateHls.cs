using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Generates a model's firmware, the rest of its C simulation, and its C# class.</summary>
[MSBuildMultiThreadableTask]
public sealed class GenerateHls : ModelTask
{
    /// <summary>True at design time: an editor needs the C# class and nothing else.</summary>
    public bool ClassOnly { get; set; }

    private protected override void Process(ModelOptions options, ModelFolder folder, DiagnosticBag diagnostics)
    {
        DateTime started = DateTime.UtcNow;
        if (ModelCompiler.Compile(options, diagnostics) is not CompiledModel model)
            return;
        OutputFiles.Guard(folder.Root, () =>
        {
            OutputFiles.WriteIfDifferent(folder.Class, model.EmitClass());
            if (ClassOnly)
                return;
            List<string> written = [folder.Class];
            Write(folder.Firmware, model.EmitFirmware(), written);
            Write(folder.CSim, model.EmitCSim(), written);
            if (options.Backend == Backend.Rtl)
                Write(folder.Verilog, model.EmitVerilog(), written);
            RemoveOthers(folder, written);
            OutputFiles.WriteIfDifferent(folder.OutputList, Lines(written));
            OutputFiles.WriteIfDifferent(folder.InputList, Lines(ModelFiles.ExternalData(options.ModelPath)));
            // Last, and only without errors: a model without this stamp is generated again.
            if (!diagnostics.HasErrors)
                OutputFiles.Stamp(folder.GeneratedStamp, started);
        });
    }

    private static void Write(string folder, IEnumerable<GeneratedFile> files, List<string> written)
    {
        foreach (GeneratedFile file in files)
        {
            string path = Path.Combine(folder, file.Path);
            OutputFiles.WriteIfDifferent(path, file.Text);
            written.Add(path);
        }
    }

    /// <summary>
    /// Removes what an earlier form of the model left: all that is found in the generated folders gets compiled. Beside the Verilog a simulation may
    /// be found, so that only what was listed is removed there.
    /// </summary>
    private static void RemoveOthers(ModelFolder folder, IEnumerable<string> written)
    {
        HashSet<string> keep = [.. written, folder.Library];
        string verilog = folder.Verilog + Path.DirectorySeparatorChar;
        foreach (string path in File.Exists(folder.OutputList) ? File.ReadAllLines(folder.OutputList) : [])
        {
            if (path.StartsWith(verilog, StringComparison.Ordinal) && !keep.Contains(path))
                File.Delete(path);
        }
        foreach (string root in new[] { folder.Firmware, folder.CSim }.Where(Directory.Exists))
        {
            foreach (string path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Where(p => !keep.Contains(p)).ToArray())
                File.Delete(path);
        }
    }

    private static string Lines(IEnumerable<string> paths) => string.Concat(paths.Order(StringComparer.Ordinal).Select(p => p + "\n"));
}
