using System.Collections.Immutable;
using System.Text.Json;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Numerics;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Operators;

namespace Hls4Net.Keras;

/// <summary>One use of a layer as what translates it sees it: inputs, configuration, weights, and the graph.</summary>
/// <param name="layer">The layer.</param>
/// <param name="name">The name of its node.</param>
/// <param name="use">Its arguments; null in a sequence.</param>
/// <param name="inputs">The tensors that it reads.</param>
/// <param name="writer">The graph.</param>
/// <param name="isKeras3">True for files of Keras 3, in which some functions have other definitions.</param>
internal sealed class LayerCall(
    KerasLayer layer, string name, LayerUse? use, ImmutableArray<KerasTensor> inputs, GraphWriter writer, bool isKeras3)
{
    public KerasLayer Layer { get; } = layer;

    /// <summary>The name of the layer's node; steps are named after it.</summary>
    public string Name { get; } = name;

    public LayerUse? Use { get; } = use;

    public ImmutableArray<KerasTensor> Inputs { get; } = inputs;

    public bool IsKeras3 { get; } = isKeras3;

    public JsonElement Config => Layer.Config;

    public WeightGroup Weights => Layer.Weights;

    /// <summary>The only input.</summary>
    public KerasTensor Input => Inputs is [KerasTensor one] ? one
        : throw Fail(Descriptors.InvalidLayer, $"reads {Inputs.Length} tensors where one is needed");

    /// <summary>The same use of an inner layer, with its own configuration and weights.</summary>
    public LayerCall Of(KerasLayer inner, ImmutableArray<KerasTensor> tensors, string? part = null) =>
        new(inner, part is null ? Name : $"{Name}/{part}", Use, tensors, writer, IsKeras3);

    /// <summary>The error of this layer.</summary>
    public ModelException Fail(DiagnosticDescriptor descriptor, string text) =>
        new(descriptor, $"layer '{Layer.Name}' ({Layer.Class}) {text}");

    /// <summary>A form of the layer that is not read.</summary>
    public ModelException Unsupported(string text) => Fail(Descriptors.UnsupportedLayerForm, text);

    public string Text(string key, string otherwise) => Json.Text(Config, key) ?? otherwise;

    public bool Flag(string key, bool otherwise) =>
        Json.Get(Config, key) is JsonElement value ? Json.Number(value) is double n ? n != 0
            : throw Fail(Descriptors.InvalidLayer, $"has {key} = {value}, which is neither true nor false") : otherwise;

    public double Number(string key, double otherwise) =>
        Json.Get(Config, key) is JsonElement value ? Json.Number(value)
            ?? throw Fail(Descriptors.InvalidLayer, $"has {key} = {value}, which is no number") : otherwise;

    /// <summary>A list of integers, for which a single one may stand; null where there is none.</summary>
    public ImmutableArray<int>? Ints(string key, int count = 1)
    {
        if (Json.Get(Config, key) is not JsonElement value)
            return null;
        JsonElement[] items = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()]
            : [.. Enumerable.Repeat(value, count)];
        return [.. items.Select(i => Json.Number(i) is double n && double.IsInteger(n) && Math.Abs(n) < 1 << 30
            ? (int)n : throw Fail(Descriptors.InvalidLayer, $"has {key} = {value}, which is no list of integers"))];
    }

    /// <summary>A list of so many integers.</summary>
    public ImmutableArray<int> Ints(string key, int count, int otherwise)
    {
        ImmutableArray<int> list = Ints(key, count) ?? [.. Enumerable.Repeat(otherwise, count)];
        return list.Length == count ? list
            : throw Fail(Descriptors.InvalidLayer, $"has {list.Length} numbers in {key} where {count} are needed");
    }

    /// <summary>A weight by its name, or by its place among those that are numbered.</summary>
    public Constant Weight(string key, int place, WeightGroup? of = null)
    {
        Constant weight = (of ?? Weights).Find(key, place) ?? throw Fail(Descriptors.InvalidLayer,
            $"has no weight '{key}' in the file: is this the file of the trained weights?");
        return weight.Values.All(double.IsFinite) ? weight
            : throw Fail(Descriptors.NonFiniteWeight, $"has a weight '{key}' with values that are NaN or infinite");
    }

    /// <summary>A weight of a shape.</summary>
    public Constant Weight(string key, int place, params ReadOnlySpan<int> shape)
    {
        Constant weight = Weight(key, place);
        return weight.Shape.Dimensions.AsSpan().SequenceEqual(shape) ? weight
            : throw Fail(Descriptors.InvalidShape,
                $"has a weight '{key}' of shape {weight.Shape} where {new Shape(shape.ToArray())} is needed");
    }

    public KerasTensor Constant(string part, Constant values) => writer.Constant($"{Name}/{part}", values);

    public KerasTensor Constant(string part, double value) => Constant(part, Graph.Constant.Scalar(value));

    public KerasTensor Integers(string part, params ReadOnlySpan<long> values) =>
        writer.Integers($"{Name}/{part}", values);

    /// <summary>A node of ONNX's own operators; a step of the layer where it has a part's name.</summary>
    public KerasTensor Emit(string operatorType, string? part, ImmutableArray<int> shape,
        ReadOnlySpan<KerasTensor?> tensors, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        writer.Add("", operatorType, Step(part), Reserved(shape), tensors, attributes);

    /// <summary>A node of ONNX's own operators of which one result is read.</summary>
    public KerasTensor Emit(string operatorType, string? part, int result, ImmutableArray<int> shape,
        ReadOnlySpan<KerasTensor?> tensors, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        writer.Add("", operatorType, Step(part), Reserved(shape), tensors, attributes, result);

    /// <summary>A node of one operand that keeps its shape.</summary>
    public KerasTensor Map(string operatorType, string? part, KerasTensor x,
        params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Emit(operatorType, part, x.Shape, [x], attributes);

    /// <summary>A node of two operands that broadcasts them.</summary>
    public KerasTensor Pair(string operatorType, string? part, KerasTensor a, KerasTensor b) =>
        Emit(operatorType, part, Broadcast(a, b), [a, b]);

    /// <summary>A node of QONNX's quantizers.</summary>
    public KerasTensor Quantizer(string operatorType, string? part, KerasTensor x, ReadOnlySpan<KerasTensor?> tensors,
        params ReadOnlySpan<(string Name, object Value)> attributes) =>
        writer.Add(OperatorRegistry.QuantizerDomains[0], operatorType, Step(part), x.Shape, tensors, attributes);

    /// <summary>A node of the operators that only readers write.</summary>
    public KerasTensor Internal(string operatorType, string? part, ImmutableArray<int> shape,
        ReadOnlySpan<KerasTensor?> tensors, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        writer.Add(OperatorRegistry.InternalDomain, operatorType, Step(part), Reserved(shape), tensors, attributes);

    /// <summary>
    /// A quantizer with a type for each element: sign, integer bits without it, fraction bits; elements without bits
    /// are zero.
    /// </summary>
    public KerasTensor FixedQuant(string? part, KerasTensor x, Constant keep, Constant integer, Constant fraction,
        Rounding rounding, Overflow overflow)
    {
        string step = part is null ? "" : $"{part}_";
        Constant bits = keep.Zip(integer, (k, i) => k + i).Zip(fraction, (w, f) => w + f);
        if (bits.Values.Max() > FixedQuantImporter.MostBits)
            throw Unsupported($"quantizes to {bits.Values.Max()} bits; {FixedQuantImporter.MostBits} are read");
        // The places of bits that are not there say nothing.
        Constant own = integer.Zip(bits, (i, w) => w <= 0 ? 0 : i);
        if (own.Values.Max(Math.Abs) > FixedPointType.MaxPoint / 2)
            throw Unsupported($"quantizes to numbers of {own.Values.Max(Math.Abs)} integer bits");
        return Internal("FixedQuant", part, x.Shape,
            [
                x, Constant($"{step}k", keep.Zip(bits, (k, w) => w <= 0 ? 0 : k)), Constant($"{step}i", own),
                Constant($"{step}f", fraction.Zip(bits, (f, w) => w <= 0 ? 0 : f)),
            ], ("rounding", rounding.Spelling()), ("overflow", overflow.Spelling()));
    }

    /// <summary>A node of an operator that the project defines.</summary>
    public KerasTensor Custom(string operatorType, ImmutableArray<int> shape, ReadOnlySpan<KerasTensor?> tensors) =>
        writer.Add(CustomOperators.Domain, operatorType, Name, shape, tensors, []);

    public KerasTensor Transpose(KerasTensor x, string part, params ReadOnlySpan<int> permutation)
    {
        int[] axes = permutation.ToArray();
        return axes.SequenceEqual(Enumerable.Range(0, axes.Length)) ? x
            : Emit("Transpose", part, [.. axes.Select(a => x.Shape[a])], [x], ("perm", axes));
    }

    public KerasTensor Reshape(KerasTensor x, string? part, ImmutableArray<int> shape)
    {
        int size = shape.Aggregate(1, (s, d) => checked(s * d));
        return size != x.Size ? throw Fail(Descriptors.InvalidShape,
                $"makes {new Shape([.. shape])} of {new Shape([.. x.Shape])}, which has another number of elements")
            : Emit("Reshape", part, shape, [x, Integers($"{part ?? "new"}_shape", [.. shape.Select(d => (long)d)])]);
    }

    /// <summary>The shape of operands that are broadcast to one another.</summary>
    public ImmutableArray<int> Broadcast(KerasTensor a, KerasTensor b) =>
        Graph.Shape.Broadcast(new Shape([.. a.Shape]), new Shape([.. b.Shape])) is Shape shape
            ? [.. shape.Dimensions] : throw Fail(Descriptors.InvalidShape,
                $"cannot combine tensors of shapes {new Shape([.. a.Shape])} and {new Shape([.. b.Shape])}");

    /// <summary>An axis that may be counted from the end.</summary>
    public int Axis(double axis, int rank) => axis >= -rank && axis < rank && double.IsInteger(axis)
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Fail(Descriptors.InvalidShape, $"has axis {axis} for a tensor of {rank} axes");

    private string Step(string? part) => part is null ? Name : $"{Name}/{part}";

    private ImmutableArray<int> Reserved(ImmutableArray<int> shape)
    {
        long size = 1;
        foreach (int d in shape)
        {
            size *= d;
            if (d < 1 || size > NetworkBuilder.MaxValues)
                throw Fail(Descriptors.InvalidShape,
                    $"would give a tensor of shape {string.Join('×', shape)}; 1 to {NetworkBuilder.MaxValues} "
                    + "elements are possible");
        }
        return shape;
    }
}
