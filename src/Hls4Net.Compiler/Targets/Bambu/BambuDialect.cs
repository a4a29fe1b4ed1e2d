using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Hls;
using Hls4Net.Interfaces;
using Hls4Net.Numerics;
using Hls4Net.Text;
namespace Hls4Net.Targets.Bambu;

/// <summary>
/// PandA Bambu, whose front end is clang: array arguments are memories, loops are left to the compiler, which unrolls
/// and schedules as its options say. Its ap_fixed.h has AMD's names for the types of ac_fixed.h.
/// </summary>
internal sealed class BambuDialect : Dialect
{
    public override IEnumerable<string> Includes => ["ap_fixed.h", "ap_int.h"];

    /// <exception cref="ModelException">Bambu's header would take the type for another one (HLS2009).</exception>
    public override string Fixed(FixedPointType type) => type.SaturationBits > 0 || type.Overflow == Overflow.WrapSm
        ? throw new ModelException(Descriptors.OptionNotAvailable,
            $"{type} is not available with Backend=Bambu, whose ap_fixed.h wraps it in the ordinary way; use WRAP "
            + "without saturation bits, SAT, SAT_ZERO or SAT_SYM")
        : ApTypes.Fixed(type);

    public override string Integer(int width, bool signed) => ApTypes.Integer(width, signed);

    public override string Pipeline(int interval) => "";

    public override string PipelineLoop() => "";

    public override string Dataflow() => "";

    public override string Unroll() => "";

    public override string Partition(string variable) => "";

    public override string ReshapeRows(string variable) => "";

    public override IEnumerable<string> WeightMemory(string variable, WeightStorage storage) => [];

    /// <exception cref="ModelException">Always (HLS2009): only the top function itself could read it.</exception>
    public override IEnumerable<string> ExternalMemory(string port) =>
        throw new ModelException(Descriptors.OptionNotAvailable,
            "WeightStorage external is not available with Backend=Bambu; leave it out");

    public override IEnumerable<string> RowMemories(string variable) => [];

    public override string LimitMultipliers(long limit) => "";

    public override bool PortsAreMemories => true;

    // Without the number of elements its co-simulation does not know how much of an array to bring.
    public override IEnumerable<string> Interface(DesignInterface design) =>
        design.Ports.Select(p => $"#pragma HLS interface port={p.Identifier} mode=array elem_count={p.Size}");

    public override IEnumerable<string> StreamIncludes => [];

    public override string Stream(string item) => throw NoStreams;

    public override string Fifo(string item, int depth) => throw NoStreams;

    public override string StreamPipeline(int interval) => "";

    public override string StreamDepth(string stream, int depth) => "";

    public override string Aggregate(string variable) => "";

    public override string Inline() => "";

    public override IEnumerable<string> StreamInterface(DesignInterface design) => throw NoStreams;

    // Nothing is known of its streams.
    private static ModelException NoStreams =>
        new(Descriptors.OptionNotAvailable, "io_stream is not available with Backend=Bambu; use io_parallel");

    // Everything is in the command line (docs/synthesis.md).
    public override IEnumerable<GeneratedFile> Project(ModelOptions options, IReadOnlyList<string> sources,
        IReadOnlyList<string> testBench) => [];
}
