namespace Hls4Net.Programs.Lowering;

/// <summary>
/// A layer that integer programs cannot compute, or not at a sensible size; a target adds what else can be done, and
/// makes a diagnostic of it.
/// </summary>
/// <param name="reason">Which limit is passed, by how much.</param>
internal sealed class LoweringLimitException(string reason) : Exception(reason);
