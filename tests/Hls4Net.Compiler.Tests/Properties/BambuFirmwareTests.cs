using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Tests.Models;

namespace Hls4Net.Tests.Properties;

/// <summary>
/// Firmware for PandA Bambu, without the tool: the C++ is that of AMD's tools but for the interface, means the same,
/// and is what a clang front end takes.
/// </summary>
public sealed class BambuFirmwareTests
{
    private const int Networks = 24;

    // One lot for the three tests; types that Bambu does not have are refused.
    private static readonly Lazy<(RandomNetwork Network, CompiledModel Model)[]> s_networks = new(() =>
        [.. RandomNetwork.From(70_000).Select(n => (n, ForBambu(n.Model!))).Where(n => Emits(n.Item2)).Take(Networks)]);

    [SkippableFact]
    public void The_managed_simulator_equals_it_on_every_bit()
    {
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. s_networks.Value.Select(n => n.Model)], "-O0");
        Assert.All(s_networks.Value.Index(),
            n => Assert.Null(BitEqualityTests.CompareLayers(n.Item.Network, firmware, n.Index)));
    }

    [SkippableFact]
    public void A_clang_front_end_takes_it_without_a_warning() =>
        FirmwareBatch.CheckWithClang([.. s_networks.Value.Select(n => n.Model)]);

    [SkippableFact]
    public void A_clang_front_end_takes_what_is_written_for_AMD_without_a_warning() =>
        FirmwareBatch.CheckWithClang([.. s_networks.Value.Select(n => n.Network.Model!)]);

    // The front end of Vivado HLS knows C++11 only.
    [SkippableTheory]
    [InlineData("-std=c++11")]
    [InlineData("-std=c++14")]
    public void The_part_of_the_runtime_that_is_for_AMDs_headers_is_well_formed(string standard) =>
        FirmwareBatch.CheckWithClang([.. s_networks.Value.Select(n => n.Network.Model!)], StandInHeaders.Amd, standard);

    [SkippableFact]
    public void The_part_of_the_runtime_that_is_for_Bambus_headers_is_well_formed() =>
        FirmwareBatch.CheckWithClang([.. s_networks.Value.Select(n => n.Model)], StandInHeaders.Bambu);

    [Fact]
    public void Ports_are_arrays_of_a_stated_size_that_are_passed_to_no_function()
    {
        CompiledModel model = ForBambu(Muon());
        string top = model.EmitFirmware().Single(f => f.Path == "muon_pt.cpp").Text;
        top = top[top.IndexOf("void muon_pt(", StringComparison.Ordinal)..];
        Assert.Contains("#pragma HLS interface port=x mode=array elem_count=", top, StringComparison.Ordinal);
        Assert.Contains("x_registers[i] = x[i];", top, StringComparison.Ordinal);
        Assert.Contains("fc1(x_registers, fc1_out);", top, StringComparison.Ordinal);
        string[] pragmas = [.. model.EmitFirmware().Where(f => f.Path != "hls4net.h")
            .SelectMany(f => f.Text.Split('\n')).Where(l => l.StartsWith("#pragma", StringComparison.Ordinal))];
        Assert.Equal(2, pragmas.Length);
        Assert.DoesNotContain(model.EmitFirmware(), f => f.Path.EndsWith(".tcl", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ap_fixed<8,3,TRN,WRAP,2>")]
    [InlineData("ap_fixed<8,3,TRN,WRAP_SM>")]
    public void Types_that_its_header_would_take_for_others_are_refused(string precision)
    {
        ModelOptions options = MuonOptions with { Backend = Backend.Bambu };
        CompiledModel model = ModelHarness.Compile(
            options with { Defaults = options.Defaults with { ResultPrecision = ModelHarness.Precision(precision) } });
        ModelException e = Assert.Throws<ModelException>(() => model.EmitFirmware());
        Assert.Equal(Descriptors.OptionNotAvailable, e.Descriptor);
        Assert.Contains("is not available with Backend=Bambu", e.Message, StringComparison.Ordinal);
    }

    private static ModelOptions MuonOptions =>
        ModelHarness.Options(Path.Combine(Docs.Pages.Root, "samples/TriggerModel/models/muon_pt.onnx"), "muon_pt");

    private static CompiledModel Muon() => ModelHarness.Compile(MuonOptions);

    private static CompiledModel ForBambu(CompiledModel model) =>
        new(model.Compilation with
        {
            Options =
            model.Options with { Backend = Backend.Bambu, IOType = IOType.IoParallel }
        });

    private static bool Emits(CompiledModel model)
    {
        try
        {
            return model.EmitFirmware().Length > 0;
        }
        catch (ModelException)
        {
            return false;
        }
    }
}
