using System.Collections.Immutable;
using Hls4Net.Devices;
using Hls4Net.Numerics;

namespace Hls4Net.Programs;

/// <summary>A scalar operation on integers; operands are numbers of values that stand before it.</summary>
public abstract record IntegerOperation
{
    private IntegerOperation()
    {
    }

    /// <summary>Numbers of the values read.</summary>
    public abstract IEnumerable<int> Operands { get; }

    /// <summary>Element <paramref name="Index"/> of the program's inputs.</summary>
    public sealed record Input(int Index) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [];
    }

    /// <summary>A constant.</summary>
    public sealed record Constant(Int128 Value) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [];
    }

    /// <summary>
    /// One to three terms, of which at most two are subtracted: one term is a shift or a negation, more are an adder.
    /// Terms with no bit in common, however many, are a concatenation.
    /// </summary>
    public sealed record Sum(ImmutableArray<SumTerm> Terms) : IntegerOperation
    {
        public override IEnumerable<int> Operands => Terms.Select(t => t.Value);

        /// <summary>
        /// The terms of a concatenation, the lowest first, each with the place of its lowest bit; null for other sums.
        /// </summary>
        public (SumTerm Term, int Lowest)[]? Concatenated(IntegerProgram program)
        {
            (SumTerm Term, int Lowest)[] parts = [.. Terms.Select(t => (t, program.Values[t.Value].Zeros + t.Shift))
                .OrderBy(p => p.Item2)];
            for (int i = 0; i < parts.Length; i++)
            {
                IntegerValue value = program.Values[parts[i].Term.Value];
                if (parts[i].Term.Negative || (i < parts.Length - 1
                    && (value.Signed || value.Width + parts[i].Term.Shift > parts[i + 1].Lowest)))
                    return null;
            }
            return parts;
        }

        public bool Equals(Sum? other) => other is not null && Terms.SequenceEqual(other.Terms);

        public override int GetHashCode() => Terms.Aggregate(Terms.Length, HashCode.Combine);
    }

    /// <summary>A · B.</summary>
    public sealed record Product(int A, int B) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [A, B];
    }

    /// <summary>A without its <paramref name="Bits"/> low bits: ⌊A / 2^Bits⌋.</summary>
    public sealed record ShiftRight(int A, int Bits) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [A];
    }

    /// <summary>
    /// The <paramref name="Bits"/> low bits of A, read in two's complement where <paramref name="Signed"/>.
    /// </summary>
    public sealed record LowBits(int A, int Bits, bool Signed) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [A];
    }

    /// <summary>1 if A ≥ B, else 0.</summary>
    public sealed record AtLeast(int A, int B) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [A, B];
    }

    /// <summary>IfSet where Condition is 1, IfClear where it is 0.</summary>
    public sealed record Select(int Condition, int IfSet, int IfClear) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [Condition, IfSet, IfClear];
    }

    /// <summary>Entries[A - First].</summary>
    public sealed record Table(int A, long First, ImmutableArray<long> Entries) : IntegerOperation
    {
        public override IEnumerable<int> Operands => [A];

        /// <summary>How many low bits of A tell the entries apart.</summary>
        public int AddressBits =>
            Math.Max(1, System.Numerics.BitOperations.Log2((uint)Math.Max(1, Entries.Length - 1)) + 1);

        /// <summary>Most inputs of a look-up table of AMD's.</summary>
        public const int LookupBits = Fabric.TableInputs;

        // Larger ones are what memories are for.
        private const int MostAddressBits = 12;

        /// <summary>True where it is made of a family's look-up tables of two functions of the same inputs.</summary>
        public bool IsPairs(Family family) => Target.IsAmd(family) && AddressBits is > 2 and <= Fabric.PairInputs;

        /// <summary>True where it is so large that all elements that look into it share its text.</summary>
        public bool IsMemory => AddressBits > MostAddressBits;

        /// <summary>
        /// True where it is made of a family's look-up tables one by one: of six address bits and fewer, one is a bit
        /// of it.
        /// </summary>
        public bool IsLookups(Family family) => Target.IsAmd(family) && AddressBits > LookupBits
            && AddressBits <= MostAddressBits;

        /// <summary>
        /// A bit of the entries by their low <see cref="AddressBits"/> bits, 64 addresses a word, as look-up tables of
        /// six inputs hold them. At an address that no entry has it is as at the last entry, or the first, whichever is
        /// nearer, so that as many tables as can be are alike or constants.
        /// </summary>
        public ulong[] Plane(int bit)
        {
            long span = 1L << AddressBits;
            ulong[] words = new ulong[Math.Max(1, span >> LookupBits)];
            for (long address = 0; address < span; address++)
            {
                long entry = (((address - First) % span) + span) % span;
                if (entry >= Entries.Length)
                    entry = entry - Entries.Length < span - entry ? Entries.Length - 1 : 0;
                words[address >> LookupBits] |= (ulong)((Entries[(int)entry] >> bit) & 1) << (int)(address & 63);
            }
            return words;
        }

        public bool Equals(Table? other) => other is not null && A == other.A && First == other.First
            && Entries.AsSpan().SequenceEqual(other.Entries.AsSpan());

        public override int GetHashCode() => Entries.Aggregate(HashCode.Combine(A, First), HashCode.Combine);
    }
}

/// <summary>±value · 2^Shift; a negative shift drops low bits, all of which are zero.</summary>
public readonly record struct SumTerm(int Value, int Shift, bool Negative);

/// <summary>A value of a program: how it is computed and what it can be.</summary>
/// <param name="Operation">How it is computed.</param>
/// <param name="Range">Every value lies within.</param>
/// <param name="Zeros">Low bits that are always zero: the step is 2^Zeros.</param>
public sealed record IntegerValue(IntegerOperation Operation, Interval Range, int Zeros)
{
    /// <summary>True if two's complement is needed.</summary>
    public bool Signed => Range.Min < 0;

    /// <summary>Bits of the narrowest integer type that holds the range, at least one.</summary>
    public int Width => BitsOf(Range);

    /// <summary>
    /// Bits of the narrowest integer type that holds an interval: two's complement where it has negative numbers.
    /// </summary>
    public static int BitsOf(Interval range)
    {
        Int128 magnitude = Int128.Max(range.Max, ~range.Min);
        return Math.Max(1, (magnitude <= 0 ? 0 : (int)Int128.Log2(magnitude) + 1) + (range.Min < 0 ? 1 : 0));
    }
}

/// <summary>
/// A flat list of scalar operations on integers, each value with its range and step, from which its width follows:
/// nothing can overflow. It is the meaning of one layer, unrolled, and what Verilog is printed from.
/// </summary>
/// <param name="InputCount">Elements read.</param>
/// <param name="Values">In an order in which operands come first.</param>
/// <param name="Outputs">The number of the value of each element of the result.</param>
public sealed record IntegerProgram(int InputCount, ImmutableArray<IntegerValue> Values, ImmutableArray<int> Outputs)
{
    /// <summary>True where nothing is computed: bits are taken apart, moved and put side by side.</summary>
    public bool IsWiring => Values.All(v => IsWire(v.Operation));

    /// <summary>True for an operation that is wires alone.</summary>
    public bool IsWire(IntegerOperation operation) => operation switch
    {
        IntegerOperation.Input or IntegerOperation.Constant or IntegerOperation.ShiftRight
            or IntegerOperation.LowBits => true,
        IntegerOperation.Sum sum => sum.Concatenated(this) is not null,
        _ => false,
    };
}
