using System.Globalization;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Keeps other builds of the project from its models until this one has done with them, or has ended. The lock is an
/// open file: the operating system gives it up with the process, however that ends. What builds that were killed left
/// half written is removed once it is had.
/// </summary>
[MSBuildMultiThreadableTask]
public sealed class LockHls : Microsoft.Build.Utilities.Task, ICancelableTask, IDisposable
{
    private readonly CancellationTokenSource _cancelled = new();

    /// <summary>Full path of the file that stands for the project's models.</summary>
    [Required]
    public string LockFile { get; set; } = "";

    /// <summary>Full path of the folder of the models' outputs.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Full path of the project file, for diagnostics.</summary>
    public string ProjectFile { get; set; } = "";

    /// <summary>Minutes after which waiting is given up.</summary>
    public string Timeout { get; set; } = "";

    /// <summary>True where the lock is that of syntheses, which go on beside builds.</summary>
    public bool Synthesis { get; set; }

    /// <summary>True to give the lock up.</summary>
    public bool Release { get; set; }

    /// <inheritdoc/>
    public override bool Execute() => Log.WithFaults(ProjectFile, Take);

    private bool Take()
    {
        // An engine that keeps nothing from task to task has no builds side by side.
        if (BuildEngine is not IBuildEngine4 engine)
            return true;
        string key = $"Hls4Net {LockFile}";
        if (Release)
        {
            (engine.UnregisterTaskObject(key, RegisteredTaskObjectLifetime.Build) as IDisposable)?.Dispose();
            return true;
        }
        if (engine.GetRegisteredTaskObject(key, RegisteredTaskObjectLifetime.Build) is not null)
            return true;
        if (!double.TryParse(Timeout, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double minutes))
        {
            Log.LogDiagnostic(Descriptors.InvalidOption,
                $"the project has HlsLockTimeout '{Timeout}', which is not a number of minutes", ProjectFile);
            return false;
        }
        try
        {
            if (Wait(TimeSpan.FromMinutes(minutes)) is not FileStream held)
                return false;
            engine.RegisterTaskObject(key, held, RegisteredTaskObjectLifetime.Build, allowEarlyCollection: false);
            Leftovers.Remove(Folder, Synthesis);
        }
        catch (ModelException e)
        {
            Log.LogDiagnostic(e.Descriptor, e.Message, e.File ?? ProjectFile);
        }
        return !Log.HasLoggedErrors;
    }

    /// <inheritdoc/>
    public void Cancel() => _cancelled.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _cancelled.Dispose();

    private FileStream? Wait(TimeSpan patience)
    {
        OutputFiles.Guard(LockFile, () => Directory.CreateDirectory(Path.GetDirectoryName(LockFile)!));
        if (Try() is FileStream free)
            return free;
        Log.Say($"Waiting for another {(Synthesis ? "synthesis" : "build")} of {Path.GetFileName(ProjectFile)} to have "
            + $"done with its models ({LockFile})");
        // Other projects may build meanwhile.
        (BuildEngine as IBuildEngine3)?.Yield();
        try
        {
            for (DateTime started = DateTime.UtcNow; DateTime.UtcNow - started < patience;)
            {
                if (_cancelled.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(100)))
                    return null;
                if (Try() is FileStream held)
                    return held;
            }
        }
        finally
        {
            (BuildEngine as IBuildEngine3)?.Reacquire();
        }
        throw new ModelException(Descriptors.ProjectLocked,
            $"another build of the project has been at its models for {Timeout} minutes (HlsLockTimeout) and holds "
            + $"{LockFile}; let it end, or end it");
    }

    private FileStream? Try()
    {
        try
        {
            return new FileStream(LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ModelException(Descriptors.OutputNotWritable,
                $"{LockFile} cannot be written: {e.Message} Check the folder's permissions and free space.");
        }
        // Held by another process, which says so with no exception of its own.
        catch (IOException) when (File.Exists(LockFile))
        {
            return null;
        }
        catch (IOException e)
        {
            throw new ModelException(Descriptors.OutputNotWritable,
                $"{LockFile} cannot be written: {e.Message} Check the folder's permissions and free space.");
        }
    }
}
