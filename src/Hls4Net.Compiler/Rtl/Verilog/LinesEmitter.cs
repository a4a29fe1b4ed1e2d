using System.Globalization;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// The process of a <see cref="LineBuffer"/>: a pixel a step goes into the window's last column, together with those above it, which a memory of rows holds; where an output is
/// due, the window, with padding in its place, goes into the datapath a cycle later.
/// </summary>
internal sealed class LinesEmitter(VerilogWriter w, LineBuffer buffer, StreamPort input, ProcessEmitter process)
{
    private readonly int _rows = buffer.Row.Extent, _columns = buffer.Column.Extent, _bits = input.Port.Width, _steps = buffer.Steps;

    // Rows that the window's place is counted through.
    private readonly int _places = ((buffer.Steps - 1 - buffer.Delay) / buffer.Pitch) + 1;

    public void Emit()
    {
        w.Line($"    // {buffer.Pixels} pixels in {_steps} steps, a window of {_rows} x {_columns}; outputs are due from step {buffer.Delay} on.{(buffer.Gap > 0 ? $" Behind each row {buffer.Gap} steps have no pixel." : "")}");
        w.Wire("room", 1).Wire("start", 1);
        int counter = VerilogWriter.Bits(_steps - 1);
        string last = w.Counter("count", _steps, "start");
        string sends = Due(counter, last);
        w.Wire("due", 1, sends);
        w.Wire("emit", 1, sends == "1'b1" ? "start" : "start & due");
        string? idle = process.Idle("emit");
        string reads = Reads(counter, last);
        string ready = string.Join(" & ", new[] { sends == "1'b1" ? "room" : "(room | ~due)", idle }.OfType<string>());
        w.Line($"    assign x_ready = {ready}{(reads == "1'b1" ? "" : $" & {reads}")};");
        w.Line($"    assign start = {(reads == "1'b1" ? "x_valid" : $"(x_valid | ~{reads})")} & {ready};");
        Window();
        w.Register("begins", 1, "~rst & emit");
        string done = process.Compute("begins", "begins", Taps());
        process.Queue("emit", done, "result");
    }

    // The condition of LineBuffer.Reads.
    private string Reads(int counter, string last)
    {
        List<string> conditions = [];
        if (_steps > buffer.Height * buffer.Pitch)
            conditions.Add($"count < {BitText.Number(buffer.Height * buffer.Pitch, counter)}");
        if (buffer.Gap > 0)
        {
            Position("place", 1, buffer.Pitch, "start", last);
            conditions.Add($"place < {BitText.Number(buffer.Width, VerilogWriter.Bits(buffer.Pitch - 1))}");
        }
        return conditions.Count == 0 ? "1'b1" : conditions.Count == 1 ? $"({conditions[0]})" : $"({string.Join(" & ", conditions.Select(c => $"({c})"))})";
    }

    // The condition of LineBuffer.Writes, from counters of the windows' rows and columns, which begin with the first output.
    private string Due(int counter, string last)
    {
        (WindowAxis row, WindowAxis column) = (buffer.Row, buffer.Column);
        bool counts = row.Stride > 1 || column.Stride > 1 || !buffer.IsInside || buffer.OutputColumns * column.Stride < buffer.Pitch;
        List<string> conditions = [];
        string begun = buffer.Delay == 0 ? "" : $"count >= {BitText.Number(buffer.Delay, counter)}";
        if (begun.Length > 0)
            conditions.Add($"({begun})");
        if (!counts)
            return conditions.Count == 0 ? "1'b1" : conditions[0];
        string step = begun.Length == 0 ? "start" : $"start & ({begun})";
        string rowEnds = Position("column", column.Stride, buffer.Pitch, step, last);
        if (_places > 1)
            Position("row", row.Stride, _places, $"{step} & {rowEnds}", last);
        Axis("column", column.Stride, buffer.OutputColumns, buffer.Pitch - 1);
        if (_places > 1)
            Axis("row", row.Stride, buffer.OutputRows, _places - 1);
        return conditions.Count == 0 ? "1'b1" : string.Join(" & ", conditions);

        void Axis(string position, int stride, int outputs, int end)
        {
            if (stride > 1)
                conditions.Add($"({position}_turn == 0)");
            if (end >= outputs * stride)
                conditions.Add($"({position} < {BitText.Number(outputs * stride, VerilogWriter.Bits(Math.Max(end, outputs * stride)))})");
        }
    }

    // A counter of positions, and of where in its stride each lies; both begin again with the next sample. The condition of its last value.
    private string Position(string name, int stride, int count, string step, string last)
    {
        int width = VerilogWriter.Bits(count - 1), turns = VerilogWriter.Bits(stride - 1);
        string ends = $"({name} == {BitText.Number(count - 1, width)})", again = $"rst | (start & {last})";
        w.Declare(name, width);
        w.Clocked($"if ({again}) {name} <= {BitText.Zeros(width)};\nelse if ({step}) {name} <= {ends} ? {BitText.Zeros(width)} : {name} + {BitText.Number(1, width)};");
        if (stride > 1)
        {
            w.Declare($"{name}_turn", turns);
            w.Clocked($"if ({again}) {name}_turn <= {BitText.Zeros(turns)};\nelse if ({step}) {name}_turn <= {ends} | ({name}_turn == {BitText.Number(stride - 1, turns)}) ? {BitText.Zeros(turns)} : {name}_turn + {BitText.Number(1, turns)};");
        }
        return ends;
    }

    // A register for each row of the window, the newest pixel highest, and the memory of the pixels above, oldest row lowest.
    private void Window()
    {
        int above = (_rows - 1) * _bits;
        if (_rows > 1)
        {
            w.Declare("above", above);
            string written = _rows == 2 ? "x" : $"{{x, above[{above - 1}:{_bits}]}}";
            if (buffer.Pitch == 1)
            {
                w.Clocked($"if (start) above <= {written};");
            }
            else
            {
                // What stands above the next pixel is read while this one is written.
                int address = VerilogWriter.Bits(buffer.Pitch - 1);
                w.Line($"    reg  [{above - 1}:0] lines [0:{buffer.Pitch - 1}];");
                w.Declare("at", address);
                w.Wire("next", address, $"at == {BitText.Number(buffer.Pitch - 1, address)} ? {BitText.Zeros(address)} : at + {BitText.Number(1, address)}");
                w.Clocked($"if (rst) at <= {BitText.Zeros(address)};\nelse if (start) at <= next;");
                w.Clocked($"if (start) begin\n    lines[at] <= {written};\n    above <= lines[next];\nend");
            }
        }
        for (int r = 0; r < _rows; r++)
        {
            string newest = r == _rows - 1 ? "x" : Part("above", above, r * _bits, _bits);
            w.Declare($"window{r}", _columns * _bits);
            w.Clocked($"if (start) window{r} <= {(_columns == 1 ? newest : $"{{{newest}, window{r}[{(_columns * _bits) - 1}:{_bits}]}}")};");
        }
    }

    // The elements under the window as the datapath takes them, padding in place of those beyond the image.
    private string Taps()
    {
        (WindowAxis row, WindowAxis column) = (buffer.Row, buffer.Column);
        string?[] rowInside = [.. Enumerable.Range(0, row.Size).Select(r => Inside("row", row, r, buffer.Height, buffer.OutputRows, _places))];
        string?[] columnInside = [.. Enumerable.Range(0, column.Size).Select(k => Inside("column", column, k, buffer.Width, buffer.OutputColumns, buffer.Pitch))];
        int taps = row.Size * column.Size;
        w.Wire("taps", taps * _bits);
        for (int r = 0; r < row.Size; r++)
        {
            for (int k = 0; k < column.Size; k++)
            {
                int tap = (r * column.Size) + k;
                string pixel = Part($"window{r * row.Dilation}", _columns * _bits, k * column.Dilation * _bits, _bits);
                string inside = string.Join(" & ", new[] { rowInside[r], columnInside[k] }.OfType<string>());
                w.Line($"    assign {Part("taps", taps * _bits, tap * _bits, _bits)} = {(inside.Length == 0 ? pixel : $"{inside} ? {pixel} : {Padding(tap)}")};");
            }
        }
        return "taps";
    }

    // A bit, in a register beside the window, that a tap lies on an element; null where it always does.
    private string? Inside(string position, WindowAxis axis, int tap, int elements, int outputs, int count)
    {
        // The window's place from which the tap is on an element on, and from which it is behind the last one.
        int from = axis.PadBefore - (tap * axis.Dilation), to = elements + from, bits = VerilogWriter.Bits(count - 1);
        List<string> conditions = [];
        if (from > 0)
            conditions.Add(from < count ? $"({position} >= {BitText.Number(from, bits)})" : "1'b0");
        if ((outputs - 1) * axis.Stride >= to)
            conditions.Add(to > 0 ? $"({position} < {BitText.Number(to, bits)})" : "1'b0");
        if (conditions.Count == 0)
            return null;
        string name = $"{position}_inside{tap}";
        w.Register(name, 1, string.Join(" & ", conditions));
        return name;
    }

    // Zero; for a maximum what every element reaches.
    private string Padding(int tap)
    {
        if (buffer.Layer.Operation is not Pool { Function: PoolKind.Max })
            return BitText.Zeros(_bits);
        Intervals ranges = buffer.Layer.Input.Typing!.Range;
        int width = input.Port.ElementWidth;
        IEnumerable<string> lowest = Enumerable.Range(0, buffer.Channels).Reverse().Select(c => BitText.Number(ranges[(tap * buffer.Channels) + c].Min, width));
        return buffer.Channels == 1 ? lowest.Single() : $"{{{string.Join(", ", lowest)}}}";
    }

    private static string Part(string name, int width, int from, int count) =>
        from == 0 && count == width ? name : string.Create(CultureInfo.InvariantCulture, $"{name}[{from + count - 1}:{from}]");
}
