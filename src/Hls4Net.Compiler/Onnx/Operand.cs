using Hls4Net.Graph;

namespace Hls4Net.Onnx;

/// <summary>What a node reads: a constant known at compile time, or a value that flows.</summary>
internal sealed class Operand
{
    public Operand(string name, Constant constant) => (Name, Constant, Shape) = (name, constant, constant.Shape);

    /// <summary>A constant that a quantizer of the model made: integers times a scale, both of the constant's shape.</summary>
    public Operand(string name, Constant integers, Constant scale)
        : this(name, integers.Zip(scale, (i, s) => i * s)) => Factors = (integers, scale);

    public Operand(Value value) => (Name, Value, Shape) = (value.Name, value, value.Shape);

    /// <summary>A number.</summary>
    public static Operand Number(double value) => new("", Constant.Scalar(value));

    public string Name { get; }

    public Shape Shape { get; }

    /// <summary>The constant, or null for a value that flows.</summary>
    public Constant? Constant { get; }

    /// <summary>What a quantizer made the constant of; null for any other.</summary>
    public (Constant Integers, Constant Scale)? Factors { get; }

    /// <summary>The element type of an input, a stored constant or what only moves their elements; null where it is not known.</summary>
    public Proto.TensorProto.Types.DataType? ElementType { get; init; }

    /// <summary>The flowing value, or null for a constant.</summary>
    public Value? Value { get; }
}
