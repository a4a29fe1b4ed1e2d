using System.Collections.Immutable;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Onnx.Proto;
using AttributeType = Hls4Net.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace Hls4Net.Onnx.Operators;

/// <summary>
/// What exporters of classical machine learning write before and behind trees, in the domain ai.onnx.ml.
/// </summary>
internal static class FeatureImporter
{
    /// <summary>Scores by the names of their classes: the scores.</summary>
    public static Operand ZipMap(ImportNode node)
    {
        node.Ignore("classlabels_int64s", "classlabels_strings");
        return node.Input(0);
    }

    /// <summary>Some columns of rows.</summary>
    public static Operand ArrayFeatureExtractor(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<int> columns = node.TryIntegers(1, "columns") ?? [];
        if (x.Shape.Rank == 0 || columns.IsEmpty)
            throw node.Fail(Descriptors.InvalidShape, $"takes {columns.Length} columns of {x.Shape}");
        if (x.Shape.Rank == 1)
            x = node.Emit(new Reshape(new Shape(1, x.Shape[0])), x, "row", inner: true);
        return Column(node, x, columns, null);
    }

    /// <summary>Several tensors of rows as one.</summary>
    public static Operand FeatureVectorizer(ImportNode node)
    {
        node.Ignore("inputdimensions");
        ImmutableArray<Operand> parts = node.AllInputs();
        return parts.Length == 1 ? parts[0] : node.Emit(new Concatenate(parts[0].Shape.Rank - 1), parts);
    }

    /// <summary>(x - offset) · scale.</summary>
    public static Operand Scaler(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<double> offset = Floats(node, "offset") ?? [0], scale = Floats(node, "scale") ?? [1];
        int count = Math.Max(offset.Length, scale.Length);
        double[] shift = [.. Enumerable.Range(0, count).Select(i => -At(offset, i) * At(scale, i))];
        Constant? addend = shift.All(s => s == 0) ? null : Row(shift);
        return scale.All(s => s == 1) && addend is null ? x
            : node.Emit(new Affine(scale.All(s => s == 1) ? null : Row([.. scale]), addend), x);
    }

    /// <summary>1 above a threshold, else 0.</summary>
    public static Operand Binarizer(ImportNode node) =>
        node.Emit(new Elementwise(ElementwiseKind.Greater),
            [node.Input(0), Operand.Number(node.Float("threshold", 0))]);

    /// <summary>A number in the place of another one. NaN is none in fixed point.</summary>
    public static Operand Imputer(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<double>? floats = Floats(node, "imputed_value_floats"), integers =
            node.Ints("imputed_value_int64s") is { } ints ? [.. ints.Select(i => (double)i)] : null;
        // An attribute that may be NaN, which no other is.
        double replaced = floats is null ? node.Int("replaced_value_int64", 0)
            : node.Attribute("replaced_value_float", AttributeType.Float)?.F ?? 0;
        node.Ignore("replaced_value_int64", "replaced_value_float");
        ImmutableArray<double> values = floats ?? integers
            ?? throw node.Fail(Descriptors.InvalidGraph, "has no imputed values");
        if (double.IsNaN(replaced))
            return x;
        Operand equal = node.Emit(new Elementwise(ElementwiseKind.Equal), [x, Operand.Number(replaced)], "replaced",
            inner: true);
        return node.Emit(new Select(), [equal, new Operand("", Row([.. values])), x]);
    }

    /// <summary>Rows divided by their largest element, or by their norm.</summary>
    public static Operand Normalizer(ImportNode node)
    {
        Operand x = node.Input(0);
        string norm = node.Text("norm", "MAX");
        switch (norm)
        {
            case "L1":
                return NormalizationImporter.Normalized(node, x, [x.Shape.Rank - 1], 1);
            case "L2":
                return NormalizationImporter.Normalized(node, x, [x.Shape.Rank - 1], 2);
            case "MAX":
                Operand largest = node.Emit(new Reduce(ReduceKind.Max, [x.Shape.Rank - 1]), x, "largest", inner: true);
                Operand seen = node.Emit(new ExactFunction(ExactFunctionKind.IsNonzero), largest, "seen", inner: true);
                Operand divisor = node.Emit(new Select(), [seen, largest, Operand.Number(1)], "divisor", inner: true);
                return node.Emit(new Divide(), [x, divisor]);
            default:
                throw node.Fail(Descriptors.UnsupportedForm, $"has the norm '{norm}', which ONNX does not define");
        }
    }

    /// <summary>
    /// Numbers in the place of others, one by one. Texts are told by their place among those that it gives.
    /// </summary>
    public static Operand LabelEncoder(ImportNode node)
    {
        Operand x = node.Input(0);
        ImmutableArray<string> texts = Texts(node, "values_strings"), named = Texts(node, "keys_strings");
        if (node.Attribute("classes_strings", AttributeType.Strings) is not null
            || (named.Length > 0 && x.Labels.IsEmpty))
            throw node.Fail(Descriptors.UnsupportedForm, "encodes texts, which no hardware has; encode numbers");
        // A text that flows is its place among the labels of what gave it; one that is none of them never comes.
        ImmutableArray<double> keys = named.IsEmpty ? Side(node, "keys")
            : [.. named.Select(n => x.Labels.IndexOf(n)).Select(i => i < 0 ? double.NaN : i)];
        if (texts.Length > 0)
            return Named(node, x, keys, texts);
        node.Ignore("default_string");
        ImmutableArray<double> values = Side(node, "values");
        if (keys.Length != values.Length || keys.IsEmpty)
            throw node.Fail(Descriptors.InvalidGraph, $"has {keys.Length} keys for {values.Length} values");
        bool toIntegers = node.Attribute("values_int64s", AttributeType.Ints) is not null;
        double otherwise = toIntegers ? node.Int("default_int64", -1) : node.Float("default_float", 0);
        node.Ignore("default_int64", "default_float");
        if (node.Attribute("default_tensor", AttributeType.Tensor)?.T is TensorProto tensor)
            otherwise = ConstantImporter.Read(tensor, node.BaseDirectory).Values[0];
        // NaN as a key is a number that never comes.
        (double Key, double Value)[] finite = [.. keys.Zip(values).Where(p => double.IsFinite(p.First))
            .DistinctBy(p => p.First)];
        return Lookups.Of(node, x, [.. finite.Select(p => p.Key)], [.. finite.Select(p => p.Value)], otherwise);
    }

    /// <summary>An attribute of texts; empty where there is none.</summary>
    public static ImmutableArray<string> Texts(ImportNode node, string name) =>
        [.. node.Attribute(name, AttributeType.Strings)?.Strings.Select(s => s.ToStringUtf8()) ?? []];

    // Texts in the place of numbers, and the default's behind all others.
    private static Operand Named(ImportNode node, Operand x, ImmutableArray<double> keys, ImmutableArray<string> texts)
    {
        string otherwise = node.Text("default_string", "_Unused");
        node.Ignore("default_int64", "default_float");
        if (keys.Length != texts.Length)
            throw node.Fail(Descriptors.InvalidGraph, $"has {keys.Length} keys for {texts.Length} values");
        ImmutableArray<string> labels = [.. texts.Append(otherwise).Distinct()];
        (double Key, double Value)[] finite = [.. keys.Zip(texts, (k, t) => (k, (double)labels.IndexOf(t)))
            .Where(p => double.IsFinite(p.k)).DistinctBy(p => p.k)];
        return Lookups.Of(node, x, [.. finite.Select(p => p.Key)], [.. finite.Select(p => p.Value)],
            labels.IndexOf(otherwise)).Labelled(labels);
    }

    /// <summary>Columns of rows.</summary>
    public static Operand Column(ImportNode node, Operand x, ImmutableArray<int> columns, string? part)
    {
        IEnumerable<ImmutableArray<int>> others = x.Shape.Dimensions.SkipLast(1)
            .Select(d => ImmutableArray.CreateRange(Enumerable.Range(0, d)));
        return node.Emit(new Rearrange("Gather", [.. others, columns]), x, part, inner: part is not null);
    }

    private static ImmutableArray<double> Side(ImportNode node, string name)
    {
        if (node.Attribute($"{name}_tensor", AttributeType.Tensor)?.T is TensorProto tensor)
            return ConstantImporter.Read(tensor, node.BaseDirectory).Values;
        return Floats(node, $"{name}_floats") ?? [.. node.Attribute($"{name}_int64s", AttributeType.Ints)?.Ints
            .Select(i => (double)i) ?? []];
    }

    private static ImmutableArray<double>? Floats(ImportNode node, string name) =>
        node.Attribute(name, AttributeType.Floats) is AttributeProto a ? [.. a.Floats.Select(f => (double)f)] : null;

    private static double At(ImmutableArray<double> values, int i) => values[values.Length == 1 ? 0 : i];

    private static Constant Row(double[] values) => values.Length == 1 ? Constant.Scalar(values[0])
        : new Constant(new Shape(values.Length), [.. values]);
}
