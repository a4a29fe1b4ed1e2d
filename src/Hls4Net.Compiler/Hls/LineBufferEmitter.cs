using System.Globalization;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Scheduling;
using Hls4Net.Text;

namespace Hls4Net.Hls;

/// <summary>
/// The process of a <see cref="LineBuffer"/>: a pixel a step, or several, goes into the window's last columns, together
/// with those above, which row memories hold; where outputs are due, their windows are computed on.
/// </summary>
internal static class LineBufferEmitter
{
    public static void Print(CppWriter w, Firmware firmware, PrintedLayer printed, LineBuffer buffer)
    {
        Dialect dialect = firmware.Dialect;
        LayerSource source = printed.Source;
        Layer layer = printed.Layer;
        int rows = buffer.Row.Extent, columns = buffer.Columns, channels = buffer.Channels,
            word = buffer.Parallelism * channels;
        bool counts = buffer.Row.Stride > 1 || buffer.ColumnStride > 1 || !buffer.IsInside
            || buffer.DueColumn.Ends || buffer.Packs;
        // An image of one row has windows in rows of padding, or leaves such rows out.
        bool rowCounts = buffer.Height > 1 || !buffer.Row.IsInside || buffer.Row.Stride > 1;
        if (rows > 1)
        {
            w.Line($"{source.InputType} rows[{rows - 1}][{buffer.Pitch}][{word}]; // the pixels above");
            w.Pragmas(dialect.RowMemories("rows"));
        }
        w.Line($"{source.InputType} window[{rows * columns * channels}]; // {rows} x {columns} pixels");
        w.Pragmas(dialect.Partition("window"));
        if (buffer.Packs)
            Packer(printed, buffer).Declare(w, dialect);
        w.Line($"int at = 0{(counts ? rowCounts ? ", row = 0, column = 0" : ", column = 0" : "")};");
        using (w.Loop("Pixel", "step", buffer.Steps, StreamTop.Pipeline(firmware, layer)))
        {
            string pack = firmware.OperandPack(layer, 0);
            string[] there = [.. buffer.Steps > buffer.ReadingSteps
                ? [$"step < {buffer.ReadingSteps}"] : Array.Empty<string>(),
                .. buffer.Gap > 0 ? [$"at < {buffer.Words}"] : Array.Empty<string>()];
            if (there.Length > 0)
                w.Line($"{pack} pixel = {pack}(); // behind the last one there are only outputs")
                    .Line($"if ({string.Join(" && ", there)})").Line($"    pixel = {dialect.Read("x")};");
            else
                w.Line($"const {pack} pixel = {dialect.Read("x")};");
            Shift(w, dialect, buffer);
            string due = Due(buffer);
            CppWriter.Scope? guard = due.Length == 0 ? null : w.Block($"if ({due})");
            if (buffer.Outputs == 1)
            {
                string taps = Taps(w, firmware, printed, buffer);
                w.Line($"{firmware.Names.Pack(layer.Output)} y_item;").Pragmas(dialect.Aggregate("y_item"));
                w.Line($"{source.Named("compute")}({taps}, {StreamTop.Memories(printed)}y_item.data);");
                w.Line(dialect.Write("y", "y_item"));
            }
            else
            {
                Windows(w, firmware, printed, buffer);
            }
            guard?.Dispose();
            w.Line($"at = at == {buffer.Pitch - 1} ? 0 : at + 1;");
            if (counts)
            {
                CppWriter.Scope? started = buffer.Delay == 0 ? null : w.Block($"if (step >= {buffer.Delay})");
                using (w.Block($"if (column == {buffer.Pitch - 1})", "} else {"))
                    w.Line("column = 0;").Lines(rowCounts ? ["row++;"] : []);
                w.Line("    column++;").Line("}");
                started?.Dispose();
            }
        }
    }

    // Outputs side by side, each of its own window.
    private static void Windows(CppWriter w, Firmware firmware, PrintedLayer printed, LineBuffer buffer)
    {
        Dialect dialect = firmware.Dialect;
        int elements = printed.Source.OutputSize;
        string pack = firmware.Names.Pack(printed.Layer.Output);
        PixelPacker packer = Packer(printed, buffer);
        if (buffer.Packs)
            w.Line($"const int due = "
                + $"{(buffer.OutputWords == 1 ? "" : $"column != {buffer.DueColumn.Last} ? {buffer.Outputs} : ")}"
                + $"{buffer.OutputColumns % buffer.Outputs};");
        else
            w.Line($"{pack} y_item;").Pragmas(dialect.Aggregate("y_item"));
        using (w.Loop(null, "output", buffer.Outputs, dialect.Unroll()))
        using (CppWriter.Scope? inside = buffer.Packs ? w.Block("if (output < due)") : null)
        {
            string taps = Taps(w, firmware, printed, buffer);
            w.Line($"{printed.Source.OutputType} result[{elements}];").Pragmas(dialect.Partition("result"));
            w.Line($"{printed.Source.Named("compute")}({taps}, {StreamTop.Memories(printed)}result);");
            using (w.Loop(null, "i", elements, dialect.Unroll()))
                w.Line($"{(buffer.Packs ? packer.Behind($"output * {elements} + i") : $"y_item.data[output * {elements} + i]")} = result[i];");
        }
        if (!buffer.Packs)
        {
            w.Line(dialect.Write("y", "y_item"));
            return;
        }
        w.Line("count += due;");
        using (w.Block($"if (count >= {buffer.ResultPixels})"))
            packer.Write(w, dialect, pack);
    }

    private static PixelPacker Packer(PrintedLayer printed, LineBuffer buffer) =>
        new(printed.Source.OutputType, printed.Source.OutputSize, buffer.Outputs, buffer.ResultPixels);

    private static void Shift(CppWriter w, Dialect dialect, LineBuffer buffer)
    {
        int rows = buffer.Row.Extent, row = buffer.Columns * buffer.Channels,
            channels = buffer.Parallelism * buffer.Channels;
        if (row > channels)
        {
            using (w.Loop(null, "r", rows, dialect.Unroll()))
            using (w.Loop(null, "i", row - channels, dialect.Unroll()))
                w.Line($"window[r * {row} + i] = window[r * {row} + i + {channels}];");
        }
        if (rows > 1)
        {
            using (w.Loop(null, "r", rows - 1, dialect.Unroll()))
            using (w.Loop(null, "i", channels, dialect.Unroll()))
                w.Line($"window[r * {row} + {row - channels} + i] = rows[r][at][i];");
            if (rows > 2)
            {
                using (w.Loop(null, "r", rows - 2, dialect.Unroll()))
                using (w.Loop(null, "i", channels, dialect.Unroll()))
                    w.Line("rows[r][at][i] = rows[r + 1][at][i];");
            }
        }
        using (w.Loop(null, "i", channels, dialect.Unroll()))
        {
            if (rows > 1)
                w.Line($"rows[{rows - 2}][at][i] = pixel.data[i];");
            w.Line($"window[{(rows * row) - channels} + i] = pixel.data[i];");
        }
    }

    // When an output is due: the conditions of LineBuffer.Writes that are not always true.
    private static string Due(LineBuffer buffer)
    {
        List<string> conditions = [];
        if (buffer.Delay > 0)
            conditions.Add($"step >= {buffer.Delay}");
        Axis("row", buffer.DueRow);
        Axis("column", buffer.DueColumn);
        return string.Join(" && ", conditions);

        void Axis(string variable, DueAxis due)
        {
            if (due.Stride > 1)
                conditions.Add($"{variable} % {due.Stride} == 0");
            if (due.Ends)
                conditions.Add($"{variable} < {due.End}");
        }
    }

    // The array of the taps: the window itself, or a copy without what lies between dilated taps and with padding in
    // its place.
    private static string Taps(CppWriter w, Firmware firmware, PrintedLayer printed, LineBuffer buffer)
    {
        (WindowAxis row, WindowAxis column, int channels) = (buffer.Row, buffer.Column, buffer.Channels);
        if (buffer.IsInside && row.Dilation == 1 && column.Dilation == 1 && buffer.Columns == column.Extent)
            return "window";
        // The first tap of the first output lies in the first column.
        string first = buffer.Outputs == 1 ? "" : $"{Times("output", column.Stride)} + ";
        string at = buffer.Parallelism == 1 ? "column" : $"{first}column * {buffer.Parallelism}";
        Dialect dialect = firmware.Dialect;
        LayerSource source = printed.Source;
        w.Line($"{source.InputType} taps[{row.Size * column.Size * channels}];").Pragmas(dialect.Partition("taps"));
        string padding = printed.Layer.Operation is Pool { Function: PoolKind.Max } ? "lowest"
            : $"{source.InputType}(0)";
        if (padding == "lowest" && !buffer.IsInside)
        {
            Numerics.FixedPointType type = printed.Layer.Input.Type;
            w.Line($"{source.InputType} lowest; // below or beside what any element can be");
            w.Line($"hls4net::set_bits(lowest, {Emitters.PoolEmitter.Lowest(dialect, type)});");
        }
        using (w.Loop(null, "r", row.Size, dialect.Unroll()))
        using (w.Loop(null, "k", column.Size, dialect.Unroll()))
        {
            List<string> conditions = [.. Inside("row", "r", row, buffer.Height, buffer.OutputRows),
                .. Inside(at, "k", column, buffer.Width, buffer.OutputColumns)];
            if (conditions.Count > 0)
                w.Line($"const bool inside = {string.Join(" && ", conditions)};");
            using (w.Loop(null, "i", channels, dialect.Unroll()))
            {
                string element =
                    $"window[({Times("r", row.Dilation)} * {buffer.Columns} + {first}{Times("k", column.Dilation)}) * "
                    + $"{channels} + i]";
                w.Line($"taps[(r * {column.Size} + k) * {channels} + i] = "
                    + $"{(conditions.Count > 0 ? $"inside ? {element} : {padding}" : element)};");
            }
        }
        return "taps";
    }

    // The conditions under which a tap lies on an element.
    private static IEnumerable<string> Inside(string position, string tap, WindowAxis axis, int elements, int outputs)
    {
        if (axis.PadBefore > 0)
            yield return $"{position} + {Times(tap, axis.Dilation)} >= {axis.PadBefore}";
        if (((outputs - 1) * axis.Stride) - axis.PadBefore + axis.Extent > elements)
            yield return $"{position} + {Times(tap, axis.Dilation)} < "
                + $"{(elements + axis.PadBefore).ToString(CultureInfo.InvariantCulture)}";
    }

    private static string Times(string variable, int factor) => factor == 1 ? variable : $"{variable} * {factor}";
}
