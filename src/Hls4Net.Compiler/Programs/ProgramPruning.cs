using System.Collections.Immutable;

namespace Hls4Net.Programs;

/// <summary>Drops the values that no output needs.</summary>
internal static class ProgramPruning
{
    public static IntegerProgram Apply(IntegerProgram program)
    {
        bool[] needed = new bool[program.Values.Length];
        foreach (int o in program.Outputs)
            needed[o] = true;
        for (int n = needed.Length - 1; n >= 0; n--)
        {
            if (!needed[n])
                continue;
            foreach (int o in program.Values[n].Operation.Operands)
                needed[o] = true;
        }
        int[] numbers = new int[needed.Length];
        ImmutableArray<IntegerValue>.Builder values = ImmutableArray.CreateBuilder<IntegerValue>();
        for (int n = 0; n < needed.Length; n++)
        {
            if (!needed[n])
                continue;
            numbers[n] = values.Count;
            values.Add(program.Values[n] with { Operation = Renumbered(program.Values[n].Operation, numbers) });
        }
        return new IntegerProgram(program.InputCount, values.ToImmutable(),
            [.. program.Outputs.Select(o => numbers[o])]);
    }

    private static IntegerOperation Renumbered(IntegerOperation operation, int[] numbers) => operation switch
    {
        IntegerOperation.Input or IntegerOperation.Constant => operation,
        IntegerOperation.Sum sum =>
            new IntegerOperation.Sum([.. sum.Terms.Select(t => t with { Value = numbers[t.Value] })]),
        IntegerOperation.Product product => new IntegerOperation.Product(numbers[product.A], numbers[product.B]),
        IntegerOperation.ShiftRight shift => shift with { A = numbers[shift.A] },
        IntegerOperation.LowBits low => low with { A = numbers[low.A] },
        IntegerOperation.AtLeast compare => new IntegerOperation.AtLeast(numbers[compare.A], numbers[compare.B]),
        IntegerOperation.Select select =>
            new IntegerOperation.Select(numbers[select.Condition], numbers[select.IfSet], numbers[select.IfClear]),
        IntegerOperation.Table table => table with { A = numbers[table.A] },
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };
}
