using System.Collections.Immutable;
using Hls4Net.Configuration;

namespace Hls4Net.Circuits;

/// <summary>A part of a circuit.</summary>
internal abstract record CircuitItem
{
    private CircuitItem()
    {
    }

    /// <summary>The names of the nets and memories that it drives, wholly or in part.</summary>
    public IEnumerable<string> Drives => this switch
    {
        Wire { Value: not null } wire => [wire.Net.Name],
        Assign assign => [assign.Target.Name],
        Register register => [register.Net.Name],
        Shift shift => [shift.Net.Name],
        Memory memory => [memory.Net.Name],
        Constants constants => [constants.Net.Name],
        Instance instance => instance.Outputs.Select(o => o.Wire.Name),
        _ => [],
    };

    /// <summary>What it reads, at once or at an edge of the clock.</summary>
    public IEnumerable<Expression> Reads => this switch
    {
        Wire { Value: Expression value } => [value],
        Assign assign => [assign.Value],
        Register register => [register.Next, register.Enable, register.Clear],
        Shift shift => [shift.Input, shift.Enable, shift.Clear],
        Memory memory => [memory.Enable, memory.Address, memory.Data],
        Instance instance => instance.Inputs.Select(i => i.Value),
        _ => [],
    };

    /// <summary>A line of comment.</summary>
    public sealed record Comment(string Text) : CircuitItem;

    /// <summary>A wire.</summary>
    /// <param name="Net">Its bits.</param>
    /// <param name="Value">What drives it; null where assignments or an instance do.</param>
    public sealed record Wire(Net Net, Expression? Value) : CircuitItem;

    /// <summary>What drives some bits of a wire or an output.</summary>
    /// <param name="Target">The wire.</param>
    /// <param name="From">The lowest of the bits.</param>
    /// <param name="Value">What drives them.</param>
    public sealed record Assign(Net Target, int From, Expression Value) : CircuitItem;

    /// <summary>A register.</summary>
    /// <param name="Net">Its bits.</param>
    /// <param name="Next">What it takes at an edge of the clock.</param>
    /// <param name="Enable">The clock enable: at other edges it stays as it is.</param>
    /// <param name="Clear">The condition under which it becomes zero whatever the enable is; never for false.</param>
    public sealed record Register(Net Net, Expression Next, Expression Enable, Expression Clear) : CircuitItem;

    /// <summary>
    /// A shift register: at an edge its words go one place down, and the input becomes the highest.
    /// </summary>
    /// <param name="Net">Its bits, a multiple of the input's.</param>
    /// <param name="Input">What goes in.</param>
    /// <param name="Enable">The clock enable.</param>
    /// <param name="Clear">The condition under which all becomes zero whatever the enable is; never for false.</param>
    public sealed record Shift(Net Net, Expression Input, Expression Enable, Expression Clear) : CircuitItem
    {
        /// <summary>Its words.</summary>
        public int Words => Net.Width / Input.Width;
    }

    /// <summary>A memory that is written at edges of the clock.</summary>
    /// <param name="Net">The memory.</param>
    /// <param name="Enable">The condition under which it is written.</param>
    /// <param name="Address">The word that is written.</param>
    /// <param name="Data">What is written.</param>
    public sealed record Memory(MemoryNet Net, Expression Enable, Expression Address, Expression Data) : CircuitItem;

    /// <summary>A memory of constants.</summary>
    /// <param name="Net">The memory.</param>
    /// <param name="Words">Its words, each of numbers side by side.</param>
    /// <param name="Bits">Bits of a number.</param>
    /// <param name="Storage">Where it is asked to be; null where synthesis may choose.</param>
    public sealed record Constants(MemoryNet Net, ImmutableArray<long[]> Words, int Bits, WeightStorage? Storage)
        : CircuitItem;

    /// <summary>A module in this one.</summary>
    /// <param name="Module">The module.</param>
    /// <param name="Name">The instance's name.</param>
    /// <param name="Inputs">What its inputs are connected to, by their names.</param>
    /// <param name="Outputs">The wires that its outputs drive, by their names.</param>
    public sealed record Instance(Module Module, string Name, ImmutableArray<(string Port, Expression Value)> Inputs,
        ImmutableArray<(string Port, Net Wire)> Outputs) : CircuitItem;
}
