namespace Hls4Net.Scheduling;

/// <summary>
/// At which places along an axis a window has outputs: at every <paramref name="Stride"/>th, as many as there are.
/// </summary>
/// <param name="Stride">Places from outputs to the next.</param>
/// <param name="Outputs">Places that have outputs.</param>
/// <param name="Places">Places that are counted.</param>
internal readonly record struct DueAxis(int Stride, int Outputs, int Places)
{
    /// <summary>The place behind the last one that could have outputs.</summary>
    public int End => Outputs * Stride;

    /// <summary>True if places behind those of the outputs are counted.</summary>
    public bool Ends => Places > End;

    /// <summary>The last place that has outputs.</summary>
    public int Last => (Outputs - 1) * Stride;

    /// <summary>True if there are outputs at a place.</summary>
    public bool Has(int place) => place % Stride == 0 && place < End;
}
