using System.Collections.Immutable;

namespace Hls4Net.Configuration;

/// <summary>
/// What a model's sources are written for: its name, and what the stages before printing have to know of it. Each is
/// part of a target, whose folder has the rest.
/// </summary>
/// <param name="name">As projects and reports spell it.</param>
public sealed class Backend(string name)
{
    /// <summary>What sources are written for where a project names nothing.</summary>
    public static Backend Default { get; } = new("Vitis");

    /// <summary>As projects and reports spell it.</summary>
    public string Name { get; } = name;

    /// <summary>How values may travel between layers.</summary>
    public ImmutableArray<IOType> IOTypes { get; init; } = [IOType.IoParallel, IOType.IoStream];

    /// <summary>True if the layers are modules of Verilog, and the C++ is only what simulates them.</summary>
    public bool IsVerilog { get; init; }

    /// <summary>Where a project may ask weights to be.</summary>
    public ImmutableArray<WeightStorage> Storages { get; init; } = [.. Enum.GetValues<WeightStorage>()];

    /// <summary>Why they cannot be elsewhere, and what to do: the end of a sentence about the backend.</summary>
    public string StorageAdvice { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Name;
}

/// <summary>The names that Backend may have in a project.</summary>
/// <param name="Available">Those that there are.</param>
/// <param name="Announced">Those that are known and not available yet.</param>
public sealed record BackendNames(ImmutableArray<Backend> Available, ImmutableArray<string> Announced);
