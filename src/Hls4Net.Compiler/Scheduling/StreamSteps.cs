using Hls4Net.Layers;

namespace Hls4Net.Scheduling;

/// <summary>
/// What a layer's process does step by step, the same for every sample, in whatever language it is printed.
/// </summary>
/// <param name="Count">Steps of a sample.</param>
/// <param name="Reads">Whether a step, from 0, reads an item of an operand.</param>
/// <param name="Computes">Whether a step begins a result.</param>
/// <param name="Writes">Whether a step ends an item of the result.</param>
internal sealed record StreamSteps(int Count, Func<int, int, bool> Reads, Func<int, bool> Computes,
    Func<int, bool> Writes)
{
    /// <summary>The steps of a layer that is a process.</summary>
    public static StreamSteps Of(StreamForm form, Layer layer, StreamPlan plan)
    {
        int[] items = [.. layer.Inputs.Select((_, i) => plan.Operand(layer, i).Items)];
        int reading = items.DefaultIfEmpty(0).Max();
        return form switch
        {
            StreamForm.EachItem => new(reading, Always, Always, Always),
            StreamForm.Accumulate { Items: int terms } => new(reading, Always, Always, step => (step + 1) % terms == 0),
            StreamForm.Reduced { Reduction: ItemReduction reduction } =>
                new(reduction.Steps, Always, Always, reduction.Writes),
            StreamForm.Lines { Buffer: LineBuffer buffer } =>
                new(buffer.Steps, (step, _) => buffer.Reads(step), buffer.IsDue, buffer.Writes),
            StreamForm.Scheduled { Schedule: ItemSchedule schedule } =>
                new(schedule.Steps, schedule.Reads, Always, schedule.Writes),
            // All is read, then the result is computed, then written.
            StreamForm.Whole => new(reading + plan.Result(layer, form).Items, (step, operand) => step < items[operand],
                step => step == reading - 1, step => step >= reading),
            _ => throw new InvalidOperationException($"{layer.Name} is no process"),
        };
    }

    private static bool Always(int step) => true;

    private static bool Always(int step, int operand) => true;
}
