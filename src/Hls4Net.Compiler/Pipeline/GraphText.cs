using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;

namespace Hls4Net.Pipeline;

/// <summary>
/// A graph as text: a line for each node, <c>name = Operation(attributes) inputs → type shape</c>, constants by their
/// first numbers. Of several values of one name the second is <c>name#2</c>. The cell of a region stands indented below
/// the region's line.
/// </summary>
internal sealed class GraphText
{
    // Numbers that are printed of a constant, and elements of any other list.
    private const int Numbers = 3, Elements = 8;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<Value, string> _names = [];
    private readonly Dictionary<string, int> _taken = new(StringComparer.Ordinal);

    private GraphText()
    {
    }

    /// <summary>A network, on real numbers or on mantissas.</summary>
    public static string Of(Network network) => Of(network, []);

    /// <summary>
    /// Layers: an operation with the conversion of its result is one line, which says how it becomes hardware.
    /// </summary>
    public static string Of(TypedModel model) => Of(model.Network, model.Layers.ToDictionary(l => l.Main));

    private static string Of(Network network, Dictionary<Node, Layer> layers)
    {
        GraphText text = new();
        text.Add(network, layers, "");
        return text._text.ToString();
    }

    private void Add(Network network, Dictionary<Node, Layer> layers, string indent)
    {
        foreach (Value input in network.Inputs)
            Line($"{indent}input {Define(input, input.Name)} → {Describe(input)}");
        HashSet<Node> joined = [.. layers.Values.Select(l => l.Rounding).OfType<Node>()];
        foreach (Node node in network.Nodes.Where(n => !joined.Contains(n)))
        {
            Layer? layer = layers.GetValueOrDefault(node);
            string inputs = string.Concat(node.Inputs.Select(i => $" {_names[i]}"));
            Value output = layer?.Output ?? node.Output;
            string name = Define(output, node.Name);
            Line($"{indent}{name} = {Describe(node.Operation)}{inputs} → {Describe(output)}{Describe(layer)}");
            if (node.Operation is Recurrence region)
                Add(region.Cell, [], indent + "    ");
        }
        foreach (NetworkOutput output in network.Outputs)
            Line($"{indent}output {output.Name} = {_names[output.Value]}");
    }

    private void Line(string line) => _text.Append(line).Append('\n');

    private string Define(Value value, string name)
    {
        int count = _taken[name] = _taken.GetValueOrDefault(name) + 1;
        return _names[value] = count == 1 ? name : $"{name}#{count}";
    }

    private static string Describe(Value value) =>
        value.Typing is Typing typing ? $"{typing.Type} {value.Shape}" : $"{value.Shape}";

    private static string Describe(Layer? layer)
    {
        if (layer is null)
            return "";
        string exact = layer.Rounding is null ? "" : $" of {layer.Main.Output.Type}";
        string reuse = layer.ReuseFactor > 1 ? $", reuse factor {Text(layer.ReuseFactor)}" : "";
        string pixels = layer.Parallelism > 1 ? $", {Text(layer.Parallelism)} pixels at a time" : "";
        string memory = layer.Memory is not WeightMemory m ? ""
            : $", {Text(m.Words)} words of {Text(m.Elements)} × {Text(m.ElementBits)} bits in {m.Storage}";
        return $"{exact} as {layer.Strategy}{reuse}{pixels}{memory}";
    }

    private static string Describe(Operation operation)
    {
        string attributes = Attributes(operation);
        return attributes.Length == 0 ? operation.GetType().Name : $"{operation.GetType().Name}({attributes})";
    }

    // The parameters of the record's constructor, without those that have their default.
    private static string Attributes(object record)
    {
        Type type = record.GetType();
        ParameterInfo[] parameters = type.GetConstructors().Select(c => c.GetParameters())
            .Where(p => p.All(q => type.GetProperty(q.Name!) is not null)).MaxBy(p => p.Length) ?? [];
        return string.Join(", ", parameters.Select(p => (p, type.GetProperty(p.Name!)!.GetValue(record)))
            .Where(a => a.Item2 is not (null or false or Network)
                && !(a.p.HasDefaultValue && a.Item2.Equals(DefaultOf(a.p))))
            .Select(a => Named(a.p.Name!, a.Item2!)));
    }

    private static object? DefaultOf(ParameterInfo parameter) => parameter.DefaultValue
        ?? (parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null);

    private static string Named(string name, object value) => value switch
    {
        true => name,
        Enum or string or Operation or Node => Text(value),
        Constant constant => $"{name}{Text(constant)}",
        _ => $"{name} {Text(value)}",
    };

    private static string Text(object? value) => value switch
    {
        null => "",
        Constant constant => Text(constant),
        Operation operation => Describe(operation),
        Node node => Describe(node.Operation),
        double number => number.ToString("G4", CultureInfo.InvariantCulture),
        FixedPointType or Shape or string or Enum => value.ToString()!,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => List([.. list.Cast<object?>()]),
        _ when value.GetType().Namespace == typeof(Network).Namespace => $"({Attributes(value)})",
        // How a step function is computed, and the like: their names tell enough.
        _ => value.GetType().Name,
    };

    private static string Text(Constant constant)
    {
        IEnumerable<string> numbers = constant.Type is null
            ? constant.Values.Take(Numbers).Select(v => Text(v))
            : constant.Mantissas.Take(Numbers).Select(m => Text(m));
        string type = constant.Type is FixedPointType t ? $" {t}" : "";
        string more = constant.Values.Length > Numbers ? " …" : "";
        return $"{(constant.Shape.Rank == 0 ? "" : constant.Shape)}{type} {string.Join(' ', numbers)}{more}";
    }

    private static string List(object?[] items) =>
        $"[{string.Join(", ", items.Take(Elements).Select(Text))}{(items.Length > Elements ? $", … {Text(items.Length)}" : "")}]";
}
