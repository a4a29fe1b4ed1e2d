using System.Collections.Immutable;
using Hls4Net.Graph;

namespace Hls4Net.Onnx;

/// <summary>
/// What a node reads: a constant known at compile time, a value that flows, a sequence of these, or an optional without
/// any.
/// </summary>
internal sealed class Operand
{
    public Operand(string name, Constant constant) => (Name, Constant, Shape) = (name, constant, constant.Shape);

    /// <summary>
    /// A constant that a quantizer of the model made: integers times a scale, both of the constant's shape.
    /// </summary>
    public Operand(string name, Constant integers, Constant scale)
        : this(name, integers.Zip(scale, (i, s) => i * s)) => Factors = (integers, scale);

    public Operand(Value value) => (Name, Value, Shape) = (value.Name, value, value.Shape);

    /// <summary>A sequence, whose length and order are known at compile time; its elements may flow.</summary>
    public Operand(string name, ImmutableArray<Operand> elements) => (Name, Elements) = (name, elements);

    private Operand(string name) => (Name, IsEmpty) = (name, true);

    /// <summary>A number.</summary>
    public static Operand Number(double value) => new("", Constant.Scalar(value));

    /// <summary>An optional that holds nothing; one that holds something is what it holds.</summary>
    public static Operand Empty(string name) => new(name);

    public string Name { get; }

    /// <summary>The shape of a tensor.</summary>
    public Shape Shape { get; }

    /// <summary>The constant, or null for a value that flows.</summary>
    public Constant? Constant { get; }

    /// <summary>What a quantizer made the constant of; null for any other.</summary>
    public (Constant Integers, Constant Scale)? Factors { get; }

    /// <summary>
    /// The element type of an input, a stored constant or what only moves their elements; null where it is not known.
    /// </summary>
    public Proto.TensorProto.Types.DataType? ElementType { get; init; }

    /// <summary>What its numbers, counted from 0, stand for in the model; empty for numbers that are meant.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    /// <summary>The same flowing value, whose numbers stand for texts; a constant stays what it is.</summary>
    public Operand Labelled(ImmutableArray<string> labels) =>
        Value is null ? this : new(Value) { ElementType = ElementType, Labels = labels };

    /// <summary>The same as elements of a type.</summary>
    public Operand As(Proto.TensorProto.Types.DataType type) =>
        Value is not null ? new(Value) { ElementType = type, Labels = Labels }
        : Factors is (Constant integers, Constant scale) ? new(Name, integers, scale) { ElementType = type }
        : new(Name, Constant!) { ElementType = type };

    /// <summary>The flowing value, or null for a constant.</summary>
    public Value? Value { get; }

    /// <summary>The elements of a sequence; null for a tensor.</summary>
    public ImmutableArray<Operand>? Elements { get; }

    /// <summary>True for an optional that holds nothing.</summary>
    public bool IsEmpty { get; }

    /// <summary>True for a constant or a value that flows.</summary>
    public bool IsTensor => Elements is null && !IsEmpty;
}
