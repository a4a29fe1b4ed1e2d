using System.Globalization;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Text;

namespace Hls4Net.Interfaces;

/// <summary>
/// The names of a model's ports and layers in the sources, and of all that is named after them. Ports and layers come
/// first, so that theirs are the model's wherever these differ.
/// </summary>
internal sealed class FirmwareNames
{
    // Variables of the top function and of the test bench, which ports share their scopes with.
    private static readonly string[] s_variables = ["expected", "i", "item", "line", "mismatches", "number", "pack",
        "processes", "result", "samples", "text", "value", "values"];

    private readonly NameScope _scope = new();
    private readonly Dictionary<Layer, string> _layers = [];
    private readonly Dictionary<Value, string> _stems = [];
    private readonly Dictionary<Value, string> _arrays = [];
    private readonly Dictionary<Value, string> _types = [];
    private readonly Func<Value, Value> _storage;

    /// <param name="modelName">The top function.</param>
    /// <param name="model">The model.</param>
    /// <param name="storage">The value in whose array or stream a value is.</param>
    public FirmwareNames(string modelName, TypedModel model, Func<Value, Value> storage)
    {
        _storage = storage;
        _scope.Declare(modelName);
        foreach (Value input in model.Network.Inputs)
            _arrays[input] = _stems[input] = _scope.Declare(Port(input.Name));
        foreach (Layer layer in model.Layers)
            _stems[layer.Output] = _layers[layer] = _scope.Declare(layer.Name);
        Outputs = [.. model.Network.Outputs.Select(o => _scope.Declare(Port(o.Name)))];
        foreach (Value input in model.Network.Inputs)
            _types[input] = _scope.Declare($"{_stems[input]}_t");
        foreach (Layer layer in model.Layers)
        {
            _arrays[layer.Output] = _scope.Declare($"{_layers[layer]}_out");
            _types[layer.Output] = _scope.Declare($"{_layers[layer]}_t");
        }
    }

    /// <summary>The names of the top function's output parameters.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>A layer's function.</summary>
    public string Of(Layer layer) => _layers[layer];

    /// <summary>What is named after a layer: <c>fc_weights</c> for the suffix <c>weights</c>.</summary>
    public string Of(Layer layer, string suffix) => _scope.Of(layer, suffix, $"{_layers[layer]}_{suffix}");

    /// <summary>What is named after a port or a layer's result.</summary>
    public string Of(Value value, string suffix) =>
        _scope.Of(_storage(value), suffix, $"{_stems[_storage(value)]}_{suffix}");

    /// <summary>What is named after a port's parameter.</summary>
    public string OfPort(string port, string suffix) => _scope.Of(port, suffix, $"{port}_{suffix}");

    /// <summary>The array that holds a value, or its stream.</summary>
    public string Array(Value value) => _arrays[_storage(value)];

    /// <summary>The typedef of a value's elements.</summary>
    public string Type(Value value) => _types[_storage(value)];

    /// <summary>The struct of a stream's items.</summary>
    public string Pack(Value value) => Of(value, "pack");

    /// <summary>The struct of the items of so many pixels that some reader of a stream takes.</summary>
    public string Pack(Value value, int pixels) => Of(value, Numbered("pack_x", pixels));

    /// <summary>The function that makes a stream's items to those of so many pixels.</summary>
    public string Adapter(Value value, int pixels) => Of(value, Numbered("to_x", pixels));

    /// <summary>The stream of such items that a reader of a value has to itself.</summary>
    public string Adapted(Value value, int reader, int pixels) =>
        OfPort(Array(value), $"{Numbered("", reader)}_{Numbered("x", pixels)}");

    /// <summary>The function that copies a stream for its readers.</summary>
    public string Split(Value value) => Of(value, "split");

    /// <summary>The stream that a reader of a value has to itself.</summary>
    public string Copy(Value value, int reader) => OfPort(Array(value), Numbered("", reader));

    /// <summary>The array that the top function reads a port into.</summary>
    public string Registers(Value port) => OfPort(Array(port), "registers");

    private static string Numbered(string text, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{text}{number}");

    private static string Port(string name)
    {
        string port = Identifiers.Of(name);
        return s_variables.Contains(port) ? $"{port}_port" : port;
    }
}
