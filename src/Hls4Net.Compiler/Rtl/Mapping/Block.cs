namespace Hls4Net.Rtl.Mapping;

/// <summary>What is no look-up table: it is built as far as its outputs are read.</summary>
internal abstract class Block
{
    private int _reached;

    /// <summary>LUTs that it consists of, so far.</summary>
    public virtual int Luts => 0;

    /// <summary>Flip-flops, so far.</summary>
    public virtual int Registers => 0;

    /// <summary>DSP blocks.</summary>
    public virtual int Dsp => 0;

    /// <summary>The literals that it reads for an output, but for those that other outputs have made it read before.</summary>
    public abstract IEnumerable<int> Reach(int output);

    // Positions up to an output that had not been reached.
    private IEnumerable<int> New(int output, int step, int most)
    {
        int from = _reached, to = Math.Min(most, (output / step * step) + step);
        _reached = Math.Max(from, to);
        return Enumerable.Range(from, Math.Max(0, to - from));
    }

    /// <summary>A flip-flop.</summary>
    public sealed class Register(int data, int reset, int enable) : Block
    {
        public override int Registers => 1;

        public override IEnumerable<int> Reach(int output) => [data, reset, enable];
    }

    /// <summary>Flip-flops that depend on themselves.</summary>
    public sealed class Feedback(int[] data, int[] enable) : Block
    {
        private int _registers;

        public int[] Data => data;

        public int[] Enable => enable;

        public override int Registers => _registers;

        public override IEnumerable<int> Reach(int output)
        {
            _registers++;
            return [data[output], enable[output]];
        }
    }

    /// <summary>A carry chain of AMD's: what is in front of each position is tables' logic.</summary>
    public sealed class Carry(int[] propagate, int[] generate) : Block
    {
        public override IEnumerable<int> Reach(int output) => New(output, 1, propagate.Length).SelectMany(i => new[] { propagate[i], generate[i] });
    }

    /// <summary>An adder of three operands, a table and a bit of carry chain for each position.</summary>
    public sealed class Ternary(int[] a, int[] b, int[] c, int[] extension, int own) : Block
    {
        // The inputs of a block of four carries stay, whichever of them are read.
        private const int ChainBits = 4;
        private int _luts;

        public override int Luts => _luts;

        public override IEnumerable<int> Reach(int output)
        {
            int[] positions = [.. New(output, ChainBits, a.Length)];
            _luts += positions.Count(i => i < own);
            return positions.SelectMany(i => i < own ? new[] { a[i], b[i], c[i] } : [extension[i]]);
        }
    }

    /// <summary>An adder of other families, whose carry chains have their own tables.</summary>
    public sealed class AdderCells(int[] a, int[] b) : Block
    {
        private int _luts;

        public override int Luts => _luts;

        public override IEnumerable<int> Reach(int output)
        {
            int[] positions = [.. New(output, 1, a.Length)];
            _luts += positions.Length;
            return positions.SelectMany(i => new[] { a[i], b[i] });
        }
    }

    /// <summary>A look-up table that is instantiated.</summary>
    public sealed class Lookup(int[] address) : Block
    {
        public override int Luts => 1;

        public override IEnumerable<int> Reach(int output) => address;
    }

    /// <summary>A product in DSP blocks.</summary>
    public sealed class Multiplier(int[] factors, int blocks) : Block
    {
        public override int Dsp => blocks;

        public override IEnumerable<int> Reach(int output) => factors;
    }
}
