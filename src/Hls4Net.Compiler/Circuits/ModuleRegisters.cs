using Hls4Net.Devices;

namespace Hls4Net.Circuits;

/// <summary>The registers of modules.</summary>
internal static class ModuleRegisters
{
    /// <summary>
    /// Bits of a module's registers, with those of the modules that it consists of. Synthesis may find some of them
    /// equal, constant or unread; registers behind block RAM are the memory's.
    /// </summary>
    public static long Of(Module module) => module switch
    {
        ProgramModule pipeline => pipeline.Schedule.RegisterBits,
        Circuit circuit => circuit.Items.Sum(item => Of(item, circuit)),
        _ => throw new InvalidOperationException($"{module.Name} is no module"),
    };

    /// <summary>Bits of a circuit's own registers, without those of the modules that it consists of.</summary>
    public static long OwnOf(Circuit circuit) =>
        circuit.Items.Where(i => i is not CircuitItem.Instance).Sum(item => Of(item, circuit));

    private static long Of(CircuitItem item, Circuit circuit) => item switch
    {
        CircuitItem.Register { Next: Expression.Word word } when IsBlock(word.Memory, circuit) => 0,
        CircuitItem.Register register => register.Net.Width,
        CircuitItem.Shift shift => shift.Net.Width,
        CircuitItem.Instance instance => Of(instance.Module),
        _ => 0,
    };

    private static bool IsBlock(MemoryNet memory, Circuit circuit) => memory.Depth > Memories.LutDepth
        && circuit.Items.OfType<CircuitItem.Memory>().Any(m => m.Net == memory);
}
