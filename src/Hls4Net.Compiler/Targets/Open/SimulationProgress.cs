using System.Diagnostics;
using System.Globalization;
using Hls4Net.Rtl;
using Hls4Net.Rtl.Verilog;
using Hls4Net.Tools;

namespace Hls4Net.Targets.Open;

/// <summary>
/// Says every ten seconds how far a co-simulation has come, by the results that the test bench has written: a line for
/// each item of each layer's output.
/// </summary>
internal sealed class SimulationProgress : IDisposable
{
    private static readonly TimeSpan s_beat = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly Timer _timer;
    private readonly RtlDesign _design;
    private readonly string _subject, _results;
    private readonly int _samples;
    private readonly long _expected;
    private readonly Action<string> _report;
    private TimeSpan _began;
    private long _lines, _read;

    /// <param name="model">The model's name.</param>
    /// <param name="simulator">The simulator's.</param>
    /// <param name="design">What is simulated.</param>
    /// <param name="samples">With how many samples.</param>
    /// <param name="folder">Where the simulator runs.</param>
    /// <param name="report">Takes a line for people.</param>
    public SimulationProgress(string model, string simulator, RtlDesign design, int samples, string folder,
        Action<string> report)
    {
        (_subject, _design, _samples, _report) = ($"{model}: co-simulation with {simulator}", design, samples, report);
        _results = Path.Combine(folder, TestBenchEmitter.ResultFile);
        _expected = Math.Max(1, (long)samples * design.TracePorts.Concat(design.OutputPorts).Sum(p => p.Items));
        _report(string.Create(CultureInfo.InvariantCulture,
            $"{_subject} of {design.Layers.Length} layers with {samples} samples"));
        _timer = new Timer(_ => Beat(), null, s_beat, s_beat);
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        lock (_gate)
        {
            Count();
            double share = Math.Min(1, (double)_lines / _expected);
            TimeSpan elapsed = _watch.Elapsed;
            if (_lines == 0)
                _began = elapsed;
            string left = share is > 0 and < 1
                ? $", about {StepProgress.Text((elapsed - _began) * ((1 - share) / share))} left" : "";
            string what = _lines == 0
                ? "is being prepared"
                : string.Create(CultureInfo.InvariantCulture,
                    $"sample {Math.Min(_samples, (long)(share * _samples) + 1)} of {_samples} in "
                    + $"{_design.Layers.Length} layers");
            _report($"{_subject}: {what}, {StepProgress.Text(elapsed)} elapsed{left}");
        }
    }

    // What has been added since the last time.
    private void Count()
    {
        try
        {
            using FileStream file = new(_results, FileMode.Open, FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete);
            file.Position = Math.Min(_read, file.Length);
            byte[] piece = new byte[1 << 16];
            while (file.Read(piece) is > 0 and int length)
            {
                _lines += piece.AsSpan(0, length).Count((byte)'\n');
                _read += length;
            }
        }
        catch (IOException)
        {
            // Not there yet.
        }
    }
}
