using Hls4Net.Configuration;
using Hls4Net.Hls;
using Hls4Net.Interfaces;
using Hls4Net.Numerics;
using Hls4Net.Text;
namespace Hls4Net.Targets.Vitis;

/// <summary>AMD Vitis HLS (UG1399).</summary>
internal sealed class VitisDialect : Dialect
{
    public override IEnumerable<string> Includes => ["ap_fixed.h", "ap_int.h"];

    public override string Fixed(FixedPointType type) => ApTypes.Fixed(type);

    public override string Integer(int width, bool signed) => ApTypes.Integer(width, signed);

    public override string Pipeline(int interval) => $"#pragma HLS PIPELINE II={interval}";

    public override string PipelineLoop() => "#pragma HLS PIPELINE II=1 rewind";

    public override string Dataflow() => "#pragma HLS DATAFLOW";

    public override string Unroll() => "#pragma HLS UNROLL";

    public override string Partition(string variable) =>
        $"#pragma HLS ARRAY_PARTITION variable={variable} complete dim=0";

    public override string ReshapeRows(string variable) =>
        $"#pragma HLS ARRAY_RESHAPE variable={variable} complete dim=2";

    public override IEnumerable<string> WeightMemory(string variable, WeightStorage storage)
    {
        string implementation =
            storage switch { WeightStorage.Bram => "bram", WeightStorage.Uram => "uram", _ => "lutram" };
        return [ReshapeRows(variable),
            $"#pragma HLS BIND_STORAGE variable={variable} type=rom_1p impl={implementation}"];
    }

    public override IEnumerable<string> ExternalMemory(string port) =>
        [ReshapeRows(port), $"#pragma HLS INTERFACE bram port={port} storage_type=rom_1p"];

    public override IEnumerable<string> RowMemories(string variable) =>
        [$"#pragma HLS ARRAY_PARTITION variable={variable} complete dim=1",
            $"#pragma HLS ARRAY_RESHAPE variable={variable} complete dim=3"];

    public override string LimitMultipliers(long limit) =>
        $"#pragma HLS ALLOCATION operation instances=mul limit={limit}";

    public override IEnumerable<string> Interface(DesignInterface design) => design.Ports.SelectMany(p => new[]
    {
        $"#pragma HLS {(p.Direction == PortDirection.Input ? "ARRAY_RESHAPE" : "ARRAY_PARTITION")} "
        + $"variable={p.Identifier} complete dim=0",
        $"#pragma HLS INTERFACE ap_vld port={p.Identifier}",
    });

    public override IEnumerable<string> StreamIncludes => ["hls_stream.h"];

    public override string Stream(string item) => $"hls::stream<{item}>";

    // Of Vitis HLS and our own headers with the depth, of Vivado HLS without.
    public override string Fifo(string item, int depth) => $"HLS4NET_FIFO({item}, {depth})";

    public override string StreamPipeline(int interval) => $"#pragma HLS PIPELINE II={interval} style=flp";

    public override string StreamDepth(string stream, int depth) =>
        $"#pragma HLS STREAM variable={stream} depth={depth}";

    public override string Aggregate(string variable) => $"#pragma HLS AGGREGATE variable={variable}";

    public override string Inline() => "#pragma HLS INLINE";

    public override IEnumerable<string> StreamInterface(DesignInterface design) =>
        design.Ports.Select(p => $"#pragma HLS INTERFACE axis port={p.Identifier}");

    public override IEnumerable<GeneratedFile> Project(ModelOptions options, IReadOnlyList<string> sources,
        IReadOnlyList<string> testBench)
    {
        yield return new GeneratedFile("build_prj.tcl", new VitisProject(options, sources, testBench).Tcl(
            [
                $"{options.ModelName}: synthesis with Vitis HLS. Run in this folder: vitis_hls -f build_prj.tcl (or "
                + "vitis-run --mode hls --tcl build_prj.tcl)",
                "Steps by environment variable: HLS_CSIM=1, HLS_COSIM=1, HLS_EXPORT=1; C synthesis always runs.",
            ],
            [
                "if {[info exists ::env(HLS_CSIM)]} { csim_design }",
                "csynth_design",
                "if {[info exists ::env(HLS_COSIM)]} { cosim_design }",
                "if {[info exists ::env(HLS_EXPORT)]} { export_design -format ip_catalog }",
            ]));
    }
}
