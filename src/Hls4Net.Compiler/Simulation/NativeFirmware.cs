using System.Runtime.InteropServices;
using Hls4Net.Diagnostics;

namespace Hls4Net.Simulation;

/// <summary>The firmware's C++ as compiled by the host's compiler, loaded from its library.</summary>
public sealed unsafe class NativeFirmware : IDisposable
{
    private readonly nint _library;
    private readonly delegate* unmanaged<long*, long*, long, int> _predict;
    private readonly delegate* unmanaged<double*, long*, long, int> _quantize;
    private readonly delegate* unmanaged<long*, long*, long*, long, int> _trace;
    private readonly delegate* unmanaged<nint> _error;

    /// <summary>Loads a library made from <c>csim/bridge.cpp</c>.</summary>
    /// <exception cref="ModelException">It cannot be loaded, or was made from another model.</exception>
    public NativeFirmware(string path, string identity)
    {
        try
        {
            _library = NativeLibrary.Load(path);
            string? actual = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)Export("hls4net_model"))());
            if (actual != identity)
                throw new ModelException(Descriptors.LibraryNotLoadable,
                    $"it was compiled from '{actual}', not from '{identity}'; delete it and build again", path);
            InputSize = (int)((delegate* unmanaged<long>)Export("hls4net_input_size"))();
            OutputSize = (int)((delegate* unmanaged<long>)Export("hls4net_output_size"))();
            TraceSize = (int)((delegate* unmanaged<long>)Export("hls4net_trace_size"))();
            _predict = (delegate* unmanaged<long*, long*, long, int>)Export("hls4net_predict_raw");
            _quantize = (delegate* unmanaged<double*, long*, long, int>)Export("hls4net_quantize_f64");
            _trace = (delegate* unmanaged<long*, long*, long*, long, int>)Export("hls4net_trace_raw");
            _error = (delegate* unmanaged<nint>)Export("hls4net_error");
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new ModelException(Descriptors.LibraryNotLoadable,
                $"the compiled C simulation cannot be loaded: {e.Message}", path);
        }
    }

    /// <summary>Elements of all inputs of a sample.</summary>
    public int InputSize { get; }

    /// <summary>Elements of all outputs of a sample.</summary>
    public int OutputSize { get; }

    /// <summary>Elements of all layers of a sample.</summary>
    public int TraceSize { get; }

    /// <summary>Converts inputs to their types' mantissas, as the firmware's floating-point entry does.</summary>
    public void Quantize(ReadOnlySpan<double> inputs, Span<long> mantissas)
    {
        fixed (double* i = inputs)
        fixed (long* m = mantissas)
            Check(_quantize(i, m, inputs.Length / InputSize));
    }

    /// <summary>Runs samples of mantissas.</summary>
    public void Predict(ReadOnlySpan<long> inputs, Span<long> outputs)
    {
        fixed (long* i = inputs, o = outputs)
            Check(_predict(i, o, inputs.Length / InputSize));
    }

    /// <summary>Runs samples and records every layer's mantissas, layers one after another for each sample.</summary>
    public void Trace(ReadOnlySpan<long> inputs, Span<long> outputs, Span<long> layers)
    {
        fixed (long* i = inputs, o = outputs, l = layers)
            Check(_trace(i, o, l, inputs.Length / InputSize));
    }

    public void Dispose() => NativeLibrary.Free(_library);

    private nint Export(string name) => NativeLibrary.GetExport(_library, name);

    private void Check(int status)
    {
        if (status != 0)
            throw new InvalidOperationException($"the firmware failed: {Marshal.PtrToStringUTF8(_error())}");
    }
}
