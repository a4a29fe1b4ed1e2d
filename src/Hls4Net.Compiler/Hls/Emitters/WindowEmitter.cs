using Hls4Net.Graph;
using Hls4Net.Text;

namespace Hls4Net.Hls.Emitters;

/// <summary>
/// Loops over the pixels of a channels-last output and over the taps of each one's window, on arrays.
/// </summary>
internal static class WindowEmitter
{
    private static readonly string[] s_names = ["image", "plane", "row", "column"];

    /// <summary>
    /// Writes <paramref name="body"/> in loops over the output's pixels; it is given the expression of the pixel's
    /// index.
    /// </summary>
    public static void Pixels(LayerSource source, Window window, bool unrolled, Action<string> body)
    {
        Shape output = source.Layer.Output.Shape;
        string[] pragmas = unrolled ? [source.Dialect.Unroll()] : [];
        Nest(source, [.. Enumerable.Range(0, window.Axes.Length + 1).Select(axis => output[axis])],
            axis => Name(window, axis), axis => Label(Name(window, axis)), pragmas, body);
    }

    /// <summary>
    /// Writes <paramref name="body"/> in loops over the taps; it is given the index of the tap, the condition that it
    /// lies on an element (null where all do) and the input's pixel under it.
    /// </summary>
    public static void Taps(LayerSource source, Window window, Action<string, string?, string> body)
    {
        Shape input = source.Layer.Input.Shape;
        string Tap(int axis) => $"tap_{Name(window, axis + 1)}";
        Nest(source, [.. window.Axes.Select(a => a.Size)], Tap, axis => $"Kernel{Label(Name(window, axis + 1))}",
            [source.Dialect.Unroll()], tap =>
        {
            List<string> conditions = [];
            string pixel = input[0] > 1 ? Name(window, 0) : "";
            for (int axis = 0; axis < window.Axes.Length; axis++)
            {
                WindowAxis a = window.Axes[axis];
                string at = $"in_{Name(window, axis + 1)}";
                source.Body.Line(
                    $"const int {at} = {Position(a, window.Axes[axis].Size == 1 ? "" : Tap(axis), source.Layer.Output.Shape[axis + 1] == 1 ? "" : Name(window, axis + 1))};");
                if (!a.IsInside)
                    conditions.Add($"{at} >= 0 && {at} < {input[axis + 1]}");
                pixel = pixel.Length == 0 ? at : $"{Factor(pixel)} * {input[axis + 1]} + {at}";
            }
            body(tap, conditions.Count == 0 ? null : string.Join(" && ", conditions), Factor(pixel));
        });
    }

    private static string Position(WindowAxis axis, string tap, string output)
    {
        string text = string.Join(" + ",
            new[] { Times(output, axis.Stride), Times(tap, axis.Dilation) }.Where(t => t.Length > 0));
        if (axis.PadBefore == 0)
            return text.Length == 0 ? "0" : text;
        string pad = axis.PadBefore > 0 ? $"- {axis.PadBefore}" : $"+ {-axis.PadBefore}";
        return text.Length == 0 ? $"{-axis.PadBefore}" : $"{text} {pad}";
    }

    // An expression as a part of a product.
    private static string Factor(string expression) => expression.Contains(' ', StringComparison.Ordinal)
        ? $"({expression})" : expression;

    private static string Times(string variable, int factor) => variable.Length == 0
        || factor == 1 ? variable : $"{variable} * {factor}";

    // Loops, outermost first; axes of size one have none. The innermost body gets the row-major index.
    private static void Nest(LayerSource source, int[] sizes, Func<int, string> variable, Func<int, string> label,
        string[] pragmas, Action<string> body)
    {
        Stack<CppWriter.Scope> scopes = [];
        string index = "";
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (sizes[axis] == 1)
                continue;
            scopes.Push(source.Body.Loop(label(axis), variable(axis), sizes[axis], pragmas));
            index = index.Length == 0 ? variable(axis) : $"{Factor(index)} * {sizes[axis]} + {variable(axis)}";
        }
        body(index.Length == 0 ? "0" : Factor(index));
        while (scopes.TryPop(out CppWriter.Scope scope))
            scope.Dispose();
    }

    // Axis 0 holds images; of the spatial axes the last is called column.
    private static string Name(Window window, int axis)
    {
        int fromEnd = window.Axes.Length - axis;
        return axis == 0 ? s_names[0] : fromEnd < 3 ? s_names[3 - fromEnd] : $"axis{axis}";
    }

    private static string Label(string variable) => char.ToUpperInvariant(variable[0]) + variable[1..];
}
