using System.Globalization;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Scheduling;

namespace Hls4Net.Circuits.Streaming;

/// <summary>
/// The process of a <see cref="LineBuffer"/>: a pixel a step, or several, goes into the window's last columns, together
/// with those above, which a memory of rows holds; where outputs are due, the pixels under their windows, with padding
/// in its place, go into the datapath a cycle later. Outputs of a step that are no item of the result are put together
/// to items.
/// </summary>
internal sealed class LinesCircuit
{
    private readonly ProcessCircuit _process;
    private readonly LineBuffer _buffer;
    private readonly Port _port;
    private readonly CircuitBuilder _c;
    private readonly StreamNets _x;
    private readonly int _rows, _columns, _word, _bits;
    private readonly Net _room, _start, _count;
    private readonly Expression _last;

    public LinesCircuit(ProcessCircuit process, LineBuffer buffer, Port port)
    {
        (_process, _buffer, _port, _c, _x) = (process, buffer, port, process.C, process.Inputs[0]);
        (_rows, _columns, _word, _bits) = (buffer.Row.Extent, buffer.Columns, port.Width,
            port.Width / buffer.Parallelism);
        string windows = buffer.Outputs == 1 ? "a window" : $"{buffer.Outputs} windows";
        _c.Comment($"{buffer.Pixels} pixels in {buffer.Steps} steps, {windows} of {_rows} x {buffer.Column.Extent}; "
            + $"outputs are due from step {buffer.Delay} "
            + $"on.{(buffer.Gap > 0 ? $" Behind each row {buffer.Gap} steps have no pixel." : "")}");
        (_room, _start) = (_c.Wire("room", 1), _c.Wire("start", 1));
        Counter count = _c.Counter("count", buffer.Steps, _start);
        (_count, _last) = (count.Net ?? new Net("count", 0), count.IsLast);
    }

    public void Build()
    {
        Expression due = _c.Named("due", Due()), emit = _c.Named("emit", _start & due), takes = emit,
            room = _room | ~due;
        PixelPacker? packer = _buffer.Packs ? PixelPacker.Of(_process.ResultBits / _buffer.Outputs, _buffer.Outputs,
            _buffer.ResultPixels, _buffer.OutputColumns % _buffer.Outputs) : null;
        if (packer is not null)
        {
            // An item takes its place where the outputs end it, not where they begin it.
            Expression ends = _c.Named("ends", Filled(packer, "front", emit).Full);
            (room, takes) = (room | ~ends, emit & ends);
        }
        Expression reads = Reads(), ready = room & _process.Idle(emit);
        _c.Assign(_x.Ready, ready & reads);
        _c.Assign(_start, (_x.Valid | ~reads) & ready);
        Net[] window = Window();
        Net begins = _c.Register("begins", emit, clear: Circuit.Reset);
        (Net result, Expression done) = _process.Compute(begins, begins, Taps(window));
        if (packer is null)
            _process.Queue(_room, takes, done, result);
        else
            Packed(packer, takes, result, done);
    }

    // Counts the outputs that wait for an item, at the datapath's beginning or its end: whether they fill one, and
    // whether they are the last of a row.
    private (Expression Full, Expression LastOfRow, Net Count) Filled(PixelPacker packer, string name, Expression step)
    {
        Expression last = _c.Counter($"{name}_word", _buffer.OutputWords, step).IsLast;
        int unit = _buffer.Outputs / packer.Added;
        Net count = packer.Counter(name);
        return (packer.Count(_c, count, step, last.Then(
            packer.Amount(_buffer.OutputColumns % _buffer.Outputs / unit), packer.Amount(packer.Added))), last, count);
    }

    private void Packed(PixelPacker packer, Expression takes, Net result, Expression done)
    {
        int some = _buffer.OutputColumns % _buffer.Outputs * (result.Width / _buffer.Outputs);
        Net outputs = _c.Register("outputs", result), joins = _c.Register("joins", done, clear: Circuit.Reset);
        (Expression full, Expression last, Net count) = Filled(packer, "behind", joins);
        Net due = _c.Wire("due_outputs", result.Width, last.Then(
            Expression.Side(outputs.Slice(0, some), Expression.Zeros(result.Width - some)), outputs));
        Expression item = packer.Units(_c, count, joins, due, full);
        _process.Queue(_room, takes, joins & full, item);
    }

    // The condition of LineBuffer.Reads.
    private Expression Reads()
    {
        Expression reads = _buffer.Steps > _buffer.ReadingSteps ? _count.Below(_buffer.ReadingSteps) : Expression.True;
        return _buffer.Gap == 0 ? reads
            : reads & _c.Counter("place", _buffer.Pitch, _start, _start & _last).Net!.Below(_buffer.Words);
    }

    // The condition of LineBuffer.IsDue, from counters of the windows' rows and columns, which begin with the first
    // output.
    private Expression Due()
    {
        Expression begun = _buffer.Delay == 0 ? Expression.True : _count.From(_buffer.Delay);
        (DueAxis row, DueAxis column) = (_buffer.DueRow, _buffer.DueColumn);
        if (row.Stride == 1 && column.Stride == 1 && _buffer.IsInside && !column.Ends)
            return begun;
        Expression step = _start & begun;
        (Expression dueColumn, Expression rowEnds) = Position("column", column, step);
        return begun & dueColumn & Position("row", row, step & rowEnds).Due;
    }

    // A counter of places, and of where in its stride each lies; both begin again with the next sample. Whether outputs
    // are due, and whether the place is the last.
    private (Expression Due, Expression IsLast) Position(string name, DueAxis axis, Expression step)
    {
        (Net? place, Expression last) = _c.Counter(name, axis.Places, step, _start & _last);
        Expression due = Expression.True;
        if (axis.Stride > 1 && place is not null)
        {
            Net turn = new($"{name}_turn", Expression.BitsOf(axis.Stride - 1));
            _c.Register(turn, (last | turn.Is(axis.Stride - 1)).Then(Expression.Zeros(turn.Width), turn.Plus(1)), step,
                Circuit.Reset | (_start & _last));
            due = turn.Is(0);
        }
        return (axis.Ends && place is not null ? due & place.Below(axis.End) : due, last);
    }

    // A register for each row of the window, the newest pixels highest, and the memory of the pixels above, oldest row
    // lowest.
    private Net[] Window()
    {
        Net? above = _rows == 1 ? null : Above();
        return [.. Enumerable.Range(0, _rows).Select(r =>
        {
            Net window = new(string.Create(CultureInfo.InvariantCulture, $"window{r}"), _columns * _bits);
            Expression newest = r == _rows - 1 ? _x.Item : above!.Slice(r * _word, _word);
            return _c.Register(window, Expression.Side(window.Slice(_word, window.Width - _word), newest), _start);
        })];
    }

    // What stands above a pixel.
    private Net Above()
    {
        Net above = new("above", (_rows - 1) * _word);
        Expression written = Expression.Side(above.Slice(_word, above.Width - _word), _x.Item);
        if (_buffer.Pitch == 1)
            return _c.Register(above, written, _start);
        // It is read while the pixel before is written.
        Net at = new("at", Expression.BitsOf(_buffer.Pitch - 1));
        Net next = _c.Wire("next", at.Width,
            at.Is(_buffer.Pitch - 1).Then(Expression.Zeros(at.Width), at.Plus(1)));
        _c.Register(at, next, _start, Circuit.Reset);
        MemoryNet lines = _c.Memory(new MemoryNet("lines", above.Width, _buffer.Pitch), _start, at, written);
        return _c.Register(above, new Expression.Word(lines, next), _start);
    }

    // The pixels under the windows as the datapath takes them, padding in place of those beyond the image.
    private Net Taps(Net[] window)
    {
        (WindowAxis row, WindowAxis column) = (_buffer.Row, _buffer.Column);
        // Under one window the pixels of its taps; under several those between, too.
        int[] columns = _buffer.Outputs == 1 ? [.. Enumerable.Range(0, column.Size).Select(k => k * column.Dilation)]
            : [.. Enumerable.Range(0, ((_buffer.Outputs - 1) * column.Stride) + column.Extent)];
        Expression[] rowInside = [.. Enumerable.Range(0, row.Size).Select(r =>
            Inside("row", row, _buffer.DueRow, r, r * row.Dilation, _buffer.Height, 1))];
        Expression[] columnInside = [.. columns.Select((c, k) =>
            Inside("column", column, _buffer.DueColumn, k, c, _buffer.Width, _buffer.Parallelism))];
        Net taps = _c.Wire("taps", row.Size * columns.Length * _bits);
        for (int r = 0; r < row.Size; r++)
        {
            for (int k = 0; k < columns.Length; k++)
            {
                Expression pixel = window[r * row.Dilation].Slice(columns[k] * _bits, _bits);
                _c.Assign(taps, (rowInside[r] & columnInside[k]).Then(pixel, Padding()),
                    ((r * columns.Length) + k) * _bits);
            }
        }
        return taps;
    }

    // A bit, in a register beside the window, that a row or column under it, so many positions behind the first, lies
    // on elements. Places are counted in steps of some positions.
    private Expression Inside(string position, WindowAxis axis, DueAxis due, int number, int offset, int elements,
        int positions)
    {
        // Windows that are not due may reach beyond the image, and nobody looks at them.
        if (axis.IsInside)
            return Expression.True;
        // The place from which it is on an element on, and from which it is behind the last one.
        (int on, int behind) = LineBuffer.OnElements(axis, offset, elements);
        (int from, int to) = (Places(on), Places(behind));
        Net place = new(position, Expression.BitsOf(due.Places - 1));
        Expression inside = (from < due.Places ? place.From(from) : Expression.False)
            & (due.Last < to ? Expression.True : to > 0 ? place.Below(to) : Expression.False);
        return inside is Expression.Number ? inside
            : _c.Register(string.Create(CultureInfo.InvariantCulture, $"{position}_inside{number}"), inside);

        int Places(int distance) => distance <= 0 ? 0 : (distance + positions - 1) / positions;
    }

    // Zero; for a maximum what every element reaches.
    private Expression Padding() => _buffer.Layer.Operation is not Pool { Function: PoolKind.Max }
        ? Expression.Zeros(_bits)
        : new Expression.Numbers([.. Enumerable.Range(0, _buffer.Channels)
            .Select(channel => (long)_buffer.Layer.Input.Typing!.Range[channel].Min)], _port.ElementWidth);
}
