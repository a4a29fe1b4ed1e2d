using System.Collections.Immutable;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Layers;
using Hls4Net.Numerics;
using Hls4Net.Pipeline;
using Hls4Net.Programs;
using Hls4Net.Rtl;
using Hls4Net.Simulation;
using Hls4Net.Transforms;
using Hls4Net.Vectors;

namespace Hls4Net.Verification;

/// <summary>
/// Runs every test vector through the model as it was imported, the transformed real network, the managed simulator and
/// the compiled firmware. The last two must agree on every bit of every layer, the first two but for the rounding of
/// doubles; the first says how far the types are from the model.
/// </summary>
internal sealed class Verifier
{
    private const int MostSamples = 256;

    // Mantissas of layers that the library records at a time: 2 MB, or one sample.
    private const int MostTraced = 1 << 18;

    // Means that a layer's signal is taken about: of more elements, those of the last axis, the channels.
    private const int MostMeans = 1 << 16;

    // Samples that go through the programs that Verilog is printed from, whose operations are executed one by one.
    private const int ProgramSamples = 64;

    private readonly ModelOptions _options;
    private readonly TypedModel _model;
    private readonly TestVectors _vectors;
    private readonly ImportedReference _imported;
    private readonly TransformCheck _transforms;
    private readonly ReferenceSimulator _reference;
    private readonly ManagedSimulator _managed;
    private readonly Network _real;
    private readonly DesignPoint _point;
    private readonly bool _isNative;
    private readonly ImmutableArray<(Layer Layer, ProgramEvaluator Program)> _programs;
    private readonly DiagnosticBag _diagnostics;
    private readonly ImmutableArray<ValueStatistics> _inputs, _layers;
    private readonly ImmutableArray<SignalToNoise> _outputs;
    private readonly ClassAgreement _classes = new();

    private double _sumError, _maxError;
    private long _outputElements;
    private bool _equal = true;

    private Verifier(Compilation compiled, TestVectors vectors, NativeFirmware? native, RtlDesign? verilog,
        DiagnosticBag diagnostics)
    {
        _options = compiled.Options;
        _real = compiled.Network;
        _point = compiled.Point;
        _model = compiled.Model;
        _vectors = vectors;
        _isNative = native is not null;
        // Layers that are computed in steps, item by item or by shared multipliers, are left to co-simulation.
        _programs = verilog is null || verilog.IsStream ? []
            : [.. _model.Layers.Zip(verilog.Layers).Where(l => !l.Second.Datapath.IsSequential)
                .Select(l => (l.First, new ProgramEvaluator(l.Second.Datapath.Programs[0])))];
        _diagnostics = diagnostics;
        _imported = new ImportedReference(compiled.Imported, _options.TransposeInputs);
        _transforms = new TransformCheck(_imported, _real, diagnostics);
        _reference = new ReferenceSimulator(_real);
        _managed = new ManagedSimulator(_model.Network);
        // Layers keep their node's name; what is between a node and its rounding has no counterpart.
        Dictionary<string, Value> named = _real.Nodes.Where(n => n.Operation is not Reshape)
            .ToDictionary(n => n.Name, n => n.Output);
        IReadOnlyDictionary<Value, bool[]> read = DropUnreadElements.Read(_model.Network);
        _layers = [.. _model.Layers.Select(l =>
            new ValueStatistics(named.GetValueOrDefault(l.Name), Compared(l), l.Main.Output, read[Compared(l)]))];
        _inputs = [.. _model.Network.Inputs.Zip(_real.Inputs,
            (typed, real) => new ValueStatistics(real, typed, typed, read[typed]))];
        _outputs = [.. _model.Network.Outputs.Select(o => new SignalToNoise(o.Value.Shape.Size))];
    }

    /// <summary>Runs the given vectors, or random ones where there are none.</summary>
    public static VerificationResult Run(Compilation compiled, NativeFirmware? native, RtlDesign? verilog,
        DiagnosticBag diagnostics)
    {
        TestVectors vectors = compiled.Vectors;
        Verifier verifier = new(compiled, vectors, native, verilog, diagnostics);
        int block = (int)Math.Clamp(MostTraced / Math.Max(1, compiled.Model.Layers.Sum(l => (long)l.Output.Shape.Size)),
            1, MostSamples);
        block = Math.Min(block, vectors.Count);
        NativeBlock? traced = native is null ? null : new NativeBlock(native, block);
        for (int start = 0; start < vectors.Count; start += block)
            verifier.RunBlock(traced, start, Math.Min(block, vectors.Count - start));
        verifier.RunExtremes(traced);
        return verifier.Result(compiled.Given is null);
    }

    // Bits that make no difference to what reads them are no error of the layer.
    private static Value Compared(Layer layer) => layer.Rounding?.Operation is Quantize { Unseen: true }
        ? layer.Main.Output : layer.Output;

    private void RunBlock(NativeBlock? native, int start, int count)
    {
        native?.Run(_vectors, start, count);
        for (int i = 0; i < count; i++)
        {
            RunSample(start + i);
            if (native is not null)
                CompareNative(native, _managed, start + i, i, "sample");
        }
    }

    // Ends of the inputs' types, whatever the vectors are: they count for the comparison of executions alone.
    private void RunExtremes(NativeBlock? native)
    {
        ManagedSimulator simulator = new(_model.Network);
        foreach ((int number, long[] sample) in ExtremeVectors.Of(_model.Network).Index())
        {
            simulator.RunRaw(sample);
            RunPrograms(simulator, number);
            native?.Run(sample);
            if (native is not null)
                CompareNative(native, simulator, number, 0, "extreme sample");
        }
    }

    private void RunSample(int sample)
    {
        ReadOnlySpan<double> input = _vectors.Input(sample), real = _imported.Representable(input);
        _imported.Run(real);
        _reference.Run(real);
        if (!_transforms.Compare(sample, real, _reference))
            _imported.Run(real);
        _managed.Run(input);
        foreach (ValueStatistics value in _inputs.Concat(_layers))
            value.Add(_reference, _managed);
        if (sample < ProgramSamples)
            RunPrograms(_managed, sample);
        ReadOnlySpan<double> given = _vectors.ExpectedOutput(sample);
        for (int k = 0; k < _outputs.Length; k++)
        {
            Value output = _model.Network.Outputs[k].Value;
            ReadOnlySpan<long> mantissas = _managed[output];
            double ulp = output.Type.Ulp;
            _outputs[k].Add(_imported.Output(k), mantissas, ulp);
            ReadOnlySpan<double> expected = given.IsEmpty ? _imported.Output(k) : given[..mantissas.Length];
            given = given.IsEmpty ? given : given[mantissas.Length..];
            for (int i = 0; i < mantissas.Length; i++)
            {
                double error = Math.Abs((mantissas[i] * ulp) - expected[i]);
                _maxError = Math.Max(_maxError, error);
                _sumError += error;
            }
            _outputElements += mantissas.Length;
            if (k == 0)
                _classes.Add(expected, mantissas, ulp, _vectors.Labels?[sample]);
        }
    }

    private void RunPrograms(ManagedSimulator managed, int sample)
    {
        foreach ((Layer layer, ProgramEvaluator program) in _programs)
        {
            ReadOnlySpan<long> expected = managed[layer.Output];
            long[] result = new long[expected.Length];
            program.Run([.. layer.Inputs.SelectMany(v => managed[v].ToArray())], result);
            int at = expected.CommonPrefixLength(result);
            if (at == result.Length || !_equal)
                continue;
            _equal = false;
            _diagnostics.Add(
                Descriptors.ExecutionsDiffer,
                $"layer {layer.Name}: sample {sample}, element {at}: the program that Verilog is printed from gives "
                + $"mantissa {result[at]}, the managed simulator {expected[at]}. This is a defect of Hls4Net; please "
                + "report it with the model");
        }
    }

    private void CompareNative(NativeBlock native, ManagedSimulator managed, int sample, int place, string kind)
    {
        ReadOnlySpan<long> inputs = native.Inputs(place), layers = native.Layers(place),
            outputs = native.Outputs(place), tracedOutputs = native.TracedOutputs(place);
        int element = 0;
        foreach (Value port in _model.Network.Inputs)
            Compare("the converted inputs", managed[port], ref inputs, $"{kind} {sample}", ref element);
        foreach (Layer layer in _model.Layers)
        {
            element = 0;
            Compare($"layer {layer.Name}", managed[layer.Output], ref layers, $"{kind} {sample}", ref element);
        }
        element = 0;
        foreach (NetworkOutput output in _model.Network.Outputs)
            Compare("the outputs", managed[output.Value], ref outputs, $"{kind} {sample}", ref element);
        element = 0;
        foreach (NetworkOutput output in _model.Network.Outputs)
            Compare("the outputs while tracing", managed[output.Value], ref tracedOutputs, $"{kind} {sample}",
                ref element);
    }

    // The next value of what the library gave; elements are counted on.
    private void Compare(string what, ReadOnlySpan<long> managed, ref ReadOnlySpan<long> native, string sample,
        ref int element)
    {
        int at = managed.CommonPrefixLength(native);
        if (at < managed.Length && _equal)
        {
            _equal = false;
            _diagnostics.Add(
                Descriptors.ExecutionsDiffer,
                $"{what}: {sample}, element {element + at}: the compiled C++ gives mantissa {native[at]}, the managed "
                + $"simulator {managed[at]}. This is a defect of Hls4Net or of the C++ compiler; please report it with "
                + "the model");
        }
        element += managed.Length;
        native = native[managed.Length..];
    }

    private VerificationResult Result(bool randomVectors)
    {
        Dictionary<Node, long> overflows = [];
        for (int i = 0; i < _model.Network.Nodes.Length; i++)
            overflows[_model.Network.Nodes[i]] = _managed.Overflows[i];
        ImmutableArray<LayerResult> layers = [.. _model.Layers.Select((layer, i) =>
            _layers[i].Result(overflows[layer.Main] + (layer.Rounding is null ? 0 : overflows[layer.Rounding])))];
        ImmutableArray<OutputResult> outputs = [.. _outputs.Select((o, k) => new OutputResult(
            _model.Network.Outputs[k].Name, o.Signal, o.Noise,
                OutputBudget.Allowed(_options, _point, _real, _model.Network, k, o), o.LargestError))];
        VerificationResult result = new(
            _vectors.Count, randomVectors, _vectors.Expected is not null, _maxError, _sumError / _outputElements,
            _classes.Decision == Decision.Argmax ? _classes.Agreement : null,
            _vectors.Labels is null ? null : _classes.Accuracy,
                _vectors.Labels is null ? null : _classes.ExpectedAccuracy,
            _managed.InputOverflows, layers, _isNative ? _equal : null)
        {
            Inputs = [.. _inputs.Select((v, i) => v.Result(_managed.OverflowsOfInputs[i]))],
            Outputs = outputs,
            Agreement = _classes.Agreement,
            Threshold = _classes.Decision switch { Decision.Argmax => null, Decision.AboveHalf => 0.5, _ => 0 },
        };
        bool broken = result.Worst is OutputResult worst && (!worst.Holds || worst.Snr < _options.MinSnr);
        return broken
            ? result with
            {
                Sources = NoiseSources.Of(_imported, _real, _model, _vectors,
                outputs.IndexOf(result.Worst!))
            } : result;
    }

    /// <summary>An input or a layer's result beside its value in the real network.</summary>
    /// <param name="real">That value; null where there is none.</param>
    /// <param name="typed">What is compared with it.</param>
    /// <param name="exact">What it is before it is converted to its type.</param>
    /// <param name="read">Its elements that an output depends on: the others are not computed, and have no
    /// error.</param>
    private sealed class ValueStatistics(Value? real, Value typed, Value exact, bool[] read)
    {
        // The elements that are compared; null for all.
        private readonly int[]? _compared = typed.Shape.Size > MostMeans || !read.Contains(false)
            || !read.Contains(true) ? null
            : [.. Enumerable.Range(0, read.Length).Where(i => read[i])];

        private readonly SignalToNoise? _noise = real is null || real.Shape.Size != typed.Shape.Size
            || !read.Contains(true) ? null
            : new SignalToNoise(typed.Shape.Size <= MostMeans ? read.Count(r => r) : typed.Shape.Dimensions[^1]);

        private double _min = double.PositiveInfinity, _max = double.NegativeInfinity;

        public void Add(ReferenceSimulator reference, ManagedSimulator managed)
        {
            if (_compared is null)
                _noise?.Add(reference[real!], managed[typed], typed.Type.Ulp);
            else
                _noise?.Add(Of(reference[real!]), Of(managed[typed]), typed.Type.Ulp);
            double ulp = exact.Type.Ulp;
            foreach (long mantissa in managed[exact])
                (_min, _max) = (Math.Min(_min, mantissa * ulp), Math.Max(_max, mantissa * ulp));
        }

        private T[] Of<T>(ReadOnlySpan<T> all)
        {
            T[] elements = new T[_compared!.Length];
            for (int i = 0; i < elements.Length; i++)
                elements[i] = all[_compared[i]];
            return elements;
        }

        public LayerResult Result(long overflows) =>
            new(overflows, _noise?.LargestError, new RealRange(_min, _max), _noise?.Decibels);
    }
}
