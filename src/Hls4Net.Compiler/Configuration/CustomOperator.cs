namespace Hls4Net.Configuration;

/// <summary>The meaning that a project gives an operator, or a class of layers, that is not known here.</summary>
/// <param name="Name">The operator's or the class's name.</param>
/// <param name="Definition">Full path of the ONNX model that says what it computes.</param>
public sealed record CustomOperator(string Name, string Definition);
