using Google.Protobuf;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Onnx;

/// <summary>The files that a model consists of.</summary>
public static class ModelFiles
{
    /// <summary>
    /// Full paths of the external data files that a model names, each once; none for what is no model, which compiling
    /// reports.
    /// </summary>
    public static IReadOnlyList<string> ExternalData(string modelPath)
    {
        string folder = Path.GetDirectoryName(modelPath) ?? "";
        try
        {
            byte[] bytes = File.ReadAllBytes(modelPath);
            // The key under which each tensor names its file: where it is not, nothing has to be parsed.
            if (bytes.AsSpan().IndexOf("location"u8) < 0)
                return [];
            ModelProto model = ModelProto.Parser.ParseFrom(bytes);
            IEnumerable<TensorProto> tensors = model.Graph is null ? [] : Tensors(model.Graph)
                .Concat(Tensors(model.Functions.SelectMany(f => f.Node)));
            return [.. tensors.SelectMany(Locations).Select(l => Path.Combine(folder, l)).Distinct()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidProtocolBufferException)
        {
            return [];
        }
    }

    private static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        graph.Initializer.Concat(graph.SparseInitializer.SelectMany(Tensors)).Concat(Tensors(graph.Node));

    private static IEnumerable<TensorProto> Tensors(IEnumerable<NodeProto> nodes) => nodes.SelectMany(n => n.Attribute)
        .SelectMany(Tensors);

    private static IEnumerable<TensorProto> Tensors(SparseTensorProto sparse) =>
        new[] { sparse.Values, sparse.Indices }.OfType<TensorProto>();

    private static IEnumerable<TensorProto> Tensors(AttributeProto attribute)
    {
        IEnumerable<TensorProto> own = attribute.T is null ? attribute.Tensors : attribute.Tensors.Append(attribute.T);
        if (attribute.SparseTensor is not null)
            own = own.Concat(Tensors(attribute.SparseTensor));
        return attribute.G is null ? own : own.Concat(Tensors(attribute.G));
    }

    private static IEnumerable<string> Locations(TensorProto tensor) =>
        tensor.DataLocation == TensorProto.Types.DataLocation.External
            ? tensor.ExternalData.Where(e => e.Key == "location").Select(e => e.Value)
            : [];
}
