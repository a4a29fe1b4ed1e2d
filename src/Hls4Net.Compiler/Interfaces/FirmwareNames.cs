using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Text;

namespace Hls4Net.Interfaces;

/// <summary>The C names of a model's ports and layers: one stem each, from which types, weights and arrays are named.</summary>
internal sealed class FirmwareNames
{
    private static readonly string[] s_suffixes =
        ["", "_t", "_out", "_accum_t", "_weight_t", "_weights", "_values", "_bias_t", "_bias", "_lower", "_upper", "_threshold", "_slope", "_index", "_table_base", "_table_slope", "_exp0_base", "_exp1_base", "_exp2_base", "_exp3_base", "_reciprocal_base", "_log_base", "_power_base", "_x_index",
         "_scale_index", "_shift_index", "_slope_index", "_channel", "_factor", "_addend", "_thresholds", "_rising", "_common_t", "_integer_t", "_pack", "_split", "_compute", "_words", "_terms", "_sums", "_result",
         .. Enumerable.Range(0, Graph.Operations.Elementwise.MaxOperands).Select(k => $"_x{k}_index")];

    private static readonly string[] s_variables = ["expected", "i", "item", "line", "mismatches", "number", "pack", "processes", "result", "samples", "text", "value", "values"];

    // Files are named after layers, and not every file system tells upper from lower case; nor do include guards.
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Layer, string> _layers = [];
    private readonly Dictionary<Value, string> _arrays = [];
    private readonly Dictionary<Value, string> _types = [];
    private readonly Dictionary<string, string> _made = [];
    private readonly Func<Value, Value> _storage;

    /// <param name="modelName">The top function.</param>
    /// <param name="model">The model.</param>
    /// <param name="storage">The value in whose array or stream a value is.</param>
    public FirmwareNames(string modelName, TypedModel model, Func<Value, Value> storage)
    {
        _storage = storage;
        _taken.Add(modelName);
        foreach (Value input in model.Network.Inputs)
        {
            string stem = Stem(Port(input.Name));
            _arrays[input] = stem;
            _types[input] = $"{stem}_t";
        }
        foreach (Layer layer in model.Layers)
        {
            string stem = Stem(layer.Name);
            _layers[layer] = stem;
            _arrays[layer.Output] = $"{stem}_out";
            _types[layer.Output] = $"{stem}_t";
        }
        Outputs = [.. model.Network.Outputs.Select(o => Stem(Port(o.Name)))];
    }

    /// <summary>The names of the top function's output parameters.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>A layer's function, and the stem of its other names.</summary>
    public string Of(Layer layer) => _layers[layer];

    /// <summary>The array that holds a value, or its stream.</summary>
    public string Array(Value value) => _arrays[_storage(value)];

    /// <summary>The typedef of a value's elements.</summary>
    public string Type(Value value) => _types[_storage(value)];

    /// <summary>The struct of a stream's items.</summary>
    public string Pack(Value value) => $"{StemOf(value)}_pack";

    /// <summary>The struct of the items of so many pixels that some reader of a stream takes.</summary>
    public string Pack(Value value, int pixels) => Once($"{StemOf(value)}_pack_x{pixels}");

    /// <summary>The function that makes a stream's items to those of so many pixels.</summary>
    public string Adapter(Value value, int pixels) => Once($"{StemOf(value)}_to_x{pixels}");

    /// <summary>The stream of such items that a reader of a value has to itself.</summary>
    public string Adapted(Value value, int reader, int pixels) => Once($"{Array(value)}_{reader}_x{pixels}");

    /// <summary>The function that copies a stream for its readers.</summary>
    public string Split(Value value) => $"{StemOf(value)}_split";

    /// <summary>The stream that a reader of a value has to itself.</summary>
    public string Copy(Value value, int reader) => Stem($"{Array(value)}_{reader}");

    /// <summary>The array that the top function reads a port into.</summary>
    public string Registers(Value port) => Stem($"{Array(port)}_registers");

    private string StemOf(Value value) => Type(value)[..^2];

    private string Once(string wanted)
    {
        if (!_made.TryGetValue(wanted, out string? stem))
            _made.Add(wanted, stem = Stem(wanted));
        return stem;
    }

    // Ports share their scopes with the variables of the top function and the test bench.
    private static string Port(string name)
    {
        string port = Identifiers.Of(name);
        return s_variables.Contains(port) ? $"{port}_port" : port;
    }

    // A stem is free if nothing that is made from it is taken.
    private string Stem(string wanted)
    {
        string stem = wanted;
        for (int n = 2; s_suffixes.Any(s => _taken.Contains(stem + s)); n++)
            stem = $"{wanted}_{n}";
        _taken.UnionWith(s_suffixes.Select(s => stem + s));
        return stem;
    }
}
