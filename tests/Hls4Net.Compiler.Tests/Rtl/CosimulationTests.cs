using Hls4Net.Circuits.Streaming;
using Hls4Net.Configuration;
using Hls4Net.Devices;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using Hls4Net.Programs;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Tools;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Tests.Streams;
using Hls4Net.Tools;
using Hls4Net.Vectors;
using Xunit.Abstractions;
using DataType = Hls4Net.Onnx.Proto.TensorProto.Types.DataType;

namespace Hls4Net.Tests.Rtl;

/// <summary>
/// The Verilog of random networks under a Verilog simulator: every bit of every layer is the managed simulator's, with
/// gaps at random.
/// </summary>
public sealed class CosimulationTests(ITestOutputHelper output)
{
    private const int Cycles = 60;

    /// <summary>How many times as many networks there are in the long form.</summary>
    private static int Scale => Soak.Scale(10);

    [SkippableTheory]
    [InlineData(500_000, 30, IOType.IoParallel, "Icarus")]
    [InlineData(510_000, 10, IOType.IoParallel, "Verilator")]
    [InlineData(520_000, 20, IOType.IoStream, "Icarus")]
    [InlineData(530_000, 10, IOType.IoStream, "Verilator")]
    public void Verilog_gives_the_managed_simulators_bits(int seed, int count, IOType ioType, string simulator)
    {
        (RandomNetwork Network, RtlDesign Design)[] networks =
            [.. RtlNetworks.From(seed, count * Scale, ioType: ioType)];
        Random random = new(seed);
        CosimulationResult[] results = Run(simulator,
            networks.Select(n =>
                (n.Design, (long[]?[])[.. Enumerable.Range(0, Cycles)
                    .Select(_ => random.Next(3) == 0 ? null : n.Network.Sample())], n.Network.ToString())));
        output.WriteLine($"latencies {string.Join(", ", results.Select(r => r.Latency))}");
        output.WriteLine($"intervals {string.Join(", ", results.Select(r => r.Interval))}");
        Assert.Contains(results, r => r.Latency > 3);
        Assert.Contains(results, r => r.Interval > 1);
        Assert.Contains(networks, n => n.Design.Layers.Any(l => l.Datapath is { IsSequential: true, Interval: > 1 }));
    }

    [SkippableTheory]
    [InlineData(547_000, 40, IOType.IoStream, "Icarus")]
    [InlineData(551_000, 6, IOType.IoStream, "Verilator")]
    [InlineData(560_000, 16, IOType.IoParallel, "Icarus")]
    public void Convolutional_networks_give_the_managed_simulators_bits(int seed, int count, IOType ioType,
        string simulator)
    {
        (RandomNetwork Network, RtlDesign Design)[] networks =
            [.. RtlNetworks.Convolutional(seed, count * Scale, ioType)];
        Run(simulator,
            networks.Select(n => (n.Design, (long[]?[])[.. Enumerable.Range(0, 6).Select(_ => n.Network.Sample())],
                n.Network.ToString())));
        Assert.Contains(networks,
            n => n.Design.Layers.Any(l => l.Layer.Operation is Convolution && l.Datapath.Interval > 1));
        if (ioType == IOType.IoParallel)
            return;
        ILookup<Type, RtlLayer> layers = networks.SelectMany(n =>
            n.Design.Layers.Select(l => (Form: n.Network.Model!.Streams!.Plan.Form(l.Layer), Layer: l)))
                .ToLookup(f => f.Form.GetType(), f => f.Layer);
        foreach (IGrouping<Type, RtlLayer> form in layers)
            output.WriteLine(
                $"{form.Key.Name}: {form.Count()}, {form.Count(l => l.Datapath.Interval > 1)} with shared multipliers: "
                + $"{string.Join(", ", form.Select(l => l.Layer.Operation.Kind).Distinct())}");
        foreach (
            Type form in new[] { typeof(StreamForm.EachItem), typeof(StreamForm.Lines), typeof(StreamForm.Accumulate),
                typeof(StreamForm.Whole) }.Take(simulator == "Icarus" ? 4 : 2))
            Assert.Contains(layers[form], l => l.Datapath.Interval > 1 || form == typeof(StreamForm.EachItem));
        if (simulator != "Icarus")
            return;
        Assert.All(Enum.GetValues<PoolKind>(), kind => Assert.Contains(layers[typeof(StreamForm.Lines)],
            l => l.Layer.Operation is Pool pool && pool.Function == kind));
        Assert.Contains(layers[typeof(StreamForm.Reduced)], l => l.Layer.Operation is Reduce);
        Assert.Contains(layers[typeof(StreamForm.EachItem)],
            l => l.Layer.Operation is ElementwiseFunction { Normalised: not null });
    }

    [SkippableTheory]
    [InlineData(580_000, 40, "Icarus")]
    [InlineData(590_000, 6, "Verilator")]
    public void Several_pixels_at_a_time_give_the_managed_simulators_bits(int seed, int count, string simulator)
    {
        (RandomNetwork Network, RtlDesign Design)[] networks = [.. RtlNetworks.Wide(seed, count * Scale)];
        Run(simulator,
            networks.Select(n => (n.Design, (long[]?[])[.. Enumerable.Range(0, 6).Select(_ => n.Network.Sample())],
                n.Network.ToString())));
        if (simulator != "Icarus")
            return;
        // Everything that there is with several pixels occurs.
        (StreamPlan Plan, RtlLayer Rtl)[] wide = [.. networks.SelectMany(n =>
            n.Design.Layers.Where(l => l.Layer.Parallelism > 1).Select(l => (n.Network.Model!.Streams!.Plan, l)))];
        LineBuffer[] buffers = [.. wide.Select(l => l.Plan.Form(l.Rtl.Layer)).OfType<StreamForm.Lines>()
            .Select(l => l.Buffer)];
        foreach (IGrouping<Type, RtlLayer> form in wide.GroupBy(l => l.Plan.Form(l.Rtl.Layer).GetType(), l => l.Rtl))
            output.WriteLine(
                $"{form.Key.Name}: {form.Count()}, {form.Count(l => l.Datapath.Interval > 1)} with shared multipliers: "
                + $"{string.Join(", ", form.Select(l => l.Layer.Operation.Kind).Distinct())}");
        output.WriteLine(
            $"line buffers of {string.Join(" ", buffers.Select(b => b.Parallelism).Order())} pixels, "
            + $"{buffers.Count(b => b.Packs)} put outputs together, {buffers.Count(b => b.Words == 1)} take rows as a "
            + "whole");
        (int From, int To)[] adapters = [.. networks.Select(n => n.Network.Model!.Streams!)
            .SelectMany(s => s.Schedule.Depths.Keys.Where(f => f.Pixels is not null)
                .Select(f => (s.Plan.Layout(f.Value).Pixels, f.Pixels!.Value)))];
        output.WriteLine($"adapters {string.Join(" ", adapters.Distinct().Order().Select(a => $"{a.From}:{a.To}"))}");
        Assert.All(new[] { 2, 4, 8 }, p => Assert.Contains(buffers, b => b.Parallelism == p));
        Assert.Contains(buffers, b => b.Packs);
        Assert.Contains(buffers, b => b.Words == 1);
        Assert.Contains(buffers, b => b.Outputs is > 1 && b.Outputs < b.Parallelism);
        Assert.Contains(buffers, b => b.ColumnStride > 1 || (b.Outputs == 1 && b.OutputColumns > 1));
        Assert.Contains(wide, l => l.Rtl.Layer.Operation is Convolution && l.Rtl.Datapath.Interval > 1);
        Assert.Contains(wide, l => l.Rtl.Layer is { Operation: Convolution, Strategy: Strategy.DistributedArithmetic });
        foreach ((Type form,
            Type operation) in new[] { (typeof(StreamForm.EachItem), typeof(Rectifier)),
                (typeof(StreamForm.Accumulate), typeof(Dense)), (typeof(StreamForm.Accumulate), typeof(Pool)),
                (typeof(StreamForm.Lines), typeof(Pool)), (typeof(StreamForm.Whole), typeof(Dense)) })
            Assert.Contains(wide, l => l.Plan.Form(l.Rtl.Layer).GetType() == form
                && l.Rtl.Layer.Operation.GetType() == operation);
        StreamForm[] behindAdapters =
            [.. networks.SelectMany(n => PixelParallelismTests.BehindAdapters(n.Network.Model!))];
        Assert.Contains(behindAdapters, f => f is StreamForm.Scheduled);
        Assert.Contains(behindAdapters, f => f is StreamForm.Reduced);
        Assert.Contains(adapters, a => a.To % a.From == 0);
        Assert.Contains(adapters, a => a.From % a.To == 0);
        Assert.Contains(adapters, a => a.From % a.To != 0 && a.To % a.From != 0);
    }

    [SkippableFact]
    public void Items_that_move_by_a_schedule_give_the_managed_simulators_bits()
    {
        Random random = new(570_000);
        CompiledModel[] models =
            [.. StreamFormTests.Names.Select(name => StreamFormTests.Compile(name, "fixed(6,3,RND,SAT)"))];
        (RtlDesign Design, long[]?[] Stimulus, string Name)[] designs = [.. models.Select(model =>
        {
            return (RtlNetworks.Build(model, new Target(Family.UltraScalePlus, 4)), Samples(model, 5, random),
                model.Options.ModelName);
        })];
        Run("Icarus", designs);
        Assert.Contains(designs, d => d.Design.HeadStart > 0);
        Assert.InRange(models.SelectMany(m => m.Model.Layers.Select(l => m.Streams!.Plan.Form(l)))
            .Count(f => f is StreamForm.Scheduled), 20, 100);
    }

    [SkippableFact]
    public void Reductions_and_groups_of_units_keep_partial_results_in_memory()
    {
        CompiledModel[] models = WithPartialResults();
        Random random = new(7);
        (RtlDesign Design, long[]?[] Stimulus,
            string Name)[] designs = [.. models.Select(m =>
                (RtlNetworks.Build(m, new Target(Family.UltraScalePlus, 4)), Samples(m, 4, random),
                    m.Options.ModelName))];
        Run("Icarus", designs);
        Assert.All(designs,
            d => Assert.Contains(d.Design.Layers, l => l.Text.Contains("] partial [0:", StringComparison.Ordinal)));
        Assert.All(models[..4],
            m => Assert.Contains(m.Model.Layers, l => m.Streams!.Plan.Form(l) is StreamForm.Reduced));
    }

    [SkippableFact]
    public void Outputs_that_no_sample_makes_are_there_for_all()
    {
        using TempFolder folder = new();
        CompiledModel model = ModelHarness.Compile(new ModelBuilder().Input("x", 1, 4)
            .Weights("c", [1, 2, 3], 1, 2, 3, 4, 5, 6).Node("Relu", ["x"], "y").Output("y", "c").Save(folder) with
        {
            IOType = IOType.IoStream,
        });
        Run("Icarus", [(RtlNetworks.Build(model, new Target(Family.UltraScalePlus, 4)),
            Samples(model, 5, new Random(3)), "constant output")]);
    }

    // Of one axis and of two, of neighbours and of items far apart; the first in more bits than registers would be
    // given.
    internal static CompiledModel[] WithPartialResults()
    {
        using TempFolder folder = new();
        ModelBuilder rows = new ModelBuilder().Input("x", 1, 16, 40, 16).Node("Relu", ["x"], "r")
            .Node("ReduceL1", ["r"], "y", ("axes", new long[] { 1 })).Output("y");
        ModelBuilder channels = new ModelBuilder().Input("x", 1, 7, 5, 3)
            .Node("ReduceMax", ["x"], "y", ("axes", new long[] { 1, 3 })).Output("y");
        ModelBuilder axes = new ModelBuilder().Input("x", 3, 2, 4, 3, 2)
            .Node("ReduceMin", ["x"], "y", ("axes", new long[] { 0, 2 })).Output("y");
        ModelBuilder mixed = new ModelBuilder().Input("x", 2, 3, 2, 5, 2)
            .Node("ReduceL1", ["x"], "y", ("axes", new long[] { 0, 2, 4 })).Output("y");
        ModelBuilder units = new ModelBuilder().Input("x", 1, 2, 3, 4)
            .Weights("m", [24, 12], [.. Enumerable.Range(0, 288).Select(i => ((i * 37) % 29) - 14)])
            .Node("Transpose", ["x"], "t", ("perm", new long[] { 0, 2, 3, 1 })).Node("Flatten", ["t"], "f")
                .Node("MatMul", ["f", "m"], "y").Output("y");
        return
        [
            Compile(rows, "rows"), Compile(channels, "channels"), Compile(axes, "axes"), Compile(mixed, "mixed"),
                Compile(units, "units6", 6), Compile(units, "units8", 8), Compile(units, "units24", 24),
        ];

        CompiledModel Compile(ModelBuilder model, string name, int reuseFactor = 1) =>
            ModelHarness.Compile(model.Save(folder, name) with
            {
                IOType = IOType.IoStream,
                Defaults = LayerSettings.Unset with
                {
                    Precision = ModelHarness.Precision("fixed(8,4,RND,SAT)"),
                    ReuseFactor = reuseFactor
                },
            });
    }

    // Sums of bits from tables: six bits in one, full and part-filled pairs, bits of the entries that are wires, signs,
    // ternary inputs.
    [SkippableTheory]
    [InlineData("Icarus")]
    [InlineData("Verilator")]
    public void Products_of_narrow_inputs_are_tables(string simulator)
    {
        using TempFolder folder = new();
        Random random = new(11);
        CompiledModel[] models =
            [.. new[] { (6, "ufixed(1,1)"), (16, "ufixed(1,1)"), (3, "ufixed(2,2)"), (8, "fixed(1,1)"),
                (12, "fixed(2,2)"), (13, "fixed(2,2,RND,SAT_SYM)") }.Select((input, i) =>
        {
            (int inputs, string precision) = input;
            ModelBuilder model = new ModelBuilder().Input("x", 1, inputs).Weights("w", [inputs, 5],
                [.. Enumerable.Range(0, inputs * 5).Select(_ => (float)random.Next(-31, 32))])
                .Weights("b", [5], [.. Enumerable.Range(0, 5).Select(_ => (float)random.Next(-31, 32))])
                    .Node("Gemm", ["x", "w", "b"], "y").Output("y");
            return ModelHarness.Compile(model.Save(folder, $"narrow{i}") with
            {
                Layers = [new("x", LayerSettings.Unset with { Precision = ModelHarness.Precision(precision) })],
                Defaults = LayerSettings.Unset with { WeightPrecision = ModelHarness.Precision("fixed(6,6)"),
                    ResultPrecision = ModelHarness.Precision("exact") },
            });
        })];
        (RtlDesign Design, long[]?[] Stimulus,
            string Name)[] designs = [.. models.Select(m =>
                (RtlNetworks.Build(m, new Target(Family.UltraScalePlus, 4)), Samples(m, 80, random),
                    m.Options.ModelName))];
        Run(simulator, designs);
        IntegerOperation.Table[] tables = [.. designs.SelectMany(d => d.Design.Layers)
            .SelectMany(l => l.Datapath.Programs).SelectMany(p => p.Values).Select(v => v.Operation)
            .OfType<IntegerOperation.Table>()];
        Assert.Equal([3, 4, 5, 6], tables.Select(t => t.AddressBits).Where(b => b > 2).Distinct().Order());
        TableShape[] shapes = [.. tables.Where(t => t.IsPairs(Family.UltraScalePlus)).Select(t => TableShape.Of(t, 8))];
        Assert.Contains(shapes, s => s.Lookups.Length % 2 == 1);
        Assert.Contains(shapes, s => s.Bits.Any(b => b.Address is not null));
    }

    // Verilator prints no more than 8,192 bits at once.
    [SkippableTheory]
    [InlineData(IOType.IoParallel, "Icarus")]
    [InlineData(IOType.IoParallel, "Verilator")]
    [InlineData(IOType.IoStream, "Verilator")]
    public void Results_of_thousands_of_bits_are_compared(IOType ioType, string simulator)
    {
        using TempFolder folder = new();
        ModelBuilder model = new ModelBuilder().Input("x", 1, 1100).Node("Relu", ["x"], "y").Output("y");
        CompiledModel compiled = ModelHarness.Compile(model.Save(folder,
            "wide") with
        {
            IOType = ioType,
            Defaults = LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(9,4)") }
        });
        RtlDesign design = RtlNetworks.Build(compiled, new Target(Family.UltraScalePlus, 4));
        Assert.InRange(design.TracePorts.Max(p => p.Width), 8193, int.MaxValue);
        Run(simulator, [(design, Samples(compiled, 3, new Random(3)), "wide")]);
    }

    [SkippableFact]
    public void Queues_of_any_depth_keep_order_and_their_promises()
    {
        VerilogTools.Require("iverilog");
        using TempFolder folder = new();
        int[] depths = [1, 2, 3, 8, 64, 65, 100];
        File.WriteAllText(Path.Combine(folder.Path, "bench.v"), $$"""
            {{string.Join('\n', depths.Select(d => CircuitPrinter.Print(QueueCircuit.Of($"queue{d}", 16, d))))}}
            {{string.Join('\n', depths.Select(Check))}}
            module bench;
            {{string.Join('\n', depths.Select(d => $"    check{d} c{d} ();"))}}
            endmodule
            """);
        Assert.Equal("", Tool.Run(folder.Path, "iverilog",
            ["-g2005", "-Wall", "-Wno-timescale", "-s", "bench", "-o", "bench.vvp", "bench.v"])!.Output);
        string[] lines = [.. Tool.Run(folder.Path, "vvp", ["-n", "bench.vvp"])!.Output.Split('\n')
            .Where(l => l.Contains("errors", StringComparison.Ordinal))];
        Assert.Equal(depths.Length, lines.Length);
        Assert.All(lines, l => Assert.Matches(@"^(\d+): 0 errors, \d{3,} items, at most \1$", l));

        static string Check(int depth) => $$"""
            module check{{depth}};
                reg clk = 0, rst = 1;
                always #5 clk = ~clk;
                // A pipeline of random latency: places are taken when an item sets out, up to three cycles before it arrives.
                reg [2:0] way = 0;
                reg take, want;
                wire room, valid;
                wire [15:0] q;
                reg [15:0] sent = 0, expected = 0;
                integer inside = 0, underway = 0, cycle = 0, errors = 0, slow = 0, most = 0;
                wire push = way[2], pop = valid & want, start = take & room;
                queue{{depth}} fifo (.clk(clk), .rst(rst), .room(room), .take(start), .push(push), .d(sent), .valid(valid), .pop(pop), .q(q));
                always @(negedge clk) begin
                    take = $random;
                    want = slow ? ($random & 7) == 0 : ($random & 7) != 0;
                end
                always @(posedge clk) begin
                    cycle <= cycle + 1;
                    rst <= cycle < 2;
                    if (cycle % 300 == 0) slow <= !slow;
                    if (!rst) begin
                        way <= {way[1:0], start};
                        underway <= underway + start - push;
                        inside <= inside + push - pop;
                        if (inside > most) most <= inside;
                        if (push) sent <= sent + 1;
                        if (pop) begin
                            expected <= expected + 1;
                            if (q !== expected) errors = errors + 1;
                        end
                        if (room !== (inside + underway < {{depth}}) || valid !== (inside > 0)) errors = errors + 1;
                    end
                    if (cycle == 6000) $display("%0d: %0d errors, %0d items, at most %0d", {{depth}}, errors, expected, most);
                    if (cycle == 6001) $finish;
                end
            endmodule
            """;
    }

    /// <summary>
    /// hls4ml's own types, wrapping accumulators included, with so many multipliers that a sample takes some 8,000
    /// cycles; and types of 8 bits with so many pixels at a time that it takes fewer cycles than it has pixels.
    /// </summary>
    [SkippableFact]
    public void The_street_view_network_gives_the_simulators_bits_folded_and_with_several_pixels_at_a_time()
    {
        CompiledModel folded = Compile("folded", 9216,
            LayerSettings.Unset with
            {
                Precision = ModelHarness.Precision("fixed(16,6)"),
                AccumPrecision = ModelHarness.Precision("fixed(16,6)")
            });
        CompiledModel wide = Compile("wide", 300,
            LayerSettings.Unset with
            {
                Precision = new PrecisionSpec.Auto(8),
                WeightPrecision = new PrecisionSpec.Auto(6)
            });
        CosimulationResult[] results = Run("Verilator",
            new[] { folded, wide }.Select(m =>
                (m.Verilog, (long[]?[])[.. m.Compilation.Samples(4)], m.Options.ModelName)));
        Assert.InRange(results[0].Interval!.Value, 1024, 9216);
        Assert.InRange(results[1].Interval!.Value, 1, 300);

        static CompiledModel Compile(string name, int target, LayerSettings settings) =>
            ModelHarness.Compile(ModelHarness.Options(SharedData.Require("golden", "svhn_cnn_nosm", "model.onnx"),
                name) with
            {
                IOType = IOType.IoStream,
                TargetInterval = target,
                TestInputs = [SharedData.Require("golden", "svhn_cnn_nosm", "input.npy")],
                Defaults = settings,
            });
    }

    [SkippableFact]
    public void Branches_of_streams_meet_without_a_deadlock()
    {
        (RtlDesign, long[]?[], string)[] designs = [.. Enumerable.Range(1, 3 * Scale).Select(seed =>
        {
            CompiledModel model = BranchedModel.Compile(seed, "fixed(6,3,RND,SAT)");
            return (RtlNetworks.Build(model, new Target(Family.UltraScalePlus, 4)), Samples(model, 6, new Random(seed)),
                $"seed {seed}");
        })];
        Run("Verilator", designs);
        Assert.Contains(designs, d => d.Item1.Links.Length > 0);
    }

    /// <summary>
    /// Rests of divisions and counts of thresholds, an item at a time and as a whole, behind each other and behind
    /// transposes.
    /// </summary>
    [SkippableTheory]
    [InlineData(IOType.IoStream, "Icarus")]
    [InlineData(IOType.IoStream, "Verilator")]
    [InlineData(IOType.IoParallel, "Icarus")]
    public void Rests_and_thresholds_give_the_managed_simulators_bits(IOType ioType, string simulator)
    {
        Random random = new(575_000);
        using TempFolder folder = new();
        List<ModelOptions> all = [];
        foreach (int fmod in new[] { 0, 1 })
        {
            foreach (DataType type in new[] { DataType.Int8, DataType.Float })
            {
                ModelBuilder rest = new ModelBuilder(13).Input("x", type, [1, 5, 3]).Input("y", type, [1, 5, 3])
                    .Node("Mod", ["x", "y"], "r", ("fmod", fmod)).Output("r");
                all.Add(Narrow(rest.Save(folder, $"rest_{fmod}_{type}"), type));
                // By a constant, of one image's pixels in the model's order.
                ModelBuilder pixels = new ModelBuilder(13).Input("x", type, [1, 2, 3, 3]);
                pixels.Graph.Initializer.Add(type == DataType.Float
                    ? new TensorProto
                    {
                        Name = "d",
                        DataType = (int)type,
                        Dims = { 2, 1, 1 },
                        FloatData = { 1.5f, -0.75f }
                    }
                    : new TensorProto { Name = "d", DataType = (int)type, Dims = { 2, 1, 1 }, Int32Data = { 3, -5 } });
                pixels.Node("Mod", ["x", "d"], "r", ("fmod", fmod)).Output("r");
                all.Add(Narrow(pixels.Save(folder, $"pixels_{fmod}_{type}"), type));
            }
        }
        foreach ((string layout,
            int[] shape) in new[] { ("NCHW", new[] { 1, 3, 2, 4 }), ("NHWC", new[] { 1, 2, 4, 3 }),
                ("NC", new[] { 1, 3 }), ("NWC", new[] { 1, 4, 3 }) })
        {
            foreach (bool uniform in new[] { true, false })
            {
                double[] bounds = uniform ? [-4, -2, 0, -2, -1, 0, 0.5, 1, 1.5]
                    : [-3, -2.75, 1, -1, 0.5, 2.5, 0, 0, 3.5];
                ModelBuilder counts = new ModelBuilder(13).Input("x", [.. shape.Select(d => (Dim)d)])
                    .Weights("t", [3, 3], bounds)
                    .Call("finn.custom_op.general", "MultiThreshold", ["x", "t"], "y", ("out_scale", 0.5),
                        ("out_bias", -1.0), ("out_dtype", "INT4"), ("data_layout", layout)).Output("y");
                all.Add(Narrow(counts.Save(folder, $"counts_{layout}_{uniform}".ToLowerInvariant()), DataType.Float));
            }
        }
        List<(RtlDesign Design, long[]?[] Stimulus, string Name)> designs = [];
        foreach (ModelOptions options in all)
        {
            CompiledModel model = ModelHarness.Compile(options);
            designs.Add((RtlNetworks.Build(model, new Target(Family.UltraScalePlus, 4)),
                [.. ExtremeVectors.Of(model.Model.Network), .. Samples(model, 40, random)], options.ModelName));
        }
        Run(simulator, designs);
        Assert.Contains(designs, d => d.Design.Layers.Any(l =>
            l.Layer.Operation is Elementwise { Function: ElementwiseKind.Remainder or ElementwiseKind.Modulo }));
        ILookup<bool, Graph.Operation> thresholds = designs.Where(d =>
            d.Name.StartsWith("counts", StringComparison.Ordinal))
            .SelectMany(d => d.Design.Layers.Select(l => (Uniform: d.Name.EndsWith("true", StringComparison.Ordinal),
                l.Layer.Operation))).ToLookup(l => l.Uniform, l => l.Operation);
        output.WriteLine($"of one distance: {Kinds(true)}; of several: {Kinds(false)}");
        // Those of one distance are a quantizer, the others comparisons and their sum.
        Assert.Contains(thresholds[false], o => o is Reduce);
        Assert.DoesNotContain(thresholds[true], o => o is Reduce);

        string Kinds(bool uniform) => string.Join(", ", thresholds[uniform].Select(o => o.Kind).Distinct());

        // Few bits, so that random mantissas are multiples, zeros and thresholds often.
        ModelOptions Narrow(ModelOptions options, DataType type) => options with
        {
            IOType = ioType,
            Backend = Backend.Rtl,
            Layers = type != DataType.Float ? []
                : [.. new[] { "x", "y" }.Take(options.ModelName.StartsWith("rest", StringComparison.Ordinal) ? 2 : 1)
                .Select((name, i) =>
                    new LayerOverride(name,
                        LayerSettings.Unset with { Precision = ModelHarness.Precision(i == 0 ? "fixed(7,4)"
                            : "fixed(6,4)") }))],
        };
    }

    private static long[]?[] Samples(CompiledModel model, int count, Random random)
    {
        return [.. Enumerable.Range(0, count).Select(_ => model.Model.Network.Inputs
            .SelectMany(port => Enumerable.Range(0, port.Shape.Size)
                .Select(_ => random.NextInt64((long)port.Type.MinMantissa, (long)port.Type.MaxMantissa + 1)))
                .ToArray())];
    }

    /// <summary>What lies on a port is what it says, also where no conversion to the port's type gives it.</summary>
    [SkippableFact]
    public void Smallest_mantissas_on_symmetric_ports_mean_what_they_are()
    {
        using TempFolder folder = new();
        ModelOptions squares = new ModelBuilder().Input("x", 1, 4).Node("Abs", ["x"], "a")
            .Weights("w", [4, 2], 1, -1, 0.5, 2, -3, 0.25, 1, 1)
            .Node("MatMul", ["a", "w"], "y").Output("y").Save(folder, "symmetric");
        List<ModelOptions> all = [squares];
        if (SharedData.TryFind("cases", "verilog-sat-sym-input") is string shared)
            all.Add(ModelHarness.Options(Path.Combine(shared, "model.onnx"), "shared"));
        List<(RtlDesign, long[]?[], string)> networks = [];
        foreach (ModelOptions options in all)
        {
            // The name of the shared case's input is its own.
            string input = ModelHarness.Compile(options).Model.Network.Inputs[0].Name;
            CompiledModel model = ModelHarness.Compile(options with
            {
                Layers = [new LayerOverride(input,
                    LayerSettings.Unset with { Precision = ModelHarness.Precision("fixed(8,3,RND,SAT_SYM)") })],
            });
            Assert.All(model.Model.Network.Inputs, i => Assert.Equal(i.Type.MinMantissa, i.Typing!.Hull.Min));
            networks.Add((RtlNetworks.Build(model, new Target(Family.UltraScalePlus, 5)),
                [.. ExtremeVectors.Of(model.Model.Network)], options.ModelName));
        }
        Run("Icarus", networks);
    }

    // The schedule that depths were chosen by is the schedule that the hardware keeps.
    private CosimulationResult[] Run(string simulator,
        IEnumerable<(RtlDesign Design, long[]?[] Stimulus, string Name)> networks)
    {
        VerilogTools.Require(simulator == "Icarus" ? "iverilog" : "verilator");
        (RtlDesign Design, long[]?[] Stimulus, string Name)[] all = [.. networks];
        Cosimulation cosimulation = new([.. all.Select(n => n.Design)]);
        foreach ((_, long[]?[] stimulus, _) in all)
            cosimulation.Add(stimulus);
        using TempFolder folder = new();
        CosimulationResult[] results = cosimulation.Run(Enum.Parse<VerilogSimulator>(simulator), folder.Path);
        for (int i = 0; i < results.Length; i++)
        {
            output.WriteLine($"{all[i].Design.Name}: {results[i]}");
            Assert.True(results[i].Mismatches == 0,
                $"{results[i].Mismatches} mismatches: {results[i].FirstMismatch}\n{all[i].Name}");
            Assert.Equal(all[i].Stimulus.Count(s => s is not null), results[i].Samples);
            Assert.Equal(all[i].Design.Latency, results[i].Latency);
            Assert.Equal(all[i].Design.Interval, results[i].Interval);
        }
        return results;
    }
}
