using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx;
using Hls4Net.Text;
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
        // Before anything is read: what changes meanwhile differs from it.
        IReadOnlyList<string> external = ClassOnly ? [] : ModelFiles.ExternalData(options.ModelPath);
        string contents = ClassOnly ? "" : ModelContents.Of(options, external);
        List<string> dumps = [];
        // An editor asks for the class, and for nothing behind it.
        CompiledModel? compiled = ClassOnly
            ? ModelCompiler.Compile(options, diagnostics)
            : Compile(options, diagnostics, contents, external, file => Dump(folder, file, dumps));
        if (!ClassOnly)
            RemoveOthers(folder.Passes, dumps);
        if (compiled is not CompiledModel model)
            return;
        OutputFiles.Guard(folder.Root, () =>
        {
            OutputFiles.WriteIfDifferent(folder.Class, model.EmitClass());
            if (ClassOnly)
                return;
            List<string> written = [folder.Class, .. dumps];
            Write(folder.Firmware, model.EmitFirmware().Concat(model.EmitTestBenchData()), written);
            Write(folder.CSim, model.EmitCSim(), written);
            Write(folder.Verilog, model.EmitHardware(), written);
            RemoveOthers(folder, written);
            OutputFiles.WriteIfDifferent(folder.OutputList, ModelContents.Lines(written));
            OutputFiles.WriteIfDifferent(folder.InputList, ModelContents.Lines(external));
            OutputFiles.WriteIfDifferent(folder.Contents, contents);
            // Last, and only without errors: a model without this stamp is generated again.
            KeptWarnings.Write(folder.GeneratedWarnings, diagnostics);
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
    /// Removes what an earlier form of the model left: all that is found in the generated folders gets compiled. Beside
    /// the Verilog a simulation may be found, so that only what was listed is removed there. Links are not followed:
    /// they may lead out of the folder, and so may a line of the list.
    /// </summary>
    private static void RemoveOthers(ModelFolder folder, IEnumerable<string> written)
    {
        HashSet<string> keep = [.. written, folder.Library];
        foreach (string line in File.Exists(folder.OutputList) ? File.ReadAllLines(folder.OutputList) : [])
        {
            if (OutputFiles.Within(folder.Verilog, line) is string path && !keep.Contains(path))
                File.Delete(path);
        }
        foreach (string root in new[] { folder.Firmware, folder.CSim })
            RemoveOthers(root, keep);
    }

    private static void RemoveOthers(string folder, ICollection<string> keep) => OutputFiles.Guard(folder, () =>
    {
        foreach (string path in OutputFiles.Below(folder).Where(p => !keep.Contains(p)).ToArray())
            File.Delete(path);
    });

    // As soon as it is there: of a pass that fails one wants to see what it began with.
    private static void Dump(ModelFolder folder, GeneratedFile file, List<string> dumps)
    {
        string path = Path.Combine(folder.Passes, file.Path);
        OutputFiles.Guard(folder.Passes, () => OutputFiles.WriteIfDifferent(path, file.Text));
        dumps.Add(path);
    }
}
