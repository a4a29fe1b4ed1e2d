using System.Collections.Immutable;
using Hls4Net.Data;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Graph.Operations;
using Hls4Net.Rtl;
using Hls4Net.Simulation;
using Hls4Net.Transforms;

namespace Hls4Net.Verification;

/// <summary>
/// Runs every test vector through the floating-point reference, the managed simulator and the compiled firmware. The last two
/// must agree on every bit of every layer; the first says how far the types are from the model.
/// </summary>
internal sealed class Verifier
{
    private const int Batch = 256;

    // Samples that go through the programs that Verilog is printed from, whose operations are executed one by one.
    private const int ProgramSamples = 64;

    private readonly TypedModel _model;
    private readonly TestVectors _vectors;
    private readonly ReferenceSimulator _reference;
    private readonly ManagedSimulator _managed;
    private readonly Dictionary<string, Value> _referenceValues;
    private readonly Network _real;
    private readonly NativeFirmware? _native;
    private readonly ImmutableArray<(Layer Layer, ProgramEvaluator Program)> _programs;
    private readonly DiagnosticBag _diagnostics;
    private readonly double[] _layerErrors;
    private readonly RealRange[] _layerRanges;

    private double _sumError, _maxError;
    private long _outputs;
    private int _agreeing, _firmwareInClass, _expectedInClass;
    private bool _equal = true;

    private Verifier(Network real, TypedModel model, TestVectors vectors, NativeFirmware? native, RtlDesign? verilog, DiagnosticBag diagnostics)
    {
        _real = real;
        _model = model;
        _vectors = vectors;
        _native = native;
        // Layers that are computed in steps, item by item or by shared multipliers, are left to co-simulation.
        _programs = verilog is null || verilog.IsStream ? [] : [.. model.Layers.Zip(verilog.Layers).Where(l => !l.Second.Datapath.IsSequential).Select(l => (l.First, new ProgramEvaluator(l.Second.Datapath.Programs[0])))];
        _diagnostics = diagnostics;
        _reference = new ReferenceSimulator(real);
        _managed = new ManagedSimulator(model.Network);
        // Layers keep their node's name; what is between a node and its rounding has no counterpart.
        _referenceValues = real.Nodes.Where(n => n.Operation is not Reshape).ToDictionary(n => n.Name, n => n.Output);
        _layerErrors = new double[model.Layers.Length];
        _layerRanges = new RealRange[model.Layers.Length];
        Array.Fill(_layerRanges, new RealRange(double.PositiveInfinity, double.NegativeInfinity));
    }

    public static VerificationResult Run(Network real, TypedModel model, TestVectors? given, NativeFirmware? native, RtlDesign? verilog, DiagnosticBag diagnostics)
    {
        TestVectors vectors = given ?? RandomVectors.Make(model.Network);
        Verifier verifier = new(real, model, vectors, native, verilog, diagnostics);
        for (int start = 0; start < vectors.Count; start += Batch)
            verifier.RunBatch(start, Math.Min(Batch, vectors.Count - start));
        verifier.RunExtremes();
        return verifier.Result(given is null);
    }

    private void RunBatch(int start, int count)
    {
        int inputs = _vectors.Input(0).Length, outputs = _model.Network.Outputs.Sum(o => o.Value.Shape.Size), layers = _model.Layers.Sum(l => l.Output.Shape.Size);
        long[] raw = new long[count * inputs], nativeRaw = new long[count * inputs];
        long[] managedOutputs = new long[count * outputs], managedLayers = new long[count * layers];
        for (int i = 0; i < count; i++)
            RunSample(start + i, raw.AsSpan(i * inputs, inputs), managedOutputs.AsSpan(i * outputs, outputs), managedLayers.AsSpan(i * layers, layers));
        if (_native is null)
            return;
        _native.Quantize(_vectors.Inputs.AsSpan(start * inputs, count * inputs), nativeRaw);
        long[] traced = new long[count * layers], tracedOutputs = new long[count * outputs], predicted = new long[count * outputs];
        _native.Trace(nativeRaw, tracedOutputs, traced);
        _native.Predict(nativeRaw, predicted);
        Compare("the converted inputs", raw, nativeRaw, inputs, start);
        Compare("the layers", managedLayers, traced, layers, start);
        Compare("the outputs", managedOutputs, predicted, outputs, start);
        Compare("the outputs while tracing", managedOutputs, tracedOutputs, outputs, start);
    }

    // Ends of the inputs' types, whatever the vectors are: they count for the comparison of executions alone.
    private void RunExtremes()
    {
        ManagedSimulator simulator = new(_model.Network);
        long[] layers = new long[_model.Layers.Sum(l => l.Output.Shape.Size)];
        long[] outputs = new long[_model.Network.Outputs.Sum(o => o.Value.Shape.Size)];
        long[] traced = new long[layers.Length], tracedOutputs = new long[outputs.Length], predicted = new long[outputs.Length];
        foreach ((int number, long[] sample) in ExtremeVectors.Of(_model.Network).Index())
        {
            simulator.RunRaw(sample);
            RunPrograms(simulator, number);
            if (_native is null)
                continue;
            Concatenate(_model.Layers.Select(l => l.Output), layers);
            Concatenate(_model.Network.Outputs.Select(o => o.Value), outputs);
            _native.Trace(sample, tracedOutputs, traced);
            _native.Predict(sample, predicted);
            Compare("the layers", layers, traced, layers.Length, number, "extreme sample");
            Compare("the outputs", outputs, predicted, outputs.Length, number, "extreme sample");
            Compare("the outputs while tracing", outputs, tracedOutputs, outputs.Length, number, "extreme sample");
        }

        void Concatenate(IEnumerable<Value> values, long[] all)
        {
            int at = 0;
            foreach (Value value in values)
            {
                simulator[value].CopyTo(all.AsSpan(at));
                at += value.Shape.Size;
            }
        }
    }

    private void RunSample(int sample, Span<long> raw, Span<long> outputs, Span<long> layers)
    {
        ReadOnlySpan<double> input = _vectors.Input(sample);
        _reference.Run(input);
        _managed.Run(input);
        foreach (Value port in _model.Network.Inputs)
        {
            _managed[port].CopyTo(raw);
            raw = raw[port.Shape.Size..];
        }
        for (int i = 0; i < _model.Layers.Length; i++)
        {
            Layer layer = _model.Layers[i];
            ReadOnlySpan<long> mantissas = _managed[layer.Output];
            mantissas.CopyTo(layers);
            layers = layers[mantissas.Length..];
            Record(i, layer, mantissas);
        }

        if (sample < ProgramSamples)
            RunPrograms(_managed, sample);
        ReadOnlySpan<double> given = _vectors.ExpectedOutput(sample);
        for (int k = 0; k < _model.Network.Outputs.Length; k++)
        {
            Value output = _model.Network.Outputs[k].Value;
            ReadOnlySpan<long> mantissas = _managed[output];
            mantissas.CopyTo(outputs);
            outputs = outputs[mantissas.Length..];
            ReadOnlySpan<double> expected = given.IsEmpty ? _reference[_real.Outputs[k].Value] : given[..mantissas.Length];
            given = given.IsEmpty ? given : given[mantissas.Length..];
            CompareOutput(sample, k, expected, mantissas, output.Type.Ulp);
        }
    }

    private void Record(int index, Layer layer, ReadOnlySpan<long> mantissas)
    {
        double ulp = layer.Output.Type.Ulp, exactUlp = layer.Main.Output.Type.Ulp;
        (double min, double max) = _layerRanges[index];
        // Before the result is converted, so that what a type cuts off shows.
        foreach (long mantissa in _managed[layer.Main.Output])
            (min, max) = (Math.Min(min, mantissa * exactUlp), Math.Max(max, mantissa * exactUlp));
        ReadOnlySpan<double> reference = _referenceValues.TryGetValue(layer.Name, out Value? value) ? _reference[value] : default;
        for (int i = 0; i < mantissas.Length; i++)
        {
            if (!reference.IsEmpty)
                _layerErrors[index] = Math.Max(_layerErrors[index], Math.Abs((mantissas[i] * ulp) - reference[i]));
        }
        _layerRanges[index] = new RealRange(min, max);
    }

    private void CompareOutput(int sample, int port, ReadOnlySpan<double> expected, ReadOnlySpan<long> mantissas, double ulp)
    {
        int best = 0, bestExpected = 0;
        for (int i = 0; i < mantissas.Length; i++)
        {
            double error = Math.Abs((mantissas[i] * ulp) - expected[i]);
            _maxError = Math.Max(_maxError, error);
            _sumError += error;
            best = mantissas[i] > mantissas[best] ? i : best;
            bestExpected = expected[i] > expected[bestExpected] ? i : bestExpected;
        }
        _outputs += mantissas.Length;
        if (port != 0)
            return;
        // A single output is a class too: one where it is above one half, as a sigmoid's is.
        if (mantissas.Length == 1)
            (best, bestExpected) = (mantissas[0] * ulp > 0.5 ? 1 : 0, expected[0] > 0.5 ? 1 : 0);
        _agreeing += best == bestExpected ? 1 : 0;
        if (_vectors.Labels is int[] labels)
        {
            _firmwareInClass += best == labels[sample] ? 1 : 0;
            _expectedInClass += bestExpected == labels[sample] ? 1 : 0;
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
                $"layer {layer.Name}: sample {sample}, element {at}: the program that Verilog is printed from gives mantissa {result[at]}, the managed simulator {expected[at]}. This is a defect of Hls4Net; please report it with the model");
        }
    }

    private void Compare(string what, long[] managed, long[] native, int size, int start, string kind = "sample")
    {
        int at = managed.AsSpan().CommonPrefixLength(native);
        if (at == managed.Length || !_equal)
            return;
        _equal = false;
        string where = what;
        int offset = at % size;
        if (what == "the layers")
        {
            int layer = 0;
            for (; offset >= _model.Layers[layer].Output.Shape.Size; layer++)
                offset -= _model.Layers[layer].Output.Shape.Size;
            where = $"layer {_model.Layers[layer].Name}";
        }
        _diagnostics.Add(
            Descriptors.ExecutionsDiffer,
            $"{where}: {kind} {start + (at / size)}, element {offset}: the compiled C++ gives mantissa {native[at]}, the managed simulator {managed[at]}. This is a defect of Hls4Net or of the C++ compiler; please report it with the model");
    }

    private VerificationResult Result(bool randomVectors)
    {
        Dictionary<Node, long> overflows = [];
        for (int i = 0; i < _model.Network.Nodes.Length; i++)
            overflows[_model.Network.Nodes[i]] = _managed.Overflows[i];
        ImmutableArray<LayerResult>.Builder layers = ImmutableArray.CreateBuilder<LayerResult>();
        for (int i = 0; i < _model.Layers.Length; i++)
        {
            Layer layer = _model.Layers[i];
            layers.Add(new LayerResult(
                overflows[layer.Main] + (layer.Rounding is null ? 0 : overflows[layer.Rounding]), _layerErrors[i], _layerRanges[i]));
        }
        bool hasClasses = _model.Network.Outputs[0].Value.Shape.Size > 1;
        return new VerificationResult(
            _vectors.Count, randomVectors, _vectors.Expected is not null, _maxError, _sumError / _outputs,
            hasClasses ? (double)_agreeing / _vectors.Count : null,
            _vectors.Labels is null ? null : (double)_firmwareInClass / _vectors.Count,
            _vectors.Labels is null ? null : (double)_expectedInClass / _vectors.Count,
            _managed.InputOverflows, layers.ToImmutable(), _native is null ? null : _equal);
    }
}
