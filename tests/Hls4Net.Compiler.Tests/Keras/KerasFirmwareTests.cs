using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Rtl.Tools;
using Hls4Net.Targets;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Rtl;
using Xunit.Abstractions;

namespace Hls4Net.Tests.Keras;

/// <summary>
/// Trained networks in files of Keras as compiled firmware and as Verilog: the managed simulator's bits on every layer.
/// A few in every run, all in the long form.
/// </summary>
public sealed class KerasFirmwareTests(ITestOutputHelper output)
{
    private const int Usual = 20, Many = 200;

    private static readonly string[] s_compiled =
        ["ex_qkeras_v3_3layer", "syn_hgq2_ops_a", "syn_hgq2_quantizers_a", "zoo_hgq2_tables_a"];

    private static readonly string[] s_verilog = ["zoo_hgq2_hard_a", "zoo_hgq2_shared_a", "zoo_hgq2_tables_a"];

    public static TheoryData<string, IOType> Compiled() => Cases(s_compiled);

    public static TheoryData<string, IOType> Verilog() => Cases(s_verilog);

    private static TheoryData<string, IOType> Cases(string[] usual)
    {
        TheoryData<string, IOType> cases = [];
        string? root = SharedData.TryFind("keras");
        IEnumerable<string> folders = Soak.IsLong && root is not null
            ? Directory.GetDirectories(root).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal) : usual;
        foreach (string folder in folders)
        {
            cases.Add(folder, IOType.IoParallel);
            cases.Add(folder, IOType.IoStream);
        }
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Compiled))]
    public void Compiled_firmware_has_the_managed_bits(string folder, IOType ioType)
    {
        using TempFolder files = new();
        CompiledModel model = Model(folder, ioType, files, Backend.Default);
        VerificationOutcome outcome = ModelHarness.Verify(model);
        output.WriteLine($"{folder} {ioType}: {outcome.Summary("report.json")}");
    }

    [SkippableTheory]
    [MemberData(nameof(Verilog))]
    public void Verilog_has_the_managed_bits(string folder, IOType ioType)
    {
        VerilogTools.Require("verilator");
        using TempFolder files = new();
        CompiledModel model = Model(folder, ioType, files, KnownTargets.BackendOf("Rtl")!);
        Cosimulation cosimulation = new([model.Verilog]);
        cosimulation.Add([.. model.Compilation.Samples(Soak.Count(Usual, Many))]);
        CosimulationResult result = cosimulation.Run(VerilogSimulator.Verilator, files.Path)[0];
        output.WriteLine($"{folder} {ioType}: {result}");
        Assert.True(result.Mismatches == 0, result.FirstMismatch);
        Assert.True(result.Samples > 0);
    }

    // A file of inputs for each port, which hold the case's samples exactly where its network is exact.
    private static CompiledModel Model(string folder, IOType ioType, TempFolder files, Backend backend)
    {
        KerasCase network = KerasCase.Read(SharedData.Require("keras", folder));
        ModelOptions options = network.Options(ModelHarness.Options(network.File) with
        {
            IOType = ioType,
            Backend = backend,
            CustomOperators = SharedKerasTests.CustomOperators(folder, files),
        });
        DiagnosticBag diagnostics = new(options.Source);
        CompiledModel? model = ModelCompiler.Compile(options with { TestInputs = network.InputFiles }, diagnostics);
        Diagnostic? error = diagnostics.Items.FirstOrDefault(d => d.Descriptor.Severity == Severity.Error);
        Skip.If(error is not null && error.Descriptor == Descriptors.UnsupportedLayer, $"{folder}: {error}");
        Assert.True(model is not null, $"{folder} {ioType}: {error}");
        return model;
    }
}
