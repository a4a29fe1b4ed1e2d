using Hls4Net.Boosters;
using Hls4Net.Configuration;
using Hls4Net.Keras;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Pipeline;

/// <summary>The kinds of files that a model comes in; each becomes an ONNX model, which one importer reads.</summary>
internal static class ModelFormats
{
    /// <summary>The model of the options' file.</summary>
    public static ModelProto Read(ModelOptions options) =>
        // By what it begins with: .json is a Keras architecture too.
        BoosterFile.Is(options.ModelPath) ? BoosterFile.Read(options.ModelPath)
        : KerasFile.IsKeras(options.ModelPath) ? KerasReader.Read(options)
        : ModelReader.Read(options.ModelPath);
}
