using Google.Protobuf;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>Reads the file and refuses what is no ONNX model.</summary>
internal static class ModelReader
{
    public static ModelProto Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelException(Descriptors.ModelNotFound, $"the model cannot be read: {e.Message}");
        }
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ModelException(
                Descriptors.NotAnOnnxModel,
                    $"this is not an ONNX model, or it is cut off ({bytes.Length} bytes read: {e.Message})");
        }
        // Protobuf accepts an empty file and much that is none of its own: a model has a version, operator sets and a
        // graph.
        if (model.Graph is null || model.Graph.Node.Count + model.Graph.Output.Count == 0)
            throw new ModelException(Descriptors.NotAnOnnxModel, "this is not an ONNX model: it has no graph");
        if (model.OpsetImport.Count == 0)
            throw new ModelException(Descriptors.NotAnOnnxModel,
                "this is not a complete ONNX model: it names no operator set (opset_import)");
        return model;
    }
}
