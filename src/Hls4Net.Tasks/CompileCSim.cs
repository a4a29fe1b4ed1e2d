using System.Collections.Concurrent;
using Hls4Net.Diagnostics;
using Hls4Net.Tools;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>Compiles the C simulation of models, as many at a time as there are cores.</summary>
[MSBuildMultiThreadableTask]
public sealed class CompileCSim : Microsoft.Build.Utilities.Task, ICancelableTask
{
    private readonly Lock _gate = new();
    private readonly List<CxxCompilation> _running = [];
    private bool _cancelled;

    /// <summary>Full path of the project's folder.</summary>
    [Required]
    public string ProjectDirectory { get; set; } = "";

    /// <summary>The models to compile, with the paths of their outputs.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The C++ compiler: a name found on the PATH, or a path.</summary>
    [Required]
    public string Compiler { get; set; } = "";

    /// <summary>Language and optimization flags, in the compiler's own quoting.</summary>
    public string Flags { get; set; } = "";

    /// <summary>The processor to compile for, as -march spells it; none for the compiler's default.</summary>
    public string Architecture { get; set; } = "";

    /// <summary>A folder with the vendor's own headers, to be used instead of ours; empty for ours.</summary>
    public string IncludePath { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectDirectory, CompileAll);

    private bool CompileAll()
    {
        if (IncludePath.Length > 0 && !File.Exists(Path.Combine(VendorHeaders, "ap_fixed.h")))
        {
            Log.LogDiagnostic(
                Descriptors.VendorHeadersNotFound,
                $"HlsIncludePath is {VendorHeaders}, where there is no ap_fixed.h; name the folder with AMD's headers, "
                + "include/ of a Vitis HLS installation, or leave it empty for Hls4Net's own",
                null);
            return false;
        }
        if (FindCompiler() is not string compiler)
        {
            Log.LogDiagnostic(
                Descriptors.CompilerNotFound,
                $"'{Compiler}' was not found; the managed simulator verifies in its place, and the generated classes "
                + "have no firmware to call. "
                + "Install it with 'sudo apt-get install g++', or name another in the property HlsCxx.",
                null);
            return true;
        }
        ConcurrentDictionary<string, bool> failed = [];
        List<(ITaskItem Model, ModelFolder Folder, TranslationUnit[] Units)> models = [];
        foreach (ITaskItem model in Models)
        {
            Log.LogMessage(MessageImportance.Normal, "Compiling the C simulation of {0} with {1}", model.ItemSpec,
                compiler);
            ModelFolder folder = new(model, ProjectDirectory);
            // Of a build that was killed.
            OutputFiles.Guard(folder.Library, () => File.Delete(folder.Library + OutputFiles.PartialExtension));
            models.Add((model, folder, Units(compiler, folder)));
        }
        // Units of all models side by side, then the libraries.
        (ITaskItem Model, TranslationUnit Unit)[] stale =
            [.. models.SelectMany(m => m.Units.Where(u => !u.IsUpToDate()).Select(u => (m.Model, u)))];
        foreach (TranslationUnit unit in models.SelectMany(m => m.Units).Except(stale.Select(s => s.Unit)))
        {
            foreach (KeptWarning warning in KeptWarnings.Read(unit.Warnings))
                warning.Log(Log);
        }
        int granted = RequestCores(Math.Max(stale.Length, models.Count));
        try
        {
            using StepProgress steps = new(nameof(CompileCSim), "source", stale.Length, Log.Say,
                TimeSpan.FromSeconds(10));
            ParallelOptions cores = new() { MaxDegreeOfParallelism = Math.Max(1, granted) };
            Parallel.ForEach(Partitioner.Create(stale, EnumerablePartitionerOptions.NoBuffering), cores, work =>
            {
                // What one source lacks the others would lack too.
                if (failed.ContainsKey(work.Model.ItemSpec))
                    return;
                steps.Start(Path.GetFileName(work.Unit.Source));
                Try(work.Model, () => Compile(compiler, work.Unit));
                steps.Done(Path.GetFileName(work.Unit.Source));
            });
            Parallel.ForEach(models.Where(m => !failed.ContainsKey(m.Model.ItemSpec)), cores,
                m => Try(m.Model, () => Link(compiler, m.Folder, m.Units)));
        }
        finally
        {
            ReleaseCores(granted);
        }
        return failed.IsEmpty;

        void Try(ITaskItem model, Func<bool> step)
        {
            try
            {
                if (step())
                    return;
            }
            catch (ModelException e)
            {
                Log.LogDiagnostic(e.Descriptor, e.Message, e.File ?? model.ItemSpec);
            }
            failed[model.ItemSpec] = true;
        }
    }

    /// <inheritdoc/>
    public void Cancel()
    {
        lock (_gate)
        {
            _cancelled = true;
            _running.ForEach(c => c.Cancel());
        }
    }

    private bool Compile(string compiler, TranslationUnit unit)
    {
        OutputFiles.Guard(unit.Object, unit.Begin);
        CxxCompilation compilation = new(BuildEngine, compiler, Flags, unit.Arguments);
        if (!Run(compilation))
            return false;
        if (!File.Exists(unit.Partial))
            throw new ModelException(Descriptors.CompilerFailed, $"{compiler} reported success and wrote no object");
        OutputFiles.Guard(unit.Object, () => unit.Finish(compilation.Warnings));
        return true;
    }

    private bool Link(string compiler, ModelFolder folder, TranslationUnit[] units)
    {
        string partial = folder.Library + OutputFiles.PartialExtension;
        CxxCompilation compilation = new(BuildEngine, compiler, Flags,
            ["-shared", .. CommonArguments(), "-o", partial, .. units.Select(u => u.Object)]);
        if (!Run(compilation))
        {
            File.Delete(partial);
            return false;
        }
        if (!File.Exists(partial))
            throw new ModelException(Descriptors.CompilerFailed, $"{compiler} reported success and wrote no library");
        OutputFiles.Guard(folder.Library, () =>
        {
            KeptWarnings.Write(folder.CompiledWarnings,
                units.SelectMany(u => KeptWarnings.Read(u.Warnings)).Concat(compilation.Warnings));
            File.Move(partial, folder.Library, overwrite: true);
        });
        return true;
    }

    private bool Run(CxxCompilation compilation)
    {
        lock (_gate)
        {
            if (_cancelled)
                return false;
            _running.Add(compilation);
        }
        try
        {
            return compilation.Execute();
        }
        finally
        {
            lock (_gate)
                _running.Remove(compilation);
        }
    }

    private TranslationUnit[] Units(string compiler, ModelFolder folder)
    {
        // The test bench has a main of its own, for the synthesis tool.
        string[] sources = [.. new[] { folder.Firmware, folder.CSim }.Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.cpp")
                .Where(p => !p.EndsWith("_test.cpp", StringComparison.Ordinal)).Order(StringComparer.Ordinal))];
        // HLS4NET_CSIM makes the firmware record its layers' values when it is asked to; synthesis never sees that
        // code. The source is for synthesis tools: their pragmas and the labels that their reports show are no
        // warnings.
        string[] arguments =
        [
            .. CommonArguments(), "-Wno-unknown-pragmas", "-Wno-unused-label", "-DHLS4NET_CSIM",
                "-DHLS4NET_SEPARATE_CONSTANTS", "-I" + folder.Firmware,
            .. IncludePath.Length > 0 ? ["-I" + VendorHeaders] : Array.Empty<string>(),
                "-I" + Path.Combine(folder.CSim, "include"),
        ];
        string identity = $"{compiler} {File.GetLastWriteTimeUtc(compiler):O}\n{Flags}";
        return [.. sources.Select(s =>
            new TranslationUnit(s, Path.Combine(folder.Objects,
                Path.ChangeExtension(Path.GetRelativePath(folder.Root, s), ".o")), identity, arguments))];
    }

    // Hidden symbols: two libraries of one process must not share what they define.
    private string[] CommonArguments() =>
    [
        "-fPIC", "-fvisibility=hidden", "-fdiagnostics-color=never",
        .. Architecture.Equals("none", StringComparison.OrdinalIgnoreCase) ? Array.Empty<string>()
            : ["-march=" + Architecture],
    ];

    private string VendorHeaders => Path.GetFullPath(IncludePath, ProjectDirectory);

    /// <summary>The compiler's full path, or null where there is none.</summary>
    private string? FindCompiler()
    {
        if (Compiler.Contains('/') || Compiler.Contains(Path.DirectorySeparatorChar))
        {
            string path = Path.GetFullPath(Compiler, ProjectDirectory);
            return File.Exists(path) ? path : null;
        }
        return ProgramPath.Find(Compiler, Environment.GetEnvironmentVariable);
    }

    /// <summary>
    /// Asks the build for cores, so that projects built side by side do not compile on all of them each.
    /// </summary>
    private int RequestCores(int wanted)
    {
        wanted = Math.Min(wanted, Environment.ProcessorCount);
        try
        {
            return BuildEngine is IBuildEngine9 engine ? engine.RequestCores(wanted) : wanted;
        }
        catch (NotImplementedException)
        {
            // A task host has no scheduler to ask.
            return wanted;
        }
    }

    private void ReleaseCores(int granted)
    {
        try
        {
            (BuildEngine as IBuildEngine9)?.ReleaseCores(granted);
        }
        catch (NotImplementedException)
        {
            // As in RequestCores.
        }
    }
}
