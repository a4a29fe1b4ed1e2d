using Hls4Net.Boosters;
using Hls4Net.Configuration;
using Hls4Net.Diagnostics;
using Hls4Net.Keras;
using Hls4Net.Onnx;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Pipeline;

/// <summary>The kinds of files that a model comes in; each becomes an ONNX model, which one importer reads.</summary>
internal static class ModelFormats
{
    /// <summary>The model of the options' file.</summary>
    /// <exception cref="ModelException">It cannot be read, or the options have weights of another one's.</exception>
    public static ModelProto Read(ModelOptions options)
    {
        // By what it begins with: .json is a Keras architecture too.
        bool isBooster = BoosterFile.Is(options.ModelPath);
        if (options.WeightsPath is not null && (isBooster || !KerasFile.HasWeightsApart(options.ModelPath)))
            throw new ModelException(Descriptors.OptionNotAvailable,
                $"Weights names a file of weights, and {Path.GetFileName(options.ModelPath)} has its own: only a .json "
                + "file of a Keras architecture has them in another file");
        return isBooster ? BoosterFile.Read(options.ModelPath)
            : KerasFile.IsKeras(options.ModelPath) ? KerasReader.Read(options) : ModelReader.Read(options.ModelPath);
    }
}
