using System.Text.RegularExpressions;
using FsCheck.Xunit;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Tests.Properties;
using Xunit.Abstractions;
using Seed = FsCheck.DoNotSize<int>;

namespace Hls4Net.Tests.Streams;

/// <summary>FIFO depths: enough, and no more than that.</summary>
public sealed class FifoDepthTests(ITestOutputHelper output)
{
    private const double Clock = 5;

    [Property(MaxTest = 25)]
    public void Depths_run_as_fast_as_unlimited_ones_and_one_less_slows_or_stops(Seed seed)
    {
        CompiledModel model = BranchedModel.Compile(seed.Item);
        AssertSmallest(Schedule(model).Processes, model.Streams!.Schedule);
    }

    // The source feeds a pipeline and a line buffer, whose items are joined. With as many places as are filled when
    // items are written, the pipeline waits for one that is freed when the line buffer has gone on, for which the
    // source must go on, which waits for the pipeline to read.
    [Fact]
    public void A_place_may_be_freed_because_of_the_step_that_needs_it()
    {
        const int Items = 6, Delay = 5;
        StreamFifo a = Fifo("a"), b = Fifo("b"), pipelined = Fifo("pipelined"), buffered = Fifo("buffered");
        StreamSchedule schedule = StreamSchedule.Of(
        [
            new StreamProcess(Items, 8, _ => 1, (_, _) => true, _ => true, [null], [a, b]),
            new StreamProcess(Items, 5, _ => 1, (_, _) => true, _ => true, [a], [pipelined]),
            new StreamProcess(Items + Delay, 1, _ => 1, (step, _) => step < Items, step => step >= Delay, [b],
                [buffered]),
            new StreamProcess(Items, 1, _ => 1, (_, _) => true, _ => true, [pipelined, buffered], [null]),
        ]);
        Assert.Equal((23, 14), (schedule.LatencyCycles, schedule.Interval));

        static StreamFifo Fifo(string name) => new(new Value(name, new Shape(1)), null);
    }

    [Property(MaxTest = 25)]
    public void A_machine_that_goes_cycle_by_cycle_keeps_the_schedule_but_for_stalls(Seed seed)
    {
        CompiledModel model = BranchedModel.Compile(seed.Item);
        (StreamProcess[] processes, StreamSchedule schedule) = Schedule(model);
        int[]? completed = new CycleMachine(processes, schedule.Depths).Run(ScheduleSimulation.Samples);
        Assert.NotNull(completed);
        ScheduleSimulation simulation = new(processes);
        int[] expected = simulation.Run([.. simulation.Fifos.Select(f => schedule.Depths[f])]).Completed;
        // A pipeline that stands still as a whole while one result waits loses a few cycles.
        Assert.All(expected.Zip(completed), c => Assert.InRange(c.Second, c.First, c.First + (c.First / 20) + 4));
    }

    [SkippableFact]
    public void Compiled_firmware_runs_within_the_depths_as_hard_limits_and_deadlocks_below()
    {
        CompiledModel[] models = [.. Enumerable.Range(1, 12).Select(BranchedModel.Compile)];
        using FirmwareBatch within = FirmwareBatch.Compile(models, "-O0", "-DHLS4NET_STREAM_DEPTH_CHECK");
        int branches = 0;
        for (int i = 0; i < models.Length; i++)
            StreamFirmware.AssertEqual(models[i], within, i);

        // The shorter branch has to wait for the lines that the longer one buffers.
        string Shorten(string text) => LongFifo()
            .Replace(text, m => { branches++; return $"HLS4NET_FIFO({m.Groups[1].Value}, 2)"; });
        CompiledModel[] branched = [.. models.Where(m => m.Streams!.Schedule.Depths.Values.Max() > 6)];
        using FirmwareBatch below = FirmwareBatch.Compile(branched, Shorten, "-O0", "-DHLS4NET_STREAM_DEPTH_CHECK");
        int deadlocks = 0;
        for (int i = 0; i < branched.Length; i++)
        {
            long[] input = new long[branched[i].Model.Network.Inputs[0].Shape.Size],
                outputs = new long[branched[i].Model.Network.Outputs.Sum(o => o.Value.Shape.Size)];
            if (below.PredictOf(i)(input, outputs, 1) == 0)
                continue;
            deadlocks++;
            Assert.StartsWith("deadlock: ", below.Error(), StringComparison.Ordinal);
        }
        output.WriteLine($"{branches} FIFOs of {branched.Length} networks cut short: {deadlocks} deadlock");
        Assert.True(branched.Length >= 5);
        // A FIFO may be that deep for speed alone.
        Assert.InRange(deadlocks, branched.Length * 3 / 4, branched.Length);
    }

    [SkippableFact]
    public void Branched_firmware_equals_the_managed_simulator_on_every_bit_of_every_layer()
    {
        StreamFirmware.AssertEqual([.. Enumerable.Range(1, 12).Select(BranchedModel.Compile)]);
    }

    /// <summary>
    /// Depths leave the schedule as fast as FIFOs without limits; with one place fewer in any of them it slows or
    /// stops.
    /// </summary>
    internal static void AssertSmallest(IReadOnlyList<StreamProcess> processes, StreamSchedule schedule)
    {
        ScheduleSimulation simulation = new(processes);
        int[] depths = [.. simulation.Fifos.Select(f => schedule.Depths[f])];
        ScheduleResult unlimited = simulation.Run([]);
        Assert.True(simulation.Run(depths).IsAsFastAs(unlimited));
        for (int f = 0; f < depths.Length; f++)
        {
            if (depths[f] == 1)
                continue;
            depths[f]--;
            Assert.False(simulation.Run(depths).IsAsFastAs(unlimited), $"FIFO {f} needs less than {depths[f] + 1}");
            depths[f]++;
        }
    }

    private static (StreamProcess[] Processes, StreamSchedule Schedule) Schedule(CompiledModel model)
    {
        TypedModel typed = model.Model;
        return ([.. StreamProcess.All(typed, model.Streams!.Plan, Clock)], model.Streams.Schedule);
    }

    // Depths of two digits, and the larger ones of one.
    private static Regex LongFifo() => new(@"HLS4NET_FIFO\((\w+), ([7-9]|\d\d+)\)");
}
