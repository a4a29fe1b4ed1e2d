using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Programs.Lowering;

namespace Hls4Net.Estimation;

/// <summary>
/// First-order formulas for fully pipelined io_parallel designs; docs/estimates.md lists them with their reasons, and
/// how far they are from reports of high-level synthesis. Widths are those of the typed network, so value-aware types
/// and zero weights count.
/// </summary>
/// <remarks>
/// Clock periods are those for UltraScale+, which <see cref="Clock"/> gives for any part.
/// </remarks>
public static class Estimator
{
    // The share of the clock period that synthesis tools leave to logic: Vitis HLS takes 27 % off for uncertainty.
    private const double UsableClock = 0.73;

    // Vitis HLS makes a product of LUTs where it is narrow: of 115 multipliers in the reports of docs/estimates.md all
    // others are in DSP blocks.
    private const int DspMinimumWidth = 7, DspMinimumProduct = 20;

    // Bits of a table in LUTs, at most; larger ones are block RAM.
    private const int LargestLutRom = 4096;

    /// <summary>The clock period in which UltraScale+ does what a model's part does in its own.</summary>
    public static double Clock(ModelOptions options) =>
        options.ClockPeriod / Delays.Slowness(Target.FamilyOf(options.Part));

    /// <summary>A layer's cost.</summary>
    public static Cost For(Layer layer, double clockPeriodNs) => layer.Operation switch
    {
        Dense dense => Matrix(layer, dense, layer.Input.Shape.Size / dense.Columns, dense.IsBinary(layer.Input),
            clockPeriodNs),
        Convolution convolution => Matrix(layer, convolution.Kernel, Graph.Window.Pixels(layer.Output.Shape),
            convolution.IsBinary(layer.Input), clockPeriodNs),
        Pool pool => Pooling(layer, pool),
        Affine { Scale: not null } affine =>
            Elementwise(layer, Products(affine.Multiplications, layer.Input.Type.Width, affine.Scale.Type!.Value.Width),
                layer.Output.Type.Width, 1),
        Rectifier { Slope: not null } rectifier =>
            Elementwise(layer, Products(rectifier.Multiplications, layer.Input.Type.Width,
                rectifier.Slope.Type!.Value.Width), layer.Output.Type.Width, 1),
        Requantize requantize => Requantization(layer, requantize.Plan!),
        ElementwiseFunction { Normalised: RangeReducedTable reduced } => Reduced(layer, reduced),
        ElementwiseFunction function => Table(layer, function.Table!),
        Softmax softmax => Normalise(layer, softmax.Count),
        LogSoftmax softmax => Normalise(layer, softmax.Count),
        Elementwise { Function: ElementwiseKind.Mul } =>
            Elementwise(layer, FactorsOf(layer, layer.Output.Shape.Size), layer.Output.Type.Width, 1),
        Elementwise { Function: ElementwiseKind.Add or ElementwiseKind.Sub } =>
            Elementwise(layer,
                (0, Adders((long)layer.Output.Shape.Size * layer.Output.Type.Width * (layer.Inputs.Length - 1))),
                layer.Output.Type.Width, 1),
        Divide or Elementwise { Function: ElementwiseKind.Remainder or ElementwiseKind.Modulo } => Division(layer),
        MatrixProduct => Matrices(layer, clockPeriodNs),
        Reduce { Function: ReduceKind.Sum } => Reduction(layer, layer.Input.Shape.Size - layer.Output.Shape.Size,
            layer.AccumulatorType!.Value.Width, 6, clockPeriodNs),
        // A comparison a step, and what follows it: a value, its place too, or a list of them.
        Reduce => Reduction(layer, layer.Input.Shape.Size - layer.Output.Shape.Size, layer.Input.Type.Width, 8,
            clockPeriodNs),
        ArgExtreme => Reduction(layer, layer.Input.Shape.Size - layer.Output.Shape.Size,
            layer.Input.Type.Width + layer.Output.Type.Width, 6, clockPeriodNs),
        TopK top => Reduction(layer, (long)layer.Input.Shape.Size * top.Count, layer.Input.Type.Width, 8,
            clockPeriodNs),
        Align or Transpose or Rearrange or Concatenate or Literal => new Cost(0, 1, 0, 0, 0, 0),
        Recurrence recurrence when layer.ReuseFactor > 1 => Folded(layer, recurrence, clockPeriodNs),
        // A comparison and a selection: rectifiers are free where they only clear bits.
        Affine or Rectifier or Clip or Quantize => Elementwise(layer, (0, 0), layer.Output.Type.Width, 0),
        _ => ProgramEstimate.Of(layer, clockPeriodNs),
    };

    /// <summary>
    /// The whole design's cost: layers follow one another, and a new sample enters as soon as the slowest layer allows.
    /// The call of a function that takes several cycles costs one more.
    /// </summary>
    public static Cost Total(IEnumerable<Cost> layers)
    {
        Cost[] costs = [.. layers];
        return new Cost(
            costs.Sum(c => WithCall(c.LatencyCycles)), costs.Select(c => c.Interval).DefaultIfEmpty(1).Max(),
                costs.Sum(c => c.Dsp), costs.Sum(c => c.Lut), costs.Sum(c => c.Ff), costs.Sum(c => c.Bram18),
                costs.Sum(c => c.Uram));
    }

    /// <summary>The memory of a layer's weights.</summary>
    internal static Cost Memory(WeightMemory? memory) => memory switch
    {
        { Storage: WeightStorage.Bram } => new Cost(0, 1, 0, 0, 0, Memories.BlockRams(memory.Words, memory.WordBits)),
        { Storage: WeightStorage.Uram } =>
            new Cost(0, 1, 0, 0, 0, 0, Memories.UltraRams(memory.Words, memory.WordBits)),
        { Storage: WeightStorage.Logic } => new Cost(0, 1, 0, Memories.Luts(memory.Words, memory.WordBits), 0, 0),
        _ => new Cost(0, 1, 0, 0, 0, 0),
    };

    /// <summary>A memory that is written as well as read: registers, distributed memory, or block RAM.</summary>
    internal static Cost Memory(int depth, int width)
    {
        MemoryPieces memory = Memories.Written(depth, width);
        return new Cost(0, 1, 0, memory.Lut, memory.Ff, memory.Bram18);
    }

    /// <summary>A layer's latency as part of the design's.</summary>
    internal static int WithCall(int latency) => latency >= 2 ? latency + 1 : latency;

    /// <summary>True if a product of operands of these widths is made by a DSP block.</summary>
    internal static bool UsesDsp(int a, int b) => Math.Min(a, b) >= DspMinimumWidth && a + b >= DspMinimumProduct;

    private static Cost Matrix(Layer layer, Dense dense, int rows, bool binary, double clockPeriodNs)
    {
        if (binary && layer.Strategy != Strategy.DistributedArithmetic)
            return Popcount(layer, dense, rows);
        int accumulator = layer.AccumulatorType!.Value.Width;
        // Bits that are cut off cost nothing; rounding is an addition, saturation a comparison.
        long rounding = layer.Rounding is null or { Operation: Quantize { Unseen: true, To.Overflow: Overflow.Wrap } }
            ? 0 : (long)layer.Output.Shape.Size * layer.Output.Type.Width;
        if (layer.Strategy == Strategy.DistributedArithmetic)
            return Network(layer, dense, rows, accumulator, rounding, clockPeriodNs);
        long additions = dense.Multiplications + (dense.Bias?.Mantissas.Count(b => b != 0) ?? 0);
        (long dsp, long productLuts, long productRegisters) = WeightProducts(dense, layer.Input.Type.Width,
            layer.ReuseFactor);
        int multiplierCycles = dsp > 0 && Delays.Multiplier > clockPeriodNs * UsableClock ? 2 : 1;
        int cycles = multiplierCycles + TreeCycles((additions + dense.Units - 1) / dense.Units, accumulator,
            clockPeriodNs);
        // An addition near the leaves is little wider than a product, near the root as wide as the accumulator.
        long adderBits = Shared(additions, layer.ReuseFactor) * Math.Min(accumulator,
            layer.Input.Type.Width + MeanWidth(dense.Weights) + 2);
        // Products start when the adders behind them have time, so inputs stay for all cycles, and sums are there from
        // the second on.
        long registers = ((long)layer.Input.Shape.Size * layer.Input.Type.Width * cycles)
            + ((long)dense.Units * rows * accumulator * cycles * 3 / 4)
            + (multiplierCycles > 1 ? productRegisters * rows : 0);
        return new Cost(cycles + layer.ReuseFactor - 1, layer.ReuseFactor, dsp * rows,
            ((productLuts + Adders(adderBits)) * rows) + Adders(rounding), registers, 0).With(Memory(layer.Memory));
    }

    // One cell, which its states' registers make a cycle longer, as often as there are steps.
    private static Cost Folded(Layer layer, Recurrence recurrence, double clockPeriodNs)
    {
        Cost cell = ProgramEstimate.Of(CellLowering.Step(recurrence, Fabric.Of(Family.UltraScalePlus)), clockPeriodNs);
        int cycles = (recurrence.Steps * (cell.LatencyCycles + 1)) + 1;
        long kept = recurrence.Cell.Inputs.Take(recurrence.States).Sum(s => (long)s.Shape.Size * s.Type.Width)
            + recurrence.Rows.Select((_, k) => layer.Inputs[recurrence.OperandOfSequence(k)])
                .Sum(s => (long)s.Shape.Size * s.Type.Width)
            + (recurrence.LastOnly ? 0 : (long)layer.Output.Shape.Size * layer.Output.Type.Width);
        return cell with { LatencyCycles = cycles, Interval = cycles, Lut = cell.Lut + kept, Ff = cell.Ff + kept };
    }

    // Of the digits to add up sharing and adders of three operands leave three in ten, each of little more bits than
    // the input has.
    private static Cost Network(Layer layer, Dense dense, int rows, int accumulator, long rounding,
        double clockPeriodNs)
    {
        long digits = dense.Weights.Mantissas.Sum(w => (long)SignedDigits.Count(w))
            + (dense.Bias?.Mantissas.Count(b => b != 0) ?? 0);
        int cycles = TreeCycles((digits + dense.Units - 1) / dense.Units, accumulator, clockPeriodNs);
        long lut = (long)(Math.Max(0, digits - dense.Units) * 0.3 * (layer.Input.Type.Width + 3.5));
        return new Cost(cycles, 1, 0, (lut * rows) + Adders(rounding),
            (long)dense.Units * rows * accumulator * cycles, 0);
    }

    // A comparison and a selection, or an addition, for every tap but the first.
    private static Cost Pooling(Layer layer, Pool pool)
    {
        long elements = layer.Output.Shape.Size, joins = elements * (pool.Window.Taps - 1);
        int width = layer.AccumulatorType?.Width ?? layer.Input.Type.Width;
        int cycles = 1 + (IntegerWidth.CeilLog2(Math.Max(2, pool.Window.Taps)) / 4);
        (long dsp, long lut) = pool.Scale is null ? (0, 0) : Products(elements, width, pool.Scale.Type!.Value.Width);
        return new Cost(cycles, 1, dsp, (joins * width * (pool.Function == PoolKind.Max ? 4 : 3) / 2) + lut,
            elements * layer.Output.Type.Width * cycles, 0);
    }

    // Six-input LUTs compress six bits to three: about one LUT a product, in log2 levels of counters.
    private static Cost Popcount(Layer layer, Dense dense, int rows)
    {
        long products = Shared((long)dense.Columns * dense.Units, layer.ReuseFactor) * rows;
        int width = IntegerWidth.BitLength(dense.Columns);
        int cycles = 1 + (IntegerWidth.CeilLog2(Math.Max(2, dense.Columns)) / 6);
        return new Cost(cycles + layer.ReuseFactor - 1, layer.ReuseFactor, 0, products,
            (long)dense.Units * rows * width * cycles, 0).With(Memory(layer.Memory));
    }

    // A product with a power of two is wiring. A constant factor is as wide as it is, a shared multiplier's as its
    // type. A pipelined multiplier has its factors and its product in registers.
    private static (long Dsp, long Lut, long Ff) WeightProducts(Dense dense, int width, int reuseFactor)
    {
        IEnumerable<long> factors = dense.Weights.Mantissas.Where(w => w != 0 && !long.IsPow2(Math.Abs(w)));
        IEnumerable<(int Factor, int Count)> multipliers = reuseFactor > 1
            ? [(dense.Weights.Type!.Value.Width, (int)Shared(factors.Count(), reuseFactor))]
            : factors.CountBy(w => IntegerWidth.Covering(w, w).Width).Select(c => (c.Key, c.Value));
        (long dsp, long lut, long ff) = (0, 0, 0);
        foreach ((int factor, int count) in multipliers)
        {
            (long d, long l) = Products(count, width, factor);
            (dsp, lut, ff) = (dsp + d, lut + l, ff + (d > 0 ? (long)count * (width + factor) * 7 / 2 : 0));
        }
        return (dsp, lut, ff);
    }

    // High-level synthesis counts three LUTs for two bits of an adder.
    private static long Adders(long bits) => bits * 3 / 2;

    private static int MeanWidth(Constant weights)
    {
        long[] factors = [.. weights.Mantissas.Where(w => w != 0)];
        return factors.Length == 0 ? 1 : (int)Math.Round(factors.Average(w => IntegerWidth.Covering(w, w).Width));
    }

    private static long Shared(long count, int reuseFactor) => (count + reuseFactor - 1) / reuseFactor;

    // In LUTs a product with a constant is about a quarter of an array multiplier.
    private static (long Dsp, long Lut) Products(long count, int a, int b)
    {
        int wide = Math.Max(a, b), narrow = Math.Min(a, b);
        return UsesDsp(wide, narrow)
            ? (count * Multipliers.Blocks(wide, narrow, Family.UltraScalePlus), 0)
            : (0, count * Math.Max(1, (long)wide * narrow / 4));
    }

    private static Cost Requantization(Layer layer, RequantizePlan plan)
    {
        long elements = layer.Output.Shape.Size;
        int x = layer.Input.Type.Width, y = layer.Output.Type.Width;
        switch (plan.Method)
        {
            case RequantizeMethod.Thresholds:
                // A comparison is a carry chain of a bit for two input bits; the count of few is in the same LUTs.
                return new Cost(plan.ThresholdCount > 0 ? 1 : 0, 1, 0,
                    elements * plan.ThresholdCount * Math.Max(1, x / 2), elements * y, 0);
            case RequantizeMethod.Rounded:
                // The addition that rounds, and the comparison that clamps.
                return new Cost(1, 1, 0, elements * (x + y), elements * y, 0);
            default:
                (long dsp, long lut) = Products(plan.Multiplications, x,
                    IntegerWidth.Covering(plan.Factor.Min(), plan.Factor.Max()).Width);
                return new Cost(2, 1, dsp, lut + (elements * (x + y)), elements * (x + y), 0);
        }
    }

    private static (long Dsp, long Lut) FactorsOf(Layer layer, long count) =>
        Products(count, layer.Inputs[0].Type.Width, layer.Inputs[1].Type.Width);

    // A restoring divider: one subtraction as wide as the divisor for every bit of the quotient, each a stage of the
    // pipeline.
    private static Cost Division(Layer layer)
    {
        long elements = layer.Output.Shape.Size;
        int bits = layer.Output.Type.Width + 1, width = layer.Inputs[1].Type.Width + 1;
        return new Cost(bits + 1, 1, 0, elements * bits * width,
            elements * bits * (width + layer.Output.Type.Width), 0);
    }

    // A tree over each line; a step costs so many quarters of a LUT a bit.
    private static Cost Reduction(Layer layer, long steps, int width, int quarters, double clockPeriodNs)
    {
        int cycles = TreeCycles(Math.Max(2, layer.Input.Shape.Size / layer.Output.Shape.Size), width, clockPeriodNs);
        return new Cost(cycles, 1, 0, steps * width * quarters / 4, (long)layer.Output.Shape.Size * width * cycles, 0);
    }

    private static Cost Matrices(Layer layer, double clockPeriodNs)
    {
        MatrixProduct.Geometry g = new(layer.Inputs[0].Shape, layer.Inputs[1].Shape);
        long elements = layer.Output.Shape.Size, products = elements * g.Length;
        int accumulator = MatrixProduct.AccumulatorType(layer.Inputs).Width,
            cycles = 1 + TreeCycles(g.Length, accumulator, clockPeriodNs);
        (long dsp, long lut) = FactorsOf(layer, products);
        return new Cost(cycles, 1, dsp, lut + Adders(products * accumulator), elements * accumulator * cycles, 0);
    }

    private static int TreeCycles(long terms, int width, double clockPeriodNs) =>
        (int)Math.Ceiling(IntegerWidth.CeilLog2(Math.Max(2, terms)) * (Delays.SynthesizedAdder
            + (Delays.SynthesizedAdderBit * Math.Max(0, width - 16))) / (clockPeriodNs * UsableClock));

    private static Cost Elementwise(Layer layer, (long Dsp, long Lut) products, int width, int cycles)
    {
        long bits = (long)layer.Output.Shape.Size * width;
        return new Cost(cycles, 1, products.Dsp, products.Lut + (2 * bits), cycles * bits, 0);
    }

    private static Cost Table(Layer layer, FunctionTable table)
    {
        long elements = layer.Output.Shape.Size;
        // A block RAM has two ports, for two elements.
        bool memory = table.RomBits > LargestLutRom;
        long brams = memory ? (elements + 1) / 2 * Memories.BlockRamsOf(table.RomBits) : 0;
        long roms = memory ? 0 : elements * Memories.Luts(table.RomBits, 1);
        (long dsp, long lut) = table.Shift == 0 ? (0, 0) : Products(elements, table.SlopeType.Width, table.Shift);
        return new Cost(table.Shift == 0 ? 1 : 3, 1, dsp, roms + lut + (elements * layer.Output.Type.Width),
            elements * layer.Output.Type.Width * 2, brams);
    }

    // A table between two barrel shifters, each a level of selections for every bit of the shift.
    private static Cost Reduced(Layer layer, RangeReducedTable reduced)
    {
        Cost table = Table(layer, reduced.Table);
        long shifters = layer.Output.Shape.Size * (long)IntegerWidth.CeilLog2(reduced.Input.Width + 1) * (
            reduced.Input.Width + layer.Output.Type.Width) / 2;
        return table with
        {
            LatencyCycles = table.LatencyCycles + 2,
            Lut = table.Lut + (2 * shifters),
            Ff = table.Ff + (layer.Output.Shape.Size * (long)(reduced.Input.Width + layer.Output.Type.Width))
        };
    }

    private static Cost Normalise(Layer layer, int count)
    {
        long n = layer.Output.Shape.Size;
        int width = layer.Output.Type.Width, x = layer.Input.Type.Width;
        int levels = IntegerWidth.CeilLog2(Math.Max(2, count));
        return new Cost((2 * levels) + 8, 1, (4 * n) + 2, n * ((3 * x) + (6 * width)), n * width * (levels + 8), n * 2);
    }
}
