using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Circuits;

/// <summary>
/// Combinational logic of a circuit: unsigned bits, as many as <paramref name="Width"/> says. Operands of one operator
/// have the same width. The operators fold what constants decide, so that a condition which always holds is
/// <see cref="True"/> and takes neither text nor logic.
/// </summary>
internal abstract record Expression(int Width)
{
    /// <summary>The bit 1.</summary>
    public static Expression True { get; } = new Number(1, 1);

    /// <summary>The bit 0.</summary>
    public static Expression False { get; } = new Number(0, 1);

    /// <summary>True for the bit 1.</summary>
    public bool IsTrue => this is Number { Width: 1 } number && number.Value == 1;

    /// <summary>True for the bit 0.</summary>
    public bool IsFalse => this is Number { Width: 1 } number && number.Value == 0;

    /// <summary>What is read at once.</summary>
    public abstract IEnumerable<Expression> Operands { get; }

    /// <summary>The names of all nets and memories that are read.</summary>
    public IEnumerable<string> Names => this switch
    {
        Net net => [net.Name],
        Word word => word.Address.Names.Append(word.Memory.Name),
        _ => Operands.SelectMany(e => e.Names),
    };

    /// <summary>The low bits of a number.</summary>
    public sealed record Number(Int128 Value, int Width) : Expression(Width)
    {
        public override IEnumerable<Expression> Operands => [];
    }

    /// <summary>Numbers side by side, the first in the lowest bits.</summary>
    public sealed record Numbers(ImmutableArray<long> Values, int Bits) : Expression(Values.Length * Bits)
    {
        public override IEnumerable<Expression> Operands => [];
    }

    /// <summary>Some neighbouring bits of a net.</summary>
    public sealed record Part(Net Whole, int Lowest, int Width) : Expression(Width)
    {
        public override IEnumerable<Expression> Operands => [Whole];
    }

    /// <summary>Expressions side by side, the first in the lowest bits.</summary>
    public sealed record Join(ImmutableArray<Expression> Parts) : Expression(Parts.Sum(p => p.Width))
    {
        public override IEnumerable<Expression> Operands => Parts;
    }

    /// <summary>One bit, <paramref name="Width"/> times.</summary>
    public sealed record Repeat(Expression Bit, int Width) : Expression(Width)
    {
        public override IEnumerable<Expression> Operands => [Bit];
    }

    /// <summary>Every bit inverted.</summary>
    public sealed record Not(Expression A) : Expression(A.Width)
    {
        public override IEnumerable<Expression> Operands => [A];
    }

    /// <summary>Conjunctions bit by bit.</summary>
    public sealed record And(ImmutableArray<Expression> Terms) : Expression(Terms[0].Width)
    {
        public override IEnumerable<Expression> Operands => Terms;
    }

    /// <summary>Disjunctions bit by bit.</summary>
    public sealed record Or(ImmutableArray<Expression> Terms) : Expression(Terms[0].Width)
    {
        public override IEnumerable<Expression> Operands => Terms;
    }

    /// <summary>Whether numbers are equal.</summary>
    public sealed record Equal(Expression A, Expression B) : Expression(1)
    {
        public override IEnumerable<Expression> Operands => [A, B];
    }

    /// <summary>Whether A ≥ B.</summary>
    public sealed record AtLeast(Expression A, Expression B) : Expression(1)
    {
        public override IEnumerable<Expression> Operands => [A, B];
    }

    /// <summary>A + B, without what goes beyond the width.</summary>
    public sealed record Add(Expression A, Expression B) : Expression(A.Width)
    {
        public override IEnumerable<Expression> Operands => [A, B];
    }

    /// <summary>A - B, without what goes beyond the width.</summary>
    public sealed record Subtract(Expression A, Expression B) : Expression(A.Width)
    {
        public override IEnumerable<Expression> Operands => [A, B];
    }

    /// <summary>IfSet where the condition holds, else IfClear.</summary>
    public sealed record Choose(Expression Condition, Expression IfSet, Expression IfClear) : Expression(IfSet.Width)
    {
        public override IEnumerable<Expression> Operands => [Condition, IfSet, IfClear];
    }

    /// <summary>A / 2^Amount, the amount a number.</summary>
    public sealed record ShiftRight(Expression A, Expression Amount) : Expression(A.Width)
    {
        public override IEnumerable<Expression> Operands => [A, Amount];
    }

    /// <summary>
    /// One of the equal parts of a net, the first in the lowest bits, by its number; any bits beyond the last.
    /// </summary>
    public sealed record Pick(Net Whole, Net Index, int Width) : Expression(Width)
    {
        public override IEnumerable<Expression> Operands => [Whole, Index];
    }

    /// <summary>
    /// The word of a number; the last one for every number that has none. Only what a register takes can be one.
    /// </summary>
    public sealed record Case(Expression Selector, ImmutableArray<(long Number, Expression Word)> Words)
        : Expression(Words[0].Word.Width)
    {
        public override IEnumerable<Expression> Operands => [Selector, .. Words.Select(w => w.Word)];
    }

    /// <summary>The word of a memory at an address; any bits beyond its depth.</summary>
    public sealed record Word(MemoryNet Memory, Expression Address) : Expression(Memory.Width)
    {
        public override IEnumerable<Expression> Operands => [Address];
    }

    /// <summary>A number in so many bits.</summary>
    public static Expression Of(Int128 value, int width) => new Number(value, width);

    /// <summary>Zeros.</summary>
    public static Expression Zeros(int width) => new Number(0, width);

    /// <summary>True where all conditions hold, bit by bit.</summary>
    public static Expression All(params IEnumerable<Expression> terms)
    {
        ImmutableArray<Expression> some = [.. terms.Where(t => !t.IsTrue)
            .SelectMany(t => t is And and ? and.Terms : [t])];
        return some.Any(t => t.IsFalse) ? False : some.Length == 0 ? True : some.Length == 1 ? some[0] : new And(some);
    }

    /// <summary>True where one of some conditions holds, bit by bit.</summary>
    public static Expression Any(params IEnumerable<Expression> terms)
    {
        ImmutableArray<Expression> some = [.. terms.Where(t => !t.IsFalse)
            .SelectMany(t => t is Or or ? or.Terms : [t])];
        return some.Any(t => t.IsTrue) ? True : some.Length == 0 ? False : some.Length == 1 ? some[0] : new Or(some);
    }

    public static Expression operator &(Expression a, Expression b) => All(a, b);

    public static Expression operator |(Expression a, Expression b) => Any(a, b);

    public static Expression operator ~(Expression a) => a.IsTrue ? False : a.IsFalse ? True
        : a is Not { A: Expression inner } ? inner : new Not(a);

    /// <summary>Whether this is a number.</summary>
    public Expression Is(long number) => new Equal(this, Of(number, Width));

    /// <summary>Whether this is less than a number.</summary>
    public Expression Below(long number) => ~From(number);

    /// <summary>Whether this is at least a number.</summary>
    public Expression From(long number) => number <= 0 ? True : new AtLeast(this, Of(number, Width));

    /// <summary>This and a number, without what goes beyond the width.</summary>
    public Expression Plus(long number) => new Add(this, Of(number, Width));

    /// <summary>This without a number, without what goes beyond the width.</summary>
    public Expression Minus(long number) => new Subtract(this, Of(number, Width));

    /// <summary><paramref name="set"/> where this holds, else <paramref name="clear"/>.</summary>
    public Expression Then(Expression set, Expression clear) => IsTrue ? set : IsFalse ? clear
        : new Choose(this, set, clear);

    /// <summary>Expressions side by side, the first in the lowest bits; what has no bits is left out.</summary>
    public static Expression Side(params IEnumerable<Expression> parts)
    {
        ImmutableArray<Expression> some = [.. parts.Where(p => p.Width > 0)];
        return some.Length == 1 ? some[0] : new Join(some);
    }

    /// <summary>Bits of an unsigned number, at least one.</summary>
    public static int BitsOf(long number) => IntegerWidth.BitLength(Math.Max(number, 1));
}

/// <summary>Bits with a name: a port, a wire or a register.</summary>
internal sealed record Net(string Name, int Width) : Expression(Width)
{
    public override IEnumerable<Expression> Operands => [];

    /// <summary>
    /// Bits <paramref name="from"/> and up, so many; those below the lowest and above the highest are zero.
    /// </summary>
    public Expression Slice(int from, int count)
    {
        int low = Math.Max(from, 0), top = Math.Max(low, Math.Min(from + count, Width));
        if (low == 0 && top == Width && count == Width)
            return this;
        int below = Math.Min(Math.Max(-from, 0), count), inside = top - low;
        return Side(Zeros(below), inside == Width ? this : new Part(this, low, inside),
            Zeros(count - below - inside));
    }
}

/// <summary>A memory's name and size.</summary>
internal sealed record MemoryNet(string Name, int Width, int Depth);
