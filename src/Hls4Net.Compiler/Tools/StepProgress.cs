using System.Diagnostics;
using System.Globalization;

namespace Hls4Net.Tools;

/// <summary>
/// Says how far work of several parts has come: after parts, at most once a second, and every half minute while one of
/// them goes on.
/// </summary>
public sealed class StepProgress : IDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(30), s_pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<string> _running = [];
    private readonly (string Subject, string Part, int Total) _work;
    private readonly Action<string> _report;
    private readonly TimeSpan _patience;
    private readonly Timer _timer;
    private TimeSpan? _said;
    private int _done;

    /// <param name="subject">What a line begins with, a model's name for one.</param>
    /// <param name="part">What the parts are: layer, source.</param>
    /// <param name="total">How many there are.</param>
    /// <param name="report">Takes a line for people, from any thread.</param>
    /// <param name="patience">Before this time has gone by nothing is said.</param>
    public StepProgress(string subject, string part, int total, Action<string> report, TimeSpan patience = default)
    {
        (_work, _report, _patience) = ((subject, part, total), report, patience);
        _timer = new Timer(_ => Beat(), null, s_beat, s_beat);
    }

    /// <summary>Begins a part.</summary>
    public void Start(string name)
    {
        lock (_gate)
            _running.Add(name);
    }

    /// <summary>Ends a part.</summary>
    public void Done(string name)
    {
        lock (_gate)
        {
            _running.Remove(name);
            _done++;
            if (_watch.Elapsed < _patience || (_done < _work.Total && _watch.Elapsed - _said < s_pause))
                return;
            _said = _watch.Elapsed;
            _report($"{_work.Subject}: {_work.Part} {_done} of {_work.Total} ({name}) done, {Times()}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    /// <summary>A time as people read it: 12 s, 3 min 20 s, 2 h 5 min.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 99.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture,
            $"{(int)time.TotalMinutes} min {time.Seconds} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} h {time.Minutes} min"),
    };

    private void Beat()
    {
        lock (_gate)
        {
            if (_done < _work.Total)
                _report($"{_work.Subject}: {_done} of {_work.Total} {_work.Part}s done, "
                    + $"{(_running.Count == 0 ? "" : $"at work on {string.Join(", ", _running)}, ")}{Times()}");
        }
    }

    private string Times() =>
        $"{Text(_watch.Elapsed)} "
        + $"elapsed{(_done is 0 || _done == _work.Total ? "" : $", about {Text(_watch.Elapsed * (_work.Total - _done) / _done)} left")}";
}
