using System.Text;
using Hls4Net.Diagnostics;
using Hls4Net.Onnx.Proto;

namespace Hls4Net.Boosters;

/// <summary>Files in which libraries of boosted trees save their models, known by what they begin with.</summary>
internal static class BoosterFile
{
    // How far the first names of a file reach.
    private const int Head = 4096;

    /// <summary>True of a model of XGBoost (JSON, UBJSON) or LightGBM (text).</summary>
    public static bool Is(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] head = new byte[Head];
            return KindOf(head.AsSpan(0, file.ReadAtLeast(head, Head, throwOnEndOfStream: false))) is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it says so.
            return false;
        }
    }

    /// <summary>The ONNX model that a file means.</summary>
    /// <exception cref="ModelException">It is damaged, or has what is not supported.</exception>
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
        return BoosterGraph.Of(KindOf(bytes) == Kind.Lightgbm
            ? LightgbmReader.Read(Encoding.UTF8.GetString(bytes)) : XgboostReader.Read(bytes));
    }

    private enum Kind
    {
        Xgboost,
        Lightgbm,
    }

    private static Kind? KindOf(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> head = bytes[..Math.Min(bytes.Length, Head)];
        if (head.StartsWith("tree\n"u8) || head.StartsWith("tree\r\n"u8))
            return Kind.Lightgbm;
        // The only names at the top are learner and version.
        string start = Encoding.Latin1.GetString(head);
        return Ubjson.Is(head) ? start.Contains("learner", StringComparison.Ordinal) ? Kind.Xgboost : null
            : start.TrimStart().StartsWith('{') && start.TrimStart()[1..].TrimStart() is string first
                && (first.StartsWith("\"learner\"", StringComparison.Ordinal)
                    || (first.StartsWith("\"version\"", StringComparison.Ordinal)
                        && first.Contains("\"learner\"", StringComparison.Ordinal)))
            ? Kind.Xgboost : null;
    }
}
