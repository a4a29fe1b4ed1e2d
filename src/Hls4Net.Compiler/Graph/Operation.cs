using System.Collections.Immutable;
using Hls4Net.Numerics;

namespace Hls4Net.Graph;

/// <summary>
/// What a node computes, with its two meanings: on real numbers (the floating-point reference) and, once typed, on
/// mantissas (the definition that every execution of the firmware must equal). No operation but
/// <see cref="Operations.Quantize"/> and those with a pinned accumulator rounds or overflows.
/// </summary>
public abstract record Operation
{
    /// <summary>The operation's name in reports and HlsLayer patterns, e.g. Dense.</summary>
    public abstract string Kind { get; }

    /// <summary>The output's shape.</summary>
    /// <exception cref="ShapeException">The inputs' shapes don't fit.</exception>
    public abstract Shape OutputShape(ImmutableArray<Shape> inputs);

    /// <summary>The real-number meaning. Arrays are row-major; <paramref name="shapes"/> are the inputs'.</summary>
    public abstract void Evaluate(ImmutableArray<Shape> shapes, ReadOnlySpan<double[]> inputs, Span<double> output);

    /// <summary>
    /// The exact range of the result for typed inputs and constants; where an accumulator is pinned, its range.
    /// </summary>
    public abstract ExactRange Range(ImmutableArray<Value> inputs);

    /// <summary>
    /// What any two mantissas of an element of the result differ by a multiple of; see <see cref="Typing.Steps"/>.
    /// </summary>
    public virtual Steps StepsOf(ImmutableArray<Value> inputs) => default;

    /// <summary>
    /// The meaning on mantissas; the output's unit is 2^-<see cref="ExactRange.Fraction"/> of <see cref="Range"/>.
    /// </summary>
    /// <returns>How many conversions overflowed.</returns>
    public abstract long Execute(ImmutableArray<Value> operands, ReadOnlySpan<long[]> inputs, Span<long> output);

    /// <summary>The constants, in a fixed order.</summary>
    public virtual ImmutableArray<(ConstantRole Role, Constant Constant)> Constants => [];

    /// <summary>The same operation with other constants, in the order of <see cref="Constants"/>.</summary>
    public virtual Operation WithConstants(ImmutableArray<Constant> constants) => this;

    /// <summary>
    /// True where the result's type is the operation's own, whatever precision the settings ask for: elements that are
    /// only moved or renamed, truth values, indices.
    /// </summary>
    public virtual bool KeepsType => false;

    /// <summary>
    /// The same operation on the values that its typed inputs can take: bounds that none of them reaches are left out.
    /// </summary>
    public virtual Operation Reduced(ImmutableArray<Value> inputs) => this;

    /// <summary>
    /// The operation that gives the permuted result for operands whose axes are all permuted alike: axis k of a
    /// permuted tensor is axis permutation[k] of the tensor. Null where there is none; then a permutation stays before
    /// the operation.
    /// </summary>
    public virtual Operation? Permuted(ImmutableArray<int> permutation, ImmutableArray<Shape> inputs) => null;

    /// <summary>
    /// True where element i of the result depends on nothing but the elements of operands, and of constants, that are
    /// broadcast to its place; where not, an operation says of itself what it does to items (<see cref="OnItem"/>),
    /// windows (<see cref="SlidingWindow"/>) or axes.
    /// </summary>
    public virtual bool IsElementwise => false;

    /// <summary>
    /// The operation that makes an item of the result of the same item of each operand; null where items depend on one
    /// another, or are not made alike.
    /// </summary>
    public virtual Operation? OnItem(Items items) => IsElementwise
        && items.AreAlike ? items.WithConstantsOfPixel(this) : null;

    /// <summary>The window that it moves over the pixels of a channels-last tensor; null for most operations.</summary>
    public virtual Window? SlidingWindow => null;

    /// <summary>The same operation on another window of as many taps.</summary>
    public virtual Operation WithWindow(Window window) => throw new InvalidOperationException($"{Kind} has no window");

    /// <summary>What becomes of one positive factor of an operand.</summary>
    public virtual ScaleRule Scaling => ScaleRule.None;

    /// <summary>The constant matrix that it multiplies rows or windows with; null for most operations.</summary>
    public virtual Operations.Dense? Matrix => null;

    /// <summary>The same operation with another matrix.</summary>
    public virtual Operation WithMatrix(Operations.Dense matrix) =>
        throw new InvalidOperationException($"{Kind} has no matrix");

    /// <summary>
    /// True if every factor is -1 or +1: then a product is the XNOR of signs, and a sum counts them (Courbariaux et
    /// al., 2016).
    /// </summary>
    public virtual bool IsBinary(Value input) => false;

    /// <summary>The type that sums are formed in, whatever the order of addition; null where there are none.</summary>
    public virtual FixedPointType? AccumulatorType(Value input) => null;

    /// <summary>Multiplications by constants other than zero that one sample needs, and the constants' count.</summary>
    public virtual long Multiplications => 0;
}

/// <summary>How an operation treats operands that are all multiplied by positive numbers, one a tensor.</summary>
public enum ScaleRule
{
    /// <summary>In no simple way.</summary>
    None,

    /// <summary>
    /// The result is multiplied by the operands' common factor: what moves, compares or adds elements.
    /// </summary>
    Common,

    /// <summary>The result is multiplied by the product of the operands' factors: products of two tensors.</summary>
    Product,
}

/// <summary>
/// Shapes that an operation cannot take; the importer turns it into a diagnostic that names the node.
/// </summary>
public sealed class ShapeException(string message) : Exception(message);
