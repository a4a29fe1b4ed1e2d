using Hls4Net.Graph;

namespace Hls4Net.Onnx;

/// <summary>What a node reads: a constant known at compile time, or a value that flows.</summary>
internal sealed class Operand
{
    public Operand(string name, Constant constant) => (Name, Constant, Shape) = (name, constant, constant.Shape);

    public Operand(Value value) => (Name, Value, Shape) = (value.Name, value, value.Shape);

    public string Name { get; }

    public Shape Shape { get; }

    /// <summary>The constant, or null for a value that flows.</summary>
    public Constant? Constant { get; }

    /// <summary>The flowing value, or null for a constant.</summary>
    public Value? Value { get; }
}
