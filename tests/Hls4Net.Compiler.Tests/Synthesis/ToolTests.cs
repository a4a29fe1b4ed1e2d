using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Synthesis;
using Hls4Net.Targets.Vitis;

namespace Hls4Net.Tests.Synthesis;

/// <summary>Finding AMD's tools, and understanding what they say.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_named_place_is_the_only_one()
    {
        string named = Install("named/Vitis_HLS/2021.1/bin/vitis_hls"), other = Install("other/2023.1/bin/vitis-run");
        Assert.Equal(new VitisTool(VitisProgram.VitisHls, named, new VitisVersion(2021, 1, 0)),
            Find(new() { VitisPath = "named/Vitis_HLS/2021.1" }, ("XILINX_HLS", Root(other))));
        Assert.Equal(named, Find(new() { VitisPath = named }).Executable);
        ModelException e = Assert.Throws<ModelException>(() =>
            Find(new() { VitisPath = "nowhere" }, ("XILINX_HLS", Root(other))));
        Assert.Equal(Descriptors.SynthesisToolNotFound, e.Descriptor);
    }

    [Fact]
    public void Variables_go_before_the_path_and_programs_in_order()
    {
        string hls = Install("hls/2022.2/bin/vitis_hls"), vitis = Install("vitis/2023.2/bin/vitis-run"),
            vivado = Install("vivado/2019.1/bin/vivado_hls");
        Assert.Equal(hls, Find(new(), ("XILINX_HLS", Root(hls)), ("XILINX_VITIS", Root(vitis))).Executable);
        Assert.Equal(vitis,
            Find(new(), ("XILINX_VITIS", Root(vitis)), ("PATH", Path.GetDirectoryName(hls)!)).Executable);
        Assert.Equal((VitisProgram.VivadoHls, new VitisVersion(2019, 1, 0)),
            Find(new(), ("XILINX_VIVADO", Root(vivado))) is var t ? (t.Program, t.Version) : default);
        Assert.Equal(vitis,
            Find(new(), ("PATH", $"{Path.GetDirectoryName(hls)}:{Path.GetDirectoryName(vitis)}")).Executable);
        Install("vitis/2023.2/bin/v++");
        Assert.Equal(VitisProgram.Vpp,
            Find(new() { Script = VitisScriptKind.Config }, ("PATH", Path.GetDirectoryName(vitis)!)).Program);
    }

    [Fact]
    public void Steps_after_synthesis_need_the_other_program_of_the_installation()
    {
        string tool = Install("vitis/2024.2/bin/v++");
        SynthesisOptions options = new() { VitisPath = Root(tool), Cosim = true };
        Assert.Contains("need vitis-run beside", Assert.Throws<ModelException>(() => Find(options)).Message,
            StringComparison.Ordinal);
        Assert.Equal(tool, Find(options with { Cosim = false }).Executable);
        Install("vitis/2024.2/bin/vitis-run");
        Assert.Equal(tool, Find(options with { Script = VitisScriptKind.Config }).Executable);
    }

    [Fact]
    public void A_link_leads_to_the_version()
    {
        string tool = Install("Vitis_HLS/2022.1.1/bin/vitis_hls");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
        File.CreateSymbolicLink(Path.Combine(_folder.Path, "bin/vitis_hls"), tool);
        Assert.Equal("2022.1.1", Find(new(), ("PATH", Path.Combine(_folder.Path, "bin"))).Version.ToString());
    }

    [Fact]
    public void Nothing_found_says_what_was_looked_for_where_and_how_to_get_it()
    {
        ModelException e = Assert.Throws<ModelException>(() =>
            Find(new(), ("XILINX_VITIS", "/opt/gone"), ("PATH", "/one:/two")));
        Assert.Equal(Descriptors.SynthesisToolNotFound, e.Descriptor);
        foreach (
            string part in new[] { "vitis-run, vitis_hls, vivado_hls, v++", "HlsVitisPath (not set)",
                "XILINX_HLS (not set)", "XILINX_VITIS (/opt/gone)", "the PATH (/one:/two)", "Install AMD Vitis",
                "-p:HlsVitisPath=" })
            Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fc1", "fc1")]
    [InlineData("fc1_1", "fc1")]
    [InlineData("grp_fc1_fu_120", "fc1")]
    [InlineData("call_ret2_relu_1_fu_72", "relu_1")]
    [InlineData("fc1_Pipeline_row", "fc1")]
    [InlineData("fc1_relu_U0", "fc1_relu")]
    [InlineData("fc10", null)]
    [InlineData("muon_pt", null)]
    [InlineData("mul_16s_8ns_24_2_0", null)]
    public void Modules_are_found_to_be_layers(string module, string? layer) =>
        Assert.Equal(layer,
            new FunctionNames([.. new[] { "fc1", "relu_1", "fc1_relu" }.Select(f =>
                new LayerFunction(f, f, $"/{f}/Node"))]).Of(module)?.Layer);

    [Theory]
    [InlineData("WARNING: [HLS 200-880] The II Violation in module 'fc1' (function 'fc1'): ...", "HLS5104",
        "HLS 200-880", "fc1")]
    [InlineData("CRITICAL WARNING: [XFORM 203-561] x", "HLS5104", "XFORM 203-561", null)]
    [InlineData("ERROR: [HLS 200-70] Compilation errors found: In function fc1(input_t*):", "HLS5103", "HLS 200-70",
        "fc1")]
    [InlineData("ERROR: [v++ 60-300] Failed to build kernel(ip) fc1", "HLS5103", "v++ 60-300", null)]
    [InlineData("@W [SYNCHK-76] 'fc1' x", "HLS5104", "SYNCHK-76", "fc1")]
    [InlineData("@E [HLS-70] x", "HLS5103", "HLS-70", null)]
    [InlineData("ERROR: [Common 17-345] A valid license was not found for feature 'Synthesis'", "HLS5106",
        "Common 17-345", null)]
    [InlineData("WARNING: [Common 17-348] Failed to get the license for feature 'Synthesis'", "HLS5104",
        "Common 17-348", null)]
    [InlineData("ERROR: something without a number", "HLS5103", "", null)]
    [InlineData("INFO: [HLS 200-10] ERROR: is not here", null, "", null)]
    [InlineData("0 errors, WARNING: none", null, "", null)]
    public void Lines_become_diagnostics(string line, string? code, string id, string? layer)
    {
        ToolLine parsed = ToolLine.Parse(line);
        Assert.Equal((code, id), (parsed.Descriptor?.Code, parsed.Id));
        Assert.Equal(layer, new FunctionNames([new LayerFunction("fc1", "fc1", "/fc1")]).In(parsed.Text)?.Layer);
    }

    [Theory]
    [InlineData("unsupported operator (../firmware/net.cpp:5:9)", "fc1")]
    [InlineData("unsupported operator (../firmware/net.cpp:8:1)", "fc2")]
    [InlineData("in function 'fc2' (../firmware/net.cpp:5:9)", "fc2")]
    [InlineData("unsupported operator (../firmware/net.cpp:12)", null)]
    [InlineData("unsupported operator (../firmware/net.cpp:1)", null)]
    [InlineData("unsupported operator (ap_fixed.h:5)", null)]
    public void A_line_of_the_source_is_a_layers(string line, string? layer) => Assert.Equal(
        layer,
        new FunctionNames(
            [new LayerFunction("fc1", "fc1", "/fc1"), new LayerFunction("fc2", "fc2", "/fc2")],
            "#include\n\n// Dense\nstatic void fc1(const a x[1])\n{\n}\n// Dense\nstatic void fc2(const a "
            + "x[1])\n{\n}\n\nvoid net(const a x[1])\n{\n}\n").In(line)?.Layer);

    [Theory]
    [InlineData("Vivado(TM) HLS - High-Level Synthesis from C, C++ and OpenCL v2019.2.1 (64-bit)", "2019.2.1")]
    [InlineData("****** v++ v2023.1 (64-bit)\n  **** SW Build 3860322", "2023.1")]
    [InlineData("Vitis HLS v2022.2", "2022.2")]
    [InlineData("Copyright 1986-2022", null)]
    public void Versions_are_read(string text, string? version) =>
        Assert.Equal(version, VitisVersion.Find(text)?.ToString());

    private VitisTool Find(SynthesisOptions options, params (string Name, string Value)[] environment) =>
        VitisToolFinder.Find(options, name => environment.FirstOrDefault(v => v.Name == name).Value, _folder.Path);

    private string Install(string path) => _folder.Write(path, []);

    private static string Root(string executable) => Path.GetDirectoryName(Path.GetDirectoryName(executable))!;
}
