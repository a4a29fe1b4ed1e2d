using System.Collections.Immutable;
using Hls4Net.Programs;
using Hls4Net.Programs.Pipelining;

namespace Hls4Net.Circuits;

/// <summary>
/// A module as data. What prints it, counts its registers or covers its logic reads the same record, and none of them
/// needs another.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What it does, lines for the comment above it.</param>
internal abstract record Module(string Name, ImmutableArray<string> Title)
{
    /// <summary>Modules that it consists of, each once, those that others consist of first.</summary>
    public abstract IEnumerable<Module> Parts { get; }
}

/// <summary>
/// A pipeline that takes new inputs every cycle: an integer program, in whose schedule every value that is read later
/// than it is computed is kept in a register for each cycle.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What it computes.</param>
/// <param name="Program">The program.</param>
/// <param name="Schedule">Its schedule.</param>
/// <param name="Inputs">The ports that hold the program's inputs, in order.</param>
/// <param name="Output">The port of its outputs.</param>
internal sealed record ProgramModule(string Name, ImmutableArray<string> Title, IntegerProgram Program,
    Schedule Schedule, ImmutableArray<Port> Inputs, Port Output) : Module(Name, Title)
{
    public override IEnumerable<Module> Parts => [];
}

/// <summary>
/// A module of wires, registers, memories and other modules, all at one clock and one reset.
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">What it does.</param>
/// <param name="Ports">Its ports beside the clock and the reset, in order.</param>
/// <param name="Items">What it consists of; a wire's value stands behind what it reads.</param>
internal sealed record Circuit(string Name, ImmutableArray<string> Title, ImmutableArray<CircuitPort> Ports,
    ImmutableArray<CircuitItem> Items) : Module(Name, Title)
{
    /// <summary>The reset: registers that it clears have it in what clears them.</summary>
    public static Net Reset { get; } = new("rst", 1);

    public override IEnumerable<Module> Parts => Items.OfType<CircuitItem.Instance>().Select(i => i.Module)
        .SelectMany(m => m.Parts.Append(m)).DistinctBy(m => m.Name);
}

/// <summary>A port of a circuit.</summary>
/// <param name="Net">Its bits.</param>
/// <param name="IsOutput">True where the circuit drives it.</param>
/// <param name="Comment">What it carries, for a comment beside it; null for none.</param>
internal sealed record CircuitPort(Net Net, bool IsOutput, string? Comment = null);
