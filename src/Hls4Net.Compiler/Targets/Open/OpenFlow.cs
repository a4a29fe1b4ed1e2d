using System.Globalization;
using Hls4Net.Diagnostics;

namespace Hls4Net.Targets.Open;

/// <summary>The time that a project gives the open flow for a model.</summary>
internal static class OpenFlow
{
    /// <summary>Does the flow's work until it is done, cancelled, or time is over.</summary>
    /// <param name="patience">HlsSynthesisTimeout; null for none.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="work">What to do until it is told to end.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ModelException">Time was over (HLS5108).</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static T Within<T>(TimeSpan? patience, string model, Func<CancellationToken, T> work,
        CancellationToken cancellation)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (patience is TimeSpan time)
            stop.CancelAfter(time);
        try
        {
            return work(stop.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested && patience is not null)
        {
            throw new ModelException(Descriptors.SynthesisTimeout,
                $"{model}: the open flow was stopped after "
                + $"{patience.Value.TotalMinutes.ToString(CultureInfo.InvariantCulture)} minutes "
                + "(HlsSynthesisTimeout); the layers that were synthesized are kept");
        }
    }
}
