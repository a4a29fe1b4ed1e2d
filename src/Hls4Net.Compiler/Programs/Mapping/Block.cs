namespace Hls4Net.Programs.Mapping;

/// <summary>
/// What is no logic that tables cover. Where it consists of positions it is built up to the highest output that
/// anything reads.
/// </summary>
internal abstract class Block
{
    private Block()
    {
    }

    /// <summary>How many positions there are at most; outputs beyond are the last position's.</summary>
    public virtual int Positions => 1;

    /// <summary>Positions that are there all at once or not at all.</summary>
    public virtual int Step => 1;

    /// <summary>The literals that a position reads.</summary>
    public abstract IEnumerable<int> Inputs(int position);

    /// <summary>What a position takes.</summary>
    public virtual ModuleCost Cost(int position) => default;

    /// <summary>A flip-flop.</summary>
    public sealed class Register : Block
    {
        /// <summary>What it takes.</summary>
        public int Data { get; set; }

        /// <summary>The clock enable.</summary>
        public int Enable { get; set; } = LogicGraph.True;

        /// <summary>The synchronous reset, which is stronger than the clock enable.</summary>
        public int Clear { get; set; } = LogicGraph.False;

        public override IEnumerable<int> Inputs(int position) => [Data, Enable, Clear];

        public override ModuleCost Cost(int position) => new(Ff: 1);
    }

    /// <summary>A carry chain of AMD's: what is in front of each position is tables' logic.</summary>
    public sealed class Carry(int[] propagate, int[] generate) : Block
    {
        public override int Positions => propagate.Length;

        public override IEnumerable<int> Inputs(int position) => [propagate[position], generate[position]];
    }

    /// <summary>
    /// An adder of three operands, a table and a bit of carry chain for each position, but for
    /// <paramref name="extension"/> the operands' signs alone.
    /// </summary>
    public sealed class Ternary(int[] a, int[] b, int[] c, int[] extension, int own) : Block
    {
        public override int Positions => a.Length;

        // The inputs of a block of four carries stay, whichever of them are read.
        public override int Step => 4;

        public override IEnumerable<int> Inputs(int position) => position < own
            ? [a[position], b[position], c[position]] : [extension[position]];

        public override ModuleCost Cost(int position) => new(Lut: position < own ? 1 : 0);
    }

    /// <summary>An adder of other families, whose carry chains have tables of their own.</summary>
    public sealed class AdderCells(int[] a, int[] b) : Block
    {
        public override int Positions => a.Length;

        public override IEnumerable<int> Inputs(int position) => [a[position], b[position]];

        public override ModuleCost Cost(int position) => new(Lut: 1);
    }

    /// <summary>A look-up table that is instantiated.</summary>
    public sealed class Lookup(int[] address) : Block
    {
        public override IEnumerable<int> Inputs(int position) => address;

        public override ModuleCost Cost(int position) => new(Lut: 1);
    }

    /// <summary>A DSP block that multiplies.</summary>
    public sealed class Multiplier(int[] a, int[] b) : Block
    {
        public override IEnumerable<int> Inputs(int position) => [.. a, .. b];

        public override ModuleCost Cost(int position) => new(Dsp: 1);
    }

    /// <summary>A memory.</summary>
    public sealed class Memory(int[] controls, ModuleCost cost) : Block
    {
        /// <summary>Addresses and, where it is written, when and what.</summary>
        public int[] Controls { get; set; } = controls;

        public override IEnumerable<int> Inputs(int position) => Controls;

        public override ModuleCost Cost(int position) => cost;
    }
}
