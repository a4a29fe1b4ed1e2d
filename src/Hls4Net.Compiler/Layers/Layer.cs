using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Graph;
using Hls4Net.Numerics;

namespace Hls4Net.Layers;

/// <summary>
/// A unit of firmware: one operation with the conversion of its result, printed as one function, traced and reported as
/// one.
/// </summary>
/// <param name="Main">The operation.</param>
/// <param name="Rounding">The conversion of its result, if there is one.</param>
/// <param name="Strategy">How its multiplications become hardware.</param>
/// <param name="ReuseFactor">How often each multiplier is used for a sample.</param>
public sealed record Layer(Node Main, Node? Rounding, Strategy Strategy, int ReuseFactor)
{
    /// <summary>
    /// The memory that its weights are read from, a word a step; null where they are constants in logic, or there are
    /// none.
    /// </summary>
    public WeightMemory? Memory { get; init; }

    /// <summary>In io_stream, how many pixels of its operands it takes at a time.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>True if its products are a loop of its own, of <see cref="ReuseFactor"/> steps.</summary>
    public bool IsLoop => Strategy == Strategy.Resource && ReuseFactor > 1;

    public string Name => Main.Name;

    public Operation Operation => Main.Operation;

    /// <summary>The operands; none for a constant.</summary>
    public ImmutableArray<Value> Inputs => Main.Inputs;

    /// <summary>The first operand, the only one of most operations.</summary>
    public Value Input => Main.Inputs[0];

    public Value Output => (Rounding ?? Main).Output;

    /// <summary>The type that sums are formed in; null where there are none.</summary>
    public FixedPointType? AccumulatorType => Inputs.IsEmpty ? null : Operation.AccumulatorType(Input);
}
