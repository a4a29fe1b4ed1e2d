namespace Hls4Net.Numerics;

/// <summary>
/// A function that has no table or kernel between two types: too many values, too many bits, or a range that the output
/// cannot hold.
/// </summary>
/// <param name="reason">Which limit is passed; a diagnostic adds the layer and what to do.</param>
public sealed class TypeLimitException(string reason) : Exception(reason);
