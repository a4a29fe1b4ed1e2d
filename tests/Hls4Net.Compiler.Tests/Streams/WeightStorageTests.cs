using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Diagnostics;
using Hls4Net.Layers;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Scheduling;
using Hls4Net.Simulation;
using Hls4Net.Targets;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Rtl;
using Hls4Net.Text;

namespace Hls4Net.Tests.Streams;

/// <summary>WeightStorage and WeightMemoryThreshold: weights in logic, in memories, and outside.</summary>
public sealed class WeightStorageTests
{
    [Theory]
    [InlineData(WeightStorage.Logic, "rom_1p impl=lutram")]
    [InlineData(WeightStorage.Bram, "rom_1p impl=bram")]
    [InlineData(WeightStorage.Uram, "rom_1p impl=uram")]
    public void A_memory_is_bound_to_what_is_asked_for(WeightStorage storage, string binding)
    {
        CompiledModel model = Compile(IOType.IoParallel, storage);
        string firmware = Text(model, "model.cpp");
        Assert.Equal(3, model.Model.Layers.Count(l => l.Memory?.Storage == storage));
        Assert.Equal(3, firmware.Split(binding).Length - 1);
        Cost[] costs = [.. DesignCost.Of(model.Options, model.Model, model.Streams).Layers.Zip(model.Model.Layers)
            .Where(l => l.Second.Memory is not null).Select(l => new Cost(l.First.Bram18, l.First.Uram))];
        Assert.All(costs, c => Assert.Equal((storage == WeightStorage.Bram, storage == WeightStorage.Uram),
            (c.Bram18 > 0, c.Uram > 0)));
    }

    [Fact]
    public void Weights_up_to_the_threshold_stay_in_logic()
    {
        // 27 x 4 of the convolution, 40 x 6 and 6 x 5 of the products.
        static WeightStorage[] Of(WeightStorage? storage, int? threshold) =>
            [.. Compile(IOType.IoParallel, storage, threshold).Model.Layers.Where(l => l.Memory is not null)
                .Select(l => l.Memory!.Storage)];
        CompiledModel model = Compile(IOType.IoParallel, null);
        long[] bits = [.. model.Model.Layers.Where(l => l.Memory is not null).Select(l => l.Memory!.Bits)];
        Assert.All(model.Model.Layers.Where(l => l.Memory is not null),
            l => Assert.Equal(l.Operation.Matrix!.Weights.Values.Length, l.Memory!.Words * l.Memory.Elements));
        Assert.Equal([WeightStorage.Logic, WeightStorage.Logic, WeightStorage.Logic], Of(null, null));
        Assert.Equal([WeightStorage.Bram, WeightStorage.Bram, WeightStorage.Logic], Of(null, (int)bits[2]));
        Assert.Equal([WeightStorage.Logic, WeightStorage.External, WeightStorage.Logic],
            Of(WeightStorage.External, (int)bits[0]));
        Assert.Equal([WeightStorage.Logic, WeightStorage.Logic, WeightStorage.Logic], Of(WeightStorage.Logic, 0));
    }

    [Theory]
    [InlineData(WeightStorage.Bram)]
    [InlineData(WeightStorage.Uram)]
    [InlineData(WeightStorage.External)]
    public void Weights_that_are_needed_all_at_once_cannot_be_in_a_memory(WeightStorage storage)
    {
        using TempFolder folder = new();
        ModelOptions options = Network().Save(folder);
        Diagnostic ofLayer =
            Error(ModelHarness.CompileFailing(
                options with
                {
                    Layers = [new LayerOverride("MatMul",
                    LayerSettings.Unset with { WeightStorage = storage })]
                }));
        Assert.Equal("HLS2014", ofLayer.Descriptor.Code);
        Assert.Contains("Strategy=Resource", ofLayer.ToString(), StringComparison.Ordinal);
        Assert.Equal("HLS2014",
            Error(ModelHarness.CompileFailing(
                options with { Defaults = LayerSettings.Unset with { WeightStorage = storage } })).Descriptor.Code);
    }

    [Theory]
    [InlineData(WeightStorage.Uram, "Vitis", "xcvu13p-flga2577-2-e", "HLS2014")]
    [InlineData(WeightStorage.External, "Bambu", "xcvc1902-vsva2197-2MP-e-S", "HLS2009")]
    [InlineData(WeightStorage.Bram, "Bambu", "xcvc1902-vsva2197-2MP-e-S", "HLS2009")]
    [InlineData(WeightStorage.Uram, "Rtl", "xcvc1902-vsva2197-2MP-e-S", "HLS2009")]
    [InlineData(WeightStorage.External, "Rtl", "xcvu13p-flga2577-2-e", "HLS2009")]
    public void What_the_part_or_the_tool_does_not_have_is_refused(WeightStorage storage, string backend, string part,
        string code)
    {
        using TempFolder folder = new();
        ModelOptions options = Loops(Network().Save(folder), storage,
            null) with
        { Backend = KnownTargets.BackendOf(backend)!, Part = part };
        Assert.Equal(code, Error(ModelHarness.CompileFailing(options)).Descriptor.Code);
    }

    [Theory]
    [InlineData(WeightStorage.External, "asks for a port of the weights")]
    [InlineData(WeightStorage.Uram, "asks for UltraRAM that starts with the weights")]
    public void Verilog_has_no_port_for_weights_and_no_UltraRAM(WeightStorage storage, string text)
    {
        ModelException e = Assert.Throws<ModelException>(() => Compile(IOType.IoParallel, storage).EmitVerilog());
        Assert.Equal(("HLS5201", true), (e.Descriptor.Code, e.Message.Contains(text, StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void Weights_of_Verilog_are_where_they_are_asked_to_be()
    {
        VerilogTools.Require("yosys");
        CompiledModel auto = Compile(IOType.IoParallel, null), logic = Compile(IOType.IoParallel, WeightStorage.Logic),
            bram = Compile(IOType.IoParallel, WeightStorage.Bram),
            stream = Compile(IOType.IoStream, WeightStorage.Bram, loops: false);
        Assert.DoesNotContain(auto.EmitVerilog(), f => f.Text.Contains("rom_style", StringComparison.Ordinal));
        Assert.Equal(3, logic.EmitVerilog()
            .Count(f => f.Text.Contains("rom_style = \"distributed\"", StringComparison.Ordinal)));
        Assert.Equal(3,
            bram.EmitVerilog().Count(f => f.Text.Contains("(* rom_style = \"block\" *)", StringComparison.Ordinal)));
        Assert.Single(stream.EmitVerilog(),
            f => f.Text.Contains("(* rom_style = \"block\" *)", StringComparison.Ordinal));
        // The smallest memory, of 6 x 5 weights: in block RAM, or in LUTs.
        SynthesisFigures inLogic = Smallest(logic), inBram = Smallest(bram);
        Assert.Equal(0, inLogic.Bram18);
        Assert.InRange(inBram.Bram18, 1, 8);
        Assert.True(inBram.Lut < inLogic.Lut, $"{inBram.Lut} LUTs beside block RAM, {inLogic.Lut} without");
        Assert.All(RtlCost.Of(bram.Verilog).Layers.Zip(bram.Verilog.Layers),
            l => Assert.Equal(l.Second.Layer.Memory is not null, l.First.Bram18 > 0));

        static SynthesisFigures Smallest(CompiledModel model)
        {
            using TempFolder folder = new();
            RtlLayer layer = model.Verilog.Layers.Where(l => l.Layer.Memory is not null)
                .MinBy(l => l.Layer.Memory!.Bits)!;
            return Yosys.Synthesize(folder.Path, [new GeneratedFile($"{layer.Module}.v", layer.Text),
                .. RtlDesign.PartsOf(layer.Text)], layer.Module, Family.UltraScalePlus, dsp: true);
        }
    }

    // Line buffers, arrays and items with loops, products of items as they come, signs.
    [SkippableFact]
    public void Firmware_with_weights_outside_equals_the_managed_simulator_on_every_bit()
    {
        CompiledModel[] models =
        [
            Compile(IOType.IoParallel, WeightStorage.External), Compile(IOType.IoStream, WeightStorage.External),
                Compile(IOType.IoStream, WeightStorage.External, loops: false),
            Compile(IOType.IoStream, WeightStorage.Bram, loops: false), Signs(IOType.IoParallel),
                Signs(IOType.IoStream),
        ];
        Assert.Equal([3, 3, 1, 0, 1, 1],
            models.Select(m => m.Model.Layers.Count(l => l.Memory?.Storage == WeightStorage.External)));
        Assert.IsType<StreamForm.Accumulate>(
            models[2].Streams!.Plan.Form(models[2].Model.Layers.Single(l => l.Memory is not null)));
        using FirmwareBatch firmware = FirmwareBatch.Compile(models, "-O0"),
            limited = FirmwareBatch.Compile(models[1..3], "-O0", "-DHLS4NET_STREAM_DEPTH_CHECK");
        for (int i = 0; i < models.Length; i++)
        {
            (long[] input, long[] outputs, long[] layers) = Sample(models[i], i);
            long[] nativeOutputs = new long[outputs.Length], nativeLayers = new long[layers.Length];
            Assert.True(firmware.TraceOf(i)(input, nativeOutputs, nativeLayers, 1) == 0, firmware.Error());
            Assert.Equal(layers, nativeLayers);
            Assert.Equal(outputs, nativeOutputs);
            if (i is not (1 or 2))
                continue;
            Assert.True(limited.PredictOf(i - 1)(input, nativeOutputs, 1) == 0, limited.Error());
            Assert.Equal(outputs, nativeOutputs);
        }
    }

    [SkippableFact]
    public void The_library_and_the_test_bench_pass_the_models_words_and_others_can_be_passed()
    {
        using TempFolder folder = new();
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 6).Weights("m", [6, 4], Random(24))
            .Node("MatMul", ["x", "m"], "y").Output("y");
        CompiledModel model = ModelHarness.Compile(Loops(builder.Save(folder), WeightStorage.External, null));
        WeightMemory memory = Assert.Single(model.Model.Layers).Memory!;
        long[] expected = [.. model.Model.Layers[0].Operation.Matrix!.Weights.Mantissas];
        Assert.Equal(expected, Words(Text(model, "weights/node_y_words.mem"), memory));

        using Gpp gpp = Gpp.Require();
        nint library = NativeLibrary.Load(ModelHarness.CompileCSim(model, gpp));
        try
        {
            long[] words = new long[24], input = [1, -2, 30, 40, -500, 600], output = new long[4],
                swapped = new long[4];
            Assert.Equal(24, Function<Size>(library, "hls4net_weights_size")());
            Assert.Equal(0, Function<BuiltIn>(library, "hls4net_weights_raw")(words));
            Assert.Equal(expected, words);
            // Columns change places, and so do results.
            long[] other = [.. Enumerable.Range(0, 24).Select(i => words[(i / 4 * 4) + 3 - (i % 4)])];
            Assert.Equal(0, Function<Predict>(library, "hls4net_predict_raw")(input, output, 1));
            Assert.Equal(0, Function<PredictWeights>(library, "hls4net_predict_weights_raw")(input, other, swapped, 1));
            Assert.Equal(output.Reverse(), swapped);
            Assert.NotEqual(output, swapped);
        }
        finally
        {
            NativeLibrary.Free(library);
        }
        // The test bench of the vendor's simulations.
        string program = gpp.Compile("bench", "-O0", "-Wno-unknown-pragmas", "-Wno-unused-label", "firmware/model.cpp",
            "firmware/model_test.cpp");
        foreach (GeneratedFile file in model.EmitTestData(3))
            gpp.Write(file.Path, file.Text);
        Assert.Contains("3 samples, 0 mismatches", gpp.Execute(Path.GetFileName(program)), StringComparison.Ordinal);
        Csc.Compile(model.EmitClass());
        Assert.Contains("(\"node_y\", 0, 6, 4, ", model.EmitClass(), StringComparison.Ordinal);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate long Size();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int BuiltIn([In, Out] long[] mantissas);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Predict(long[] input, [In, Out] long[] output, long samples);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int PredictWeights(long[] input, long[] weights, [In, Out] long[] output, long samples);

    private static T Function<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private static Diagnostic Error(IEnumerable<Diagnostic> diagnostics) =>
        Assert.Single(diagnostics, d => d.Descriptor.Severity == Severity.Error);

    private sealed record Cost(long Bram18, long Uram);

    // A word a line, its first element lowest.
    private static long[] Words(string text, WeightMemory memory)
    {
        string[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(l => !l.StartsWith("//", StringComparison.Ordinal))];
        Assert.Equal(memory.Words, lines.Length);
        return [.. lines.SelectMany(line =>
        {
            Assert.Equal((memory.WordBits + 3) / 4, line.Length);
            BigInteger word = BigInteger.Parse($"0{line}", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return Enumerable.Range(0, memory.Elements).Select(k =>
            {
                long bits = (long)((word >> (k * memory.ElementBits)) & ((BigInteger.One << memory.ElementBits) - 1));
                return memory.Signs || bits < 1L << (memory.ElementBits - 1) ? bits : bits - (1L << memory.ElementBits);
            });
        })];
    }

    private static CompiledModel Compile(IOType ioType, WeightStorage? storage, int? threshold = null,
        bool loops = true)
    {
        using TempFolder folder = new();
        ModelOptions options = Network().Save(folder) with { IOType = ioType, Part = "xcvc1902-vsva2197-2MP-e-S" };
        options = loops ? Loops(options, storage, threshold)
            : options with { Defaults = LayerSettings.Unset with { WeightStorage = storage } };
        return ModelHarness.Compile(options);
    }

    // A reuse factor of 6 in loops, as 27 · 4, 40 · 6, 6 · 5 and 6 · 4 allow.
    private static ModelOptions Loops(ModelOptions options, WeightStorage? storage, int? threshold) => options with
    {
        Defaults = LayerSettings.Unset with
        {
            WeightStorage = storage,
            WeightMemoryThreshold = threshold,
            Strategy = Strategy.Resource,
            ReuseFactor = 6
        },
    };

    private static CompiledModel Signs(IOType ioType)
    {
        using TempFolder folder = new();
        Random random = new(5);
        double[] signs = [.. Enumerable.Range(0, 24).Select(_ => random.Next(2) == 0 ? -1.0 : 1.0)];
        ModelBuilder builder = new ModelBuilder().Input("x", 1, 6).Node("Sign", ["x"], "s0").Weights("half", [], 0.5)
            .Node("Add", ["s0", "half"], "s1").Node("Sign", ["s1"], "s")
            .Weights("m", [6, 4], signs).Node("MatMul", ["s", "m"], "y").Output("y");
        return ModelHarness.Compile(Loops(builder.Save(folder), WeightStorage.External, null) with { IOType = ioType });
    }

    private static double[] Random(int count)
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }

    // 3 x 5 x 4, a convolution, a pooling to 5 x 2, two matrices.
    private static ModelBuilder Network() => new ModelBuilder()
        .Input("x", 1, 3, 5, 4)
        .Weights("k", [4, 3, 3, 3], Random(108)).Weights("m", [40, 6], Random(240)).Weights("n", [6, 5], Random(30))
        .Node("Conv", ["x", "k"], "c", ("pads", new long[] { 1, 1, 1, 1 }))
        .Node("MaxPool", ["c"], "p", ("kernel_shape", new long[] { 1, 2 }), ("strides", new long[] { 1, 2 }))
        .Node("Flatten", ["p"], "f")
        .Node("MatMul", ["f", "m"], "d")
        .Node("MatMul", ["d", "n"], "y")
        .Output("y");

    private static (long[] Input, long[] Outputs, long[] Layers) Sample(CompiledModel model, int seed)
    {
        ManagedSimulator simulator = new(model.Model.Network);
        Random random = new(seed);
        Graph.Value port = model.Model.Network.Inputs[0];
        long[] input = [.. Enumerable.Range(0, port.Shape.Size)
            .Select(_ => random.NextInt64((long)port.Type.MinMantissa, (long)port.Type.MaxMantissa))];
        simulator.RunRaw(input);
        return (input, [.. model.Model.Network.Outputs.SelectMany(o => simulator[o.Value].ToArray())],
            [.. model.Model.Layers.SelectMany(l => simulator[l.Output].ToArray())]);
    }

    private static string Text(CompiledModel model, string path) => model.EmitFirmware()
        .Single(f => f.Path == path).Text;
}
