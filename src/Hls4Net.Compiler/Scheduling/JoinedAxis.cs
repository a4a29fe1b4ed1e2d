namespace Hls4Net.Scheduling;

/// <summary>An axis of the items of a stream.</summary>
/// <param name="Size">Items along it.</param>
/// <param name="Reduced">True where they are joined to one.</param>
public readonly record struct JoinedAxis(int Size, bool Reduced);
