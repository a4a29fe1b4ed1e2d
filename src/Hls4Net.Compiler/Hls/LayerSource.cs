using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Hls4Net.Graph;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// What one layer contributes to the sources: typedefs, constants and the body of its function. Emitters fill it;
/// <see cref="FirmwareEmitter"/> puts the parts into their files.
/// </summary>
/// <param name="layer">The layer, or in io_stream the layer on one item.</param>
/// <param name="name">The function's name.</param>
/// <param name="named">Declares what is named after the layer, by its suffix.</param>
/// <param name="inputTypes">The typedef of each operand's elements.</param>
/// <param name="outputType">The typedef of the result's elements.</param>
/// <param name="dialect">The vendor's spelling.</param>
internal sealed class LayerSource(Layer layer, string name, Func<string, string> named,
    ImmutableArray<string> inputTypes, string outputType, Dialect dialect)
{
    private readonly List<(string Name, FixedPointType Type, string Comment)> _types = [];
    private ExternalMemory? _memory;
    private readonly List<string> _arrays = [];

    public Layer Layer { get; } = layer;

    /// <summary>The function's name.</summary>
    public string Name { get; } = name;

    /// <summary>The name of what belongs to the layer: <c>fc_weights</c> for the suffix <c>weights</c>.</summary>
    public string Named(string suffix) => named(suffix);

    /// <summary>
    /// The array parameters that it reads, with the typedefs of their elements: x, or x0, x1 … of an operation on
    /// several.
    /// </summary>
    public ImmutableArray<(string Name, string Type, int Size)> Inputs { get; } =
        [.. layer.Inputs.Select((value, i) =>
            (layer.Inputs.Length == 1 ? "x" : $"x{i}", inputTypes[i], value.Shape.Size))];

    /// <summary>The parameters of the function on arrays.</summary>
    public string Parameters => string.Concat(Inputs.Select(i => $"const {i.Type} {i.Name}[{i.Size}], ")
        .Concat(Memories.Select(m => $"{m.Parameter}, "))) + $"{OutputType} y[{OutputSize}]";

    /// <summary>The parameters through which it reads weights from outside, after its inputs.</summary>
    public IEnumerable<ExternalMemory> Memories => _memory is null ? [] : [_memory];

    /// <summary>The typedef of the elements of x.</summary>
    public string InputType => Inputs[0].Type;

    /// <summary>The typedef of the elements of y.</summary>
    public string OutputType { get; } = outputType;

    public Dialect Dialect { get; } = dialect;

    /// <summary>How often the function on arrays is there side by side.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>The body of the function; it writes its array parameter y.</summary>
    public CppWriter Body { get; } = dialect.Writer();

    /// <summary>Constant arrays, for the layer's weights file.</summary>
    public CppWriter Constants { get; } = new();

    public IReadOnlyList<(string Name, FixedPointType Type, string Comment)> Types => _types;

    /// <summary>The declarations of the constant arrays.</summary>
    public IReadOnlyList<string> Arrays => _arrays;

    public int InputSize => Layer.Input.Shape.Size;

    public int OutputSize => Layer.Output.Shape.Size;

    /// <summary>Declares a typedef named after the layer.</summary>
    public string Typedef(string suffix, FixedPointType type, string comment)
    {
        string name = Named(suffix);
        _types.Add((name, type, comment));
        return name;
    }

    /// <summary>Declares an array of fixed-point constants of so many dimensions.</summary>
    public ConstantArray Array(string suffix, string type, Constant constant, params ReadOnlySpan<int> dimensions)
    {
        Constants.Line($"// Mantissas of {constant.Type}: a value is its mantissa times 2^{-constant.Fraction}.");
        return Mantissas(suffix, type, constant.Mantissas, dimensions);
    }

    /// <summary>
    /// Declares a memory outside for constants of two dimensions; the words that it has to hold go into files of their
    /// own.
    /// </summary>
    public ConstantArray External(string suffix, string type, IReadOnlyList<long> values, WeightMemory memory)
    {
        _memory = new ExternalMemory(Named(suffix), Named("words"), type, memory, values);
        return new ConstantArray(_memory.Name, type) { IsNumbers = true };
    }

    /// <summary>The array of a memory's words, for what simulates it.</summary>
    public static string WordConstants(ExternalMemory memory)
    {
        CppWriter w = new();
        WriteArray(w,
            $"static const hls4net::raw<{memory.Type}> {memory.Words}[{memory.Memory.Words}][{memory.Memory.Elements}]",
            [memory.Memory.Words, memory.Memory.Elements], memory.Values as long[] ?? [.. memory.Values],
            AppendLiteral);
        return w.ToString();
    }

    /// <summary>Declares an array of integers of a type of the vendor's.</summary>
    public ConstantArray IntegerArray(string suffix, string type, IReadOnlyList<long> values) =>
        Mantissas(suffix, type, values, values.Count);

    /// <summary>Declares an array of integers of two dimensions.</summary>
    public ConstantArray IntegerArray(string suffix, string type, IReadOnlyList<long> values, int rows, int columns) =>
        Mantissas(suffix, type, values, rows, columns);

    /// <summary>Declares an array of words of 64 bits, of two dimensions.</summary>
    public ConstantArray WordArray(string suffix, string type, IEnumerable<ulong> words, int rows, int columns)
    {
        string name = Named(suffix);
        Declare($"hls4net::raw<{type}> {name}", [rows, columns], words.ToArray(),
            (text, word) => text.Append(CultureInfo.InvariantCulture, $"0x{word:x}"));
        return new ConstantArray(name, type);
    }

    /// <summary>Declares an array of indices and returns its name.</summary>
    public string IndexArray(string suffix, IReadOnlyList<int> values)
    {
        string name = Named(suffix);
        Declare($"int {name}", [values.Count], values.ToArray(),
            (text, value) => text.Append(CultureInfo.InvariantCulture, $"{value}"));
        return name;
    }

    /// <summary>A loop over all elements of the output, unrolled.</summary>
    public CppWriter.Scope ElementLoop(string label) => Body.Loop(label, "i", OutputSize, Dialect.Unroll());

    /// <summary>
    /// Gives element i of the result the number whose mantissa in a type is an integer: its bits where that is the
    /// result's type, else by a conversion.
    /// </summary>
    public void SetMantissa(string integer, FixedPointType exact)
    {
        FixedPointType y = Layer.Output.Type;
        string mantissa = Dialect.Integer(exact.Width, exact.Signed);
        if ((exact.Width, exact.Integer, exact.Signed) == (y.Width, y.Integer, y.Signed))
        {
            Body.Line($"const {mantissa} value = {integer};").Line("hls4net::set_bits(y[i], value);");
            return;
        }
        Body.Line($"const {mantissa} value = {integer};").Line($"{Dialect.Fixed(exact)} exact;");
        Body.Line("hls4net::set_bits(exact, value);").Line("y[i] = exact;");
    }

    /// <summary>The value of a double that no compiler reads differently.</summary>
    public static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    // Integers, because a C++ compiler reads one in a microsecond and takes thirty to make a number of a class type.
    private ConstantArray Mantissas(string suffix, string type, IReadOnlyList<long> values,
        params ReadOnlySpan<int> dimensions)
    {
        string name = Named(suffix);
        Declare($"hls4net::raw<{type}> {name}", dimensions, values as long[] ?? [.. values], AppendLiteral);
        return new ConstantArray(name, type);
    }

    // C++ has no literal for the smallest 64-bit integer.
    private static void AppendLiteral(StringBuilder text, long value)
    {
        if (value == long.MinValue)
            text.Append(CultureInfo.InvariantCulture, $"-{long.MaxValue} - 1");
        else
            text.Append(CultureInfo.InvariantCulture, $"{value}");
    }

    private void Declare<T>(string declarator, ReadOnlySpan<int> dimensions, ReadOnlySpan<T> items,
        Action<StringBuilder, T> append)
    {
        string declaration = $"HLS4NET_CONSTANT const {declarator}";
        foreach (int d in dimensions)
            declaration += $"[{d}]";
        _arrays.Add(declaration);
        WriteArray(Constants, declaration, dimensions, items, append);
    }

    private static void WriteArray<T>(CppWriter w, string declaration, ReadOnlySpan<int> dimensions,
        ReadOnlySpan<T> items, Action<StringBuilder, T> append)
    {
        int row = dimensions[^1];
        (string before, string after) = dimensions.Length > 1 ? ("{", "},") : ("", "");
        using (w.Block($"{declaration} =", "};"))
        {
            for (int start = 0; start < items.Length; start += row)
                w.Items(items.Slice(start, row), append, before, after);
        }
        w.Line();
    }
}

/// <summary>
/// A memory outside the firmware that a layer reads its weights from, a word a step: a port of the top function.
/// </summary>
/// <param name="Name">The port, and the parameter of every function on the way to the layer.</param>
/// <param name="Words">The array of its words in what simulates it.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Memory">Its size.</param>
/// <param name="Values">Mantissas, word by word.</param>
internal sealed record ExternalMemory(string Name, string Words, string Type, WeightMemory Memory,
    IReadOnlyList<long> Values)
{
    public string Parameter => $"const {Type} {Name}[{Memory.Words}][{Memory.Elements}]";
}

/// <summary>An array of constants in the sources, kept as mantissas.</summary>
/// <param name="Name">The array.</param>
/// <param name="Type">The type of the numbers that the mantissas stand for.</param>
internal sealed record ConstantArray(string Name, string Type)
{
    /// <summary>True for an array of numbers rather than of their mantissas.</summary>
    public bool IsNumbers { get; init; }

    /// <summary>The expression of an element, as a number of its type.</summary>
    public string this[params ReadOnlySpan<string> indices] => IsNumbers ? $"{Name}[{string.Join("][", indices)}]"
        : $"hls4net::constant<{Type}>({Name}[{string.Join("][", indices)}])";
}
