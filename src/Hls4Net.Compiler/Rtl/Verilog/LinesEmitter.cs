using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Scheduling;

namespace Hls4Net.Rtl.Verilog;

/// <summary>
/// The process of a <see cref="LineBuffer"/>: a pixel a step, or several, goes into the window's last columns, together
/// with those above, which a memory of rows holds; where outputs are due, the pixels under their windows, with padding
/// in its place, go into the datapath a cycle later. Outputs of a step that are no item of the result are put together
/// to items.
/// </summary>
internal sealed class LinesEmitter(VerilogWriter w, LineBuffer buffer, StreamPort input, ProcessEmitter process)
{
    private readonly int _rows = buffer.Row.Extent, _columns = buffer.Columns, _word = input.Port.Width,
        _bits = input.Port.Width / buffer.Parallelism, _steps = buffer.Steps;

    // Rows that the window's place is counted through.
    private readonly int _places = ((buffer.Steps - 1 - buffer.Delay) / buffer.Pitch) + 1;

    public void Emit()
    {
        string windows = buffer.Outputs == 1 ? "a window" : $"{buffer.Outputs} windows";
        w.Line($"    // {buffer.Pixels} pixels in {_steps} steps, {windows} of {_rows} x {buffer.Column.Extent}; "
            + $"outputs are due from step {buffer.Delay} "
            + $"on.{(buffer.Gap > 0 ? $" Behind each row {buffer.Gap} steps have no pixel." : "")}");
        w.Wire("room", 1).Wire("start", 1);
        int counter = VerilogWriter.Bits(_steps - 1);
        string last = w.Counter("count", _steps, "start");
        string due = Due(counter, last), takes = "emit";
        w.Wire("due", 1, due);
        w.Wire("emit", 1, due == "1'b1" ? "start" : "start & due");
        PixelPacker? packer = buffer.Packs ? PixelPacker.Of(process.ResultBits / buffer.Outputs, buffer.Outputs,
            buffer.ResultPixels, buffer.OutputColumns % buffer.Outputs) : null;
        string room = due == "1'b1" ? "room" : "(room | ~due)";
        if (packer is not null)
        {
            // An item takes its place where the outputs end it, not where they begin it.
            w.Wire("ends", 1, Filled(packer, "front", "emit").Full);
            (room, takes) = ("(room | ~due | ~ends)", "emit & ends");
        }
        string? idle = process.Idle("emit");
        string reads = Reads(counter, last);
        string ready = string.Join(" & ", new[] { room, idle }.OfType<string>());
        w.Line($"    assign x_ready = {ready}{(reads == "1'b1" ? "" : $" & {reads}")};");
        w.Line($"    assign start = {(reads == "1'b1" ? "x_valid" : $"(x_valid | ~{reads})")} & {ready};");
        Window();
        w.Register("begins", 1, "~rst & emit");
        string done = process.Compute("begins", "begins", Taps());
        if (packer is null)
            process.Queue(takes, done, "result");
        else
            Packed(packer, takes, done);
    }

    // The number of outputs that wait for an item, at the datapath's beginning or its end.
    private (string Full, string LastOfRow) Filled(PixelPacker packer, string name, string step)
    {
        string last = w.Counter($"{name}_word", buffer.OutputWords, step);
        int unit = buffer.Outputs / packer.Added;
        return (packer.Count(w, name, step,
            $"({last} ? {packer.Amount(buffer.OutputColumns % buffer.Outputs / unit)} : {packer.Amount(packer.Added)})"),
            last);
    }

    private void Packed(PixelPacker packer, string takes, string done)
    {
        int bits = process.ResultBits, some = buffer.OutputColumns % buffer.Outputs * (bits / buffer.Outputs);
        w.Register("outputs", bits, "result").Register("joins", 1, $"~rst & {done}");
        (string full, string last) = Filled(packer, "behind", "joins");
        w.Wire("due_outputs", bits,
            $"{last} ? {{{BitText.Zeros(bits - some)}, {BitText.Part("outputs", bits, 0, some)}}} : outputs");
        string item = packer.Units(w, "behind", "joins", "due_outputs", full);
        process.Queue(takes, $"joins & {full}", item);
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
            conditions.Add($"place < {BitText.Number(buffer.Words, VerilogWriter.Bits(buffer.Pitch - 1))}");
        }
        return conditions.Count == 0 ? "1'b1" : conditions.Count == 1 ? $"({conditions[0]})"
            : $"({string.Join(" & ", conditions.Select(c => $"({c})"))})";
    }

    // The condition of LineBuffer.IsDue, from counters of the windows' rows and columns, which begin with the first
    // output.
    private string Due(int counter, string last)
    {
        WindowAxis row = buffer.Row;
        bool counts = row.Stride > 1 || buffer.ColumnStride > 1 || !buffer.IsInside
            || buffer.OutputWords * buffer.ColumnStride < buffer.Pitch;
        List<string> conditions = [];
        string begun = buffer.Delay == 0 ? "" : $"count >= {BitText.Number(buffer.Delay, counter)}";
        if (begun.Length > 0)
            conditions.Add($"({begun})");
        if (!counts)
            return conditions.Count == 0 ? "1'b1" : conditions[0];
        string step = begun.Length == 0 ? "start" : $"start & ({begun})";
        string rowEnds = Position("column", buffer.ColumnStride, buffer.Pitch, step, last);
        if (_places > 1)
            Position("row", row.Stride, _places, $"{step} & {rowEnds}", last);
        Axis("column", buffer.ColumnStride, buffer.OutputWords, buffer.Pitch - 1);
        if (_places > 1)
            Axis("row", row.Stride, buffer.OutputRows, _places - 1);
        return conditions.Count == 0 ? "1'b1" : string.Join(" & ", conditions);

        void Axis(string position, int stride, int outputs, int end)
        {
            if (stride > 1)
                conditions.Add($"({position}_turn == 0)");
            if (end >= outputs * stride)
                conditions.Add(
                    $"({position} < {BitText.Number(outputs * stride, VerilogWriter.Bits(Math.Max(end, outputs * stride)))})");
        }
    }

    // A counter of positions, and of where in its stride each lies; both begin again with the next sample. The
    // condition of its last value.
    private string Position(string name, int stride, int count, string step, string last)
    {
        int width = VerilogWriter.Bits(count - 1), turns = VerilogWriter.Bits(stride - 1);
        string ends = $"({name} == {BitText.Number(count - 1, width)})", again = $"rst | (start & {last})";
        w.DeclareCounter(name, width);
        w.Clocked(
            $"if ({again}) {name} <= {BitText.Zeros(width)};\nelse if ({step}) {name} <= {ends} ? "
            + $"{BitText.Zeros(width)} : {name} + {BitText.Number(1, width)};");
        if (stride > 1)
        {
            w.DeclareCounter($"{name}_turn", turns);
            w.Clocked(
                $"if ({again}) {name}_turn <= {BitText.Zeros(turns)};\nelse if ({step}) {name}_turn <= {ends} | "
                + $"({name}_turn == {BitText.Number(stride - 1, turns)}) ? {BitText.Zeros(turns)} : {name}_turn + "
                + $"{BitText.Number(1, turns)};");
        }
        return ends;
    }

    // A register for each row of the window, the newest pixels highest, and the memory of the pixels above, oldest row
    // lowest.
    private void Window()
    {
        int above = (_rows - 1) * _word;
        if (_rows > 1)
        {
            w.Declare("above", above);
            string written = _rows == 2 ? "x" : $"{{x, above[{above - 1}:{_word}]}}";
            if (buffer.Pitch == 1)
            {
                w.Clocked($"if (start) above <= {written};");
            }
            else
            {
                // What stands above the next pixel is read while this one is written.
                int address = VerilogWriter.Bits(buffer.Pitch - 1);
                w.Memory("lines", above, buffer.Pitch);
                w.DeclareCounter("at", address);
                w.Wire("next", address,
                    $"at == {BitText.Number(buffer.Pitch - 1, address)} ? {BitText.Zeros(address)} : at + "
                    + $"{BitText.Number(1, address)}");
                w.Clocked($"if (rst) at <= {BitText.Zeros(address)};\nelse if (start) at <= next;");
                w.Clocked($"if (start) begin\n    lines[at] <= {written};\n    above <= lines[next];\nend");
            }
        }
        for (int r = 0; r < _rows; r++)
        {
            string newest = r == _rows - 1 ? "x" : BitText.Part("above", above, r * _word, _word);
            w.Declare($"window{r}", _columns * _bits);
            w.Clocked(
                $"if (start) window{r} <= "
                + $"{(_columns == buffer.Parallelism ? newest : $"{{{newest}, window{r}[{(_columns * _bits) - 1}:{_word}]}}")};");
        }
    }

    // The pixels under the windows as the datapath takes them, padding in place of those beyond the image.
    private string Taps()
    {
        (WindowAxis row, WindowAxis column) = (buffer.Row, buffer.Column);
        // Under one window the pixels of its taps; under several those between, too.
        int[] columns = buffer.Outputs == 1 ? [.. Enumerable.Range(0, column.Size).Select(k => k * column.Dilation)]
            : [.. Enumerable.Range(0, ((buffer.Outputs - 1) * column.Stride) + column.Extent)];
        string?[] rowInside = [.. Enumerable.Range(0, row.Size)
            .Select(r => Inside("row", row, r, r * row.Dilation, buffer.Height, (buffer.OutputRows - 1) * row.Stride,
                _places, 1))];
        string?[] columnInside = [.. columns.Select((c, k) => Inside("column", column, k, c, buffer.Width,
            (buffer.OutputWords - 1) * buffer.ColumnStride, buffer.Pitch, buffer.Parallelism))];
        int taps = row.Size * columns.Length;
        w.Wire("taps", taps * _bits);
        for (int r = 0; r < row.Size; r++)
        {
            for (int k = 0; k < columns.Length; k++)
            {
                int tap = (r * columns.Length) + k;
                string pixel = BitText.Part($"window{r * row.Dilation}", _columns * _bits, columns[k] * _bits, _bits);
                string inside = string.Join(" & ", new[] { rowInside[r], columnInside[k] }.OfType<string>());
                w.Chooses(inside.Length == 0 ? 0 : _bits);
                w.Line($"    assign {BitText.Part("taps", taps * _bits, tap * _bits, _bits)} = "
                    + $"{(inside.Length == 0 ? pixel : $"{inside} ? {pixel} : {Padding()}")};");
            }
        }
        return "taps";
    }

    // A bit, in a register beside the window, that a row or column under it, so many positions behind the first, lies
    // on elements; null where it always does. Places are counted up to the last that has outputs, in steps of some
    // positions.
    private string? Inside(string position, WindowAxis axis, int number, int offset, int elements, int lastPlace,
        int count, int positions)
    {
        // Windows that are not due may reach beyond the image, and nobody looks at them.
        if (axis.IsInside)
            return null;
        // The place from which it is on an element on, and from which it is behind the last one.
        int from = Places(axis.PadBefore - offset), to = Places(elements + axis.PadBefore - offset),
            bits = VerilogWriter.Bits(count - 1);
        List<string> conditions = [];
        if (from > 0)
            conditions.Add(from < count ? $"({position} >= {BitText.Number(from, bits)})" : "1'b0");
        if (lastPlace >= to)
            conditions.Add(to > 0 ? $"({position} < {BitText.Number(to, bits)})" : "1'b0");
        if (conditions.Count == 0)
            return null;
        string name = $"{position}_inside{number}";
        w.Register(name, 1, string.Join(" & ", conditions));
        return name;

        int Places(int distance) => distance <= 0 ? 0 : (distance + positions - 1) / positions;
    }

    // Zero; for a maximum what every element reaches.
    private string Padding()
    {
        if (buffer.Layer.Operation is not Pool { Function: PoolKind.Max })
            return BitText.Zeros(_bits);
        Intervals ranges = buffer.Layer.Input.Typing!.Range;
        int width = input.Port.ElementWidth;
        IEnumerable<string> lowest = Enumerable.Range(0, buffer.Channels).Reverse()
            .Select(c => BitText.Number(ranges[c].Min, width));
        return buffer.Channels == 1 ? lowest.Single() : $"{{{string.Join(", ", lowest)}}}";
    }
}
