using FsCheck.Xunit;
using Hls4Net.Configuration;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Simulation;
using Hls4Net.Tests.Models;
using Hls4Net.Tests.Onnx;
using Hls4Net.Tests.Properties;
using Hls4Net.Text;
using Xunit.Abstractions;
using Seed = FsCheck.DoNotSize<int>;

namespace Hls4Net.Tests.Streams;

/// <summary>TargetInterval on images: several pixels at a time where one is too slow.</summary>
public sealed class PixelParallelismTests(ITestOutputHelper output)
{
    private const int Networks = 60;

    /// <summary>One batch, in the long form ten.</summary>
    public static TheoryData<int> Batches => [.. Enumerable.Range(0, Soak.Scale(10))];

    [SkippableTheory]
    [MemberData(nameof(Batches))]
    public void Firmware_that_takes_several_pixels_at_a_time_equals_the_managed_simulator_and_io_parallel_on_every_bit(
        int batch)
    {
        (CompiledModel Stream, CompiledModel Parallel)[] models = [.. Enumerable.Range(batch * Networks, Networks)
            .Select(RandomCnn.Compile)];
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. models.Select(m => m.Stream)], "-O0");
        using FirmwareBatch limited = FirmwareBatch.Compile([.. models.Select(m => m.Stream)], "-O0",
            "-DHLS4NET_STREAM_DEPTH_CHECK");
        for (int i = 0; i < models.Length; i++)
        {
            CompiledModel model = models[i].Stream;
            Random random = new(i);
            Graph.Value port = model.Model.Network.Inputs[0];
            long[] input = [.. Enumerable.Range(0, port.Shape.Size)
                .Select(_ => random.NextInt64((long)port.Type.MinMantissa, (long)port.Type.MaxMantissa))];
            ManagedSimulator simulator = new(model.Model.Network), parallel = new(models[i].Parallel.Model.Network);
            simulator.RunRaw(input);
            parallel.RunRaw(input);
            long[] outputs = Outputs(model, simulator),
                layers = [.. model.Model.Layers.SelectMany(l => simulator[l.Output].ToArray())];
            Assert.Equal(Outputs(models[i].Parallel, parallel), outputs);
            long[] nativeOutputs = new long[outputs.Length], nativeLayers = new long[layers.Length];
            Assert.True(firmware.TraceOf(i)(input, nativeOutputs, nativeLayers, 1) == 0,
                $"network {i}: {firmware.Error()}");
            Assert.Equal(layers, nativeLayers);
            Assert.Equal(outputs, nativeOutputs);
            // Twice, so that nothing of a sample is left in a line buffer.
            Assert.True(limited.PredictOf(i)([.. input, .. input], nativeOutputs = new long[2 * outputs.Length],
                2) == 0, $"network {i}: {limited.Error()}");
            Assert.Equal([.. outputs, .. outputs], nativeOutputs);
        }
        int wide = models.Count(m => m.Stream.Model.Layers.Any(l => l.Parallelism > 1)),
            adapted = models.Count(m => m.Stream.Streams!.Schedule.Depths.Keys.Any(f => f.Pixels is not null));
        int met = models.Count(m => m.Stream.Streams!.Schedule.Interval <= m.Stream.Options.TargetInterval);
        output.WriteLine(
            $"of {Networks} networks {wide} take several pixels at a time, {adapted} have streams of two widths, {met} "
            + "meet their interval");
        Assert.InRange(wide, Networks / 3, Networks);
        Assert.InRange(adapted, Networks / 12, Networks);
    }

    /// <summary>
    /// Random precisions, strategies and reuse factors, weights outside: of all that random networks of one pixel at a
    /// time have.
    /// </summary>
    [SkippableFact]
    public void Every_setting_goes_with_several_pixels_at_a_time()
    {
        RandomNetwork[] networks = [.. Enumerable.Range(706_000, 1000)
            .Select(s => RandomNetwork.Make(s, RandomCnn.Wide, IOType.IoStream, several: true))
            .Where(n => n.Model?.Model.Layers.Any(l => l.Parallelism > 1) == true).Take(Networks)];
        using FirmwareBatch firmware = FirmwareBatch.Compile([.. networks.Select(n => n.Model!)], "-O0");
        Assert.All(networks,
            (n, i) => Assert.True(BitEqualityTests.CompareLayers(n, firmware, i) is null, n.ToString()));
        (StreamForm Form, Layer Layer)[] wide = [.. networks.SelectMany(n =>
            n.Model!.Model.Layers.Where(l => l.Parallelism > 1).Select(l => (n.Model.Streams!.Plan.Form(l), l)))];
        Assert.Contains(wide,
            l => l is
            {
                Form: StreamForm.Lines,
                Layer: { Operation: Convolution, Strategy: Strategy.DistributedArithmetic }
            });
        Assert.Contains(wide,
            l => l is
            {
                Form: StreamForm.EachItem, Layer.Strategy: Strategy.DistributedArithmetic,
                Layer.Operation.Matrix: not null
            });
        Assert.Contains(wide, l => l is { Form: StreamForm.Accumulate, Layer.Memory.Storage: WeightStorage.External });
        StreamForm[] behindAdapters = [.. networks.SelectMany(n => BehindAdapters(n.Model!))];
        Assert.Contains(behindAdapters, f => f is StreamForm.Scheduled);
        Assert.Contains(behindAdapters, f => f is StreamForm.Reduced);
    }

    /// <summary>The forms of the layers that read streams of another number of pixels than they take.</summary>
    internal static IEnumerable<StreamForm> BehindAdapters(CompiledModel model) =>
        from layer in model.Model.Layers
        let form = model.Streams!.Plan.Form(layer)
        where form is not StreamForm.AtPort && Enumerable.Range(0, layer.Inputs.Length)
            .Any(i => model.Streams!.Plan.IsAdapted(layer, i))
        select form;

    [Property(MaxTest = 200)]
    public void The_interval_is_met_where_every_layer_can_and_none_is_faster_than_needed(Seed seed)
    {
        CompiledModel model = RandomCnn.Compile(seed.Item).Stream;
        (StreamPlan plan, int target, double clock) = (model.Streams!.Plan, model.Options.TargetInterval!.Value,
            model.Options.ClockPeriod);
        Layer[] layers = [.. model.Model.Layers.Where(l => plan.Form(l) is not StreamForm.AtPort)];
        // Where a layer cannot be as fast as asked for, the others need not either.
        long needed = layers.Select(l => TargetInterval.Period(l, plan.Form(l), plan, clock)).Append(target).Max();
        Assert.InRange(model.Streams.Schedule.Interval, 1, needed);
        bool cannot = needed == target;
        foreach (Layer layer in layers)
        {
            foreach (int fewer in TargetInterval.Parallelisms(layer with { ReuseFactor = 1 }, plan)
                .TakeWhile(p => p < layer.Parallelism))
            {
                Layer slower = layer with { Parallelism = fewer, ReuseFactor = 1 };
                Assert.True(TargetInterval.Period(slower, plan.FormOf(slower), plan, clock) > needed,
                    $"{layer.Name}: {fewer} pixels would do as well as {layer.Parallelism}");
            }
            Layer fastest = layer with { ReuseFactor = 1 };
            cannot |= TargetInterval.Parallelisms(fastest, plan)
                .All(p => TargetInterval.Period(fastest with { Parallelism = p },
                    plan.FormOf(fastest with { Parallelism = p }), plan, clock) >= needed);
            if (layer.Operation.Matrix is not Dense matrix)
                continue;
            int work = matrix.Columns * matrix.Units;
            if (Enumerable.Range(layer.ReuseFactor + 1, work)
                .FirstOrDefault(f => f <= work && work % f == 0) is not (> 0 and int next))
                continue;
            Layer shared = layer with { ReuseFactor = next };
            Assert.True(
                (layer.Parallelism > 1 && shared.IsLoop) || TargetInterval.Period(shared, plan.FormOf(shared), plan,
                    clock) > needed, $"{layer.Name}: {next} would do as well as {layer.ReuseFactor}");
        }
        Assert.True(cannot, $"every layer can be faster than {needed}");
    }

    [Property(MaxTest = 25)]
    public void Depths_are_the_smallest_and_a_machine_that_goes_cycle_by_cycle_keeps_the_schedule(Seed seed)
    {
        CompiledModel model = RandomCnn.Compile(seed.Item).Stream;
        StreamProcess[] processes = [.. StreamProcess.All(model.Model, model.Streams!.Plan, model.Options.ClockPeriod)];
        FifoDepthTests.AssertSmallest(processes, model.Streams.Schedule);
        ScheduleResult unlimited = new ScheduleSimulation(processes).Run([]);
        int[]? completed = new CycleMachine(processes, model.Streams.Schedule.Depths).Run(ScheduleSimulation.Samples);
        Assert.NotNull(completed);
        Assert.All(unlimited.Completed.Zip(completed),
            c => Assert.InRange(c.Second, c.First, c.First + (c.First / 20) + 4));
    }

    [Fact]
    public void Without_a_target_the_sources_have_one_pixel_at_a_time()
    {
        (CompiledModel stream, _) = RandomCnn.Compile(1);
        using TempFolder folder = new();
        CompiledModel plain = ModelHarness.Compile(Cnn().Save(folder) with { IOType = IOType.IoStream });
        Assert.All(plain.Model.Layers, l => Assert.Equal(1, l.Parallelism));
        Assert.NotNull(stream.Streams);
    }

    // 32 x 32 pixels and valid windows: rows of outputs that words do not divide.
    [SkippableTheory]
    [InlineData(2000)]
    [InlineData(1100)]
    [InlineData(600)]
    [InlineData(300)]
    [InlineData(150)]
    public void The_street_view_network_takes_fewer_cycles_than_pixels(int target)
    {
        ModelOptions options = ModelHarness.Options(SharedData.Require("golden", "svhn_cnn/model.onnx"),
            "svhn") with
        { IOType = IOType.IoStream, TargetInterval = target };
        CompiledModel model = ModelHarness.Compile(options);
        Assert.InRange(model.Streams!.Schedule.Interval, 1, target);
        IEnumerable<int> pixels = model.Model.Layers.Where(l => l.Operation is Convolution or Pool)
            .Select(l => l.Parallelism);
        output.WriteLine(
            $"| {target} | {model.Streams.Schedule.Interval} | {model.Streams.Schedule.LatencyCycles} | "
            + $"{string.Join(' ', pixels)} | {DesignCost.Of(model.Options, model.Model, model.Streams).Total.Dsp:N0} |");
        if (pixels.Max() > 1)
            ModelHarness.Verify(model);
    }

    // 16 x 16 pixels: a half of them, a quarter, an eighth, a sixteenth.
    [SkippableFact]
    public void A_network_is_as_fast_as_asked_for_with_ports_of_several_pixels()
    {
        using TempFolder folder = new();
        ModelBuilder cnn = Cnn();
        CompiledModel[] models =
            [.. new[] { 280, 150, 80, 40, 24 }.Select(target =>
                ModelHarness.Compile(cnn.Save(folder,
                    $"to{target}") with { IOType = IOType.IoStream, TargetInterval = target }))];
        foreach (CompiledModel model in models)
        {
            int[] pixels = [.. model.Model.Layers.Where(l => model.Streams!.Plan.Form(l) is not StreamForm.AtPort)
                .Select(l => l.Parallelism)];
            output.WriteLine(
                $"target {model.Options.TargetInterval}: interval {model.Streams!.Schedule.Interval}, latency "
                + $"{model.Streams.Schedule.LatencyCycles}, pixels {string.Join(' ', pixels)}");
            Assert.InRange(model.Streams.Schedule.Interval, 1, model.Options.TargetInterval!.Value);
        }
        Assert.Equal([1, 2, 4, 8, 16], models.Select(m => m.Streams!.Plan.Layout(m.Model.Network.Inputs[0]).Pixels));
        ModelHarness.Verify(models[2]);
        CompiledModel bench = models[3];
        using Gpp gpp = Gpp.Require();
        foreach (GeneratedFile file in bench.EmitFirmware())
            gpp.Write($"firmware/{file.Path}", file.Text);
        foreach (GeneratedFile file in bench.EmitTestData(3))
            gpp.Write(file.Path, file.Text);
        string program = gpp.Compile("bench", "-O0", "-Wno-unknown-pragmas", "-Wno-unused-label",
            $"firmware/{bench.Options.ModelName}.cpp", $"firmware/{bench.Options.ModelName}_test.cpp");
        Assert.Contains("3 samples, 0 mismatches", gpp.Execute(Path.GetFileName(program)), StringComparison.Ordinal);
    }

    private static long[] Outputs(CompiledModel model, ManagedSimulator simulator) =>
        [.. model.Model.Network.Outputs.SelectMany(o => simulator[o.Value].ToArray())];

    private static ModelBuilder Cnn()
    {
        Random random = new(7);
        double[] Weights(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
        return new ModelBuilder()
            .Input("x", 1, 2, 16, 16)
            .Weights("k1", [3, 2, 3, 3], Weights(54)).Weights("k2", [4, 3, 3, 3], Weights(108))
                .Weights("m", [64, 5], Weights(320))
            .Node("Conv", ["x", "k1"], "c1", ("pads", new long[] { 1, 1, 1, 1 })).Node("Relu", ["c1"], "r1")
            .Node("MaxPool", ["r1"], "p1", ("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }))
            .Node("Conv", ["p1", "k2"], "c2", ("pads", new long[] { 1, 1, 1, 1 }), ("strides", new long[] { 2, 2 }))
            .Node("Flatten", ["c2"], "f").Node("MatMul", ["f", "m"], "y").Output("y");
    }
}
