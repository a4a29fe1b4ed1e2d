using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Numerics;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>A function of a recurrent layer's gate, with the parameters that it takes.</summary>
/// <param name="Name">ONNX's name, in lower case.</param>
/// <param name="Alpha">Its alpha; without meaning where it takes none.</param>
/// <param name="Beta">Its beta; without meaning where it takes none.</param>
internal sealed record RecurrentActivation(string Name, double Alpha, double Beta)
{
    // What ONNX Runtime takes where a parameter is missing, by function; null where it takes none.
    private static readonly Dictionary<string, (double? Alpha, double? Beta)> s_defaults = new(StringComparer.Ordinal)
    {
        ["relu"] = (null, null),
        ["tanh"] = (null, null),
        ["sigmoid"] = (null, null),
        ["softsign"] = (null, null),
        ["softplus"] = (null, null),
        ["affine"] = (0, 0),
        ["leakyrelu"] = (0.01f, null),
        ["thresholdedrelu"] = (0, null),
        ["scaledtanh"] = (0, 0),
        ["hardsigmoid"] = (0.2f, 0.5f),
        ["elu"] = (1, null),
    };

    /// <summary>The largest magnitude of a result; null where it has none.</summary>
    public double? Bound => Name switch
    {
        "tanh" or "sigmoid" or "hardsigmoid" or "softsign" => 1,
        "scaledtanh" => Math.Abs(Alpha),
        _ => null,
    };

    /// <summary>The functions of a node, for each direction in order.</summary>
    /// <param name="node">The node.</param>
    /// <param name="directions">How many directions it has.</param>
    /// <param name="otherwise">The functions of a direction where the node names none.</param>
    public static ImmutableArray<ImmutableArray<RecurrentActivation>> Read(ImportNode node, int directions,
        params ImmutableArray<string> otherwise)
    {
        string[] names = node.Attribute("activations", AttributeType.Strings)?.Strings
            .Select(s => s.ToStringUtf8().ToLowerInvariant()).ToArray() ?? [];
        if (names.Length == 0)
            names = [.. Enumerable.Repeat(otherwise, directions).SelectMany(n => n)];
        if (names.Length != directions * otherwise.Length)
            throw node.Fail(Descriptors.InvalidGraph,
                $"names {names.Length} activations where {directions * otherwise.Length} are needed");
        Queue<float> alphas = Parameters(node, "activation_alpha"), betas = Parameters(node, "activation_beta");
        ImmutableArray<RecurrentActivation> all = [.. names.Select(name =>
        {
            if (!s_defaults.TryGetValue(name, out (double? Alpha, double? Beta) taken))
                throw node.Fail(Descriptors.UnsupportedForm,
                    $"has the activation '{name}', which ONNX does not define");
            return new RecurrentActivation(name, Next(alphas, taken.Alpha), Next(betas, taken.Beta));
        })];
        return [.. Enumerable.Range(0, directions).Select(d => all.Slice(d * otherwise.Length, otherwise.Length))];

        // Only functions that take a parameter use one up.
        static double Next(Queue<float> given, double? usual) =>
            usual is double value ? given.TryDequeue(out float own) ? own : value : 0;
    }

    private static Queue<float> Parameters(ImportNode node, string name)
    {
        Queue<float> given = new(node.Attribute(name, AttributeType.Floats)?.Floats ?? []);
        return given.All(float.IsFinite) ? given
            : throw node.Fail(Descriptors.NonFiniteWeight, $"has the attribute {name} with a value that is not finite");
    }

    /// <summary>The function of an operand, named as a part of the node.</summary>
    public Operand Emit(ImportNode node, Operand x, string part)
    {
        return Name switch
        {
            "relu" => Of(new Rectifier("Relu", null, null)),
            "leakyrelu" => Of(new Rectifier("LeakyRelu", null, Constant.Scalar(Alpha))),
            "thresholdedrelu" => Of(new Rectifier("ThresholdedRelu", Constant.Scalar(Alpha), null)),
            "affine" => Of(new Affine(Constant.Scalar(Alpha), Constant.Scalar(Beta))),
            "tanh" => Of(Function(FunctionKind.Tanh)),
            "sigmoid" => Of(Function(FunctionKind.Sigmoid)),
            "softsign" => Of(Function(FunctionKind.Softsign)),
            "softplus" => Of(Function(FunctionKind.Softplus)),
            "elu" => Of(new ElementwiseFunction(UnaryFunction.Elu(Alpha))),
            "hardsigmoid" => node.Emit(new Clip(Constant.Scalar(0), Constant.Scalar(1)),
                node.Emit(new Affine(Constant.Scalar(Alpha), Constant.Scalar(Beta)), x, $"{part}_line"), part),
            "scaledtanh" => node.Emit(new Affine(Constant.Scalar(Alpha), null),
                node.Emit(Function(FunctionKind.Tanh),
                    node.Emit(new Affine(Constant.Scalar(Beta), null), x, $"{part}_argument"), $"{part}_tanh"), part),
            _ => throw new InvalidOperationException($"unknown activation {Name}"),
        };

        Operand Of(Operation operation) => node.Emit(operation, x, part);
    }

    private static ElementwiseFunction Function(FunctionKind kind) => new(new UnaryFunction(kind));
}
