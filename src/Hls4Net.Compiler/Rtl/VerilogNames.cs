using System.Globalization;
using Hls4Net.Graph;
using Hls4Net.Interfaces;
using Hls4Net.Layers;
using Hls4Net.Text;

namespace Hls4Net.Rtl;

/// <summary>
/// The modules of a design, and the ports, wires and instances of its top module. Ports come first: theirs are the
/// model's names wherever these differ. Modules that belong to another have two underscores in their names, which no
/// layer has.
/// </summary>
internal sealed class VerilogNames
{
    // What a stream is beside its items.
    private static readonly string[] s_handshake = ["_valid", "_ready"];

    private readonly string _design;
    private readonly FirmwareNames _names;
    private readonly NameScope _modules = new(), _top = new();

    /// <param name="design">The top module.</param>
    /// <param name="model">The model.</param>
    /// <param name="storage">The value in whose wires or stream a value is.</param>
    public VerilogNames(string design, TypedModel model, Func<Value, Value> storage)
    {
        (_design, _names) = (design, new FirmwareNames(design, model, storage));
        foreach (string module in new[] { design, $"{design}_trace" })
            _modules.Declare(module);
        foreach (string name in new[] { "clk", "rst", "in_valid", "in_ready", "out_valid", "pause", "accept" })
            _top.Declare(name);
        foreach (Value input in model.Network.Inputs)
            _ = Input(input);
        Outputs = [.. _names.Outputs.Select(o => _top.Declare($"out_{o}", s_handshake))];
        foreach (Layer layer in model.Layers)
            _ = (Module(layer), Trace(layer), Instance(layer));
    }

    /// <summary>The ports of the outputs.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The module of a layer.</summary>
    public string Module(Layer layer) => _modules.Of(layer, "", $"{_design}_{_names.Of(layer)}");

    /// <summary>The instance of a layer's module.</summary>
    public string Instance(Layer layer) => _top.Of(layer, "instance", $"u_{_names.Of(layer)}");

    /// <summary>The port of an input.</summary>
    public string Input(Value input) => _top.Of(input, "port", $"in_{_names.Array(input)}", s_handshake);

    /// <summary>The port that shows a layer's result.</summary>
    public string Trace(Layer layer) => _top.Of(layer, "trace", $"trace_{_names.Of(layer)}", s_handshake);

    /// <summary>The wires of a layer's result.</summary>
    public string Result(Layer layer) => _top.Of(layer, "result", $"{_names.Of(layer)}_y", s_handshake);

    /// <summary>The wire that says when a layer that takes several cycles is done.</summary>
    public string Done(Layer layer) => _top.Of(layer, "done", $"{_names.Of(layer)}_done");

    /// <summary>The register that holds a value some samples later.</summary>
    public string Delayed(Value value, string wire, int samples) =>
        _top.Of(value, Number(samples), $"{wire}_{Number(samples)}");

    /// <summary>The valid bit so many cycles behind the input.</summary>
    public string Valid(int cycle) => _top.Of(_top, Number(cycle), $"valid{Number(cycle)}");

    /// <summary>The module that copies a stream for its readers, and its instance.</summary>
    public (string Module, string Instance) Split(Value value) =>
        (_modules.Of(value, "split", $"{_design}_{_names.Split(value)}"),
            _top.Of(value, "split", $"u_{_names.Split(value)}"));

    /// <summary>A reader's copy of a stream.</summary>
    public string Copy(Value value, int reader) =>
        _top.Of(value, $"copy {Number(reader)}", $"{_names.Split(value)}_y{Number(reader)}", s_handshake);

    /// <summary>The module of a width converter, its instance, and the stream that it writes.</summary>
    public (string Module, string Instance, string Stream) Adapter(Value value, int reader, int pixels)
    {
        string stream = _names.Adapted(value, reader, pixels), role = $"adapter {Number(reader)} {Number(pixels)}";
        return (_modules.Of(value, role, $"{_design}_{stream}"), _top.Of(value, $"{role} instance", $"u_{stream}"),
            _top.Of(value, role, stream, s_handshake));
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
