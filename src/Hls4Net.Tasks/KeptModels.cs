using System.Collections.Concurrent;
using Hls4Net.Diagnostics;
using Microsoft.Build.Framework;

namespace Hls4Net.Tasks;

/// <summary>
/// Models that steps of this build have compiled, for those behind them: found by item and options, and taken only if
/// every file that was read still has its content. They live in the process, and as long as the build.
/// </summary>
internal sealed class KeptModels : IDisposable
{
    // One of these for each version of the tasks that the process has loaded.
    private static readonly string s_key = $"{typeof(KeptModels).FullName} {typeof(KeptModels).Module.ModuleVersionId}";

    private readonly ConcurrentDictionary<string, KeptModel> _models = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>Those of the build; null where the engine keeps nothing from task to task.</summary>
    public static KeptModels? Of(IBuildEngine engine)
    {
        const RegisteredTaskObjectLifetime Lifetime = RegisteredTaskObjectLifetime.Build;
        if (engine is not IBuildEngine4 keeper)
            return null;
        if (keeper.GetRegisteredTaskObject(s_key, Lifetime) is KeptModels there)
            return there;
        // Of two projects at once one registers last; the other's are compiled again.
        KeptModels models = new();
        keeper.RegisterTaskObject(s_key, models, Lifetime, allowEarlyCollection: true);
        return models;
    }

    /// <summary>A model that was compiled from files of these contents; null where there is none.</summary>
    /// <param name="item">What the project says of the model.</param>
    /// <param name="contents">The contents now of the files that were read, and of external data that was.</param>
    public KeptModel? Find(string item, Func<IReadOnlyList<string>, string> contents) =>
        _models.TryGetValue(item, out KeptModel? kept) && contents(kept.ExternalData) == kept.Contents ? kept : null;

    /// <summary>
    /// Keeps a model, unless the kept ones would take too much memory: a quarter of what the process may have.
    /// </summary>
    public void Keep(string item, KeptModel model)
    {
        lock (_gate)
        {
            long least = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;
            if (_models.TryRemove(item, out KeptModel? old))
                _bytes -= old.Bytes;
            if (_bytes + model.Bytes > least)
                return;
            _bytes += model.Bytes;
            _models[item] = model;
        }
    }

    /// <summary>The end of the build.</summary>
    public void Dispose() => _models.Clear();
}

/// <summary>A compiled model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Found">What was reported while it was compiled.</param>
/// <param name="Contents">The contents of the files that it was made from.</param>
/// <param name="ExternalData">The files among them that only the model names.</param>
internal sealed record KeptModel(CompiledModel Model, DiagnosticBag Found, string Contents,
    IReadOnlyList<string> ExternalData)
{
    // Of a constant's element: as a double before and after the transforms, as a mantissa, and as text of two bytes a
    // character.
    private const int BytesOfElement = 64;

    /// <summary>The memory that it takes, roughly.</summary>
    public long Bytes { get; } =
        Model.Model.Network.Nodes.Sum(n =>
            n.Operation.Constants.Sum(c => (long)c.Constant.Values.Length) * BytesOfElement);
}
