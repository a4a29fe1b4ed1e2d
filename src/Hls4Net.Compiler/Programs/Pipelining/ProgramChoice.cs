using Hls4Net.Devices;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Programs.Lowering;

namespace Hls4Net.Programs.Pipelining;

/// <summary>
/// The program of a layer that is worth its time: sums share more parts where they may be some levels of adders deeper,
/// and take longer. Both are made, and the flatter one is taken where a cycle that it saves costs few adders.
/// </summary>
internal static class ProgramChoice
{
    // What may be spent on a cycle less, as a part of the bits of all adders: the registers of a cut are as many.
    private const double WorthOfCycle = 0.1;

    // What more searches take off the first one's network at most, or a little more.
    private const double Sketched = 1.05;

    // Adders beyond which the first search is as good as all, see MatrixOptimizer.
    private const long MostBits = 45_000;

    // A second search takes as long as the first, which for larger matrices is longer than users wait.
    private const long MostProducts = 1 << 14;

    /// <summary>Lowers a layer.</summary>
    /// <param name="layer">The layer, unrolled.</param>
    /// <param name="target">The device and clock.</param>
    /// <param name="phase">How far into their cycle its inputs come; see <see cref="Schedule"/>.</param>
    /// <exception cref="LoweringLimitException">The layer cannot be lowered.</exception>
    public static IntegerProgram Of(Layer layer, Target target, int phase)
    {
        IntegerProgram deep = LayerLowering.Lower(layer, target.Fabric);
        if (!AddsUp(layer))
            return deep;
        DelayModel delays = new(target.Family);
        // What the first search finds tells whether there is a cycle to save, and about what it costs.
        Fabric flattest = target.Fabric with { ExtraDepth = 0 };
        IntegerProgram sketch = LayerLowering.Lower(layer, flattest with { OneSearch = true });
        if (!IsWorth(sketch, Sketched))
            return deep;
        if (AdderBits(sketch) > MostBits)
            return IsWorth(sketch, 1) ? sketch : deep;
        IntegerProgram flat = LayerLowering.Lower(layer, flattest);
        return IsWorth(flat, 1) ? flat : deep;

        bool IsWorth(IntegerProgram flat, double spare)
        {
            double saved = Cycles(deep) - Cycles(flat);
            return saved > 0 && AdderBits(flat) <= AdderBits(deep) * (1 + (WorthOfCycle * saved)) * spare;
        }

        double Cycles(IntegerProgram program) => new Schedule(program, delays, target.ClockPeriodNs, phase).Cycles;
    }

    // Products, and sums of what is there.
    private static bool AddsUp(Layer layer) => layer.Operation switch
    {
        Dense or Convolution => layer.Operation.Multiplications <= MostProducts,
        Reduce { Function: ReduceKind.Sum } or Pool { Function: PoolKind.Sum } =>
            layer.Inputs[0].Shape.Size <= MostProducts,
        _ => false,
    };

    private static long AdderBits(IntegerProgram program) =>
        program.Values.Sum(v => v.Operation is IntegerOperation.Sum && !program.IsWire(v.Operation) ? v.Width : 0L);
}
